"""docs/formats.md shows the JSON forms as they are: each example is compared with what the commands make."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import tiny
import torch
from click.testing import CliRunner

from autograder.cli import main
from autograder.core import wire
from autograder.core.paths import PACKAGE_ROOT, SUPPORT
from autograder.learner import carry, ledger, progress, workspace
from autograder.runner.sandbox import bubblewrap_works

PAGE = (PACKAGE_ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def examples(heading: str) -> list[Any]:
    """The examples of a section of the page."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)[1]
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)]


def differences(example: Any, real: Any, where: str = "") -> list[str]:
    """Where real data has another form than the example. Null fits everything, {} and "" every object and text."""
    if example is None or real is None:
        return []
    if isinstance(example, dict) and isinstance(real, dict):
        if not example:
            return []
        if any(key.startswith("<") for key in example):
            (inner,) = example.values()
            return [d for key, value in real.items() for d in differences(inner, value, f"{where}.{key}")]
        found = [f"{where}.{key} is in one of them only" for key in sorted(example.keys() ^ real.keys())]
        return found + [
            d for key in example.keys() & real.keys() for d in differences(example[key], real[key], f"{where}.{key}")
        ]
    if isinstance(example, list) and isinstance(real, list):
        return [d for item in real for d in differences(example[0], item, f"{where}[]")]
    numbers = isinstance(example, int | float) and isinstance(real, int | float)
    same = isinstance(example, bool) == isinstance(real, bool) and (numbers or type(example) is type(real))
    return [] if same else [f"{where} is {real!r}, not of the form {example!r}"]


def test_the_comparison_sees_what_is_more_less_or_of_another_kind():
    example = {"a": 1, "b": [{"c": "x"}], "d": {"<name>": 2}}
    assert differences(example, {"a": 2.5, "b": [], "d": {"p": 1, "q": 2}}) == []
    for wrong in (
        {"a": 1, "b": []},
        {"a": 1, "b": [], "d": {}, "e": 1},
        {"a": "1", "b": [], "d": {}},
        {"a": True, "b": [], "d": {}},
        {"a": 1, "b": [{"c": 3}], "d": {}},
        {"a": 1, "b": [], "d": {"p": "1"}},
    ):
        assert differences(example, wrong)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """The tiny course, released."""
    root = tiny.released(tmp_path_factory.mktemp("course"))
    (root / "nbgrader_config.py").write_text((PACKAGE_ROOT / "nbgrader_config.py").read_text(encoding="utf-8"))
    return root


def printed(course: Path, *arguments: str) -> Any:
    """What a command prints with --json, run in the course."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course)
        return json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)


def test_a_proof(course):
    (example,) = examples("A proof")
    assert differences(example, printed(course, "prove", "01_tiny")) == []


def test_this_machine(course):
    (example,) = examples("This machine")
    assert differences(example, printed(course, "doctor")) == []


def test_what_was_handed_out(course):
    (example,) = examples("Handed out")
    real = json.loads((course / "lessons" / "01_tiny" / SUPPORT / "handed_out.json").read_bytes())
    assert differences(example, real) == [] and real["exercises"].keys() == {"double", "norm", "limit"}


@pytest.mark.parametrize(
    "path", [f"lessons/01_tiny/{SUPPORT}/answers.json", ".ground-up/answers/01_tiny/held_out.json"]
)
def test_answers(course, path):
    (example,) = examples("Answers")
    real = json.loads((course / path).read_bytes())
    values = [e["expected"][case] for e in real["exercises"].values() for case in e["expected"]]
    assert {tuple(value) for value in values} == {("tree",), ("tree", "buffers")}
    for exercise in real["exercises"].values():  # no buffers where there are none
        for known in [exercise["expected"], *(mistake["values"] for mistake in exercise["mistakes"])]:
            for value in known.values():
                value.setdefault("buffers", [])
    assert differences(example, real) == []


def test_the_kinds_of_values_are_those_that_are_written():
    table = re.search(r"^\| `t` \|.*?\n\n", PAGE, re.DOTALL | re.MULTILINE)[0].strip().splitlines()[2:]
    cells = [[re.findall(r"`(\w+)`", cell) for cell in row.split("|")[1:3]] for row in table]
    shown = {kind: {key for key in keys if len(key) == 1} for kinds, keys in cells for kind in kinds}
    values = ["a", 1, 1.5, [1], (1,), {"a": 1}, np.zeros(2), np.float64(1), torch.zeros(2), b"bytes"]
    written = [wire.encode(value).tree for value in values]
    assert {tree["t"]: tree.keys() - {"t"} for tree in written} == shown


def test_progress_and_the_ledger(course, tmp_path):
    workspace.prepare(course / "lessons", tmp_path / "work")
    progress.record(tmp_path / "work" / "01_tiny", "double", "PASSED", 3, 3)
    for heading, name in (("Progress", progress.FILE), ("The ledger", ledger.LEDGER)):
        (example,) = examples(heading)
        assert differences(example, json.loads((tmp_path / "work" / name).read_bytes())) == []
    (example,) = examples("Exported progress")
    assert differences(example, json.loads(carry.export(tmp_path / "work").read_bytes())) == []


@pytest.fixture(scope="module")
def graded(course) -> Path:
    """The course with three submissions: right, without its check cells and with an error, and no notebook."""
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here")
    solved = nbformat.read(course / "solutions" / "01_tiny" / "tiny.ipynb", as_version=4)
    for student in ("right", "wrong", "broken"):
        (course / "grading" / "submitted" / student / "01_tiny").mkdir(parents=True)
    place = course / "grading" / "submitted"
    nbformat.write(solved, place / "right" / "01_tiny" / "tiny.ipynb")
    (place / "right" / "01_tiny" / "timestamp.txt").write_text("2026-11-30 12:00:00 UTC")
    solved.cells = [cell for cell in solved.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "norm-check"]
    for cell in solved.cells:
        cell.source = cell.source.replace("return 2 * x", "return 2 * x / (x - x)")
    nbformat.write(solved, place / "wrong" / "01_tiny" / "tiny.ipynb")
    (place / "broken" / "01_tiny" / "tiny.ipynb").write_text("no notebook")
    return course


def test_a_class_a_run_and_an_attempt(graded, monkeypatch):
    monkeypatch.chdir(graded)
    assert CliRunner().invoke(main, ["release", "01_tiny"]).exit_code == 0
    (example,) = examples("A class")
    real = printed(graded, "grade", "01_tiny")
    assert (real["graded"], len(real["ungradable"]), len(real["repaired"])) == (2, 1, 1)
    assert differences(example, real) == []
    run, ending = examples("A run")
    lines = (graded / "grading" / "results" / "01_tiny.jsonl").read_text(encoding="utf-8").splitlines()
    never_run = {"started", "seconds", "where", "run", "made_with"}
    for record in map(json.loads, lines):
        expected = run if record["verdict"] == "GRADED" else {k: v for k, v in run.items() if k not in never_run}
        assert differences(expected, record) == []
    lines = [line for line in lines if "run" in json.loads(line)]
    endings = [cell for line in lines for cell in json.loads(line)["run"]["cells"]]
    endings += [
        case for line in lines for cases in json.loads(line)["run"]["outcomes"].values() for case in cases.values()
    ]
    assert {each["kind"] for each in endings} >= {"returned", "raised"}
    for each in endings:
        assert differences(ending, {key: value for key, value in each.items() if key != "name"}) == []
    (attempt,) = examples("An attempt")
    kept = list((graded / "grading" / "attempts").rglob("attempt.json"))
    assert kept
    for path in kept:
        assert differences(attempt, json.loads(path.read_bytes())) == []


def test_one_notebook(graded):
    (example,) = examples("One notebook")
    for student in ("right", "wrong", "broken"):
        path = graded / "grading" / "submitted" / student / "01_tiny" / "tiny.ipynb"
        arguments = ("check", str(path), "--held-out", "--lesson", "01_tiny")
        assert differences(example, printed(graded, *arguments)) == []
