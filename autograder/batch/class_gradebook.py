"""The gradebook while a class is graded: nbgrader's own tables, written for many students in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from autograder.batch import team_points
from autograder.batch.errors import GradebookBusy
from autograder.batch.students_rows import Page
from autograder.core.paths import UserError
from autograder.nbgrader_plugin import scores, unusable
from autograder.nbgrader_plugin.late import PenaltiesInPlace
from autograder.submission import grade as grading
from autograder.submission.grade import Graded

PATIENCE = 30.0  # seconds that somebody else may keep the gradebook to himself
_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0)
_WRITTEN = ("student", "submitted_assignment", "submitted_notebook", "grade", "comment")
T = TypeVar("T")


@dataclass(frozen=True)
class Stages:
    """The steps of storing a submission, in nbgrader's order: student and submission, points, late penalty."""

    enter: bool = False
    points: bool = False
    penalties: bool = False


ALL, NONE = Stages(True, True, True), Stages()


@dataclass(frozen=True)
class Row:
    """What the gradebook learns of one submission.

    written: of each free-text question, whether something was written. handed_in: when (UTC), None where no
    timestamp.txt says so; then the gradebook keeps the time it has. stages: which steps are taken.
    """

    student: str
    graded: Graded
    written: Mapping[str, bool]
    handed_in: datetime | None
    stages: Stages = ALL


class ClassGradebook:
    """One lesson in the gradebook. Use as a context manager, for reading from any thread, for writing from one.

    create_students: whether a student that the gradebook doesn't know is added. Every method may raise GradebookBusy.

    patience: seconds that another program may keep the gradebook locked. penalties: None where lateness costs nothing.
    """

    def __init__(self, coursedir: Any, lesson: str, notebook: str, create_students: bool = True) -> None:
        self.patience = PATIENCE
        self.penalties: PenaltiesInPlace | None = None
        self._coursedir, self._lesson, self._notebook = coursedir, lesson, notebook
        self._create_students = create_students

    def __enter__(self) -> ClassGradebook:
        self._gradebook = self._patiently(lambda: Gradebook(self._coursedir.db_url, self._coursedir.course_id))
        return self

    def __exit__(self, *_: object) -> None:
        self._gradebook.close()

    def max_scores(self) -> dict[str, float]:
        """The points of each graded cell by name. Raises MissingEntry when the gradebook doesn't know the lesson."""
        return self._read(lambda: {cell.name: cell.max_score for cell in self._known().grade_cells})

    def source_cells(self) -> tuple[str | None, list[dict[str, Any]]]:
        """The lesson's kernel (JSON) and cells as nbgrader keeps them, `max_score` included where there is one."""
        return self._read(self._source_cells)

    def auto_scores(self) -> dict[str, dict[str, float | None]]:
        """What is stored: by student, the automatic score of each cell by name."""
        found: dict[str, dict[str, float | None]] = {}
        for student, name, score in self._read(self._all_scores):
            found.setdefault(student, {})[name] = score
        return found

    def students(self) -> set[str]:
        """The ids of all that the gradebook knows."""
        return self._read(lambda: {student for (student,) in self._gradebook.db.query(Student.id)})

    def waiting(self) -> list[str]:
        """The students whose submission has something that a person must grade."""
        return self._read(lambda: [student for (student,) in self._all_waiting()])

    def write(self, rows: Sequence[Row]) -> dict[str, str]:
        """Store submissions, all in one transaction: when this returns they are committed, when it raises none is.

        A submission that failed on our side gets no points and loses those it had. Returned are, by student, the
        reasons why some could not be stored; they have no points now.
        """
        rows = [row for row in rows if row.stages != NONE]
        return self._patiently(lambda: self._transaction(rows)) if rows else {}

    def share_points(self, groups: Sequence[Sequence[str]]) -> list[str]:
        """Give what waits for a person in one submission the points and comment that a person gave to its twins.

        groups: students with the same notebook. Only where all that were given agree. Returned are the students who
        got some.
        """
        if not groups or not self._read(self._all_waiting):
            return []
        return self._changing(lambda db: team_points.share(db, self._lesson, groups))

    def renew_penalties(self) -> list[str]:
        """Set the late penalties by today's due dates, policy and points: the students whose penalty changed."""
        if self.penalties is None or not self._read(self._somebody_is_late):
            return []
        penalties = self.penalties
        return self._changing(lambda db: penalties.renew(db, self._lesson))

    def _somebody_is_late(self) -> bool:
        """Without taking the place of a writer: in most classes nobody is."""
        found = self._gradebook.db.query(SubmittedAssignment).join(
            Assignment, Assignment.id == SubmittedAssignment.assignment_id
        )
        late = found.filter(Assignment.name == self._lesson)
        return any(each.total_seconds_late > 0 or each.late_submission_penalty for each in late)

    def _changing(self, action: Callable[[Session], list[str]]) -> list[str]:
        return self._patiently(lambda: self._in_one_transaction(action))

    def _in_one_transaction(self, action: Callable[[Session], list[str]]) -> list[str]:
        db = self._gradebook.db
        try:
            self._begin()
            changed = action(db())
            db.commit()
        finally:
            db.remove()
        return changed

    def _transaction(self, rows: Sequence[Row]) -> dict[str, str]:
        trouble: dict[str, str] = {}
        db = self._gradebook.db
        try:
            self._begin()
            page = Page(self._gradebook, self._lesson, self._notebook, [row.student for row in rows])
            for row in rows:
                try:
                    self._store(page, row)
                except UserError as error:
                    trouble[row.student] = str(error)
            db.commit()
        finally:
            db.remove()  # takes back what was not committed
        return trouble

    def _store(self, page: Page, row: Row) -> None:
        submission = page.submission(row.student, self._create_students)
        submitted = page.notebook_of(submission)
        failed = row.graded.verdict == grading.INFRA
        if row.stages.enter:
            if row.handed_in is not None:
                submission.timestamp = row.handed_in
            if failed or not row.stages.points:  # whatever happens now, an earlier submission's points are gone
                self._blank(submitted, row)
        if row.stages.points and not failed:
            try:
                scores.fill(submitted, row.graded, row.written)
            except UserError:
                self._blank(submitted, row)
                raise
        if row.stages.penalties and not failed and self.penalties is not None:
            self.penalties.penalise(self._gradebook.db(), submission, submitted)

    def _blank(self, submitted: SubmittedNotebook, row: Row) -> None:
        scores.fill(submitted, Graded(self._lesson, grading.INFRA, row.graded.sandbox), {})

    def _begin(self) -> None:
        """Take the one place of a writer at once, before reading what is about to be changed.

        SQLite has such a place; on PostgreSQL it is a lock on the tables, which readers don't notice.
        """
        connection = self._gradebook.db.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA busy_timeout = 500")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = 500")  # ms; shorter than its search for deadlocks
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(_WRITTEN)} IN SHARE ROW EXCLUSIVE MODE")

    def _known(self) -> Notebook:
        return self._gradebook.find_notebook(self._notebook, self._lesson)

    def _source_cells(self) -> tuple[str | None, list[dict[str, Any]]]:
        known = self._known()
        graded = {cell.name: cell.max_score for cell in [*known.grade_cells, *known.task_cells]}
        fields = ("name", "cell_type", "locked", "source", "checksum")
        cells = [{field: getattr(cell, field) for field in fields} for cell in known.source_cells]
        return known.kernelspec, [{**cell, "max_score": graded.get(cell["name"])} for cell in cells]

    def _all_scores(self) -> Iterable[Any]:
        query = self._gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score)
        return _of_lesson(query.select_from(Grade).join(BaseCell, BaseCell.id == Grade.cell_id), self._lesson).all()

    def _all_waiting(self) -> Iterable[Any]:
        query = self._gradebook.db.query(SubmittedAssignment.student_id).select_from(Grade)
        query = _of_lesson(query, self._lesson).filter(Grade.needs_manual_grade)
        return query.distinct().order_by(SubmittedAssignment.student_id).all()

    def _read(self, action: Callable[[], T]) -> T:
        try:
            return self._patiently(action)
        finally:
            self._gradebook.db.remove()

    def _patiently(self, action: Callable[[], T]) -> T:
        """Do it, again and again while another program has the gradebook, as long as our patience lasts."""
        until, tries = time.monotonic() + self.patience, 0
        while True:
            try:
                return action()
            except OperationalError as error:
                if not unusable.is_busy(error):
                    raise
                if time.monotonic() >= until:
                    raise GradebookBusy(unusable.sentence(error)) from error
            time.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
            tries += 1


def reason(error: Exception) -> str:
    """Why a grade wasn't stored, as one line for the person who grades."""
    if isinstance(error, OSError) and error.strerror:
        return f"It could not be written ({error.strerror}): put that right, then grade again."
    told = error.orig if isinstance(error, DBAPIError) else error  # without the statement and its parameters
    return " ".join(str(told).split())


def _of_lesson(query: Any, lesson: str) -> Any:
    query = query.join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
    query = query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    return query.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id).filter(Assignment.name == lesson)
