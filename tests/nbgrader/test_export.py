"""`nbgrader export` and `nbgrader autograde` where something is amiss: an honest file, one sentence."""

from __future__ import annotations

import csv
import shutil

import pytest
from classroom import LESSON, Classroom, make_classroom
from nbgrader.api import Gradebook

from autograder.nbgrader_plugin.export import GRADED, NO_SCORE, NOT_HANDED_IN, WAITING, plain
from autograder.runner.sandbox import bubblewrap_works

pytestmark = pytest.mark.skipif(not bubblewrap_works(), reason="bubblewrap doesn't work here")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    made = make_classroom(tmp_path_factory.mktemp("export"))
    made.submit("done", made.notebook({"relu": made.solved["relu"]}))
    made.submit("waits", made.solution())
    made.submit("broken", b"{")
    assert made.api.autograde(LESSON, "*")["success"]
    with Gradebook(made.db_url) as gradebook:
        gradebook.add_student("absent", first_name="=cmd|' /C calc'!A0", last_name='a,b\n"c"', email="@x")
    return made


@pytest.fixture(scope="module")
def rows(course: Classroom) -> dict[str, dict[str, str]]:
    done = course.nbgrader("export", "--to", "marks.csv")
    assert done.returncode == 0, done.stderr
    with open(course.root / "marks.csv", encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_what_could_not_be_graded_has_no_score(rows):
    assert {student: (row["score"], row["status"]) for student, row in rows.items()} == {
        "done": ("1.0", GRADED),
        "waits": ("16.0", WAITING),
        "broken": ("", NO_SCORE),
        "absent": ("0.0", NOT_HANDED_IN),
    }
    assert {row["max_score"] for row in rows.values()} == {"18.0"}


def test_names_are_no_formulas_and_keep_their_signs(rows):
    assert rows["absent"]["first_name"] == "'=cmd|' /C calc'!A0"
    assert rows["absent"]["last_name"] == 'a,b\n"c"'
    assert rows["absent"]["email"] == "'@x"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\u200f=1", "\ufeff=1", "＝1"])
def test_whatever_a_spreadsheet_could_take_for_a_formula_is_text(text):
    assert plain(text)[0] not in "=+-@＝\t\r \ufeff"


def test_only_what_is_asked_for_is_exported(course):
    done = course.nbgrader("export", "--to", "one.csv", "--student", "['done']", "--assignment", f"['{LESSON}']")
    assert done.returncode == 0, done.stderr
    assert len((course.root / "one.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_autograde_before_release_says_one_sentence(course, tmp_path):
    for name in ("solutions", "lessons"):
        shutil.copytree(course.root / name, tmp_path / name)
    shutil.copy(course.root / "nbgrader_config.py", tmp_path)
    fresh = Classroom(tmp_path, course.handed_out, course.solved)
    fresh.submit("ada", fresh.solution())
    done = fresh.nbgrader("autograde", LESSON)
    assert done.returncode == 1
    assert f"{LESSON} isn't released yet: run `autograder release {LESSON}`." in done.stderr
    assert "Traceback" not in done.stderr
    formgrader = fresh.api.autograde(LESSON, "ada")
    assert not formgrader["success"]
    assert "error" not in formgrader  # which would be a traceback
    assert f"run `autograder release {LESSON}`" in " ".join(formgrader["log"].split())
