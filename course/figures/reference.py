"""What a figure runs on until the learner's own functions are there: the lesson's reference, where the course has it.

It is borrowed from `solutions/`: no file that is handed out holds a solution. In a copy without solutions there is
nothing to borrow, and a figure goes its own way (see `Functions.have`).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from course.figures.figure import Figure

FIGURES, OUT_OF_SIGHT = "widgets", ".lesson"
LIBRARY = "nn"


def borrowed(figure: Figure) -> Mapping[str, Any]:
    """The reference's definitions of the names that a figure uses, by name; empty where there are no solutions."""
    files = (getattr(sys.modules.get(base.__module__), "__file__", None) for base in type(figure).__mro__)
    lessons = (lesson_of(Path(file)) for file in files if file)
    lesson = next((found for found in lessons if found is not None), None)
    if lesson is None or not figure.uses:
        return {}
    from autograder.core.paths import solutions

    folder = solutions(lesson) / lesson.name
    return definitions(folder, tuple(figure.uses)) if folder.is_dir() else {}


def lesson_of(module: Path) -> Path | None:
    """The folder of the lesson that a figure's module lies in; None for a figure of no lesson."""
    parents = module.resolve().parents
    package = next((folder for folder in parents if folder.name == FIGURES), None)
    if package is None:
        return None
    return package.parent.parent if package.parent.name == OUT_OF_SIGHT else package.parent


@cache
def definitions(folder: Path, names: tuple[str, ...]) -> Mapping[str, Any]:
    """What the solved lesson in `folder` (under solutions/) makes of these names, by name; those it knows.

    Only the statements that the names need are run, once. A name that the lesson doesn't define is taken from the
    lessons before it, if they hand it on.
    """
    from autograder.lesson import source, symbols

    cells = [source.solved(cell.source) for cell in source.code_cells(folder) if "demo" not in cell.tags]
    picked = _picked(names, "\n".join(cells))
    found = {name for node in picked for name in symbols.bound(node)}
    handed_on = {name for node in picked for name in _from_library(node)}
    earlier = _picked(handed_on | (set(names) - found), _library(folder))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with source.library_module(_text(earlier)) as library:
        _run(picked, namespace)
        namespace = {**vars(library), **namespace}
    return {name: namespace[name] for name in names if name in namespace}


def _picked(names: Iterable[str], code: str) -> list[ast.stmt]:
    """The statements of some code that these names need, in their order; of imports only what is needed."""
    from autograder.lesson.symbols import needed, one_by_one

    statements = [part for statement in ast.parse(code).body for part in one_by_one(statement)]
    kept = needed(set(names), statements)
    return [statement for statement in statements if statement in kept]


def _library(folder: Path) -> str:
    """The text of `nn.py` for the lesson in `folder`."""
    from autograder.core.paths import lesson_names
    from autograder.lesson import growing_library, source

    earlier = []
    for name in lesson_names(folder.parent):
        if name < folder.name:
            cells = [cell for cell in source.code_cells(folder.parent / name) if "demo" not in cell.tags]
            code = [source.solved(cell.source) for cell in cells]
            exported = [text for cell, text in zip(cells, code, strict=True) if "export" in cell.tags]
            earlier.append(growing_library.Exports(name, tuple(code), tuple(exported)))
    return growing_library.text(earlier)


def _from_library(node: ast.stmt) -> set[str]:
    """The names that a statement imports from `nn.py`."""
    return (
        {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) and node.module == LIBRARY else set()
    )


def _text(statements: list[ast.stmt]) -> str:
    return ast.unparse(ast.Module(statements, []))


def _run(statements: list[ast.stmt], namespace: dict[str, Any]) -> None:
    tree = ast.fix_missing_locations(ast.Module(statements, []))
    exec(compile(tree, "<reference>", "exec"), namespace)
