"""The learner's copy of the lessons: handed out, kept up to date, never overwritten."""

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from released import everything_in, last_source, notebook, release, run_all, type_into

from autograder.core.paths import UserError
from autograder.learner import ledger, workspace
from autograder.learner.workspace import ADOPT, BESIDE, COPY, DELETED, KEEP, REPLACE, decide, prepare

NOTEBOOK = "01_neuron/neuron.ipynb"


@pytest.fixture
def lessons(tmp_path):
    release(tmp_path / "lessons")
    return tmp_path / "lessons"


@pytest.fixture
def work(tmp_path):
    return tmp_path / "my work"


def test_the_first_start_hands_everything_out(lessons, work):
    (lessons / "01_neuron" / "pictures").mkdir()
    (lessons / "01_neuron" / "pictures" / "a.png").write_bytes(b"png")
    (lessons / "01_neuron" / ".ipynb_checkpoints").mkdir()
    (lessons / "01_neuron" / ".ipynb_checkpoints" / "old.ipynb").write_bytes(b"{}")
    (lessons / "01_neuron" / "__pycache__").mkdir()
    (lessons / "01_neuron" / "__pycache__" / "checks.pyc").write_bytes(b"")
    changes = prepare(lessons, work)
    expected = [".lesson/answers.json", ".lesson/checks.py", "neuron.ipynb", "pictures/a.png"]
    assert sorted(changes.new) == [f"01_neuron/{name}" for name in expected]
    assert {*everything_in(work)} == {*changes.new, "home.md", ledger.LEDGER}
    assert changes.summary() == "New: 01_neuron"


def test_a_second_start_changes_nothing_and_says_nothing(lessons, work):
    prepare(lessons, work)
    before = everything_in(work)
    assert prepare(lessons, work).summary() == ""
    assert everything_in(work) == before


def test_a_later_lesson_is_added(lessons, work):
    prepare(lessons, work)
    release(lessons, "02_network")
    assert prepare(lessons, work).summary() == "New: 02_network"


def test_a_notebook_that_was_only_run_is_brought_up_to_date(lessons, work):
    prepare(lessons, work)
    run_all(work / NOTEBOOK)
    run = (work / NOTEBOOK).read_bytes()
    release(lessons, code="x = 'better'")
    changes = prepare(lessons, work)
    assert NOTEBOOK in changes.updated and not changes.beside
    assert last_source(work / NOTEBOOK) == "x = 'better'"
    assert (changes.checkpoint / NOTEBOOK).read_bytes() == run


def test_a_notebook_that_was_written_in_is_never_overwritten(lessons, work):
    prepare(lessons, work)
    type_into(work / NOTEBOOK, "x = 'mine'")
    mine = (work / NOTEBOOK).read_bytes()
    release(lessons, code="x = 'better'")
    changes = prepare(lessons, work)
    assert (work / NOTEBOOK).read_bytes() == mine
    assert changes.beside == {NOTEBOOK: "01_neuron/neuron.new.ipynb"}
    assert last_source(work / "01_neuron/neuron.new.ipynb") == "x = 'better'"
    assert "neuron.new.ipynb" in changes.summary()
    assert "neuron.new.ipynb" in (work / "home.md").read_text(encoding="utf-8")
    assert "checks for x = 'better'" in (work / "01_neuron/.lesson/checks.py").read_text()


def test_a_newer_version_is_offered_once(lessons, work):
    prepare(lessons, work)
    type_into(work / NOTEBOOK, "x = 'mine'")
    release(lessons, code="x = 'better'")
    prepare(lessons, work)
    assert not prepare(lessons, work).beside
    (work / "01_neuron/neuron.new.ipynb").unlink()
    assert not prepare(lessons, work).beside
    assert "neuron.new.ipynb" not in (work / "home.md").read_text(encoding="utf-8")


def test_an_offer_left_alone_gives_way_to_the_next_and_one_worked_in_does_not(lessons, work):
    prepare(lessons, work)
    type_into(work / NOTEBOOK, "x = 'mine'")
    release(lessons, code="x = 'better'")
    prepare(lessons, work)
    release(lessons, code="x = 'best'")
    changes = prepare(lessons, work)
    assert changes.beside == {NOTEBOOK: "01_neuron/neuron.new.ipynb"}
    assert last_source(work / "01_neuron/neuron.new.ipynb") == "x = 'best'"
    assert last_source(changes.checkpoint / "01_neuron/neuron.new.ipynb") == "x = 'better'"
    type_into(work / "01_neuron/neuron.new.ipynb", "x = 'mine too'")
    release(lessons, code="x = 'perfect'")
    assert prepare(lessons, work).beside == {NOTEBOOK: "01_neuron/neuron.new-2.ipynb"}
    assert last_source(work / "01_neuron/neuron.new.ipynb") == "x = 'mine too'"


def test_taking_over_the_new_version_ends_the_notice(lessons, work):
    prepare(lessons, work)
    type_into(work / NOTEBOOK, "x = 'mine'")
    release(lessons, code="x = 'better'")
    prepare(lessons, work)
    shutil.copy(work / "01_neuron/neuron.new.ipynb", work / NOTEBOOK)
    prepare(lessons, work)
    assert "newer version" not in (work / "home.md").read_text(encoding="utf-8")
    release(lessons, code="x = 'best'")
    assert NOTEBOOK in prepare(lessons, work).updated


def test_a_file_of_the_learners_own_is_not_overwritten_by_a_new_lesson_of_that_name(lessons, work):
    (work / "01_neuron").mkdir(parents=True)
    (work / NOTEBOOK).write_bytes(notebook("my own"))
    changes = prepare(lessons, work)
    assert last_source(work / NOTEBOOK) == "my own"
    assert NOTEBOOK in changes.beside


def test_a_notebook_that_is_no_longer_one_counts_as_touched(lessons, work):
    prepare(lessons, work)
    (work / NOTEBOOK).write_text("<<<<<<< mine")
    release(lessons, code="x = 'better'")
    assert NOTEBOOK in prepare(lessons, work).beside
    assert (work / NOTEBOOK).read_text() == "<<<<<<< mine"


def test_a_deleted_notebook_stays_deleted_until_it_is_asked_for(lessons, work):
    prepare(lessons, work)
    (work / NOTEBOOK).unlink()
    (work / "01_neuron/.lesson/checks.py").unlink()
    changes = prepare(lessons, work)
    assert not (work / NOTEBOOK).exists()
    assert changes.new == ["01_neuron/.lesson/checks.py"]
    assert "--restore 01_neuron" in (work / "home.md").read_text(encoding="utf-8")
    assert prepare(lessons, work, restore=["01_neuron"]).new == [NOTEBOOK]
    assert "--restore" not in (work / "home.md").read_text(encoding="utf-8")


def test_a_deleted_lesson_stays_deleted_until_it_is_asked_for(lessons, work):
    prepare(lessons, work)
    shutil.rmtree(work / "01_neuron")
    release(lessons, code="x = 'better'")
    assert prepare(lessons, work).summary() == ""
    assert not (work / "01_neuron").exists()
    assert len(prepare(lessons, work, restore=["01_neuron"]).new) == 3
    assert last_source(work / NOTEBOOK) == "x = 'better'"


def test_restoring_a_lesson_leaves_what_is_there(lessons, work):
    prepare(lessons, work)
    type_into(work / NOTEBOOK, "x = 'mine'")
    prepare(lessons, work, restore=["01_neuron"])
    assert last_source(work / NOTEBOOK) == "x = 'mine'"


def test_restoring_an_unknown_lesson_names_the_ones_there_are(lessons, work):
    with pytest.raises(UserError, match="Did you mean '01_neuron'"):
        prepare(lessons, work, restore=["01_neurons"])


def test_a_lesson_that_the_course_gave_up_stays(lessons, work):
    prepare(lessons, work)
    shutil.rmtree(lessons / "01_neuron")
    prepare(lessons, work)
    assert (work / NOTEBOOK).exists()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"files": {"a": 3}, "lessons": []}', '{"files": {}}', "\x00\x01"])
def test_damaged_bookkeeping_is_moved_aside_and_costs_no_work(lessons, work, damage):
    prepare(lessons, work)
    type_into(work / NOTEBOOK, "x = 'mine'")
    (work / ledger.LEDGER).write_text(damage)
    changes = prepare(lessons, work)
    assert changes.damaged.read_text() == damage
    assert "damaged" in changes.summary()
    assert last_source(work / NOTEBOOK) == "x = 'mine'"
    assert prepare(lessons, work).summary() == ""


def test_an_interrupted_start_leaves_no_half_files_and_the_next_one_goes_on(lessons, work, monkeypatch):
    prepare(lessons, work)
    before = everything_in(work)
    release(lessons, code="x = 'better'")
    real, calls = os.replace, []

    def interrupted(source, target):
        calls.append(target)
        if len(calls) == 4:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare(lessons, work)
    monkeypatch.undo()
    after = everything_in(work)
    new = everything_in(lessons)
    assert all(after[path] in (before[path], new.get(path)) for path in before)
    assert not list(work.rglob(ledger.UNFINISHED + "*"))
    changes = prepare(lessons, work)
    assert not changes.beside
    assert last_source(work / NOTEBOOK) == "x = 'better'"


def test_what_a_killed_start_left_behind_is_cleared_away(lessons, work):
    prepare(lessons, work)
    (work / "01_neuron" / (ledger.UNFINISHED + "1234")).write_text("half a noteb")
    prepare(lessons, work)
    assert not list(work.rglob(ledger.UNFINISHED + "*"))


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_workspace_that_cannot_be_written_to_is_explained(lessons, work, monkeypatch, number):
    prepare(lessons, work)
    type_into(work / NOTEBOOK, "x = 'mine'")
    release(lessons, code="x = 'better'")
    before = everything_in(work)

    def refuse(source, target):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UserError) as caught:
        prepare(lessons, work)
    assert os.strerror(number) in str(caught.value)
    assert str(work) in str(caught.value)
    assert everything_in(work) == before


def test_a_file_in_the_place_of_the_workspace_is_explained_and_kept(lessons, work):
    work.write_text("mine")
    with pytest.raises(UserError, match="make sure that it is a folder"):
        prepare(lessons, work)
    assert work.read_text() == "mine"


def test_two_starts_at_once_hand_everything_out_once(lessons, work):
    results = []
    threads = [threading.Thread(target=lambda: results.append(prepare(lessons, work))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(changes.new) for changes in results) == [0, 0, 0, 3]


def test_a_course_without_lessons_yet_has_a_home_page(tmp_path, work):
    prepare(tmp_path / "lessons", work)
    assert "no lessons" in (work / "home.md").read_text(encoding="utf-8")


def test_what_is_to_be_done_with_a_file():
    old, new, mine = notebook("old"), notebook("new"), notebook("mine")
    handed = ledger.HandedOut(ledger.fingerprint(old, NOTEBOOK))
    offered = ledger.HandedOut(handed.content, ledger.fingerprint(new, NOTEBOOK), "n.new.ipynb")
    assert decide(NOTEBOOK, None, None, new) == COPY
    assert decide(NOTEBOOK, None, mine, new) == BESIDE
    assert decide(NOTEBOOK, None, new, new) == ADOPT
    assert decide(NOTEBOOK, handed, None, new) == DELETED
    assert decide("01_neuron/.lesson/checks.py", handed, None, new) == COPY
    assert decide(NOTEBOOK, handed, old, new) == REPLACE
    assert decide(NOTEBOOK, handed, mine, old) == KEEP
    assert decide(NOTEBOOK, handed, mine, new) == BESIDE
    assert decide(NOTEBOOK, offered, mine, new) == KEEP
    assert decide(NOTEBOOK, offered, mine, notebook("newest")) == BESIDE


def test_the_command_prints_what_it_did_and_its_errors_are_one_sentence(lessons, work, monkeypatch, capsys):
    monkeypatch.setattr(workspace, "PACKAGE_ROOT", lessons.parent)
    assert workspace.main([]) == 0
    assert capsys.readouterr().out == "New: 01_neuron\n"
    (lessons.parent / "work" / "progress.json").write_text("?")
    assert workspace.main([]) == 0
    assert "progress was damaged" in capsys.readouterr().out
    assert workspace.main(["--restore", "nothing"]) == 1
    assert capsys.readouterr().err == "There is no lesson 'nothing'. Lessons: 01_neuron.\n"


def test_the_command_runs_as_a_module():
    root = Path(workspace.__file__).resolve().parent.parent
    command = [sys.executable, "-m", "autograder.learner.workspace", "--help"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0 and "--restore" in done.stdout


def test_the_bookkeeping_lists_each_lessons_facts(lessons, work):
    release(lessons, "02_network", title="A network", question="Why layers?", minutes=75)
    prepare(lessons, work)
    book = json.loads((work / ledger.LEDGER).read_bytes())
    assert [lesson["title"] for lesson in book["lessons"]] == ["A neuron", "A network"]
    assert book["lessons"][1]["minutes"] == 75
    assert book["lessons"][0]["points"] == {"weighted_sum": 1, "sigmoid": 2}
