"""`nbgrader autograde` on a real class: points, verdicts and what stops nobody."""

from __future__ import annotations

import json

import nbformat
import pytest
from classroom import LESSON, NOTEBOOK, Classroom, cell_of, grade_id
from click.testing import CliRunner
from handed_in import MISPLACED, WRITTEN
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.nbgrader_plugin import in_this_process
from autograder.runner.sandbox import BUBBLEWRAP
from autograder.submission import grade as grading
from autograder.submission.grade import Graded

GRADABLE = ["right", "untouched", "half", "wrong", "check_deleted", "answer_deleted", "all_deleted"]
GRADABLE += ["doubled", "spy", "forger", "script", "links"]
BAD_FILES = ["empty", "cut_off", "old_format", "two_names", "nothing_left"]


def test_the_commands_succeed_for_the_whole_class(graded):
    assert graded.status == (0, 0), graded.autograded + graded.feedback


@pytest.mark.parametrize("student", GRADABLE)
def test_points_are_those_of_autograder_check(graded, in_course, student):
    notebook = graded.course.folder(student) / f"{NOTEBOOK}.ipynb"
    done = CliRunner().invoke(main, ["check", str(notebook), "--lesson", LESSON, "--held-out", "--json"])
    expected = {f"{exercise['name']}-check": exercise["points"] for exercise in json.loads(done.output)["exercises"]}
    grades = graded.course.grades(student)
    assert {name: grades[name]["auto_score"] for name in expected} == expected
    assert not any(grades[name]["needs_manual_grade"] for name in expected)


def test_each_submission_gets_its_points(graded):
    scores = {student: _score(graded.course, student) for student in GRADABLE}
    full = scores["right"]
    assert full == 16
    assert scores["doubled"] == scores["links"] == full
    assert scores["untouched"] == scores["forger"] == 0
    assert scores["half"] == 3
    assert {_score(graded.course, student) for student in ("byte_order_mark", "utf-16", "[ada]", *MISPLACED)} == {full}
    assert scores["check_deleted"] == full - 1
    assert scores["answer_deleted"] == full - 2


def test_a_renamed_notebook_is_graded_and_stays_where_it_was(graded):
    assert _score(graded.course, "renamed") == 16
    assert (graded.course.folder("renamed") / "neuron (1).ipynb").is_file()


@pytest.mark.parametrize("student", BAD_FILES)
def test_a_file_that_cannot_be_graded_has_no_score_and_an_instruction(graded, student):
    grades = graded.course.grades(student).values()
    assert all(grade["auto_score"] is None and grade["needs_manual_grade"] for grade in grades)
    assert f"{student}, {LESSON}: UNGRADABLE" in graded.autograded
    assert "This could not be graded" in graded.course.feedback(student)
    assert "hand" in graded.course.feedback(student).split("This could not be graded")[1][:300]


def test_a_file_that_cannot_be_graded_stays_as_it_was(graded):
    assert (graded.course.folder("empty") / f"{NOTEBOOK}.ipynb").read_bytes() == b""


def test_links_and_pipes_are_not_followed(graded):
    for step in ("autograded", "feedback"):
        names = {path.name for path in graded.course.folder("links", step).rglob("*")}
        assert names.isdisjoint({"notes.txt", "data", "pipe", "secret.txt"})
    assert (graded.course.root / "grading" / "secret.txt").read_text() == "for instructors only"


def test_free_text_waits_for_a_person_when_something_was_written(graded):
    grade = graded.course.grades("right")["why-bias"]
    assert (grade["auto_score"], grade["needs_manual_grade"]) == (None, True)


@pytest.mark.parametrize("student", MISPLACED)
def test_free_text_in_the_wrong_cell_waits_for_a_person_who_sees_it(graded, student):
    grade = graded.course.grades(student)["why-bias"]
    assert (grade["auto_score"], grade["needs_manual_grade"]) == (None, True)
    assert WRITTEN in cell_of(_autograded(graded.course, student), "why-bias").source
    assert WRITTEN in graded.course.feedback(student)
    assert "No response." not in graded.course.feedback(student)


@pytest.mark.parametrize("student", ["untouched", "all_deleted"])
def test_free_text_that_was_not_written_is_worth_nothing(graded, student):
    grade = graded.course.grades(student)["why-bias"]
    assert (grade["auto_score"], grade["needs_manual_grade"]) == (0, False)


def test_an_exercise_not_attempted_says_no_response(graded):
    with Gradebook(graded.course.db_url) as gradebook:
        submitted = gradebook.find_submission_notebook(NOTEBOOK, LESSON, "half")
        comments = {comment.name: comment.auto_comment for comment in submitted.comments}
    assert comments["sigmoid"] == "No response."
    assert comments["relu"] is None


def test_the_graded_notebook_has_every_official_cell_once_and_our_report_in_each_check(graded):
    for student in ("right", "all_deleted", "doubled", "forger"):
        notebook = _autograded(graded.course, student)
        names = [grade_id(cell) for cell in notebook.cells if grade_id(cell)]
        assert sorted(names) == sorted(grade_id(cell) for cell in graded.course.handed_out.cells if grade_id(cell))
        for cell in notebook.cells:
            if grade_id(cell).endswith("-check"):
                exercise = grade_id(cell).removesuffix("-check")
                assert f"data-exercise='{exercise}'" in cell.outputs[0].data["text/html"]
                assert exercise in cell.outputs[0].data["text/plain"]


def test_cells_show_what_they_printed_and_how_they_failed(graded):
    script = _autograded(graded.course, "script")
    assert cell_of(script, "sigmoid").outputs[0].text.startswith("<script>")
    wrong = _autograded(graded.course, "wrong")
    assert cell_of(wrong, "relu").outputs[0].ename == "SyntaxError"


def test_a_worse_resubmission_takes_the_points_away(graded):
    course = graded.course
    course.submit("resubmits", course.solution())
    _autograde(course, "resubmits")
    assert _score(course, "resubmits") == 16
    course.submit("resubmits", course.notebook({"relu": course.solved["relu"]}))
    _autograde(course, "resubmits")
    assert _score(course, "resubmits") == 1
    course.submit("resubmits", b"{")
    _autograde(course, "resubmits")
    assert _score(course, "resubmits") == 0
    assert all(grade["auto_score"] is None for grade in course.grades("resubmits").values())


def test_a_resubmission_under_the_students_own_file_name_is_the_one_that_counts(graded):
    course = graded.course
    course.submit("renames", course.solution(), "neuron by me.ipynb")
    _autograde(course, "renames")
    assert _score(course, "renames") == 16
    course.submit("renames", course.notebook({"relu": course.solved["relu"]}), "neuron by me.ipynb")
    _autograde(course, "renames")
    assert _score(course, "renames") == 1
    course.submit("renames", course.notebook({}))
    _autograde(course, "renames")
    assert _score(course, "renames") == 0


def test_points_given_by_hand_survive_another_grading(graded):
    course = graded.course
    course.submit("by_hand", course.notebook({"why-bias": "Because."}))
    _autograde(course, "by_hand")
    with Gradebook(course.db_url) as gradebook:
        grade = gradebook.find_grade("why-bias", NOTEBOOK, LESSON, "by_hand")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    _autograde(course, "by_hand")
    assert course.grades("by_hand")["why-bias"]["manual_score"] == 1.5
    assert _score(course, "by_hand") == 1.5


def test_a_failure_of_ours_is_no_score(graded, monkeypatch):
    course = graded.course
    course.submit("unlucky", course.solution())
    _autograde(course, "unlucky")
    broken = Graded(LESSON, grading.INFRA, "none", notes=("The runner is gone.",))
    monkeypatch.setattr(in_this_process, "grade", lambda *_: broken)
    done = course.api.autograde(LESSON, "unlucky", force=True)
    assert not done["success"]
    assert "The runner is gone." in done["log"]
    assert all(grade["auto_score"] is None for grade in course.grades("unlucky").values())
    monkeypatch.undo()
    _autograde(course, "unlucky")
    assert _score(course, "unlucky") == 16


def test_a_runner_that_died_is_replaced(graded):
    course = graded.course
    course.submit("after_a_crash", course.solution())
    _autograde(course, "after_a_crash")
    process = in_this_process._runners[BUBBLEWRAP]._runner._zygote.process
    process.kill()
    process.wait()
    _autograde(course, "after_a_crash")
    assert _score(course, "after_a_crash") == 16


def _autograde(course: Classroom, student: str) -> None:
    done = course.api.autograde(LESSON, student, force=True)
    assert done["success"], done["log"]


def _score(course: Classroom, student: str) -> float:
    with Gradebook(course.db_url) as gradebook:
        return gradebook.find_submission_notebook(NOTEBOOK, LESSON, student).score


def _autograded(course: Classroom, student: str) -> nbformat.NotebookNode:
    return nbformat.read(course.folder(student, "autograded") / f"{NOTEBOOK}.ipynb", as_version=4)
