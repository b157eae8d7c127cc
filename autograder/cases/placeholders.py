"""Telling an exercise that isn't written yet from one that is."""

from __future__ import annotations

import dis
import functools
import types
from typing import Any


def is_unwritten(value: Any) -> bool:
    """Whether this is still the stub: the value `...`, or a function that does nothing but refuse, pass or `...`.

    Of a class: one that has nothing of its own but such functions.
    """
    if value is Ellipsis:
        return True
    if issubclass(type(value), type):
        return all(map(is_unwritten, _own(value)))
    return type(value) is types.FunctionType and _is_stub(value.__code__)


def has_placeholder(value: Any) -> bool:
    """Whether this is a class with a method that is still a stub, whatever its other methods do."""
    return issubclass(type(value), type) and any(map(is_unwritten, _own(value)))


def _own(kind: type) -> list[Any]:
    """What a class defines itself."""
    members = type.__dict__["__dict__"].__get__(kind)
    return [item for name, item in members.items() if name not in _OF_ANY_CLASS]


def refused_by(error: BaseException) -> str | None:
    """The outermost name (function or class) whose own code says `raise NotImplementedError`; None for other errors."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if type(error) is not NotImplementedError or step is None:
        return None
    code = step.tb_frame.f_code
    raised_here = dis.opname[code.co_code[step.tb_lasti]] == "RAISE_VARARGS"  # a library's refusal isn't a placeholder
    return code.co_qualname.split(".")[0] if raised_here else None


_OF_ANY_CLASS = frozenset(vars(type("", (), {}))) | {
    *("__qualname__", "__firstlineno__", "__static_attributes__", "__classcell__"),
    *("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
}

# Names of Python's instructions, from 3.11 on.
_NOTHING = frozenset({"RESUME", "NOP", "CACHE", "COPY_FREE_VARS", "POP_TOP", "RETURN_VALUE"})
_CONSTANT = frozenset({"LOAD_CONST", "RETURN_CONST"})
_REFUSING = _NOTHING | _CONSTANT | {"LOAD_GLOBAL", "PUSH_NULL", "PRECALL", "CALL", "RAISE_VARARGS"}


@functools.lru_cache(maxsize=4096)
def _is_stub(code: types.CodeType) -> bool:
    steps = list(dis.get_instructions(code))
    names = {step.opname for step in steps}
    if names <= _NOTHING | _CONSTANT:
        return all(step.argval is None or step.argval is Ellipsis for step in steps if step.opname in _CONSTANT)
    return names <= _REFUSING and set(code.co_names) == {"NotImplementedError"}
