"""`autograder grade` on a real class and gradebook: points, what is skipped, what a killed run leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from classroom import LESSON, NOTEBOOK, Classroom, make_classroom
from click.testing import CliRunner, Result
from nbgrader.api import Gradebook

from autograder.batch import runs
from autograder.batch.results import MAX_KEPT, ran_from_json, to_keep
from autograder.batch.store import MARK
from autograder.cli import main
from autograder.core.outcome import RETURNED, Outcome
from autograder.core.paths import SUPPORT
from autograder.runner.client import RunnerFailed
from autograder.runner.job import CellRun, Ran
from autograder.runner.sandbox import bubblewrap_works

SCORES = {"right": 16, "half": 3, "untouched": 0, "renamed": 16, "half_renamed": 2, "two_uploads": 16}
UNGRADABLE = {"empty", "two_names", "no_notebook"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A course whose class was graded once by `autograder grade`; tests add students of their own."""
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    course = make_classroom(tmp_path_factory.mktemp("own"))
    some = {name: course.solved[name] for name in ("weighted_sum", "relu")}
    course.submit("right", course.notebook({**course.solved, "why-bias": "Because."}))
    course.submit("half", course.notebook(some))
    course.submit("untouched", course.notebook({}))
    course.submit("renamed", course.solution(), "neuron (1).ipynb")
    course.submit("half_renamed", course.notebook({"weighted_sum": some["weighted_sum"]}), "mine.ipynb")
    course.submit("empty", b"")
    for name in ("part a.ipynb", "part b.ipynb"):
        course.submit("two_names", course.solution(), name)
    os.utime(course.submit("two_uploads", course.notebook({})), (1000, 1000))
    course.submit("two_uploads", course.solution(), "neuron (1).ipynb")
    for lost in ("lost.ipynb", "ada/neuron.ipynb", "ada/01_Neuron/neuron.ipynb", f"no_notebook/{LESSON}/work.zip"):
        path = course.root / "grading" / "submitted" / lost
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}")
    return course


@pytest.fixture(scope="module")
def first(own: Classroom) -> dict:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(own.root)
        return json.loads(_invoke("--json").output)


@pytest.fixture
def here(own: Classroom, first: dict, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    monkeypatch.chdir(own.root)
    return own


def test_everybody_gets_the_points_of_autograder_check(here, first):
    said = {each["student"]: each for each in first["students"]}
    assert {s: e["score"] for s, e in said.items() if e["verdict"] == "GRADED"} == SCORES
    assert all(e["max_score"] == 16 and not e["skipped"] for e in said.values() if e["verdict"] == "GRADED")
    for student in SCORES:
        path = here.folder(student) / f"{NOTEBOOK}.ipynb"
        done = CliRunner().invoke(main, ["check", str(path), "--lesson", LESSON, "--held-out", "--json"])
        expected = {
            f"{exercise['name']}-check": exercise["points"] for exercise in json.loads(done.output)["exercises"]
        }
        grades = here.grades(student)
        assert {name: grades[name]["auto_score"] for name in expected} == expected


def test_gradebook_and_notebooks_are_those_of_nbgrader_autograde(here, first):
    students = [*SCORES, "empty", "two_names"]
    ours = {student: _state(here, student) for student in students}
    done = here.nbgrader("autograde", LESSON, "--force")
    assert done.returncode == 0, done.stderr
    assert ours == {student: _state(here, student) for student in students}


def test_the_summary_says_what_a_person_must_know(here, first):
    assert (first["graded"], first["skipped"], first["infra"]) == (len(SCORES), 0, [])
    assert {each["student"] for each in first["ungradable"]} == UNGRADABLE
    assert all("hand" in each["reason"] for each in first["ungradable"])
    assert first["ignored"] == ["ada/01_Neuron/neuron.ipynb", "ada/neuron.ipynb", "lost.ipynb"]
    assert {"right", *UNGRADABLE} <= set(first["waiting"])
    assert first["exercises"]["relu"] == {"PASSED": 4, "NOT_ATTEMPTED": 2}
    assert len(first["slowest"]) == 5
    text = _invoke().output
    for part in (
        "UNGRADABLE empty",
        "handed in, only work.zip",
        "Ignored",
        "lost.ipynb",
        "waiting for manual grading",
        "Slowest",
        "relu",
    ):
        assert part in text


def test_feedback_can_be_made(here):
    _invoke()
    done = here.nbgrader("generate_feedback", LESSON, "--student", "half")
    assert done.returncode == 0, done.stderr
    assert 'data-exercise="relu"' in here.feedback("half")
    assert {path.name for path in here.folder("half", "feedback").glob(".*")} <= {SUPPORT}  # which students have


def test_what_did_not_change_is_skipped_and_forced_when_asked(here):
    _invoke()
    lines = _lines(here)
    again = json.loads(_invoke("--json").output)
    assert (again["graded"], again["skipped"]) == (0, len(again["students"]))
    assert _lines(here) == lines
    forced = json.loads(_invoke("--force", "--json").output)
    assert (forced["graded"], forced["skipped"]) == (len(forced["students"]) - len(UNGRADABLE), 0)
    assert len(_lines(here)) == len(lines) + len(forced["students"])


def test_a_resubmission_is_graded_and_nobody_else(here):
    here.submit("again", here.solution())
    _invoke()
    here.submit("again", here.notebook({"relu": here.solved["relu"]}))
    said = json.loads(_invoke("--json").output)
    assert [each["student"] for each in said["students"] if not each["skipped"]] == ["again"]
    assert _score(here, "again") == 1


def test_a_grade_that_the_gradebook_lost_is_stored_again_without_a_run(here):
    _invoke()
    lines = _lines(here)
    with Gradebook(here.db_url) as gradebook:
        gradebook.find_grade("relu-check", NOTEBOOK, LESSON, "right").auto_score = 0
        gradebook.db.commit()
    assert json.loads(_invoke("--json").output)["graded"] == 1
    assert _score(here, "right") == 16
    assert _lines(here) == lines


def test_points_given_by_hand_stay(here):
    here.submit("by_hand", here.notebook({"why-bias": "Because."}))
    _invoke()
    with Gradebook(here.db_url) as gradebook:
        grade = gradebook.find_grade("why-bias", NOTEBOOK, LESSON, "by_hand")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    _invoke()
    assert not here.grades("by_hand")["why-bias"]["needs_manual_grade"]
    here.submit("by_hand", here.notebook({"why-bias": "Because of that.", "relu": here.solved["relu"]}))
    _invoke()
    assert _score(here, "by_hand") == 2.5
    assert here.grades("by_hand")["why-bias"]["needs_manual_grade"]


def test_a_failure_of_ours_is_no_score_and_tried_again_by_the_next_command(here, monkeypatch):
    here.submit("unlucky", here.solution())

    def fails(*_: object) -> None:
        raise RunnerFailed("The runner is gone.")

    monkeypatch.setattr(runs.grading, "run_job", fails)
    done = _invoke("--json")
    assert done.exit_code == 3
    assert json.loads(done.output)["infra"][0]["student"] == "unlucky"
    assert "The runner is gone." in json.loads(done.output)["infra"][0]["reason"]
    assert all(grade["auto_score"] is None for grade in here.grades("unlucky").values())
    monkeypatch.undo()
    monkeypatch.chdir(here.root)
    assert _invoke().exit_code == 0
    assert _score(here, "unlucky") == 16


@pytest.mark.parametrize(("lines", "stored"), [(0, 0), (4, 0), (0, 1), (0, 4)])
def test_a_killed_command_goes_on_where_it_was(here, lines, stored):
    killed = [f"killed_{number}" for number in range(6)]
    for student in killed:
        here.submit(student, here.solution(relu=f"def relu(z):\n    return np.maximum(0 * {lines + stored}, z)"))
        shutil.rmtree(here.folder(student, "autograded"), ignore_errors=True)
    _results(here).unlink(missing_ok=True)
    command = [sys.executable, "-m", "autograder.cli", "grade", LESSON, "--jobs", "2"]
    process = subprocess.Popen(command, cwd=here.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    marks = [here.folder(student, "autograded") / MARK for student in killed]
    while process.poll() is None and (len(_lines(here)) < lines or sum(mark.exists() for mark in marks) < stored):
        os.sched_yield()
    process.kill()
    process.wait()
    done = len(_lines(here))
    with open(_results(here), "ab") as file:
        file.write(b'{"student": "right", "key": "torn')
    said = json.loads(_invoke("--json").output)
    assert {each["student"]: each["score"] for each in said["students"]}["killed_0"] == 16
    finished = [line for line in _lines(here) if "torn" not in line]
    assert len(finished) == len(said["students"]) >= done
    for student in (*SCORES, *killed):
        assert _score(here, student) == SCORES.get(student, 16)
    with Gradebook(here.db_url) as gradebook:
        handed_in = [each.student.id for each in gradebook.find_assignment(LESSON).submissions]
    assert len(handed_in) == len(set(handed_in)) == len(said["students"])


DAMAGED = {
    "no run": lambda record: record.pop("run"),
    "no sandbox": lambda record: record.pop("sandbox"),
    "no versions": lambda record: record.pop("versions"),
    "a run that is none": lambda record: record.update(run=[]),
    "a run without cells": lambda record: record["run"].pop("cells"),
    "a run without an exercise": lambda record: record["run"]["outcomes"].pop("relu"),
    "an outcome that is none": lambda record: record["run"]["outcomes"].update(relu={"negative": {}}),
    "a student without a name": lambda record: record.update(student=None),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_line_that_was_damaged_is_done_again(here, damage):
    _invoke()
    lines = _lines(here)
    number = max(n for n, line in enumerate(lines) if '"student": "right"' in line and "torn" not in line)
    record = json.loads(lines[number])
    damage(record)
    lines[number] = json.dumps(record)
    _results(here).write_text("".join(f"{line.rstrip()}\n" for line in lines), encoding="utf-8")
    said = json.loads(_invoke("--json").output)
    assert {each["student"]: each["score"] for each in said["students"]}["right"] == 16
    assert json.loads(_lines(here)[-1])["student"] == "right"


def test_a_changed_check_runs_everybody_again(here):
    _invoke()
    before_it = set(_lines(here))
    hidden = here.root / "solutions" / LESSON / "hidden" / "relu.py"
    before = hidden.read_text(encoding="utf-8")
    try:
        added = "\n\n@relu.held_out\ndef one_more(relu):\n    return relu(np.array([-5.0, 5.0]))\n"
        hidden.write_text(before + added, encoding="utf-8")
        assert CliRunner().invoke(main, ["release", LESSON]).exit_code == 0
        said = json.loads(_invoke("--json").output)
        assert {each["student"] for each in said["students"] if each["skipped"]} == UNGRADABLE
        new = [json.loads(line)["student"] for line in _lines(here) if line not in before_it]
        assert sorted(new) == sorted(each["student"] for each in said["students"])
    finally:
        hidden.write_text(before, encoding="utf-8")
        CliRunner().invoke(main, ["release", LESSON])


def test_without_submissions_one_sentence_names_the_folder(here, tmp_path, monkeypatch):
    (here.root / "grading" / "submitted").rename(tmp_path / "submitted")
    try:
        done = _invoke()
    finally:
        (tmp_path / "submitted").rename(here.root / "grading" / "submitted")
    assert done.exit_code == 0
    assert done.output.count("\n") == 1
    assert f"grading/submitted/<student>/{LESSON}/neuron.ipynb" in done.output


def test_before_the_release_one_sentence_says_so(here, tmp_path):
    released = here.root / "lessons" / LESSON
    released.rename(tmp_path / "released")
    try:
        done = _invoke()
    finally:
        (tmp_path / "released").rename(released)
    assert done.exit_code == 2
    assert done.stderr == f"{LESSON} isn't released yet: run `autograder release {LESSON}`.\n"


def test_without_a_sandbox_nothing_runs_unless_asked_by_name(here, monkeypatch):
    monkeypatch.setattr("autograder.runner.sandbox.bubblewrap_works", lambda: False)
    done = _invoke()
    assert done.exit_code == 2
    assert "--sandbox none" in done.stderr


def test_each_line_carries_where_it_comes_from(here):
    _invoke()
    whole = [line for line in _lines(here) if line.endswith("}")]  # a killed command may have left half of one
    record = next(line for line in map(json.loads, whole) if line["student"] == "half")
    assert (record["verdict"], record["score"], record["max_score"]) == ("GRADED", 3, 16)
    assert record["sandbox"] == "bubblewrap"
    assert set(record["versions"]) >= {"engine", "python", "numpy", "torch"}
    assert {"cell", "exercise", "submission", "memory"} <= set(record["limits"])
    assert record["seconds"] > 0
    assert {exercise["name"]: exercise["points"] for exercise in record["exercises"]}["relu"] == 1


def test_a_kept_run_is_the_run_and_huge_results_are_dropped():
    huge = Outcome(RETURNED, "x" * 1000, seconds=0.5)
    values = {"small": huge, **{f"large {n}": Outcome(RETURNED, list(range(90_000))) for n in range(30)}}
    ran = Ran((CellRun("relu", Outcome(RETURNED, printed="hello")),), {"relu": values}, ("a note",))
    as_kept, kept = to_keep(ran)
    back = ran_from_json(json.loads(json.dumps(kept)))
    assert back == as_kept
    assert back.cells == ran.cells
    assert back.notes == ran.notes
    assert back.outcomes["relu"]["small"] == huge
    assert len(json.dumps(kept)) < MAX_KEPT * 1.1
    assert set(back.outcomes["relu"]) == set(values)


def _invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["grade", LESSON, *arguments])


def _results(course: Classroom) -> Path:
    return course.root / "grading" / "results" / f"{LESSON}.jsonl"


def _lines(course: Classroom) -> list[str]:
    path = _results(course)
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _score(course: Classroom, student: str) -> float:
    with Gradebook(course.db_url) as gradebook:
        return gradebook.find_submission_notebook(NOTEBOOK, LESSON, student).score


def _state(course: Classroom, student: str) -> tuple[dict, nbformat.NotebookNode, list[str]]:
    grades = {
        name: {field: grade[field] for field in ("auto_score", "manual_score", "needs_manual_grade", "max_score")}
        for name, grade in course.grades(student).items()
    }
    folder = course.folder(student, "autograded")
    notebook = nbformat.read(folder / f"{NOTEBOOK}.ipynb", as_version=4)
    return grades, notebook, sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
