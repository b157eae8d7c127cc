"""Is there something to grade against? Lesson, release and gradebook must be of one version."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.coursedir import CourseDirectory

from autograder.core.paths import UserError
from autograder.lesson.notebooks import CHECK_SUFFIX
from autograder.nbgrader_plugin import unusable
from autograder.submission.grade import Marking


def require_released(coursedir: CourseDirectory, marks: Marking) -> None:
    """Raises UserError when the lesson isn't released or the gradebook can't be used or knows another version of it."""
    folder = Path(coursedir.format_path(coursedir.release_directory, ".", marks.lesson))
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        raise release_first(marks.lesson)
    with unusable.gradebook(coursedir) as gradebook:
        try:
            known = gradebook.find_notebook(notebooks[0].stem, marks.lesson)
        except MissingEntry:
            raise release_first(marks.lesson) from None
        require_same_version({cell.name: cell.max_score for cell in known.grade_cells}, marks)
        gradebook.db.rollback()
        unusable.require_writable(gradebook)


def require_same_version(known: Mapping[str, float], marks: Marking) -> None:
    """Raises UserError unless the gradebook has the lesson's points. known: each graded cell's, by name."""
    if any(known.get(f"{name}{CHECK_SUFFIX}") != exercise.points for name, exercise in marks.exercises.items()):
        raise UserError(
            f"The gradebook knows another version of {marks.lesson}: "
            f"run `autograder release {marks.lesson}`, then grade again."
        )


def release_first(lesson: str) -> UserError:
    """What is said where a lesson isn't released, or the gradebook doesn't know it."""
    return UserError(f"{lesson} isn't released yet: run `autograder release {lesson}`.")
