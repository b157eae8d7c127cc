"""A list of students as spreadsheets save it, taken into the gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Student
from nbgrader.coursedir import CourseDirectory

from autograder.core.paths import UserError
from autograder.nbgrader_plugin import tables, unusable
from autograder.nbgrader_plugin.gradebook import nbgrader_config

COLUMNS = ("id", "first_name", "last_name", "email", "lms_user_id")  # the gradebook's


@dataclass(frozen=True)
class Imported:
    """students: their ids, in the file's order; left_out: columns that the gradebook doesn't have."""

    students: list[str]
    left_out: list[str]


def take_in(path: Path, root: Path) -> Imported:
    """Bring the gradebook of the course at `root` up to date with the students in a CSV file; nobody is removed.

    The first line names the columns: `id`, and any of the others in COLUMNS, in any form that `tables.read` reads. An
    empty field says nothing. Raises UserError with a sentence; then the gradebook is as it was.
    """
    table = tables.read(path, COLUMNS, ["id"])
    rows: dict[str, dict[str, str]] = {}
    for line, row in table.rows:
        name = tables.student_of(row, line, path)
        if name in rows:
            raise UserError(f"Line {line} of {path} has the id {name!r} once more: each student has one of their own.")
        rows[name] = row
    coursedir = CourseDirectory(config=nbgrader_config(root))
    with unusable.gradebook(coursedir) as gradebook:
        known = {student.id: student for student in gradebook.students}
        for name, row in rows.items():
            student = known.get(name) or Student(id=name)
            for column, value in row.items():
                if value:
                    setattr(student, column, value)
            gradebook.db.add(student)
        gradebook.db.commit()
    return Imported(list(rows), table.left_out)
