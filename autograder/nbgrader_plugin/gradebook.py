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
from autograder.lesson import source
from autograder.lesson.notebooks import learner_notebook
from autograder.lesson.release import Released, release
from autograder.nbgrader_plugin import unusable


def release_and_register(folder: Path, lessons: Path, coursedir: CourseDirectory | None = None) -> Released:
    """Release the lesson in `folder` (under solutions/) and tell the gradebook: both, or neither.

    coursedir: whose gradebook (default: by the course's settings). Raises AuthoringError when the lesson can't be
    built, UserError when the gradebook can't be used or doesn't take the lesson as it is now.
    """
    coursedir = coursedir or CourseDirectory(config=nbgrader_config(course_root(folder)))
    taken: list[NotebookNode] = []

    def agree(notebook: NotebookNode) -> None:
        with unusable.gradebook(coursedir) as gradebook:
            if not _knows(gradebook, folder.name, _name(folder), notebook):
                unusable.require_writable(gradebook)
                _require_room(gradebook, folder.name, _name(folder), notebook)
        taken.append(notebook)

    released = release(folder, lessons, agree=agree)
    _enter(folder.name, _name(folder), taken[0], coursedir)
    return released


def register(folder: Path) -> None:
    """Bring the gradebook in line with the built lesson in `folder` (under solutions/).

    Points may change at any time and grades are kept. Exercises and questions may come, go or change their names only
    as long as nobody has handed the lesson in: then UserError is raised and the gradebook stays as it was.
    """
    coursedir = CourseDirectory(config=nbgrader_config(course_root(folder)))
    notebook = learner_notebook(nbformat.read(folder / f"{_name(folder)}.ipynb", as_version=4))
    _enter(folder.name, _name(folder), notebook, coursedir)


def _enter(lesson: str, name: str, notebook: NotebookNode, coursedir: CourseDirectory) -> None:
    with unusable.gradebook(coursedir) as gradebook:
        if _knows(gradebook, lesson, name, notebook):
            return
        _require_room(gradebook, lesson, name, notebook)
        assignment = gradebook.update_or_create_assignment(lesson)
        for other in [other.name for other in assignment.notebooks if other.name != name]:
            gradebook.remove_notebook(other, lesson)
    names = {"notebook": name, "assignment": lesson, "db_url": coursedir.db_url}
    with unusable.told():
        SaveCells().preprocess(notebook, {"nbgrader": names})


def _name(folder: Path) -> str:
    """The name of a lesson's notebook: that of its source, whatever was built when it had another."""
    return source.read(folder).notebook


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


def _require_room(gradebook: Gradebook, lesson: str, name: str, notebook: NotebookNode) -> None:
    """Refuse what nbgrader can't change any more: the cells of a lesson that somebody has handed in."""
    try:
        assignment = gradebook.find_assignment(lesson)
    except MissingEntry:
        return
    handed_in = len(assignment.submissions)
    if not handed_in:
        return
    try:
        gone_or_new = set(_known(gradebook, lesson, name)) ^ set(_cells(notebook))
    except MissingEntry:
        gone_or_new = {name}
    if changed := sorted(gone_or_new | {other.name for other in assignment.notebooks if other.name != name}):
        raise UserError(
            f"{lesson} has {handed_in} submission{'s' if handed_in > 1 else ''} in the gradebook, so its exercises "
            f"and questions can't be added, removed or renamed any more ({', '.join(changed)}): undo that, or "
            "give the new version a folder of its own. Nothing was changed."
        )
