"""The map of the course, and the small network of the home page."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest

import course
from autograder.learner import course_map, ledger, progress
from autograder.learner.ledger import Ledger, ListedLesson
from course.data import digits
from course.digits_network import TRAINED_ON

EXTENSION = Path(course.__file__).parent / "jupyter" / "labextensions" / "ground-up"


@pytest.fixture
def work(tmp_path):
    """A workspace with two lessons, of which the second was deleted."""
    lessons = [
        ListedLesson("01_one", "01_one/one.ipynb", "One  thing", "Why?", 40, {"a": 1, "b": 2}),
        ListedLesson("02_two", "02_two/two.ipynb", "Two", "How?", 50, {"c": 0}),
        ListedLesson("03_three", "03_three/three.ipynb", "Three", "What?", 50, {"d": 3}),
    ]
    ledger.save(tmp_path, Ledger({}, lessons))
    for name in ("01_one/one.ipynb", "03_three/three.ipynb"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    return tmp_path


def found_in(work) -> dict:
    return course_map.of(ledger.read(work), progress.load(work), work)


def states(work) -> dict[str, str]:
    found = found_in(work)
    return {each["name"]: each["state"] for lesson in found["lessons"] for each in lesson["exercises"]}


def test_a_new_workspace_is_open_and_begins_with_its_first_exercise(work):
    found = found_in(work)
    assert (found["passed"], found["of"]) == (0, 4)
    assert set(states(work).values()) == {"open"}
    assert found["next"] == {"notebook": "01_one/one.ipynb", "title": "1 · One thing", "exercise": "a"}
    assert [lesson["here"] for lesson in found["lessons"]] == [True, False, True]


def test_what_was_tried_and_what_passed_is_told_apart_and_a_hint_alone_is_no_try(work):
    progress.record(work / "01_one", "a", "PASSED", 1, 1)
    progress.record(work / "01_one", "b", "FAILED", 0, 2)
    progress.record_hint(work / "03_three", "d", 1)
    assert states(work) == {"a": "passed", "b": "tried", "c": "open", "d": "open"}
    assert found_in(work)["next"]["exercise"] == "b"


def test_a_lesson_that_was_begun_comes_before_an_earlier_one_and_a_deleted_one_never(work):
    progress.record(work / "01_one", "a", "PASSED", 1, 1)
    progress.record(work / "01_one", "b", "PASSED", 2, 2)
    assert found_in(work)["next"]["notebook"] == "03_three/three.ipynb"
    progress.record(work / "03_three", "d", "PASSED", 3, 3)
    assert found_in(work)["next"] is None


def test_after_a_finished_lesson_comes_the_one_behind_it_not_an_earlier_one_that_was_left_out(work):
    (work / "02_two").mkdir()
    (work / "02_two" / "two.ipynb").touch()
    progress.record(work / "02_two", "c", "PASSED", 0, 0)
    assert found_in(work)["next"]["notebook"] == "03_three/three.ipynb"


def test_the_home_pages_network_reads_digits_that_it_has_never_seen():
    data = digits()
    (W1, b1), (W2, b2) = json.loads((EXTENSION / "static" / "digits_network.json").read_text(encoding="utf-8"))
    read = np.argmax(np.maximum(data.X[TRAINED_ON:] / 16 @ W1 + b1, 0) @ W2 + b2, axis=1)
    assert np.mean(read == data.y[TRAINED_ON:]) > 0.9


def test_all_modules_of_the_extension_are_asked_for_at_once():
    """Each that another one imports from the start is preloaded, and nothing that isn't there."""
    static = EXTENSION / "static"
    container = (static / "container.js").read_text(encoding="utf-8")
    listed = set(ast.literal_eval(container.split("const PARTS = ")[1].split(";")[0]))
    imported = {
        line.split('"./')[1].split(".js")[0]
        for path in static.glob("*.js")
        if path.stem in {*listed, "plugins"}
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("import ") or line.startswith("} from ")
    }
    assert listed == imported
