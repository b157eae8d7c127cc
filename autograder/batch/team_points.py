"""Points that a person gave to one member of a team, given to the others, whose notebook is the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nbgrader.api import Assignment, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import Session, selectinload


def share(session: Session, lesson: str, groups: Iterable[Sequence[str]]) -> list[str]:
    """Fill in what waits for a person, from those of the group that were graded, if these agree: who got some, sorted.

    groups: students with the same notebook. What a person changed besides, such as points for an exercise of one of
    them, is theirs alone. Doesn't commit.
    """
    below = selectinload(SubmittedAssignment.notebooks)
    found = session.query(SubmittedAssignment).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    found = found.filter(Assignment.name == lesson).options(
        below.selectinload(SubmittedNotebook.grades), below.selectinload(SubmittedNotebook.comments)
    )
    held = {each.student_id: each for each in found}
    got: set[str] = set()
    for group in groups:
        cells: dict[tuple[str, str], list[tuple[str, Grade, Comment | None]]] = {}
        for student in group:
            for submitted in held[student].notebooks if student in held else ():
                comments = {comment.name: comment for comment in submitted.comments}  # rows of their own, same names
                for grade in submitted.grades:
                    twins = cells.setdefault((submitted.notebook_id, grade.name), [])
                    twins.append((student, grade, comments.get(grade.name)))
        for twins in cells.values():
            got.update(_share_one(twins))
    return sorted(got)


def _share_one(twins: Sequence[tuple[str, Grade, Comment | None]]) -> Iterable[str]:
    given = [
        (grade, comment)
        for _, grade, comment in twins
        if grade.auto_score is None and grade.manual_score is not None and not grade.needs_manual_grade
    ]
    if not given or len({(grade.manual_score, grade.extra_credit or 0.0) for grade, _ in given}) > 1:
        return
    grade_given, comment_given = given[0]
    for student, grade, comment in twins:
        if grade.auto_score is None and grade.manual_score is None and grade.needs_manual_grade:
            grade.manual_score, grade.extra_credit = grade_given.manual_score, grade_given.extra_credit
            grade.needs_manual_grade = False
            if comment is not None and comment_given is not None and not comment.manual_comment:
                comment.manual_comment = comment_given.manual_comment
            yield student
