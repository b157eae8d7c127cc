"""Limits in a lesson's header: read, refused when wrong, and obeyed wherever a lesson is graded."""

from __future__ import annotations

import json

import pytest
import tiny
from click.testing import CliRunner

from autograder.authoring.exercise import AuthoringError
from autograder.batch import run_key
from autograder.cli import main
from autograder.lesson import limits
from autograder.runner.job import Limits
from autograder.runner.sandbox import bubblewrap_works
from autograder.submission import grade

MINUTES = "    minutes: 5\n"


def with_limits(*lines: str) -> str:
    return tiny.replaced(tiny.SOURCE, MINUTES, MINUTES + "    limits:\n" + "".join(f"      {line}\n" for line in lines))


def test_a_lesson_without_limits_has_the_usual_ones(tmp_path):
    lesson = tiny.course(tmp_path) / "solutions" / "01_tiny"
    assert limits.of_lesson(lesson) == Limits()


def test_seconds_and_megabytes_are_read_and_the_rest_stays(tmp_path):
    source = with_limits("cell: 60", "memory: 4096  # MB")
    lesson = tiny.course(tmp_path, source=source) / "solutions" / "01_tiny"
    assert limits.of_lesson(lesson) == Limits(cell=60.0, memory=4 * 2**30)


def test_limits_are_part_of_what_a_run_depends_on(tmp_path):
    usual = tiny.course(tmp_path / "usual") / "solutions" / "01_tiny"
    longer = tiny.course(tmp_path / "longer", source=with_limits("cell: 31")) / "solutions" / "01_tiny"
    marks = [grade.marking(folder, held_out=False) for folder in (usual, longer)]
    assert len({run_key.of_class(each, each.limits, "none", {}) for each in marks}) == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cells: 60", "there is no limit 'cells'; the limits are cell, exercise, submission"),
        ("cell: -1", "the limit cell must be a number above 0"),
        ("cell: a minute", "the limit cell must be a number above 0"),
        ("cell: .inf", "the limit cell must be a number above 0"),
        ("memory: true", "the limit memory must be a number above 0"),
    ],
)
def test_a_wrong_limit_stops_the_build_with_a_sentence(tmp_path, line, said):
    with pytest.raises(AuthoringError, match=said):
        tiny.released(tmp_path, source=with_limits(line))


@pytest.mark.skipif(not bubblewrap_works(), reason="bubblewrap doesn't work here")
def test_a_lesson_s_own_limit_ends_its_cells(tmp_path, monkeypatch):
    root = tiny.released(tmp_path, source=with_limits("cell: 0.3"))
    path = root / "lessons" / "01_tiny" / "tiny.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "double")
    cell["source"] = "while True: pass"
    handed_in = tmp_path / "tiny.ipynb"
    handed_in.write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.chdir(root)
    done = CliRunner().invoke(main, ["check", str(handed_in), "--json"])
    verdicts = {each["name"]: each["verdict"] for each in json.loads(done.stdout)["exercises"]}
    assert verdicts["double"] == "TIMEOUT"
