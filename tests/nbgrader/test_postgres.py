"""The gradebook on a real PostgreSQL server: from release to feedback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import postgres
import pytest
from classroom import LESSON, NOTEBOOK, Classroom, make_classroom
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.batch import class_gradebook
from autograder.cli import main
from autograder.runner.sandbox import bubblewrap_works

pytest.importorskip("psycopg", reason="the package psycopg isn't installed")
pytestmark = pytest.mark.skipif(bool(postgres.why_not()), reason=postgres.why_not() or "there is one")

SCORES = {"right": 16, "half": 3, "untouched": 0}
TOO_LONG = "n" * 129  # nbgrader's column holds 128 characters; SQLite doesn't count


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    with postgres.server() as db_url:
        made = make_classroom(tmp_path_factory.mktemp("postgres"), f"c.CourseDirectory.db_url = {db_url!r}\n")
        made.submit("right", made.notebook({**made.solved, "why-bias": "Because."}))
        made.submit("half", made.notebook({name: made.solved[name] for name in ("weighted_sum", "relu")}))
        made.submit("untouched", made.notebook({}))
        yield made


@pytest.fixture
def here(course: Classroom, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    monkeypatch.chdir(course.root)
    return course


def test_the_points_are_stored_once_and_are_those_of_nbgrader_autograde(here):
    said = _grade()
    assert {each["student"]: each["score"] for each in said["students"]} == SCORES
    ours = {student: _stored(here, student) for student in SCORES}
    again = _grade()
    assert (again["graded"], again["skipped"]) == (0, len(SCORES))
    done = here.nbgrader("autograde", LESSON, "--force")
    assert done.returncode == 0, done.stderr
    assert ours == {student: _stored(here, student) for student in SCORES}
    assert not list(here.root.rglob("gradebook.db"))


def test_points_given_by_hand_stay_and_ask_for_a_second_look(here):
    _grade()
    with Gradebook(here.db_url) as gradebook:
        grade = gradebook.find_grade("why-bias", NOTEBOOK, LESSON, "right")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.find_comment("why-bias", NOTEBOOK, LESSON, "right").manual_comment = "Well said. \u2713"
        gradebook.db.commit()
    here.submit("right", here.notebook({**here.solved, "why-bias": "Because of that.", "relu": ""}))
    assert "right" in _grade()["waiting"]
    grade = here.grades("right")["why-bias"]
    assert (grade["manual_score"], grade["needs_manual_grade"]) == (1.5, True)
    with Gradebook(here.db_url) as gradebook:
        assert gradebook.find_submission_notebook(NOTEBOOK, LESSON, "right").score == 16.5
        assert gradebook.find_comment("why-bias", NOTEBOOK, LESSON, "right").comment == "Well said. \u2713"


def test_a_lesson_can_be_released_again_and_feedback_and_export_work(here):
    _grade()
    for arguments in (["release", LESSON], ["release", LESSON, "--check"]):
        assert CliRunner().invoke(main, arguments).exit_code == 0
    for arguments in (["db", "upgrade"], ["generate_feedback", LESSON, "--student", "half"], ["export"]):
        done = here.nbgrader(*arguments)
        assert done.returncode == 0, done.stderr
    assert 'data-exercise="relu"' in here.feedback("half")
    assert "untouched" in (here.root / "grades.csv").read_text(encoding="utf-8")


def test_what_the_database_refuses_costs_nobody_else(here):
    here.submit(TOO_LONG, here.solution())
    here.submit("zoe", here.solution())
    here.submit("odd", here.solution(relu='"\x00"\ndef relu(z):\n    raise ValueError(chr(0) + "\\ud800")'))
    said = {each["student"]: each for each in _grade(status=3)["students"]}
    assert (said["zoe"]["score"], said["odd"]["verdict"], said[TOO_LONG]["verdict"]) == (16, "GRADED", "INFRA")
    with Gradebook(here.db_url) as gradebook:
        assert gradebook.find_submission_notebook(NOTEBOOK, LESSON, "zoe").score == 16
        assert TOO_LONG not in {student.id for student in gradebook.students}
    shutil.rmtree(here.folder(TOO_LONG).parent)


def test_points_that_somebody_is_giving_meanwhile_are_waited_for(here, monkeypatch):
    _grade()
    here.submit("half", here.solution())
    with Gradebook(here.db_url) as gradebook:
        gradebook.find_grade("why-bias", NOTEBOOK, LESSON, "half").manual_score = 2
        gradebook.db.flush()  # and not yet committed
        monkeypatch.setattr(class_gradebook, "PATIENCE", 0.0)
        reasons = {each["student"]: each["reason"] for each in _grade(status=3)["infra"]}
        assert "used by another program" in reasons["half"]
        gradebook.db.commit()
    monkeypatch.undo()
    monkeypatch.chdir(here.root)
    _grade()
    assert here.grades("half")["why-bias"]["manual_score"] == 2
    with Gradebook(here.db_url) as gradebook:
        assert gradebook.find_submission_notebook(NOTEBOOK, LESSON, "half").score == 18


def _grade(status: int = 0) -> dict:
    done = CliRunner().invoke(main, ["grade", LESSON, "--json"])
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


def _stored(course: Classroom, student: str) -> dict[str, tuple]:
    fields = ("auto_score", "manual_score", "needs_manual_grade", "max_score")
    return {name: tuple(grade[field] for field in fields) for name, grade in course.grades(student).items()}
