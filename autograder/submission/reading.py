"""Reading a submitted notebook: which lesson it is, which cells are to be run, and what can't be graded at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.core.paths import UserError, find_lesson, lesson_names
from autograder.runner.job import CodeCell
from autograder.submission import repair, versions
from autograder.submission.given_out import ANSWER, QUESTION, given_out

MAX_BYTES = 200 * 2**20


class Ungradable(UserError):
    """The file can't be graded; the message says what to hand in instead."""


@dataclass(frozen=True)
class Submission:
    """A notebook to grade. cells: those that are run, in order; questions: text of each free-text answer by name.

    notes: what a person should know about the notebook; made_with: the versions that it names.
    """

    path: Path
    lesson: str
    cells: tuple[CodeCell, ...]
    questions: dict[str, str]
    notes: tuple[str, ...] = ()
    made_with: dict[str, str] = field(default_factory=dict)


def read(path: Path, solutions: Path, lesson: str | None = None) -> Submission:
    """Read a notebook. lesson: which one it is, if it can't be told from the notebook. Raises Ungradable."""
    return submission(load(path), path, solutions, lesson)


def submission(notebook: dict[str, Any], path: Path, solutions: Path, lesson: str | None = None) -> Submission:
    """What is to be graded of a notebook that was loaded from `path` (see `read`)."""
    said = _lesson_said(notebook)
    if lesson is None:
        lesson = _lesson_of(said, path, solutions)
    find_lesson(lesson, solutions)
    if said != lesson and said in lesson_names(solutions):
        raise Ungradable(f"What was handed in is the notebook of lesson {said}: hand in that of {lesson}.")
    order = repair.ordered(notebook, given_out(solutions.parent / "lessons" / lesson))
    cells = tuple(CodeCell(cell.name if cell.role == ANSWER else "", cell.source) for cell in order.cells if cell.runs)
    questions = {cell.name: cell.source for cell in order.cells if cell.role == QUESTION}
    questions |= {name: written.text for name, written in order.written.items()}
    notes = [f"REPAIRED: {'; '.join(order.repairs)}."] if order.repairs else []
    return Submission(path, lesson, cells, questions, (*notes, *order.remarks), versions.said(notebook))


def load(path: Path) -> dict[str, Any]:
    """The notebook as JSON, with the shape of one. Raises Ungradable when it isn't."""
    if not path.exists():
        raise UserError(f"There is no file {path}: give the path of a notebook (.ipynb).")
    if not path.is_file() or path.suffix != ".ipynb":
        raise Ungradable(f"{path.name} is no notebook: hand in the .ipynb file of the lesson.")
    if path.stat().st_size > MAX_BYTES:
        raise Ungradable(f"{path.name} is larger than {MAX_BYTES // 2**20} MB: clear its outputs, save, hand in again.")
    return parsed(path.read_bytes(), path)


def parsed(content: bytes, path: Path) -> dict[str, Any]:
    """A file's content as JSON, with the shape of a notebook. Raises Ungradable when it isn't."""
    try:
        notebook = json.loads(content.decode(json.detect_encoding(content)))  # Windows' editors write others, too
    except (ValueError, RecursionError):
        raise Ungradable(
            f"{path.name} can't be read as a notebook (empty, cut off, or edited by hand): "
            "open it in JupyterLab, save it and hand it in again."
        ) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or notebook.get("nbformat") != 4 or not all(map(_is_cell, cells)):
        raise Ungradable(
            f"{path.name} isn't a notebook of format 4: open it in JupyterLab, save it and hand it in again."
        )
    if not cells:
        raise Ungradable(
            f"{path.name} has no cells (it was saved before it was loaded, or emptied): open the notebook in which you "
            "worked, or the lesson as it was given out, save it and hand it in again."
        )
    return notebook


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        return False
    source = cell.get("source", "")
    lines = isinstance(source, list) and all(isinstance(line, str) for line in source)
    nbgrader = cell.get("metadata", {}).get("nbgrader", {})
    tags = cell.get("metadata", {}).get("tags", [])
    return (isinstance(source, str) or lines) and isinstance(nbgrader, dict) and isinstance(tags, list)


def _lesson_said(notebook: dict[str, Any]) -> Any:
    """The lesson that the notebook itself names, whatever is in its metadata."""
    about: Any = notebook
    for key in ("metadata", "ground_up", "lesson"):
        about = about.get(key) if isinstance(about, dict) else None
    return about


def _lesson_of(said: Any, path: Path, solutions: Path) -> str:
    names = lesson_names(solutions)
    if said in names:
        return said
    by_file = [name for name in names if name.split("_", 1)[-1] == path.stem or name == path.parent.name]
    if len(by_file) == 1:
        return by_file[0]
    raise Ungradable(
        f"{path.name} doesn't say which lesson it is: hand in the notebook you were given, "
        f"or name the lesson with --lesson (one of {', '.join(names)})."
    )
