"""One class, graded once by the real commands, that all tests here look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from classroom import LESSON, Classroom, make_classroom
from handed_in import hand_in
from refusing import an_assignment_of_ones_own

from autograder.runner.sandbox import bubblewrap_works


@dataclass
class GradedClass:
    """The course after `nbgrader autograde` and `nbgrader generate_feedback`, with what they printed."""

    course: Classroom
    autograded: str
    feedback: str
    status: tuple[int, int]


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and nbgrader's submissions run only inside it")
    return make_classroom(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def graded(course: Classroom) -> Iterator[GradedClass]:
    hand_in(course)
    autograde = course.nbgrader("autograde", "01_neuron")
    feedback = course.nbgrader("generate_feedback", "01_neuron")
    codes = autograde.returncode, feedback.returncode
    yield GradedClass(course, autograde.stdout + autograde.stderr, feedback.stdout + feedback.stderr, codes)


@pytest.fixture
def in_course(course: Classroom, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(course.root)
    return course.root


@pytest.fixture(scope="session")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Ada is graded and has feedback, in our lesson and in an assignment of the instructor's own."""
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    course = make_classroom(tmp_path_factory.mktemp("made"))
    course.submit("ada", course.solution())
    for done in (course.api.autograde(LESSON, "ada"), course.api.generate_feedback(LESSON, "ada")):
        assert done["success"], done["log"]
    an_assignment_of_ones_own(course)
    return course


@pytest.fixture
def taught(graded_once: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """A course of one's own in which that class was graded, and the folder that commands are run in."""
    shutil.copytree(graded_once.root, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return Classroom(tmp_path / "course", graded_once.handed_out, graded_once.solved)
