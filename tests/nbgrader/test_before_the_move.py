"""A class that was graded by an earlier engine: everybody is run once more, nothing is lost, no points change.

`before_the_move/grading.json` is what that version left (`before_the_move/make.py` makes it again).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.batch import run_key
from autograder.cli import main
from autograder.runner.client import Runner
from autograder.runner.sandbox import bubblewrap_works
from tests.nbgrader.before_the_move.make import HERE, LESSON, STUDENTS, unpack

REPOSITORY = Path(__file__).resolve().parents[2]
SCORES = {"right": 3, "wrong": 0, "again": 3, "by_hand": 3}
POINTS = """
select student_id, base_cell.name, auto_score, manual_score, needs_manual_grade from grade
join base_cell on base_cell.id = grade.cell_id join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id order by 1, 2
"""
COMMENTS = "select auto_comment, manual_comment from comment order by manual_comment, auto_comment"


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """The course with that class, on the packages with which it was graded."""
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    shutil.copytree(HERE / "lesson", tmp_path / "solutions" / LESSON)
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    unpack(tmp_path / "grading")
    monkeypatch.chdir(tmp_path)
    of_then = {**records(tmp_path)[0]["versions"], "engine": run_key.engine()}
    monkeypatch.setattr(run_key, "versions", lambda: of_then)
    assert CliRunner().invoke(main, ["release", LESSON]).exit_code == 0
    return tmp_path


@pytest.fixture
def ran(monkeypatch) -> list[object]:
    """What is run."""
    jobs: list[object] = []
    run = Runner.run
    monkeypatch.setattr(Runner, "run", lambda self, job, *more: jobs.append(job) or run(self, job, *more))
    return jobs


def records(course: Path) -> list[dict]:
    lines = (course / "grading" / "results" / f"{LESSON}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def grade() -> dict:
    done = CliRunner().invoke(main, ["grade", LESSON, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def rows(course: Path, query: str) -> list[tuple]:
    with sqlite3.connect(course / "grading" / "gradebook.db") as database:
        return database.execute(query).fetchall()


def kept_files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_todays_engine_runs_everybody_once_and_takes_nothing_that_a_person_gave(course, ran):
    attempts = kept_files(course / "grading" / "attempts")
    automatic = [(student, cell, points) for student, cell, points, *_ in rows(course, POINTS)]
    by_hand = [row for row in rows(course, POINTS) if row[3] is not None]
    comments = rows(course, COMMENTS)
    assert by_hand and ("Well said." in {said for _, said in comments})
    assert grade()["graded"] == len(SCORES)
    assert len(ran) == len(SCORES)
    assert [(student, cell, points) for student, cell, points, *_ in rows(course, POINTS)] == automatic
    assert [row[3] for row in rows(course, POINTS) if row[3] is not None] == [row[3] for row in by_hand]
    assert rows(course, COMMENTS) == comments
    assert kept_files(course / "grading" / "attempts") == attempts
    ran.clear()
    assert grade()["skipped"] == len(STUDENTS)
    assert ran == []


def test_a_moved_definition_and_a_renamed_module_are_no_cause():
    before = "from autograder.core import outcome\n\ndef f(x):\n    'Says.'\n    return outcome.RETURNED, x  # note\n"
    moved = "import os\nfrom autograder.elsewhere import ending\n\ndef f(x):\n    return (ending.RETURNED, x)\n"
    changed = "from autograder.core import outcome\n\ndef f(x):\n    return outcome.RAISED, x\n"
    assert list(run_key.definitions(before)) == list(run_key.definitions(moved))
    assert list(run_key.definitions(before)) != list(run_key.definitions(changed))
