"""`nbgrader export`: the table of grades, with names that no spreadsheet takes for formulas.

Names come from outside (a folder's name, an import), and a spreadsheet computes what begins with `=`, `+`, `-` or
`@`. Such a text gets an apostrophe in front, which spreadsheets read as "this is text"; commas, quotation marks and
line breaks are quoted, where nbgrader's own table would fall apart.
"""

from __future__ import annotations

import csv
import io

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from autograder.text import clean

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
NUMBERS = ("raw_score", "late_submission_penalty", "score", "max_score")


class SafeCsvExport(CsvExportPlugin):
    """The same columns as nbgrader's own; one row for each student and assignment."""

    def export(self, gradebook: Gradebook) -> None:
        destination = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", destination)
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow((*COLUMNS, *NUMBERS))
        for assignment in gradebook.assignments:
            if not self.assignment or assignment.name in self.assignment:
                for student in gradebook.students:
                    if not self.student or student.id in map(str, self.student):
                        table.writerow(_row(gradebook, assignment, student))
        with open(destination, "w", encoding="utf-8", newline="") as file:
            file.write(text.getvalue())


def _row(gradebook: Gradebook, assignment, student) -> list[object]:
    submission = next((each for each in student.submissions if each.assignment.name == assignment.name), None)
    stamp = submission.timestamp if submission else None
    texts = (
        assignment.name,
        assignment.duedate,
        stamp,
        student.id,
        student.last_name,
        student.first_name,
        student.email,
    )
    raw = submission.score if submission else 0.0
    penalty = submission.late_submission_penalty if submission else 0.0
    return [*map(as_text, texts), raw, penalty, max(0.0, raw - penalty), assignment.max_score]


def as_text(value: object) -> str:
    """A value as a spreadsheet shows it and never computes it."""
    text = "" if value is None else clean(str(value))
    return (
        f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠") and text.strip() else text
    )
