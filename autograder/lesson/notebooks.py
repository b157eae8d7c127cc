"""Making notebooks from a lesson's source: the solved one for nbgrader, and from it the one learners get."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, ComputeChecksums, LockCells

from autograder.lesson import way
from autograder.lesson.build import Lesson
from autograder.lesson.clear import ClearLessonSolutions
from autograder.lesson.minutes import minutes
from autograder.lesson.source import SourceCell

CHECK_SUFFIX = "-check"


def solution_notebook(lesson: Lesson) -> NotebookNode:
    """The lesson with its solutions, in the form nbgrader knows as a source notebook."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        language_info={"name": "python"},
        ground_up={
            "lesson": lesson.name,
            **lesson.source.about,
            "minutes": minutes(lesson.source, lesson.exercises),
        },
    )
    for number, cell in enumerate(lesson.source.cells):
        notebook.cells.append(_cell(cell, f"{lesson.source.notebook}-{number:03d}"))
        if cell.exercise:
            notebook.cells.append(_check_cell(cell.exercise, lesson.exercises[cell.exercise].points))
    if line := way.links(lesson.source.folder):
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(line, id="way-top"))
        notebook.cells.append(nbformat.v4.new_markdown_cell(line, id="way-bottom"))
    return notebook


def learner_notebook(solution: NotebookNode) -> NotebookNode:
    """What learners get: solutions cleared, cells locked, checksums computed, by nbgrader's own preprocessors."""
    notebook: NotebookNode = nbformat.from_dict(solution)
    for preprocessor in (LockCells(), ClearLessonSolutions(), ClearOutput(), CheckCellMetadata(), ComputeChecksums()):
        notebook, _ = preprocessor.preprocess(notebook, {})
    return notebook


def _cell(cell: SourceCell, identity: str) -> NotebookNode:
    if cell.kind == "markdown":
        made = nbformat.v4.new_markdown_cell(cell.source, id=identity)
        if cell.question:
            made.metadata.nbgrader = _nbgrader(cell.question, grade=True, solution=True, points=cell.points)
        return made
    made = nbformat.v4.new_code_cell(cell.source, id=identity)
    if cell.tags:
        made.metadata.tags = list(cell.tags)
    if cell.exercise:
        made.metadata.nbgrader = _nbgrader(cell.exercise, grade=False, solution=True)
    return made


def _check_cell(name: str, points: float) -> NotebookNode:
    made = nbformat.v4.new_code_cell(f'check("{name}")  # stuck? hint("{name}")', id=f"{name}{CHECK_SUFFIX}"[:64])
    made.metadata.nbgrader = _nbgrader(f"{name}{CHECK_SUFFIX}", grade=True, solution=False, points=points)
    return made


def _nbgrader(grade_id: str, grade: bool, solution: bool, points: float | None = None) -> dict:
    meta = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        meta["points"] = int(points) if points == int(points) else points
    return meta
