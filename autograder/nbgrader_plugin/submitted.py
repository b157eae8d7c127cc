"""What was handed in, made fit for nbgrader before nbgrader reads it.

nbgrader trusts a submission's metadata, and some of what it may hold stops the whole class. So it gets a clean copy:
every cell's text in its place, official cells with their official metadata, nothing else of what the file says about
itself. The file under `submitted/` stays as it is, and the grade comes from that.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, cast

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from traitlets.log import get_logger

from autograder.core.paths import UserError, lessons
from autograder.nbgrader_plugin import arrival, newest, pictures
from autograder.nbgrader_plugin.shown_text import Shown, cut
from autograder.submission import reading, repair
from autograder.submission.given_out import CHECK, GivenOut, as_given, grade_id
from autograder.submission.written_answers import Written

RESTORED = "# This cell was not in the notebook that was handed in; here it is as it was given out.\n"


class SubmissionExporter(NotebookExporter):
    """Reads a submission as a clean copy; what can't be read becomes the lesson as it was given out."""

    def from_filename(
        self, filename: str, resources: Any = None, **options: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        path, names, converter = Path(filename), resources["nbgrader"], cast(Any, self.parent)
        if path != submitted_file(converter.coursedir, names):
            return super().from_filename(filename, resources, **options)
        coursedir = converter.coursedir
        try:
            notebook = reading.load(path)
            solutions = Path(coursedir.format_path(coursedir.source_directory, ".", names["assignment"])).parent
            reading.submission(notebook, path, solutions, names["assignment"])
        except UserError:  # said to the instructor and the student by GradeSubmission
            notebook = {"cells": []}
        return self.from_notebook_node(clean_copy(notebook, given_out(coursedir, names)), resources)


def submitted_file(coursedir: Any, names: dict[str, str]) -> Path:
    """The notebook that was handed in. names: nbgrader's resources (student, assignment, notebook)."""
    folder = coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"])
    return Path(folder) / f"{names['notebook']}.ipynb"


def given_out(coursedir: Any, names: dict[str, str]) -> NotebookNode:
    """The notebook as learners got it. Raises UserError when the lesson isn't released."""
    folder = coursedir.format_path(coursedir.release_directory, ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    if not path.is_file():
        raise UserError(f"There is no {path}: run `autograder release {names['assignment']}` first.")
    return nbformat.read(path, as_version=4)


def clean_copy(notebook: dict[str, Any], official: NotebookNode, given: GivenOut | None = None) -> NotebookNode:
    """A notebook of the submitted cells' text, with the official metadata; official cells that lack are put back.

    notebook: JSON of notebook shape (`reading.load`). given: what `as_given` says of `official`, where that is known.
    Of several cells with the same grade_id the last one counts; a question's has what may be its answer.
    """
    known = {name: cell for cell in official.cells if (name := grade_id(cell))}
    given = given or as_given(official)
    order = repair.ordered(notebook, given)
    names = [seen.name or grade_id(cell) for seen, cell in zip(order.cells, notebook["cells"], strict=True)]
    last = {name: number for number, name in enumerate(names)}
    lost = {written.cells[0]: name for name, written in order.written.items() if name not in last}
    cells: list[NotebookNode] = []
    shown = Shown(given)
    for number, (cell, seen) in enumerate(zip(notebook["cells"], order.cells, strict=True)):
        name = names[number]
        its_own = known.get(name) if last[name] == number else None
        if number in lost:  # its cell is gone: what may be the answer stands here
            cells.append(_question(known[lost[number]], order.written[lost[number]], notebook))
        text = cut(seen.source, not seen.too_long)
        if seen.role == CHECK and seen.runs and shown.takes(text):  # an answer that was merged into a check
            cells.append(_copy(cell, None, text))
        if its_own and name in order.written:
            cells.append(_question(its_own, order.written[name], notebook))
        elif its_own or shown.takes(text):
            cells.append(_copy(cell, its_own, text, seen.demo))
    if shown.left_out:
        cells.append(_text(f"*{shown.left_out} more cells aren't shown: the file that was handed in has them.*"))
    _put_back(cells, known)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:04d}"
    version = {"nbformat": nbformat.v4.nbformat, "nbformat_minor": nbformat.v4.nbformat_minor}
    return NotebookNode(cells=cells, metadata=nbformat.from_dict(official.metadata), **version)


def scrubbed(text: str) -> str:
    """Text that can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _copy(cell: dict[str, Any], official: NotebookNode | None, source: str, demo: bool = False) -> NotebookNode:
    """A cell with some text, and with the official metadata where it is an official one."""
    made = _text(scrubbed(source))
    # a raw cell would go into HTML as it is, so it is shown as text
    if (official.cell_type if official else cell.get("cell_type")) == "code":
        made.update(cell_type="code", execution_count=None, outputs=[])
    elif attached := _pictures(cell):
        made.attachments = attached
    if official:
        made.metadata = nbformat.from_dict(official.metadata)
    elif demo:
        made.metadata.tags = ["demo"]
    return made


def _question(official: NotebookNode, written: Written, notebook: dict[str, Any]) -> NotebookNode:
    """A question's cell with what may be its answer, which stood elsewhere, and the pictures in it."""
    made = _copy({}, official, cut(written.text))
    for number in reversed(written.cells):
        if attached := _pictures(notebook["cells"][number]):
            made.attachments = {**made.get("attachments", {}), **attached}
    return made


def _pictures(cell: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {scrubbed(name): bundle for name, bundle in pictures.kept(cell.get("attachments")).items()}


def _text(source: str) -> NotebookNode:
    return NotebookNode(id="", cell_type="markdown", metadata=NotebookNode(), source=source)


def _put_back(cells: list[NotebookNode], known: dict[str, NotebookNode]) -> None:
    """Insert the official cells that aren't there, each after the official one before it."""
    position = 0
    for name, official in known.items():
        at = next((number for number, cell in enumerate(cells) if grade_id(cell) == name), None)
        if at is None:
            made = copy.deepcopy(official)
            if made.cell_type == "code" and made.metadata.nbgrader.solution:
                made.source = RESTORED + made.source
            cells.insert(position, made)
            at = position
        position = at + 1


def prepare(notebooks: list[str], assignment: str = "", student: str = "") -> None:
    """Before a submission is read: what isn't a file is set aside, the newest notebook gets its name (nbgrader's hook).

    notebooks: the paths found in one submission's folder; changed in place. Links, pipes and devices have no content
    of their own, and following them would copy what they point at into the student's feedback.
    """
    log = get_logger()
    folder = Path(notebooks[0]).parent
    expected = {path.name for path in (lessons(folder) / folder.name).glob("*.ipynb")}
    arrival.settle(folder, expected)
    notebooks[:] = [path for path in notebooks if Path(path).is_file()]
    for name in sorted(expected):
        if taken := newest.settle(folder, name):
            log.warning("%s is taken for %s.", taken, name)
        if str(folder / name) not in notebooks:
            notebooks.append(str(folder / name))  # if it is missing: GradeSubmission says so
    for note in arrival.notes(folder, expected):
        log.warning("%s: %s", student, note)
