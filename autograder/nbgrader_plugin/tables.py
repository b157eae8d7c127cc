"""Tables as spreadsheets save them: commas, semicolons or tabs; UTF-8 with or without a mark, UTF-16, Windows' own."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.core.paths import UserError
from autograder.core.text import clean

_LONGEST = 10 * 2**20  # bytes


@dataclass(frozen=True)
class Table:
    """rows: each with the number of its line and its fields by column; left_out: columns nobody asked for."""

    rows: list[tuple[int, dict[str, str]]]
    left_out: list[str]


def read(path: Path, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """The rows of a CSV file whose first line names the columns; lines of nothing but separators are passed over.

    columns: those that are wanted; needed: those of them that must be there. Raises UserError with a sentence.
    """
    lines = _text(path).splitlines()
    skipped = int(bool(lines) and lines[0].lower().startswith("sep="))  # Excel's own word on what is between columns
    first = lines[skipped] if len(lines) > skipped else ""
    reader = csv.reader(lines[skipped:], delimiter=max(",;\t", key=first.count))
    names = [name.strip().strip('"').lower().replace(" ", "_") for name in next(reader, [])]
    for name in needed:
        if name not in names:
            raise UserError(
                f"{path} has no column `{name}`: its first line names the columns, such as {','.join(columns)}."
            )
    rows = []
    for fields in reader:
        if any(field.strip() for field in fields):
            row = {name: field.strip() for name, field in zip(names, fields, strict=False) if name in columns}
            rows.append((skipped + reader.line_num, row))
    return Table(rows, [name for name in names if name and name not in columns])


def student_of(row: dict[str, str], line: int, path: Path) -> str:
    """A row's `id`, if it can be a student's. Raises UserError."""
    student = row.get("id", "")
    if not student or student != clean(student) or "/" in student or student.startswith("."):
        raise UserError(f"Line {line} of {path} has no id that can be a folder's name: {clean(student)!r}.")
    return student


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
