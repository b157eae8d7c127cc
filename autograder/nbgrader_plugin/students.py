"""A list of students as spreadsheets save it, taken into the gradebook."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.core.paths import UserError
from autograder.core.text import clean
from autograder.nbgrader_plugin.gradebook import nbgrader_config

COLUMNS = ("id", "first_name", "last_name", "email", "lms_user_id")  # the gradebook's
_LONGEST = 10 * 2**20  # bytes


@dataclass(frozen=True)
class Imported:
    """students: their ids, in the file's order; left_out: columns that the gradebook doesn't have."""

    students: list[str]
    left_out: list[str]


def take_in(path: Path, root: Path) -> Imported:
    """Bring the gradebook of the course at `root` up to date with the students in a CSV file; nobody is removed.

    The first line names the columns: `id`, and any of the others in COLUMNS. Commas, semicolons or tabs between them,
    in UTF-8 (with a byte order mark or without), UTF-16 or Windows' western encoding. An empty field says nothing.
    Raises UserError with a sentence; then the gradebook is as it was.
    """
    rows, left_out = _rows(_text(path), path)
    coursedir = CourseDirectory(config=nbgrader_config(root))
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for row in rows:
            about = {column: value for column, value in row.items() if column != "id" and value}
            gradebook.update_or_create_student(row["id"], **about)
    return Imported([row["id"] for row in rows], left_out)


def _text(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            content = file.read(_LONGEST + 1)
    except OSError as error:
        raise UserError(f"{path} can't be read ({error.strerror}): name the file that holds your list.") from None
    if len(content) > _LONGEST or content.startswith(b"PK"):
        raise UserError(f"{path} is no CSV file: in your spreadsheet, save the list as CSV, then name that file.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str, path: Path) -> tuple[list[dict[str, str]], list[str]]:
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep="):  # Excel's own word on what is between the columns
        lines = lines[1:]
    first = lines[0] if lines else ""
    between = max(",;\t", key=first.count)
    reader = csv.reader(lines, delimiter=between)
    names = [name.strip().strip('"').lower().replace(" ", "_") for name in next(reader, [])]
    if "id" not in names:
        raise UserError(
            f"{path} has no column `id`: its first line names the columns, such as id,first_name,last_name,email."
        )
    rows: dict[str, dict[str, str]] = {}
    for number, fields in enumerate(reader, 2):
        if not any(field.strip() for field in fields):
            continue
        row = {name: field.strip() for name, field in zip(names, fields, strict=False) if name in COLUMNS}
        student = row.get("id", "")
        if not student or student != clean(student) or "/" in student or student.startswith("."):
            raise UserError(f"Line {number} of {path} has no id that can be a folder's name: {clean(student)!r}.")
        if student in rows:
            raise UserError(
                f"Line {number} of {path} has the id {student!r} once more: each student has one of their own."
            )
        rows[student] = row
    return list(rows.values()), [name for name in names if name and name not in COLUMNS]
