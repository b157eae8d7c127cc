"""Of several notebooks in a student's folder the newest is graded, and nothing is passed over in silence or lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.nbgrader_plugin import newest

WANTED = "neuron.ipynb"
NAMES = {
    "neuron.ipynb": 0,
    "NEURON.IPYNB": 0,
    " neuron .ipynb": 0,
    "neuron (1).ipynb": 1,
    "neuron(12).ipynb": 12,
    "neuron-2.ipynb": 2,
    "neuron-Copy1.ipynb": 1,
    "neuron copy.ipynb": 1,
    "neuron copy 3.ipynb": 3,
    "neuron_copy2.ipynb": 2,
    "neurons.ipynb": None,
    "neuron-2026.ipynb": None,
    "my neuron.ipynb": None,
    "neuron.py": None,
    "neuron (1).ipynb.txt": None,
}


@pytest.mark.parametrize(("name", "times"), NAMES.items())
def test_how_often_a_name_came_before_is_read_off_it(name, times):
    assert newest.times_before(name, WANTED) == times


def hand_in(folder: Path, **files: int) -> None:
    """Files by name, with their content's time in seconds."""
    for name, time in files.items():
        (folder / name).write_text(f"{name} of {time}")
        os.utime(folder / name, (time, time))


def content(folder: Path) -> str:
    return (folder / WANTED).read_text()


def all_that_is_there(folder: Path) -> list[str]:
    return sorted(path.read_text() for path in folder.rglob("*.ipynb") if not path.name.startswith("."))


def test_the_newer_counts_and_the_older_is_kept_and_named(tmp_path):
    hand_in(tmp_path, **{WANTED: 1000, "neuron (1).ipynb": 2000})
    assert newest.settle(tmp_path, WANTED) == tmp_path / "neuron (1).ipynb"
    assert content(tmp_path) == "neuron (1).ipynb of 2000"
    assert "neuron.ipynb of 1000" in all_that_is_there(tmp_path)
    (note,) = newest.notes(tmp_path, WANTED)
    assert note.startswith("OTHERS: 'neuron (1).ipynb' was graded.") and "neuron.ipynb (it lies in .older)" in note
    for _ in range(2):  # looking again changes nothing
        assert newest.settle(tmp_path, WANTED) is None
        assert newest.notes(tmp_path, WANTED) == (note,)


def test_the_lessons_own_name_counts_where_it_is_the_newer_and_the_other_is_named(tmp_path):
    hand_in(tmp_path, **{WANTED: 2000, "neuron (1).ipynb": 1000})
    assert newest.settle(tmp_path, WANTED) is None
    assert content(tmp_path) == "neuron.ipynb of 2000"
    assert "'neuron (1).ipynb'" in newest.notes(tmp_path, WANTED)[0]


def test_of_files_copied_at_once_the_number_in_the_name_decides(tmp_path):
    hand_in(tmp_path, **{WANTED: 1000, "neuron-1.ipynb": 1000, "neuron-2.ipynb": 1000})
    newest.settle(tmp_path, WANTED)
    assert content(tmp_path) == "neuron-2.ipynb of 1000"
    assert "'neuron-1.ipynb'" in newest.notes(tmp_path, WANTED)[0]


def test_a_single_notebook_of_another_name_is_taken_and_two_are_not(tmp_path):
    hand_in(tmp_path, **{"my work.ipynb": 1000})
    assert newest.settle(tmp_path, WANTED) == tmp_path / "my work.ipynb"
    assert content(tmp_path) == "my work.ipynb of 1000" and newest.notes(tmp_path, WANTED) == ()
    hand_in(tmp_path, **{"scratch.ipynb": 3000})
    assert newest.settle(tmp_path, WANTED) is None
    assert content(tmp_path) == "my work.ipynb of 1000"
    assert "'scratch.ipynb'" in newest.notes(tmp_path, WANTED)[0]


def test_none_of_two_strangers_is_taken(tmp_path):
    hand_in(tmp_path, **{"a.ipynb": 1000, "b.ipynb": 2000})
    assert newest.settle(tmp_path, WANTED) is None
    assert not (tmp_path / WANTED).exists()


def test_a_third_hand_in_replaces_our_copy_and_loses_nothing(tmp_path):
    hand_in(tmp_path, **{WANTED: 1000, "neuron (1).ipynb": 2000})
    newest.settle(tmp_path, WANTED)
    hand_in(tmp_path, **{"neuron (2).ipynb": 2**31})
    newest.settle(tmp_path, WANTED)
    assert content(tmp_path) == f"neuron (2).ipynb of {2**31}"
    hand_in(tmp_path, **{WANTED: 2**32})
    newest.settle(tmp_path, WANTED)
    assert content(tmp_path) == f"neuron.ipynb of {2**32}"
    for text in ("neuron.ipynb of 1000", "neuron (1).ipynb of 2000", f"neuron (2).ipynb of {2**31}"):
        assert text in all_that_is_there(tmp_path)
