"""The versions that a notebook was made with, and whether newer ones than ours may be why something failed."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Mapping
from typing import Any

from autograder.core import outcome
from autograder.runner.job import CellRun

FORMAT = "4.5"  # the newest notebook format that we know
# What code that was written for newer versions stops with.
_TYPICAL = {"SyntaxError", "ImportError", "ModuleNotFoundError", "AttributeError", "NameError", "TypeError"}


def said(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Of a notebook (JSON of notebook shape): Python, notebook format and kernel, as far as it says so plainly."""
    minor = notebook.get("nbformat_minor")
    found = {
        "python": _version(_under(notebook, "language_info", "version")),
        "format": f"4.{minor}" if type(minor) is int and 0 <= minor < 1000 else "",
        "kernel": _word(_under(notebook, "kernelspec", "name")),
        "language": _word(_under(notebook, "kernelspec", "language") or _under(notebook, "language_info", "name")),
    }
    return {name: value for name, value in found.items() if value}


def note(made_with: Mapping[str, str], cells: Iterable[CellRun]) -> list[str]:
    """One sentence when a cell failed as it would because of versions that are newer than ours; else nothing."""
    newer = [f"{what} {theirs} (here {ours})" for what, theirs, ours in _newer(made_with)]
    errors = [cell.outcome.error for cell in cells if cell.outcome.kind == outcome.RAISED and cell.outcome.error]
    names = sorted({error.type_name for error in errors if error.type_name in _TYPICAL and not error.unwritten})
    if not (newer and names):
        return []
    return [
        f"The notebook was made with {' and '.join(newer)}, which may be why cells stopped with {', '.join(names)}."
    ]


def _newer(made_with: Mapping[str, str]) -> list[tuple[str, str, str]]:
    found = []
    ours = platform.python_version()
    if _numbers(made_with.get("python", "")) > _numbers(ours):
        found.append(("Python", made_with["python"], ours))
    if tuple(map(int, made_with.get("format", "0").split("."))) > tuple(map(int, FORMAT.split("."))):
        found.append(("notebook format", made_with["format"], FORMAT))
    if made_with.get("language", "python").lower() not in ("python", "ipython", "python3"):
        found.append(("a kernel for", made_with["language"], "Python"))
    return found


def _under(notebook: Mapping[str, Any], *keys: str) -> Any:
    value: Any = notebook.get("metadata")
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _version(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"\d{1,3}(\.\d{1,4}){1,3}[a-z0-9+]{0,8}", value) else ""


def _word(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9 ._+-]{1,40}", value) else ""


def _numbers(version: str) -> tuple[int, ...]:
    """The first two numbers: what may be written differs from one such version to the next."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
