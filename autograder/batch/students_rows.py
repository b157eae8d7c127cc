"""The rows of nbgrader's gradebook that a batch of students has, read at once and made where they lack."""

from __future__ import annotations

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy.orm import selectinload, with_polymorphic

from autograder.core.paths import UserError


class Page:
    """What the gradebook holds of some students. Raises UserError when it doesn't know the lesson."""

    def __init__(self, gradebook: Gradebook, lesson: str, notebook: str, students: list[str]) -> None:
        self._db = gradebook.db
        try:
            self._assignment: Assignment = gradebook.find_assignment(lesson)
        except MissingEntry:
            raise UserError(f"{lesson} isn't released yet: run `autograder release {lesson}`.") from None
        self._lesson, self._name = lesson, notebook
        cells = with_polymorphic(BaseCell, "*")
        self._cells = {
            each.id: self._db.query(cells).filter(cells.notebook_id == each.id).all()
            for each in self._assignment.notebooks
        }
        known = self._db.query(Student).filter(Student.id.in_(students))
        self._students: dict[str, Student] = {student.id: student for student in known}
        below = selectinload(SubmittedAssignment.notebooks)
        held = (
            self._db.query(SubmittedAssignment)
            .filter(SubmittedAssignment.assignment_id == self._assignment.id)
            .filter(SubmittedAssignment.student_id.in_(students))
            .options(below.selectinload(SubmittedNotebook.grades), below.selectinload(SubmittedNotebook.comments))
        )
        self._held: dict[str, SubmittedAssignment] = {each.student_id: each for each in held}

    def submission(self, student: str, create_students: bool) -> SubmittedAssignment:
        """The student's submission, made if there is none (as Gradebook.add_submission does)."""
        if student not in self._students:
            if not create_students:
                raise UserError(f"The gradebook knows no student {student!r}: add them, then grade again.")
            self._students[student] = Student(id=student)
            self._db.add(self._students[student])
        if student not in self._held:
            made = SubmittedAssignment(assignment=self._assignment, student=self._students[student])
            for notebook in self._assignment.notebooks:
                self._add_notebook(made, notebook)
            self._db.add(made)
            self._held[student] = made
        return self._held[student]

    def notebook_of(self, submission: SubmittedAssignment) -> SubmittedNotebook:
        """The lesson's notebook in a submission. Raises UserError when the gradebook knows another version."""
        for submitted in submission.notebooks:
            if submitted.notebook.name == self._name:
                return submitted
        raise UserError(
            f"The gradebook knows another version of {self._lesson} (there is no {self._name}): "
            f"run `autograder release {self._lesson}`, then grade again."
        )

    def _add_notebook(self, submission: SubmittedAssignment, notebook: Notebook) -> None:
        made = SubmittedNotebook(notebook=notebook, assignment=submission)
        for cell in self._cells[notebook.id]:
            if isinstance(cell, GradeCell | TaskCell):
                Grade(cell=cell, notebook=made)
            if isinstance(cell, SolutionCell | TaskCell):
                Comment(cell=cell, notebook=made)
