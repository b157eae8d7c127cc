"""Progress: recorded at each check, never taken back, never in the way."""

import json
import multiprocessing
import os
import sys
import types
import warnings
from pathlib import Path

import pytest
from released import everything_in, release

from autograder.learner import ledger, progress
from autograder.learner.workspace import prepare


@pytest.fixture
def work(tmp_path):
    release(tmp_path / "lessons")
    prepare(tmp_path / "lessons", tmp_path / "work")
    return tmp_path / "work"


def entry(work, exercise="sigmoid"):
    return progress.load(work)["lessons"]["01_neuron"]["exercises"][exercise]


def test_a_check_is_recorded_with_its_tries(work):
    folder = work / "01_neuron"
    assert progress.record(folder, "sigmoid", "FAILED", 1, 2) == 1
    assert progress.record(folder, "sigmoid", "PASSED", 2.0, 2) == 2
    kept = entry(work)
    assert kept.pop("first_passed").endswith("+00:00")
    assert kept == {"verdict": "PASSED", "points": 2, "max_points": 2, "tries": 2, "hints": 0}


def test_progress_is_never_taken_back(work):
    folder = work / "01_neuron"
    progress.record(folder, "sigmoid", "PASSED", 2, 2)
    first = entry(work)["first_passed"]
    progress.record(folder, "sigmoid", "ERROR", 0, 2)
    assert (entry(work)["verdict"], entry(work)["points"], entry(work)["first_passed"]) == ("PASSED", 2, first)
    progress.record(folder, "weighted_sum", "FAILED", 0.5, 1)
    progress.record(folder, "weighted_sum", "ERROR", 0, 1)
    assert (entry(work, "weighted_sum")["verdict"], entry(work, "weighted_sum")["points"]) == ("FAILED", 0.5)


def test_checking_an_untouched_stub_is_no_try(work):
    assert progress.record(work / "01_neuron", "sigmoid", "NOT_ATTEMPTED", 0, 2) == 0
    assert progress.record(work / "01_neuron", "sigmoid", "MISSING", 0, 2) == 0


def test_hints_are_counted_by_the_highest_level_read(work):
    for level in (1, 2, 1):
        progress.record_hint(work / "01_neuron", "sigmoid", level)
    assert entry(work)["hints"] == 2
    assert entry(work)["tries"] == 0


def test_a_relative_folder_is_the_same_lesson(work, monkeypatch):
    monkeypatch.chdir(work / "01_neuron")
    progress.record(Path("."), "sigmoid", "PASSED", 2, 2)
    assert entry(work)["verdict"] == "PASSED"


def test_nothing_is_recorded_outside_a_workspace(tmp_path):
    folder = release(tmp_path / "lessons")
    before = everything_in(tmp_path)
    assert progress.record(folder, "sigmoid", "PASSED", 2, 2) is None
    progress.record_hint(folder, "sigmoid", 1)
    assert everything_in(tmp_path) == before


def test_the_home_page_follows(work):
    assert "0 of 2 exercises, 0 of 3 points" in (work / "home.md").read_text(encoding="utf-8")
    progress.record(work / "01_neuron", "sigmoid", "PASSED", 2, 2)
    assert "1 of 2 exercises, 2 of 3 points" in (work / "home.md").read_text(encoding="utf-8")


WRONG_TYPE = {"verdict": "PASSED", "points": "2", "max_points": 2, "tries": 1, "hints": 0}
DAMAGED = [
    "",
    "{",
    "[]",
    '{"lessons": []}',
    '{"lessons": {"01_neuron": {}}}',
    '{"lessons": {"01_neuron": {"exercises": {"sigmoid": {}}}}}',
    json.dumps({"lessons": {"01_neuron": {"exercises": {"sigmoid": WRONG_TYPE}}}}),
]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_is_moved_aside_and_told(work, damage):
    (work / "progress.json").write_text(damage)
    with pytest.warns(UserWarning, match="kept as progress.damaged-"):
        progress.record(work / "01_neuron", "sigmoid", "PASSED", 2, 2)
    assert entry(work)["verdict"] == "PASSED"
    (aside,) = work.glob("progress.damaged-*.json")
    assert aside.read_text() == damage
    assert aside.name in (work / "home.md").read_text(encoding="utf-8")


def test_damaged_bookkeeping_costs_no_progress(work):
    (work / ledger.LEDGER).write_text("?")
    with pytest.warns(UserWarning, match="next start of Ground Up puts it right"):
        progress.record(work / "01_neuron", "sigmoid", "PASSED", 2, 2)
    assert entry(work)["verdict"] == "PASSED"


def test_a_full_disk_is_told_and_leaves_the_old_record(work, monkeypatch):
    progress.record(work / "01_neuron", "sigmoid", "FAILED", 1, 2)

    def refuse(source, target):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.warns(UserWarning, match="No space left on device"):
        assert progress.record(work / "01_neuron", "sigmoid", "PASSED", 2, 2) is None
    assert entry(work)["verdict"] == "FAILED"


def record_many(work, exercise):
    warnings.simplefilter("error")
    for _ in range(20):
        progress.record(work / "01_neuron", exercise, "FAILED", 0, 2)


def test_notebooks_that_record_at_once_lose_nothing(work, monkeypatch):
    main = types.ModuleType("__main__")  # an IPython shell in another test may have put its own there
    main.__spec__ = None
    monkeypatch.setitem(sys.modules, "__main__", main)
    context = multiprocessing.get_context("spawn")
    names = ["sigmoid", "weighted_sum", "sigmoid"]
    processes = [context.Process(target=record_many, args=(work, name)) for name in names]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert entry(work, "sigmoid")["tries"] == 40
    assert entry(work, "weighted_sum")["tries"] == 20


def test_the_record_is_plain_json(work):
    progress.record(work / "01_neuron", "sigmoid", "PASSED", 2, 2)
    assert set(json.loads((work / "progress.json").read_bytes())) == {"lessons"}
