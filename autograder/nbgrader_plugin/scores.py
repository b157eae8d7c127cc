"""Our verdicts in nbgrader's gradebook. Points come from the result alone, never from a notebook's outputs."""

from __future__ import annotations

from collections.abc import Mapping

from nbgrader.api import BaseCell, Gradebook, SubmittedNotebook

from autograder.core.paths import UserError
from autograder.judging import verdicts
from autograder.judging.verdicts import Result
from autograder.lesson.notebooks import CHECK_SUFFIX
from autograder.submission import grade as grading
from autograder.submission.grade import Graded

NO_RESPONSE = "No response."


def store(gradebook: Gradebook, names: Mapping[str, str], graded: Graded, written: Mapping[str, bool]) -> None:
    """Store the points of one submission, for every cell that the gradebook knows, in one transaction (see `fill`).

    names: student, assignment and notebook.
    """
    fill(gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"]), graded, written)
    gradebook.db.commit()


def fill(submitted: SubmittedNotebook, graded: Graded, written: Mapping[str, bool]) -> None:
    """Set the points and automatic comments of one submission, without committing.

    written: of each free-text question, whether something was written; if so it waits for a person, if not it is
    worth 0. A submission without a score waits for a person as a whole. Points given by hand stay, and are marked for a
    second look. Raises UserError when the gradebook knows another lesson; then nothing was set.
    """
    results = {result.name: result for result in graded.results}
    has_score = graded.verdict == grading.GRADED
    scores = [_score(grade.cell, results, written, graded.lesson) if has_score else None for grade in submitted.grades]
    for grade, score in zip(submitted.grades, scores, strict=True):
        grade.auto_score = score
        grade.needs_manual_grade = score is None or grade.manual_score is not None
    for comment in submitted.comments:
        empty = has_score and _is_empty(comment.cell.name, results, written)
        comment.auto_comment = NO_RESPONSE if empty else None


def _score(cell: BaseCell, results: Mapping[str, Result], written: Mapping[str, bool], lesson: str) -> float | None:
    if cell.name in written:
        return None if written[cell.name] else 0.0
    result = results.get(cell.name.removesuffix(CHECK_SUFFIX))
    if result is None or result.max_points != cell.max_score:
        raise UserError(
            f"The gradebook knows another version of {lesson} ({cell.name} differs): "
            f"run `autograder release {lesson}`, then grade again."
        )
    return float(result.points)


def _is_empty(name: str, results: Mapping[str, Result], written: Mapping[str, bool]) -> bool:
    if name in written:
        return not written[name]
    return name in results and results[name].verdict in (verdicts.NOT_ATTEMPTED, verdicts.MISSING)
