"""Checks as code: executed here, or made ready for another process of this same Python."""

from __future__ import annotations

import functools
import importlib
import marshal
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import Exercise, collecting

# What the checks of lessons handed out before 2026-12 import by the names of that time.
_FORMER_NAMES = {"autograder.compare": "autograder.authoring.compare", "autograder.text": "autograder.core.text"}


def run(source: str, filename: str, exercises: dict[str, Exercise], folder: Path | None = None) -> dict[str, Any]:
    """Execute checks, adding to `exercises`. folder: where the lesson's own modules (`nn.py`) are found."""
    return execute([compile(source, filename, "exec")], exercises, folder)


def execute(
    codes: Sequence[types.CodeType], exercises: dict[str, Exercise], folder: Path | None = None
) -> dict[str, Any]:
    """Execute checks that are compiled already, one after the other in one namespace, adding to `exercises`."""
    namespace: dict[str, Any] = {"__name__": "checks", "__file__": codes[-1].co_filename}
    for former, name in _FORMER_NAMES.items():
        sys.modules.setdefault(former, importlib.import_module(name))
    search = [str(folder)] if folder else []
    sys.path[:0] = search
    try:
        with collecting(exercises):
            for code in codes:
                exec(code, namespace)
    finally:
        for path in search:
            sys.path.remove(path)
    return namespace


@functools.cache
def marshalled(source: str, filename: str) -> bytes:
    """Checks as code for another process of this same Python, which then needn't compile them for each submission."""
    return marshal.dumps(compile(source, filename, "exec"))
