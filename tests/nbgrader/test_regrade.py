"""Grading again after an edit of the checks: a changed case runs everybody again, a changed message nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from classroom import LESSON, NOTEBOOK, Classroom, make_classroom
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.runner.client import Runner
from autograder.runner.job import Job
from autograder.runner.sandbox import bubblewrap_works

SHARED = """
import numpy as np

EDGES = np.array([-5.0, 0.0, 5.0])


def edges():
    return EDGES * 1.0
"""
MORE = {
    "relu": """

@relu.held_out
def at_the_edges(relu):
    return relu(edges())
""",
    "sigmoid": """

@sigmoid.held_out
def at_the_edges_too(sigmoid):
    return sigmoid(edges())


@sigmoid.held_out
def far_away(sigmoid):
    return sigmoid(np.array([40.0]))
""",
}
CRASHING = (
    "import os\n\ndef relu(z):\n    return np.maximum(z, 0) if np.ndim(z) != 1 or np.min(z) != -5 else os._exit(3)"
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    course = make_classroom(tmp_path_factory.mktemp("own"))
    course.submit("right", course.solution())
    course.submit("half", course.notebook({name: course.solved[name] for name in ("weighted_sum", "relu")}))
    course.submit("wrong", course.solution(relu="def relu(z):\n    return np.abs(z)"))
    course.submit("crashes", course.solution(relu=CRASHING))
    course.submit("empty", b"")
    return course


@pytest.fixture
def graded(own: Classroom, monkeypatch: pytest.MonkeyPatch) -> Iterator[Classroom]:
    """The class, graded with more checks than the lesson has; afterwards they are as they were."""
    monkeypatch.chdir(own.root)
    before = {name: _hidden(own, name).read_text(encoding="utf-8") for name in MORE}
    _hidden(own, "shared").write_text(SHARED, encoding="utf-8")
    for name, text in before.items():
        given = text.replace("\n\n", "\n\nfrom .shared import edges\n\n", 1)
        _hidden(own, name).write_text(given + MORE[name], encoding="utf-8")
    _release()
    _grade()
    yield own
    _hidden(own, "shared").unlink()
    for name, text in before.items():
        _hidden(own, name).write_text(text, encoding="utf-8")


@pytest.fixture
def ran(graded: Classroom, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """What is run from now on."""
    asked: list[Job] = []
    run = Runner.run

    def counting(runner: Runner, job: Job, *more: object) -> object:
        asked.append(job)
        return run(runner, job, *more)

    monkeypatch.setattr(Runner, "run", counting)
    return asked


def test_an_edited_case_runs_everybody_again(graded, ran):
    said = _edit(graded, "np.array([40.0])", "np.array([41.0])")
    assert len(ran) == 4
    _same_as_in_full(graded, said)


def test_an_edited_helper_of_a_case_runs_everybody_again(graded, ran):
    said = _edit(graded, "EDGES * 1.0", "EDGES * 1.5")
    assert len(ran) == 4
    _same_as_in_full(graded, said)


def test_an_edited_message_runs_nothing_and_is_said(graded, ran):
    text = _hidden(graded, "relu").read_text(encoding="utf-8")
    message = text.split("@relu.mistake(")[1].split('"')[3]
    before = len(_lines(graded))
    said = _edit(graded, message, "A message of today.")
    assert ran == []
    assert len(_lines(graded)) == before
    assert [each["student"] for each in said["students"] if not each["skipped"]] == ["wrong"]  # who is told it
    _same_as_in_full(graded, said)


def test_a_check_that_is_undone_needs_no_run(graded, ran):
    _results(graded).unlink()
    _grade()
    _edit(graded, "np.array([40.0])", "np.array([42.0])")
    ran.clear()
    _edit(graded, "np.array([42.0])", "np.array([40.0])")
    assert ran == []


def test_a_file_of_results_that_is_mostly_obsolete_is_written_anew(graded):
    for _ in range(3):
        _grade("--force")
    records = [json.loads(line) for line in _lines(graded)]
    assert len(records) <= 2 * 5
    assert {record["student"] for record in records} == {"right", "half", "wrong", "crashes", "empty"}
    before = _lines(graded)
    assert _grade()["graded"] == 0
    assert _lines(graded) == before


def _edit(course: Classroom, old: str, new: str) -> dict:
    texts = {path: path.read_text(encoding="utf-8") for path in _hidden(course, "shared").parent.glob("*.py")}
    ((path, text),) = [(path, text) for path, text in texts.items() if old in text]
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    _release()
    return _grade()


def _same_as_in_full(course: Classroom, said: dict) -> None:
    points = {student: _points(course, student) for student in ("right", "half", "wrong", "crashes")}
    assert points["right"][1] == 16
    assert points["half"][1] == 3
    assert _grade("--force")["exercises"] == said["exercises"]
    assert points == {student: _points(course, student) for student in points}


def _points(course: Classroom, student: str) -> tuple[dict[str, float], float]:
    with Gradebook(course.db_url) as gradebook:
        submitted = gradebook.find_submission_notebook(NOTEBOOK, LESSON, student)
        return {grade.name: grade.auto_score for grade in submitted.grades}, submitted.score


def _release() -> None:
    done = CliRunner().invoke(main, ["release", LESSON])
    assert done.exit_code == 0, done.output


def _grade(*arguments: str) -> dict:
    done = CliRunner().invoke(main, ["grade", LESSON, "--json", *arguments])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def _hidden(course: Classroom, name: str) -> Path:
    return course.root / "solutions" / LESSON / "hidden" / f"{name}.py"


def _lines(course: Classroom) -> list[str]:
    return _results(course).read_text(encoding="utf-8").splitlines()


def _results(course: Classroom) -> Path:
    return course.root / "grading" / "results" / f"{LESSON}.jsonl"
