"""What our side and the authors' cases need of other modules, kept aside before a submission's first cell runs.

`np.random.seed = 42` for `np.random.seed(42)`, `time.perf_counter = 3.0`, `sys.path.clear()`: a slip in one line can
change what everybody else in that Python finds. So what a cell put in a module's place is in force while cells run, as
in the learner's own notebook, and out of it as soon as our side goes on; before exercises are examined, what their
cases refer to is put back for good. What cells add to modules stays.

Only names that some code refers to are looked at, and only in modules that changed: to look at an object is to write to
it (its count of references), and a fork has to copy what it writes to. Up to Python 3.13 a dictionary has a number that
is another after each change (PEP 509); without it every module counts as changed.
"""

from __future__ import annotations

import builtins
import ctypes
import operator
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

OURS = tuple(f"autograder.{room}." for room in ("core", "authoring", "cases", "runner"))
SHELL = ("IPython.core.interactiveshell", "IPython.core.compilerop", "IPython.core.async_helpers")
DEEPEST = 2  # dots in the name of a module that a case may use
_LISTS = ("path", "meta_path", "path_hooks")
# Set anew by whoever runs code, or (the lists) put back in a way of their own.
_CHANGING = {
    "sys": {"stdin", "stdout", "stderr", "displayhook", "excepthook", "last_traceback", "ps1", "modules", *_LISTS},
    "builtins": {"get_ipython", "display", "exit", "quit"},
}
_SYNTAX = {"__import__", "__build_class__"}  # what statements call without a name
_GONE: Any = object()
# What a module holds, its get, names, their values; whether it may have changed.
Kept = tuple[dict[str, Any], Any, tuple[str, ...], tuple[Any, ...], Callable[[], bool]]
Changes = list[tuple[dict[str, Any], str, Any]]


class Aside:
    """The modules as they are now. Nothing that a cell may have replaced is looked up by name to put them back."""

    def __init__(self) -> None:
        self._modules = dict(sys.modules)
        self._all, self._others = sys.modules, _change_of(sys.modules)
        self._count, self._size = sys.modules.__len__, len(sys.modules)
        self._contents = {
            name: dict(vars(module)) for name, module in self._modules.items() if _is_public(name, module)
        }
        self._changed = {name: _change_of(vars(self._modules[name])) for name in self._contents}
        self._ours = tuple(
            _kept(vars(module), vars(module), names, _change_of(vars(module))) for module, names in _referred_to()
        )
        self._changes: Changes = []
        self.begin()

    def begin(self) -> None:
        """Keep where modules are found as it is now."""
        lists: list[list[Any]] = [getattr(sys, name) for name in _LISTS]
        self._lists = [(name, each, list(each)) for name, each in zip(_LISTS, lists, strict=True)]
        self._recursion = sys.getrecursionlimit()

    def watch(self, shell: Any) -> None:
        """Have what the shell's cells change be in force only while their own code runs, statement by statement."""
        run_cells_code, run_statement = shell.run_ast_nodes, shell.run_code

        async def whole_cell(*arguments: Any, **options: Any) -> Any:
            try:
                return await run_cells_code(*arguments, **options)
            finally:
                self._changes = _taken_out(self._ours) or self._changes
                if self._count() < self._size:  # without them nothing more can be imported, nor any cell run
                    self._all.update(self._modules)

        async def statement(*arguments: Any, **options: Any) -> Any:
            if not self._changes:
                return await run_statement(*arguments, **options)
            for holds, name, value in self._changes:
                if value is _GONE:
                    del holds[name]
                else:
                    holds[name] = value
            try:
                return await run_statement(*arguments, **options)
            finally:
                self._changes = _taken_out(self._ours)

        shell.run_ast_nodes, shell.run_code = whole_cell, statement

    def put_back(self, code: Iterable[types.CodeType]) -> None:
        """Put back for good what the code of cases refers to, the list of modules and where they are found."""
        self._changes = []
        sys.modules = self._all
        if self._others():
            self._all.update(self._modules)
        for name, original, contents in self._lists:
            setattr(sys, name, original)
            original += [entry for entry in contents if not any(entry is other for other in original)]
        sys.setrecursionlimit(max(self._recursion, sys.getrecursionlimit()))
        sys.settrace(None)
        sys.setprofile(None)
        _taken_out(self._of_cases(set().union(*map(_names, code))))

    def _of_cases(self, names: set[str]) -> Iterator[Kept]:
        """Of each module that the names may mean, what the names may mean in it."""
        imported = [name for name in names if name in self._contents]
        imported += [
            f"{module}.{name}" for module in imported for name in names if f"{module}.{name}" in self._contents
        ]
        for name in imported:
            if self._changed[name]():
                yield _kept(vars(self._modules[name]), self._contents[name], names, self._changed[name])


@dataclass(frozen=True)
class Prepared:
    """What each submission's process begins with: an IPython shell, and what was kept aside."""

    shell: Any
    aside: Aside


def _taken_out(
    kept: Iterable[Kept], same: Any = operator.is_, every: Any = all, pairs: Any = map, each: Any = zip
) -> Changes:
    """Put back what modules held; what was there instead. The other parameters are functions, bound before any cell."""
    changes: Changes = []
    for holds, get, names, originals, is_changed in kept:
        if not is_changed() or every(pairs(same, pairs(get, names), originals)):
            continue
        for name, original in each(names, originals):
            found = get(name, _GONE)
            if found is not original:
                holds[name] = original
                if name not in _SYNTAX:  # which IPython couldn't go on without either
                    changes.append((holds, name, found))
    return changes


def _kept(holds: dict[str, Any], contents: dict[str, Any], names: set[str], is_changed: Callable[[], bool]) -> Kept:
    there = tuple(name for name in names if name in contents)
    return holds, holds.get, there, tuple(contents[name] for name in there), is_changed


def _change_of(holds: dict[str, Any]) -> Callable[[], bool]:
    """A function that says whether a dictionary may have changed since now, without a look at what it holds."""
    if not HAVE_VERSIONS:
        return lambda: True
    version = ctypes.c_uint64.from_address(id(holds) + VERSION_AT)
    now = version.value
    return lambda: version.value != now


def _have_versions() -> bool:
    """Whether dictionaries have that number, found out by changing one."""
    if sys.version_info >= (3, 14) or sys.implementation.name != "cpython":
        return False
    tried = {"a": 0}
    version = ctypes.c_uint64.from_address(id(tried) + VERSION_AT)
    before = version.value
    unchanged = version.value == before and tried["a"] == 0
    tried["a"] = 1
    return unchanged and version.value != before


VERSION_AT = 3 * ctypes.sizeof(ctypes.c_void_p)  # behind the count of references, the type and the number of items
HAVE_VERSIONS = _have_versions()


def _referred_to() -> Iterator[tuple[types.ModuleType, set[str]]]:
    """The modules of others that ours and IPython's refer to, with all names in that code; `builtins` come first."""
    ours = [m for name, m in sys.modules.items() if name.startswith(OURS) or name in SHELL]
    code = [code for m in ours for value in list(vars(m).values()) for code in _code_of(value, m.__name__)]
    names = set().union(*map(_names, code))
    found = [builtins, *(other for m in ours for value in list(vars(m).values()) for other in _home(value))]
    for module in {id(each): each for each in found if not each.__name__.startswith("autograder")}.values():
        yield module, _with_inner(module, names | _SYNTAX) - _CHANGING.get(module.__name__, set())


def _home(value: Any) -> list[types.ModuleType]:
    """A module itself; of what was imported from one by name, that one."""
    if isinstance(value, type | types.FunctionType):
        value = sys.modules.get(value.__module__)
    return [value] if isinstance(value, types.ModuleType) else []


def _with_inner(module: types.ModuleType, names: set[str]) -> set[str]:
    """The names, and those that the module's own functions and classes of these names refer to in it."""
    holds, found, pending = vars(module), set(), {name for name in names if name in vars(module)}
    while pending:
        found |= pending
        code = [code for name in pending for code in _code_of(holds[name], module.__name__)]
        pending = {name for name in set().union(*map(_names, code)) if name in holds} - found
    return found


def _code_of(value: Any, module: str) -> Iterator[types.CodeType]:
    """The code of a function, or of a class's methods, that the module itself defines."""
    for member in list(vars(value).values()) if isinstance(value, type) and value.__module__ == module else [value]:
        inner = getattr(member, "__func__", getattr(member, "fget", member))
        inner = getattr(inner, "__wrapped__", inner)
        if isinstance(inner, types.FunctionType) and inner.__module__ == module:
            yield inner.__code__


def _names(code: types.CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _is_public(name: str, module: Any) -> bool:
    usual = name.count(".") <= DEEPEST and not any(part.startswith("_") for part in name.split("."))
    return usual and type(module) is types.ModuleType and name != "sys" and not name.startswith("autograder")
