"""The catalogue of hostile and broken submissions: each gets its verdict, and nothing else suffers.

Each folder holds a `submission.py`: `variants(canary)` gives edits of a solved notebook by name, `VERDICTS` the
exercises that aren't PASSED then, `MISTAKE` the name of the mistake recognised, `SAYS` a part of the message by
variant and exercise, `NOTES` a part of a note by variant, `EDITS` changes of the lesson's own texts, `STOCK` the same
for `on_stock_nbgrader.py`. Every bomb has a limit of its own; what is aimed at was made here.
"""

import contextlib
import functools
import json
import os
import re
import sys
import time
from pathlib import Path

import nbformat
import pytest

from autograder.runner import sandbox
from autograder.runner.client import Runner
from autograder.runner.job import Limits
from autograder.submission import grade, reading
from tests.autograder import tiny
from tests.hostile.catalogue import FIXTURES, RUN, made, name_of, things_outside

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the runner is for Linux"),
    pytest.mark.skipif(not sandbox.bubblewrap_works(), reason="bubblewrap doesn't work here"),
]
PASSED = dict.fromkeys(("double", "norm", "limit"), "PASSED")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The tiny lesson, released."""
    return tiny.released(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def marks(course):
    return grade.marking(course / "solutions" / "01_tiny", held_out=True)


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """Marks of the tiny lesson with edits of its texts: (which, old, new) each."""

    @functools.cache
    def made(edits):
        texts = {"checks": tiny.CHECKS, "hidden": tiny.HIDDEN}
        for which, old, new in edits:
            texts[which] = tiny.replaced(texts[which], old, new)
        root = tiny.released(tmp_path_factory.mktemp("edited"), **texts)
        return grade.marking(root / "solutions" / "01_tiny", held_out=True)

    return made


@pytest.fixture(scope="module")
def solved(course) -> bytes:
    """The solved notebook, as a learner would hand it in."""
    notebook = json.loads((course / "lessons" / "01_tiny" / "tiny.ipynb").read_bytes())
    made = nbformat.read(course / "solutions" / "01_tiny" / "tiny.ipynb", as_version=4)
    answers = {name_of(cell): cell["source"] for cell in made["cells"]}
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["cell_type"] == "code":
            cell["source"] = answers[name_of(cell)]
    return json.dumps(notebook, indent=1).encode()


@pytest.fixture(scope="module")
def runner():
    with Runner(("numpy",), sandbox.BUBBLEWRAP) as made:
        yield made


@pytest.fixture
def canary(tmp_path, course, monkeypatch):
    """Things outside the sandbox, found untouched afterwards."""
    monkeypatch.setenv("GROUND_UP_CANARY", "here")
    with things_outside(tmp_path, course / "solutions") as (made, reached):
        yield made
    assert not reached


def below(pid: int) -> set[int]:
    """All processes that descend from one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def left(zygote: int, before: set[int]) -> set[int]:
    """What a submission left running: all that is new, but for the place that waits for the next submission.

    That is two processes, alone in a namespace. Whatever is more has 20 s to end.
    """
    until = time.monotonic() + 20
    while True:
        worlds = {pid: _world(pid) for pid in below(zygote) - before}
        new = {pid for pid, world in worlds.items() if world}
        if not new or (len(new) <= 2 and len({worlds[pid] for pid in new}) == 1):
            return set()
        if time.monotonic() > until:
            return new
        time.sleep(0.01)


def _world(pid: int) -> str:
    """The namespace of processes that one is in; empty when it has ended."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/pid")
    return ""


@pytest.mark.parametrize(("name", "variant"), RUN)
def test_a_submission_of_the_catalogue_gets_its_verdict(
    runner, marks, edited, solved, canary, tmp_path_factory, name, variant
):
    module = FIXTURES[name]
    if hasattr(module, "EDITS"):
        marks = edited(tuple(module.EDITS))
    path = tmp_path_factory.mktemp("submitted") / "tiny.ipynb"
    path.write_text(json.dumps(made(solved, module.variants(canary)[variant])))
    solutions = Path(canary.solutions)
    limits = Limits(
        cell=getattr(module, "CELL", 30.0),
        exercise=getattr(module, "EXERCISE", 30.0),
        submission=60.0,
        memory=getattr(module, "MEMORY", 400 * 2**20),
    )
    before = below(runner._zygote.process.pid)
    graded = grade.grade(reading.read(path, solutions), marks, runner, limits)
    assert graded.verdict == grade.GRADED, graded
    assert {result.name: result.verdict for result in graded.results} == PASSED | module.VERDICTS, graded.to_json()
    for result in graded.results:
        assert result.mistake == getattr(module, "MISTAKE", {}).get(result.name, result.mistake), graded.to_json()
        assert getattr(module, "SAYS", {}).get(variant, {}).get(result.name, "") in result.message, result.message
    assert getattr(module, "NOTES", {}).get(variant, "") in " ".join(graded.notes), graded.notes
    for word in ("TAMPER", "NAMED", "REPAIRED"):
        noted = [note for note in graded.notes if note.startswith(f"{word}: ")]
        assert bool(noted) == getattr(module, word, False), graded.notes
    assert not left(runner._zygote.process.pid, before)


IDLE = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
WITH_THREADS = (
    "05_patched_libraries",
    "07_forges_frames",
    "17_endless",
    "18_crashes",
    "18_kills_its_parent",
    "19_exits",
)


@pytest.mark.parametrize(("name", "variant"), [each for each in RUN if each[0] in WITH_THREADS])
def test_it_gets_the_same_where_a_cell_left_a_thread_behind(
    runner, marks, solved, canary, tmp_path_factory, name, variant
):
    module, path = FIXTURES[name], tmp_path_factory.mktemp("submitted") / "tiny.ipynb"
    edits = module.variants(canary)[variant]
    path.write_text(json.dumps(made(solved, {**edits, "cells": [IDLE, *edits.get("cells", [])]})))
    limits = Limits(getattr(module, "CELL", 30.0), getattr(module, "EXERCISE", 30.0), 60.0, 400 * 2**20)
    graded = grade.grade(reading.read(path, Path(canary.solutions)), marks, runner, limits)
    assert {result.name: result.verdict for result in graded.results} == PASSED | module.VERDICTS, graded.to_json()


BROKEN = [v for v in FIXTURES["35_no_notebook"].files(b"")]


@pytest.mark.parametrize("variant", BROKEN)
def test_a_file_that_is_no_notebook_is_ungradable_and_says_what_to_do(course, solved, tmp_path, variant):
    path = tmp_path / "tiny.ipynb"
    path.write_bytes(FIXTURES["35_no_notebook"].files(solved)[variant])
    with pytest.raises(reading.Ungradable, match=re.compile("hand (it )?in")):
        reading.read(path, course / "solutions")


@pytest.mark.parametrize("encoding", FIXTURES["35_no_notebook"].encoded(b""))
def test_a_notebook_is_read_in_every_encoding_of_unicode(course, solved, tmp_path, encoding):
    path = tmp_path / "tiny.ipynb"
    path.write_bytes(solved)
    expected = reading.read(path, course / "solutions")
    path.write_bytes(FIXTURES["35_no_notebook"].encoded(solved)[encoding])
    assert reading.read(path, course / "solutions") == expected


def test_a_renamed_notebook_is_graded(runner, marks, course, solved, tmp_path):
    path = tmp_path / "tiny (1).ipynb"
    path.write_bytes(solved)
    graded = grade.grade(reading.read(path, course / "solutions"), marks, runner)
    assert {result.name: result.verdict for result in graded.results} == PASSED
