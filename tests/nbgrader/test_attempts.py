"""Handing in more than once: every attempt is kept, the latest or the best counts, and it pays its own lateness."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from classroom import LESSON, NOTEBOOK, Classroom, cell_of, make_classroom, without
from click.testing import CliRunner, Result
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.runner.sandbox import bubblewrap_works

PENALTY = '''
from nbgrader.plugins import LateSubmissionPlugin


class Late(LateSubmissionPlugin):
    """Two points, whatever the score."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 2.0


c.AssignLatePenalties.plugin_class = Late
'''
ON_TIME, LATE = "2024-03-01 10:00:00 UTC", "2024-03-09 10:00:00 UTC"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    course = make_classroom(tmp_path_factory.mktemp("own"))
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(PENALTY)
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=datetime(2024, 3, 5))
    return course


@pytest.fixture
def here(own: Classroom, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    monkeypatch.chdir(own.root)
    yield own
    _grade("--count", "latest")


def test_the_latest_attempt_counts_unless_the_best_is_asked_for(here):
    answer = {"why-bias": "My first answer."}
    here.submit("ada", here.notebook({**here.solved, **answer}))
    assert _of(_grade(), "ada") | {"history": None} == _expected(attempt=1, attempts=1, score=16)
    here.submit("ada", here.notebook({"relu": here.solved["relu"]}))
    said = _of(_grade(), "ada")
    assert (said["score"], said["attempt"], said["attempts"]) == (1, 2, 2)
    assert _score(here, "ada") == 1
    said = _of(_grade("--count", "best"), "ada")
    assert (said["score"], said["attempt"], said["attempts"]) == (16, 1, 2)
    assert [(each["attempt"], each["score"], each["counts"]) for each in said["history"]] == [
        (1, 16, True),
        (2, 1, False),
    ]
    assert _score(here, "ada") == 16
    shown = nbformat.read(here.folder("ada", "autograded") / f"{NOTEBOOK}.ipynb", as_version=4)
    assert cell_of(shown, "why-bias").source == "My first answer."
    assert cell_of(shown, "sigmoid").source == here.solved["sigmoid"]
    assert here.nbgrader("generate_feedback", LESSON, "--student", "ada", "--force").returncode == 0
    assert "My first answer." in here.feedback("ada")


def test_the_choice_is_remembered_and_can_be_taken_back(here):
    here.submit("bob", here.solution())
    _grade("--count", "best")
    here.submit("bob", here.notebook({}))
    said = _grade()
    assert said["counts"] == "best"
    assert _of(said, "bob")["score"] == 16
    assert _of(_grade(), "bob")["skipped"]
    said = _grade("--count", "latest")
    assert (_of(said, "bob")["score"], _score(here, "bob")) == (0, 0)
    assert _of(_grade(), "bob")["skipped"]


def test_attempts_are_kept_as_they_were_with_what_they_got(here):
    contents = [here.solution(), here.notebook({"relu": here.solved["relu"]}), here.solution(), b"no notebook"]
    written = []
    for content in contents:
        path = here.submit("cyd", content)
        written.append(path.read_bytes())
        _grade()
        _grade()
        folders = _attempts(here, "cyd")
        assert [(folder / f"{NOTEBOOK}.ipynb").read_bytes() for folder in folders] == written
    results = [json.loads((folder / "attempt.json").read_text()) for folder in folders]
    assert [result["score"] for result in results] == [16, 1, 16, None]
    assert [result["attempt"] for result in results] == [1, 2, 3, 4]
    assert [result["verdict"] for result in results] == ["GRADED"] * 3 + ["UNGRADABLE"]
    assert [os.stat(folder / f"{NOTEBOOK}.ipynb").st_nlink for folder in folders] == [1] * 4
    said = _of(_grade("--count", "best"), "cyd")
    assert (said["attempt"], said["attempts"], said["score"], said["verdict"]) == (3, 4, 16, "GRADED")
    assert all((here.root / "grading" / "attempts" / each["file"]).is_file() for each in said["history"])
    records = [json.loads(line) for line in _results(here).read_text().splitlines()]
    assert {r["attempt"]: r["score"] for r in records if r["student"] == "cyd"}[1] == 16


def test_all_attempts_are_judged_by_todays_checks(here):
    here.submit("dee", here.notebook({"sigmoid": here.solved["sigmoid"]}))
    _grade()
    here.submit("dee", here.notebook({"relu": here.solved["relu"]}))
    assert _of(_grade("--count", "best"), "dee")["attempt"] == 1
    hidden = here.root / "solutions" / LESSON / "hidden" / "sigmoid.py"
    before = hidden.read_text(encoding="utf-8")
    try:
        hidden.write_text(before + NEEDS_RELU, encoding="utf-8")
        assert CliRunner().invoke(main, ["release", LESSON]).exit_code == 0
        said = _of(_grade(), "dee")
        assert [(each["attempt"], each["score"]) for each in said["history"]] == [(1, 0), (2, 1)]
        assert (said["attempt"], _score(here, "dee")) == (2, 1)
    finally:
        hidden.write_text(before, encoding="utf-8")
        CliRunner().invoke(main, ["release", LESSON])


def test_an_attempt_pays_for_its_own_lateness(here):
    few, more = ("weighted_sum", "relu"), ("weighted_sum", "relu", "neuron")
    _at(here, "eve", ON_TIME, here.notebook({name: here.solved[name] for name in more}))
    assert _of(_grade(), "eve")["score"] == 5
    assert _net(here, "eve") == (5, 0)
    _at(here, "eve", LATE, here.notebook({name: here.solved[name] for name in (*more, "xor_best_accuracy")}))
    _grade()
    assert _net(here, "eve") == (6, 2)
    said = _of(_grade("--count", "best"), "eve")
    assert (said["attempt"], said["handed_in"]) == (1, "2024-03-01T10:00:00")
    assert _net(here, "eve") == (5, 0)
    assert (here.folder("eve", "autograded") / "timestamp.txt").read_text() == ON_TIME
    _at(here, "eve", LATE, here.solution())
    assert _of(_grade(), "eve")["attempt"] == 3
    assert _net(here, "eve") == (16, 2)
    _at(here, "eve", LATE, here.notebook({name: here.solved[name] for name in few}))
    assert _of(_grade("--count", "latest"), "eve")["attempt"] == 4
    assert _net(here, "eve") == (3, 2)


def test_the_late_penalty_is_that_of_nbgrader_autograde(here):
    _at(here, "fay", LATE, here.solution())
    _grade()
    ours = _net(here, "fay")
    assert here.nbgrader("autograde", LESSON, "--student", "fay", "--force").returncode == 0
    assert ours == _net(here, "fay") == (16, 2)


def test_a_moved_due_date_and_points_given_by_hand_are_paid_for_at_the_next_grading(here):
    _at(here, "ida", LATE, here.notebook({"weighted_sum": here.solved["weighted_sum"]}))
    _grade()
    assert _net(here, "ida") == (2, 2)
    with Gradebook(here.db_url) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=datetime(2024, 3, 30))
    said = _grade()
    assert "ida" in said["penalties_changed"] and _of(said, "ida")["skipped"] is True
    assert _net(here, "ida") == (2, 0)
    with Gradebook(here.db_url) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=datetime(2024, 3, 5))
    assert "ida" in _grade()["penalties_changed"]
    assert _net(here, "ida") == (2, 2) and _grade()["penalties_changed"] == []


def test_points_given_by_hand_for_late_work_obey_the_policy_everywhere(here, tmp_path):
    _at(here, "jim", LATE, here.notebook({}))
    _grade()
    assert _net(here, "jim") == (0, 0)  # a penalty never costs more than there is
    with Gradebook(here.db_url) as gradebook:
        grade = gradebook.find_grade("why-bias", NOTEBOOK, LESSON, "jim")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    assert here.nbgrader("export", "--to", str(tmp_path / "grades.csv")).returncode == 0
    with open(tmp_path / "grades.csv", encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["student_id"] == "jim"]
    assert (float(row["raw_score"]), float(row["late_submission_penalty"]), float(row["score"])) == (1.5, 1.5, 0)
    assert _net(here, "jim") == (1.5, 1.5)
    with Gradebook(here.db_url) as gradebook:
        gradebook.find_grade("why-bias", NOTEBOOK, LESSON, "jim").manual_score = 2
        gradebook.db.commit()
    assert "jim" in _grade()["penalties_changed"]
    assert _net(here, "jim") == (2, 2)


def test_an_export_succeeds_while_somebody_else_writes_and_says_what_it_could_not_renew(here, tmp_path):
    _at(here, "kim", LATE, here.notebook({"weighted_sum": here.solved["weighted_sum"]}))
    _grade()
    with sqlite3.connect(here.root / "grading" / "gradebook.db") as writing:
        writing.execute("begin immediate")
        done = here.nbgrader("export", "--to", str(tmp_path / "grades.csv"))
        writing.rollback()
    assert done.returncode == 0 and "Late penalties are as they were" in done.stdout + done.stderr
    assert "kim" in (tmp_path / "grades.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("said", ["the day before yesterday", "2999-01-01 00:00:00 UTC", ""])
def test_a_time_that_cannot_be_right_does_not_save_from_the_penalty(here, said):
    student = f"gus_{len(said)}"
    _at(here, student, said, here.solution())
    graded = _of(_grade(), student)
    assert graded["notes"][0].startswith("TIME: timestamp.txt")
    assert _net(here, student) == (16, 2)
    assert here.nbgrader("autograde", LESSON, "--student", student, "--force").returncode == 0
    assert _net(here, student) == (16, 2)
    assert {each["student"] for each in _grade()["times"]} >= {student}


def test_the_summary_says_who_handed_in_again_and_what_was_repaired(here):
    here.submit("hal", without(here.solution(), "relu-check"))
    _grade()
    here.submit("hal", here.notebook({}))
    text = _invoke("--count", "best").output
    assert "The best attempt counts, an earlier one than the latest for" in text
    assert "hal (1 of 2)" in text
    assert "REPAIRED hal: the cell `relu-check` was missing." in text
    assert "1 REPAIRED" in text
    said = _grade()
    assert said["repaired"] == [{"student": "hal", "reason": "the cell `relu-check` was missing."}]
    records = [json.loads(line) for line in _results(here).read_text().splitlines()]
    first = next(record for record in records if record["student"] == "hal")
    assert first["notes"] == ["REPAIRED: the cell `relu-check` was missing."]
    assert here.nbgrader("generate_feedback", LESSON, "--student", "hal", "--force").returncode == 0
    assert "REPAIRED" not in here.feedback("hal")


def test_what_is_no_file_is_left_out_with_a_note(here):
    path = here.submit("ida", here.solution())
    secret = here.root / "grading" / "secret.txt"
    secret.write_text("for instructors only")
    (path.parent / "notes.txt").symlink_to(secret)
    os.link(secret, path.parent / "hard.txt")
    os.mkfifo(path.parent / "pipe")
    said = _of(_grade(), "ida")
    assert said["score"] == 16
    assert "'hard.txt', 'notes.txt', 'pipe'" in said["notes"][0]
    names = {each.name for each in here.folder("ida", "autograded").rglob("*")}
    assert names.isdisjoint({"notes.txt", "hard.txt", "pipe", ".set-aside"})


NEEDS_RELU = """

@sigmoid.held_out
def never_right_without_relu(sigmoid, relu):
    return sigmoid(np.array([1.0])) + relu(np.array([1.0]))
"""


def _at(course: Classroom, student: str, when: str, content: nbformat.NotebookNode) -> None:
    path = course.submit(student, content)
    (path.parent / "timestamp.txt").write_text(when, encoding="utf-8")


def _invoke(*arguments: str) -> Result:
    done = CliRunner().invoke(main, ["grade", LESSON, *arguments])
    assert done.exit_code == 0, done.output
    return done


def _grade(*arguments: str) -> dict:
    return json.loads(_invoke("--json", *arguments).output)


def _of(said: dict, student: str) -> dict:
    return next(each for each in said["students"] if each["student"] == student)


def _expected(**some: object) -> dict:
    about = {"student": "ada", "verdict": "GRADED", "max_score": 16, "notes": [], "skipped": False, "handed_in": None}
    return {**about, "history": None, **some}


def _score(course: Classroom, student: str) -> float:
    with Gradebook(course.db_url) as gradebook:
        return gradebook.find_submission_notebook(NOTEBOOK, LESSON, student).score


def _net(course: Classroom, student: str) -> tuple[float, float]:
    """Score and late penalty in the gradebook."""
    with Gradebook(course.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook(NOTEBOOK, LESSON, student)
        return notebook.score, notebook.late_submission_penalty or 0


def _attempts(course: Classroom, student: str) -> list[Path]:
    return sorted((course.root / "grading" / "attempts" / student / LESSON).iterdir())


def _results(course: Classroom) -> Path:
    return course.root / "grading" / "results" / f"{LESSON}.jsonl"
