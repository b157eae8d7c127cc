"""Making a lesson known to nbgrader's gradebook, as `nbgrader generate_assignment` would."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from traitlets.config import Config, PyFileConfigLoader

from autograder.core.paths import UserError, course_root
from autograder.lesson.notebooks import learner_notebook


def register(folder: Path) -> None:
    """Bring the gradebook in line with the built lesson in `folder` (under solutions/).

    Points may change at any time and grades are kept. Exercises and questions may come, go or change their names only
    as long as nobody has handed the lesson in: then UserError is raised and the gradebook stays as it was.
    """
    coursedir = CourseDirectory(config=nbgrader_config(course_root(folder)))
    source = next(folder.glob("*.ipynb"))
    notebook = learner_notebook(nbformat.read(source, as_version=4))
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        if _knows(gradebook, folder.name, source.stem, notebook):
            return
        gradebook.update_or_create_assignment(folder.name)
        _make_way(gradebook, folder.name, source.stem, notebook)
    names = {"notebook": source.stem, "assignment": folder.name, "db_url": coursedir.db_url}
    SaveCells().preprocess(notebook, {"nbgrader": names})


def nbgrader_config(root: Path) -> Config:
    """The settings in the course's nbgrader_config.py."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def _cells(notebook: NotebookNode) -> dict[str, tuple[str | None, float | None]]:
    """Checksum and points of each cell that nbgrader keeps, by name."""
    kept = [cell for cell in notebook.cells if utils.is_grade(cell) or utils.is_solution(cell) or utils.is_locked(cell)]
    metas = [cell.metadata.nbgrader for cell in kept]
    return {m.grade_id: (m.checksum, float(m.points) if m.grade else None) for m in metas}


def _known(gradebook: Gradebook, lesson: str, name: str) -> dict[str, tuple[str | None, float | None]]:
    known = gradebook.find_notebook(name, lesson)
    points = {cell.name: cell.max_score for cell in known.grade_cells}
    return {cell.name: (cell.checksum, points.get(cell.name)) for cell in known.source_cells}


def _knows(gradebook: Gradebook, lesson: str, name: str, notebook: NotebookNode) -> bool:
    try:
        only = len(gradebook.find_assignment(lesson).notebooks) == 1
        return only and _known(gradebook, lesson, name) == _cells(notebook)
    except MissingEntry:
        return False


def _make_way(gradebook: Gradebook, lesson: str, name: str, notebook: NotebookNode) -> None:
    """Forget a notebook of another name; refuse what nbgrader can't change any more."""
    assignment = gradebook.find_assignment(lesson)
    others = [other.name for other in assignment.notebooks if other.name != name]
    handed_in = len(assignment.submissions)
    if handed_in:
        try:
            gone_or_new = set(_known(gradebook, lesson, name)) ^ set(_cells(notebook))
        except MissingEntry:
            gone_or_new = {name}
        if changed := sorted(gone_or_new | set(others)):
            raise UserError(
                f"{lesson} has {handed_in} submission{'s' if handed_in > 1 else ''} in the gradebook, so its exercises "
                f"and questions can't be added, removed or renamed any more ({', '.join(changed)}): undo that, or "
                "give the new version a folder of its own. The gradebook was not changed."
            )
    for other in others:
        gradebook.remove_notebook(other, lesson)
