"""Seeing the calls of C functions that raise no profile event (ufuncs; any, when called by `partial` or `map`).

For the time of a case an object that notes its calls takes the function's place: in every module, among the learner's
names, and where the answer's own code holds it (defaults, closures, containers, `functools.partial`).
"""

from __future__ import annotations

import contextlib
import functools
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, cast

MOST = 20_000  # objects looked at below an answer


class StandIn:
    """Acts as the function and notes that it was called, its methods (`np.add.reduce`) included."""

    def __init__(self, function: Any, note: Callable[[], None]) -> None:
        self.__dict__.update(_function=function, _note=note)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self._note()
        return self._function(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._function, name)
        if callable(value) and name[:2] != "__":
            return StandIn(value, self._note)
        return value


@contextlib.contextmanager
def standing_in(function: Any, note: Callable[[], None], namespace: dict[str, Any], answer: Any) -> Iterator[None]:
    """Put a stand-in wherever the function can be met while the body runs. note: called from the stand-in's call."""
    made = StandIn(function, lambda: note())
    with contextlib.ExitStack() as put_back:
        for dictionary in (*places(function), namespace):
            for name in [n for n, value in list(dictionary.items()) if value is function]:
                dictionary[name] = made
                put_back.callback(_restore, dictionary, name, made, function)
        _replace_below(answer, function, made, put_back)
        yield


def _restore(dictionary: dict, name: Any, made: Any, function: Any) -> None:
    if dictionary.get(name) is made:
        dictionary[name] = function


def places(function: Any) -> list[dict[str, Any]]:
    """The modules' dictionaries that hold the function."""
    return _places(id(function), len(sys.modules), function)


_known: dict[tuple[int, int], list[dict[str, Any]]] = {}


def _places(key: int, modules: int, function: Any) -> list[dict[str, Any]]:
    if (key, modules) not in _known:
        loaded = [vars(m) for m in list(sys.modules.values()) if isinstance(m, types.ModuleType)]
        _known[key, modules] = [d for d in loaded if any(value is function for value in list(d.values()))]
    return _known[key, modules]


def _replace_below(answer: Any, function: Any, made: Any, put_back: contextlib.ExitStack) -> None:
    """In what the answer's code refers to: its globals by name, defaults, closures, containers, attributes."""
    seen: dict[int, Any] = {}
    pending = [answer]
    while pending and len(seen) < MOST:
        value = pending.pop()
        if id(value) in seen or isinstance(value, types.ModuleType | str | bytes | int | float):
            continue
        seen[id(value)] = value
        pending += _replaced_in(value, function, made, put_back)


def _replaced_in(value: Any, function: Any, made: Any, put_back: contextlib.ExitStack) -> list[Any]:
    """Replace the function directly inside a value; what is to be looked at next."""

    def swapped(items: Any) -> Any:
        return [made if item is function else item for item in items]

    if isinstance(value, types.MethodType):
        return [value.__func__, value.__self__]
    if isinstance(value, types.FunctionType):
        for cell in value.__closure__ or ():
            with contextlib.suppress(ValueError):  # an empty cell
                if cell.cell_contents is function:
                    cell.cell_contents = made
                    put_back.callback(setattr, cell, "cell_contents", function)
        if _holds(value.__defaults__ or (), function):
            put_back.callback(setattr, value, "__defaults__", value.__defaults__)
            value.__defaults__ = tuple(swapped(value.__defaults__))
        return [
            *_globals(value, function, made, put_back),
            *_contents(value),
            *(value.__defaults__ or ()),
            value.__kwdefaults__,
            value.__dict__,
        ]
    if type(value) is functools.partial:
        value = cast(Any, value)  # which has a __setstate__ that its hints don't know
        if _holds((value.func, *value.args, *value.keywords.values()), function):
            before = value.__reduce__()[2]
            put_back.callback(value.__setstate__, before)
            keywords = {k: made if v is function else v for k, v in value.keywords.items()}
            value.__setstate__((swapped([value.func])[0], tuple(swapped(value.args)), keywords, value.__dict__))
        return [value.func, *value.args, *value.keywords.values()]
    if type(value) is dict:
        for name in [n for n, item in value.items() if item is function]:
            value[name] = made
            put_back.callback(_restore, value, name, made, function)
        return list(value.values()) if len(value) < MOST else []
    if type(value) is list:
        for index, item in enumerate(value):
            if item is function:
                value[index] = made
                put_back.callback(_restore_item, value, index, made, function)
        return value[:MOST]
    if type(value) in (tuple, set, frozenset):
        if _holds(value, function):
            made._note()  # what can't be replaced there is taken for called
        return list(value)[:MOST]
    return _attributes(value, function, made, put_back)


def _globals(value: types.FunctionType, function: Any, made: Any, put_back: contextlib.ExitStack) -> list[Any]:
    """What a function of the learner's refers to by name in its module."""
    around = value.__globals__
    home = sys.modules.get(around.get("__name__", ""))
    if home is not None and vars(home) is around and home.__name__ != "__main__":
        return []  # a library's function
    names = _names(value.__code__)
    for name in [n for n in names if around.get(n) is function]:
        around[name] = made
        put_back.callback(_restore, around, name, made, function)
    return [around[name] for name in names if name in around]


def _attributes(value: Any, function: Any, made: Any, put_back: contextlib.ExitStack) -> list[Any]:
    own = getattr(value, "__dict__", None)
    if isinstance(value, type) and own is not None:
        if sys.modules.get(value.__module__) is not None and value.__module__ not in ("__main__", "builtins"):
            return []  # a library's class
        for name in [n for n, item in own.items() if item is function]:
            setattr(value, name, made)
            put_back.callback(setattr, value, name, function)
        return list(own.values())
    return [own, type(value)] if type(own) is dict else []


def _restore_item(items: list, index: int, made: Any, function: Any) -> None:
    if index < len(items) and items[index] is made:
        items[index] = function


def _holds(items: Any, function: Any) -> bool:
    return any(item is function for item in items)


def _contents(function: types.FunctionType) -> list[Any]:
    found = []
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):
            found.append(cell.cell_contents)
    return found


def _names(code: types.CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return set(code.co_names).union(*map(_names, inner))
