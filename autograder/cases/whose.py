"""Whose code it is that runs: a case's own, a learner's or an installed library's."""

from __future__ import annotations

import functools
import os
import site
import sys
import sysconfig
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

CASES, LEARNERS, LIBRARYS = "case's", "learner's", "library's"


@functools.cache
def libraries() -> tuple[str, ...]:
    """What the file names of installed code begin with: the standard library, packages, ourselves."""
    ours, paths = Path(__file__).resolve().parents[1], sysconfig.get_paths()
    installed = {*(paths[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")), *site.getsitepackages()}
    folders = (str(folder) + os.sep for folder in (*installed, ours, ours.parent / "course"))
    return (*folders, "<frozen importlib.")


def owner(frame: types.FrameType, case: frozenset[int]) -> str:
    """Whose code a frame runs. case: the ids of the case's code.

    A library's comes from an installed file and runs among the names of its module: a file's name anybody can claim.
    """
    if id(frame.f_code) in case:
        return CASES
    module = sys.modules.get(str(frame.f_globals.get("__name__")))
    is_at_home = getattr(module, "__dict__", None) is frame.f_globals
    return LIBRARYS if is_at_home and frame.f_code.co_filename.startswith(libraries()) else LEARNERS


@functools.lru_cache(maxsize=1024)
def code_of(case: Callable[..., Any]) -> frozenset[int]:
    """The ids of the code of a case, of all that is defined in it, and of its module's functions that it uses."""
    found: dict[int, types.CodeType] = {}
    pending = [case.__code__]
    while pending:
        code = pending.pop()
        if id(code) in found:
            continue
        found[id(code)] = code
        pending += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
        named = (case.__globals__.get(name) for name in code.co_names)
        helpers = (each for each in named if isinstance(each, types.FunctionType))
        pending += [each.__code__ for each in helpers if each.__globals__ is case.__globals__]
    return frozenset(found)


@functools.lru_cache(maxsize=1024)
def knows(case: Callable[..., Any], package: str) -> bool:
    """Whether a case's module holds anything of a package, so that the case itself may use it."""
    held = case.__globals__.values()
    homes = (getattr(v, "__name__" if isinstance(v, types.ModuleType) else "__module__", None) for v in held)
    homes_of_types = (type(value).__module__ for value in held)
    return any(str(home).split(".")[0] == package for home in (*homes, *homes_of_types))
