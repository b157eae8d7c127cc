"""`nbgrader export`: no name becomes a formula or breaks the table."""

from __future__ import annotations

import csv

import pytest
from classroom import LESSON, Classroom, make_classroom
from nbgrader.api import Gradebook

from autograder.nbgrader_plugin.export import as_text

NAMES = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("http://localhost","x")',
    "a,b",
    'q"q',
    " =1",
    "\t=1",
]


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Classroom:
    course = make_classroom(tmp_path_factory.mktemp("export"))
    with Gradebook(course.db_url, "ground_up") as gradebook:
        for number, name in enumerate(NAMES):
            gradebook.add_student(name, first_name=name, last_name=f"line\n{name}", email=f"{number}@here")
        gradebook.add_submission(LESSON, NAMES[0])
    return course


def test_every_name_is_text_and_every_row_whole(course):
    done = course.nbgrader("export", "--to", "table.csv")
    assert done.returncode == 0, done.stderr
    with open(course.root / "table.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(NAMES) and all(None not in row and None not in row.values() for row in rows)
    assert {row["student_id"].lstrip("'") for row in rows} == set(NAMES)
    for row in rows:
        assert not any(value.lstrip()[:1] in "=+-@" for value in row.values() if value.strip())
        assert (row["score"], row["max_score"]) == ("0.0", "18.0")


def test_some_students_and_assignments_can_be_named(course):
    course.nbgrader("export", "--to", "one.csv", "--student", '["a,b"]', "--assignment", f'["{LESSON}"]')
    with open(course.root / "one.csv", encoding="utf-8", newline="") as file:
        assert [row["student_id"] for row in csv.DictReader(file)] == ["a,b"]


@pytest.mark.parametrize("harmless", ["ada", "Ångström", "o'neill", "a-b", "1+1", "", None, 3])
def test_an_ordinary_text_stays_as_it_is(harmless):
    assert as_text(harmless) == ("" if harmless is None else str(harmless))
