"""What a figure runs on until the learner's own functions are there: the lesson's reference, where the course has it.

It is borrowed from `solutions/`: no file that is handed out holds a solution of its lesson. In a copy without solutions
only what earlier lessons hand on is there, in the lesson's `nn.py`; for all else a figure goes its own way (see
`Functions.have`).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

from course.figures.figure import Figure

FIGURES, OUT_OF_SIGHT = "widgets", ".lesson"
LIBRARY = "nn"


def borrowed(figure: Figure) -> Mapping[str, Any]:
    """The reference's definitions of the names that a figure uses, by name; without solutions those in `nn.py`."""
    files = (getattr(sys.modules.get(base.__module__), "__file__", None) for base in type(figure).__mro__)
    lessons = (lesson_of(Path(file)) for file in files if file)
    lesson = next((found for found in lessons if found is not None), None)
    if lesson is None or not figure.uses:
        return {}
    from autograder.core.paths import solutions

    folder = solutions(lesson) / lesson.name
    if folder.is_dir():
        return definitions(folder, tuple(figure.uses))
    library = lesson / f"{LIBRARY}.py"
    return handed_on(library, tuple(figure.uses)) if library.is_file() else {}


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

    own = symbols.one_by_one(
        _statements(source.solved(cell.source) for cell in source.code_cells(folder) if "demo" not in cell.tags)
    )
    picked = _behind(set(names), own)
    found = set().union(*map(symbols.bound, picked)) if picked else set()
    imported = {alias.name for node in picked if _from_library(node) for alias in node.names}
    earlier = _behind(imported | (set(names) - found), _library(folder))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with source.library_module(_text(earlier)) as library:
        _run(picked, namespace)
        namespace = {**vars(library), **namespace}
    return {name: namespace[name] for name in names if name in namespace}


@cache
def handed_on(library: Path, names: tuple[str, ...]) -> Mapping[str, Any]:
    """What a lesson's `nn.py` makes of these names, by name; those it knows."""
    from autograder.lesson import symbols

    namespace: dict[str, Any] = {"__name__": LIBRARY}
    statements = symbols.one_by_one(ast.parse(library.read_text(encoding="utf-8")).body)
    _run(_behind(set(names), statements), namespace)
    return {name: namespace[name] for name in names if name in namespace}


def _library(folder: Path) -> list[ast.stmt]:
    """The statements of `nn.py` for the lesson in `folder`."""
    from autograder.core.paths import lesson_names
    from autograder.lesson import growing_library, source, symbols

    earlier = []
    for name in lesson_names(folder.parent):
        if name < folder.name:
            cells = [cell for cell in source.code_cells(folder.parent / name) if "demo" not in cell.tags]
            code = [source.solved(cell.source) for cell in cells]
            exported = [text for cell, text in zip(cells, code, strict=True) if "export" in cell.tags]
            earlier.append(growing_library.Exports(name, tuple(code), tuple(exported)))
    return symbols.one_by_one(ast.parse(growing_library.text(earlier)).body)


def _behind(names: set[str], statements: list[ast.stmt]) -> list[ast.stmt]:
    from autograder.lesson.symbols import needed

    wanted = needed(names, statements)
    return [node for node in statements if node in wanted]


def _statements(cells: Iterable[str]) -> list[ast.stmt]:
    return [statement for cell in cells for statement in ast.parse(cell).body]


def _from_library(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.module == LIBRARY


def _text(statements: list[ast.stmt]) -> str:
    return ast.unparse(ast.Module(statements, []))


def _run(statements: list[ast.stmt], namespace: dict[str, Any]) -> None:
    tree = ast.fix_missing_locations(ast.Module(statements, []))
    exec(compile(tree, "<reference>", "exec"), namespace)
