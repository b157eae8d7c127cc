"""Grading that refuses changes nothing: no points, no graded notebook, no feedback, no submission."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import nbformat
import pytest
from classroom import LESSON, Classroom
from refusing import OWN, damage, edit, everything, forget, locked, one_sentence, refused, run

from autograder.batch import class_gradebook
from autograder.core.paths import lesson_names
from autograder.runner import sandbox


def test_autograde_says_in_one_sentence_that_it_grades_only_lessons(taught):
    before = everything(taught)
    done = taught.nbgrader("autograde", OWN, "--force")
    assert done.returncode == 1
    assert "hw1 is an nbgrader assignment of your own" in done.stderr
    assert "a course folder of its own" in done.stderr
    assert "Traceback" not in done.stderr and done.stderr.count("ERROR") == 1
    assert everything(taught) == before


@pytest.mark.parametrize("helper", ["checks.py", "README.md", ".lesson/notes.txt"])
def test_a_helper_of_ones_own_makes_no_lesson_of_an_assignment(taught, helper):
    path = taught.root / "solutions" / OWN / helper
    path.parent.mkdir(exist_ok=True)
    path.write_text("# Notes\n")
    (taught.root / "lessons" / OWN / "checks.py").write_text("")
    (taught.root / "solutions" / OWN / "checks.py").write_text("def close(a, b):\n    return abs(a - b) < 1e-9\n")
    assert lesson_names(taught.root / "solutions") == lesson_names(taught.root / "lessons") == [LESSON]
    refused(taught.api.autograde(OWN, "ada", force=True), "hw1 is an nbgrader assignment of your own")
    assert run("release").output == f"{LESSON}: up to date\n"
    for command in ("release", "grade"):
        one_sentence(run(command, OWN), "hw1 is an nbgrader assignment of your own")


@pytest.mark.parametrize(
    ("name", "said"), [("notes", "holds neither"), ("01_neurn", "Did you mean '01_neuron'?"), ("*", OWN)]
)
def test_autograde_of_a_folder_without_anything_to_grade_is_refused(taught, name, said):
    (taught.root / "solutions" / "notes").mkdir()
    nbformat.write(nbformat.v4.new_notebook(), taught.root / "solutions" / "notes" / "draft.ipynb")
    before = everything(taught)
    refused(taught.api.autograde(name, "ada", force=True), said)
    assert everything(taught) == before


def _another_version(course: Classroom) -> None:
    edit(course, "checks.py", "points=1", "points=3")


AMISS: dict[str, tuple[Callable[[Classroom], object], str]] = {
    "not released": (lambda course: shutil.rmtree(course.root / "lessons" / LESSON), "isn't released yet"),
    "not in the gradebook": (forget, "isn't released yet: run `autograder release 01_neuron`"),
    "another version": (_another_version, "another version of 01_neuron: run `autograder release 01_neuron`"),
    "a slip in the checks": (lambda course: edit(course, "checks.py", "@relu.case", "@relu.cas"), "AttributeError"),
    "a damaged gradebook": (damage, "The gradebook is damaged"),
}


@pytest.mark.parametrize("what", AMISS)
@pytest.mark.parametrize("how", ["nbgrader", "autograder"])
def test_grading_finds_out_first_what_is_amiss(taught, what, how):
    break_, said = AMISS[what]
    break_(taught)
    before = everything(taught)
    if how == "nbgrader":
        refused(taught.api.autograde(LESSON, "ada", force=True), said)
    else:
        one_sentence(run("grade", LESSON, "--force"), said)
    assert everything(taught) == before


def test_without_a_sandbox_nobody_loses_points(taught, monkeypatch):
    monkeypatch.setattr(sandbox, "bubblewrap_works", lambda: False)
    before = everything(taught)
    refused(taught.api.autograde(LESSON, "ada", force=True), "The bubblewrap sandbox doesn't work")
    one_sentence(run("grade", LESSON, "--force"), "The bubblewrap sandbox doesn't work")
    assert everything(taught) == before


def test_a_locked_gradebook_costs_nothing(taught, monkeypatch):
    monkeypatch.setattr(class_gradebook, "PATIENCE", 0.0)
    (taught.root / "students.csv").write_text("id\nbo\nada\n")
    edit(taught, "checks.py", "points=1", "points=3")
    with locked(taught):
        before = everything(taught)
        refused(taught.api.autograde(LESSON, "ada", force=True), "used by another program")
        refused(taught.api.generate_feedback(LESSON, force=True), "used by another program")
        refused(taught.api.generate_assignment(LESSON), "used by another program")
        one_sentence(run("release"), "used by another program")
        one_sentence(run("students", "students.csv"), "used by another program")
        one_sentence(run("grade", LESSON), "used by another program", status=3)
        assert everything(taught) == before
    assert run("students", "students.csv").exit_code == 0


def test_a_damaged_gradebook_is_said_and_not_written_over(taught):
    damage(taught)
    (taught.root / "students.csv").write_text("id\nada\n")
    edit(taught, "checks.py", "points=1", "points=3")
    before = everything(taught)
    for arguments in (("release",), ("students", "students.csv")):
        one_sentence(run(*arguments), "The gradebook is damaged")
    refused(taught.api.generate_feedback(LESSON), "The gradebook is damaged")
    refused(taught.api.generate_assignment(LESSON), "The gradebook is damaged")
    assert everything(taught) == before
