"""What the gradebook holds about a lesson, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.lesson.notebooks import CHECK_SUFFIX

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Points:
    """Points for an exercise or question. given: by a person; automatic: ours; waits: for a person."""

    score: float
    automatic: float | None
    given: float | None
    waits: bool


@dataclass(frozen=True)
class ClassPoints:
    """max_points: by exercise or question. points: by student, then by exercise or question.

    names: what students are called, by id, where the gradebook knows it. missing: ids of those who haven't handed in.
    penalties: points taken off for being late, by student.
    """

    max_points: dict[str, float] = field(default_factory=dict)
    points: dict[str, dict[str, Points]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    penalties: dict[str, float] = field(default_factory=dict)

    def total(self, student: str) -> float:
        """All points of a student before anything is taken off for being late."""
        return sum(each.score for each in self.points[student].values())

    @property
    def max_total(self) -> float:
        return sum(self.max_points.values())


def read(gradebook: Gradebook, lesson: str) -> ClassPoints:
    """Read what the gradebook holds about a lesson, in a few queries whatever the size of the class."""
    from nbgrader.api import BaseCell, Grade, Student, SubmittedAssignment, SubmittedNotebook  # takes a second

    notebook = gradebook.find_assignment(lesson).notebooks[0]
    submitted = (
        gradebook.db.query(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .filter(SubmittedNotebook.notebook_id == notebook.id)
        .with_entities(SubmittedNotebook.id, SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
        .all()
    )
    owners = {id_: student for id_, student, _ in submitted}
    grades = (
        gradebook.db.query(Grade)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(BaseCell.notebook_id == notebook.id)
        .with_entities(
            Grade.notebook_id,
            BaseCell.name,
            Grade.score,
            Grade.auto_score,
            Grade.manual_score,
            Grade.needs_manual_grade,
        )
    )
    points: dict[str, dict[str, Points]] = {student: {} for student in owners.values()}
    for owner, cell, score, automatic, given, waits in grades:
        points[owners[owner]][_exercise(cell)] = Points(score or 0.0, automatic, given, bool(waits))
    people = gradebook.db.query(Student.id, Student.first_name, Student.last_name).all()
    names = {id_: " ".join(filter(None, (first, last))) for id_, first, last in people}
    return ClassPoints(
        {_exercise(cell.name): cell.max_score for cell in notebook.grade_cells},
        points,
        {id_: name for id_, name in names.items() if name and name != id_},
        tuple(sorted(set(names) - set(points))),
        {student: penalty for _, student, penalty in submitted if penalty},
    )


def _exercise(cell: str) -> str:
    return cell.removesuffix(CHECK_SUFFIX)
