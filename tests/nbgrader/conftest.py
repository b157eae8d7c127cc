"""One class, graded once by the real commands, that all tests here look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from classroom import Classroom, make_classroom
from handed_in import hand_in

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
