"""`nbgrader export`: who has no score has none in the file either, and no cell of it is a formula."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from sqlalchemy.exc import OperationalError

from autograder.core.text import clean
from autograder.nbgrader_plugin import late

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "status",
)
GRADED = "graded"
WAITING = "some of it waits for manual grading"
NO_SCORE = "no score: it could not be graded; grade again, or ask for another notebook"
NOT_HANDED_IN = "not handed in"


class ExportGrades(ExportPlugin):
    """nbgrader's columns and a `status`. What could not be graded has an empty score; nbgrader's own plugin says 0.

    Late penalties are those of today's due dates, policy and points. Who handed nothing in has 0 points, as with
    nbgrader's. Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """

    def export(self, gradebook: Gradebook) -> None:
        path = Path(self.to or "grades.csv")
        if penalties := late.configured(self.config):
            try:
                for assignment in gradebook.assignments:
                    penalties.renew(gradebook.db(), assignment.name)
                gradebook.db.commit()
            except OperationalError as error:  # an export must not fail because somebody else is writing
                gradebook.db.rollback()
                self.log.warning("Late penalties are as they were (%s): export again when that has ended.", error.orig)
        self.log.info("Exporting grades to %s", path)
        unfinished = path.with_name(f".{path.name}.part")
        with open(unfinished, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            for assignment in gradebook.assignments:
                for student in gradebook.students:
                    if self._wanted(assignment, student):
                        writer.writerow(_row(gradebook, assignment, student))
        os.replace(unfinished, path)

    def _wanted(self, assignment: Assignment, student: Student) -> bool:
        assignments, students = map(str, self.assignment), map(str, self.student)
        return (not self.assignment or assignment.name in assignments) and (not self.student or student.id in students)


def _row(gradebook: Gradebook, assignment: Assignment, student: Student) -> dict[str, Any]:
    row = {
        "assignment": plain(assignment.name),
        "duedate": assignment.duedate or "",
        "student_id": plain(student.id),
        "last_name": plain(student.last_name),
        "first_name": plain(student.first_name),
        "email": plain(student.email),
        "max_score": assignment.max_score,
    }
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        return row | {"raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0, "status": NOT_HANDED_IN}
    row["timestamp"] = submission.timestamp or ""
    if not _has_score(submission):
        return row | {"status": NO_SCORE}
    penalty = submission.late_submission_penalty or 0.0
    return row | {
        "raw_score": submission.score,
        "late_submission_penalty": penalty,
        "score": max(0.0, submission.score - penalty),
        "status": WAITING if submission.needs_manual_grade else GRADED,
    }


def _has_score(submission: SubmittedAssignment) -> bool:
    """Whether anything at all was graded, by us or by hand."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return any(grade.auto_score is not None or grade.manual_score is not None for grade in grades)


def plain(text: str | None) -> str:
    """Text as a cell that no spreadsheet takes for a formula."""
    text = clean(text or "")
    first = next((sign for sign in text if sign.isprintable() and not sign.isspace()), "")
    return f"'{text}" if first in _FORMULA or text[:1].isspace() else text


_FORMULA = tuple("=+-@＝＋－＠")
