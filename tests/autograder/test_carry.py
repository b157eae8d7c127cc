"""Progress as a file, out of one workspace and into another; the report on it; the same from the command line."""

import json

import pytest
from click.testing import CliRunner
from released import everything_in, release

import course
from autograder.cli import main
from autograder.core.paths import UserError
from autograder.learner import carry, places, progress, progress_file
from autograder.learner.workspace import prepare

LESSON = "01_neuron"


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A workspace in which a notebook that is no lesson stands, in a folder of its own."""
    release(tmp_path / "lessons")
    release(tmp_path / "lessons", "02_network", title="A <network>")
    prepare(tmp_path / "lessons", tmp_path / "work")
    (tmp_path / "work" / "notes").mkdir()
    monkeypatch.chdir(tmp_path / "work" / "notes")
    progress.record(tmp_path / "work" / LESSON, "sigmoid", "PASSED", 2, 2)
    return tmp_path / "work"


@pytest.fixture
def other(tmp_path, work):
    """Another workspace of the same course, where something else was done."""
    prepare(tmp_path / "lessons", tmp_path / "other")
    for _ in range(3):
        progress.record(tmp_path / "other" / LESSON, "sigmoid", "FAILED", 1, 2)
    progress.record(tmp_path / "other" / LESSON, "weighted_sum", "PASSED", 1, 1)
    progress.record_hint(tmp_path / "other" / "00_elsewhere", "unknown_here", 2)
    return tmp_path / "other"


def run(*arguments):
    return CliRunner().invoke(main, ["progress", *map(str, arguments)], catch_exceptions=False)


def test_taking_in_keeps_the_better_of_both_and_says_what_came(work, other, tmp_path):
    before = progress.load(work)["lessons"][LESSON]["exercises"]["sigmoid"]
    carry.export(other, tmp_path / "mine.json")
    taken = course.import_progress(str(tmp_path / "mine.json"))
    assert str(taken) == "Taken in: 1 passed exercise (01_neuron: weighted_sum). Nothing of yours was lost."
    known = progress.load(work)["lessons"]
    assert known[LESSON]["exercises"]["sigmoid"] == before | {"tries": 3}
    assert known[LESSON]["exercises"]["weighted_sum"]["verdict"] == "PASSED"
    assert known["00_elsewhere"]["exercises"]["unknown_here"]["hints"] == 2
    assert "2 of 2 exercises" in (work / "home.md").read_text(encoding="utf-8")
    again = course.import_progress(tmp_path / "mine.json")
    assert str(again) == "Nothing new: all that passed there has passed here."
    assert progress.load(work)["lessons"] == known


def test_a_work_folder_and_its_progress_can_be_taken_in_too(work, other):
    assert "weighted_sum" in str(course.import_progress(other))
    assert "Nothing new" in str(course.import_progress(other / "progress.json"))


def test_an_export_goes_into_the_work_folder_and_never_over_a_file(work, capsys):
    first, second = course.export_progress(), course.export_progress()
    files = sorted(work.glob("ground-up-progress-*.json"))
    assert len(files) == 2 and str(first) != str(second)
    document = json.loads(files[0].read_bytes())
    assert (document["kind"], document["version"]) == ("ground-up-progress", 1)
    assert document["lessons"] == progress.load(work)["lessons"]
    assert course.export_progress(files[0]) is None
    assert "nothing is overwritten" in capsys.readouterr().out


FOREIGN = [
    b"",
    b"\x89PNG",
    b"[]",
    b'{"cells": []}',
    b'{"kind": "something else", "lessons": {}}',
    b'{"lessons": {"a": {"exercises": {"b": {"verdict": "PASSED"}}}}}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("foreign", FOREIGN, ids=range(len(FOREIGN)))
def test_a_foreign_file_is_refused_in_a_sentence_and_changes_nothing(work, tmp_path, foreign, capsys):
    (tmp_path / "foreign.json").write_bytes(foreign)
    before = everything_in(work)
    assert course.import_progress(tmp_path / "foreign.json") is None
    assert "foreign.json holds no progress of Ground Up" in capsys.readouterr().out
    assert everything_in(work) == before


def test_what_a_newer_version_wrote_or_what_is_not_there_is_refused_too(work, tmp_path, capsys):
    newer = {"kind": carry.KIND, "version": progress_file.VERSION + 1, "lessons": {}}
    (work / "newer.json").write_text(json.dumps(newer))
    for name, said in (("newer.json", "newer version of Ground Up"), ("none.json", "can't be read: No such file")):
        assert course.import_progress(name) is None
        assert said in capsys.readouterr().out


def test_the_command_line_does_the_same(work, other, tmp_path):
    assert run().output.startswith("Your progress: 1 of 4 exercises passed\n")
    assert run("export", tmp_path / "a.json").output == f"{tmp_path / 'a.json'}\n"
    refused = run("export", tmp_path / "a.json")
    assert refused.exit_code == 2 and "nothing is overwritten" in refused.output
    assert "01_neuron: weighted_sum" in run("import", other).output
    assert run("page").output == f"{work / 'what-i-built.html'}\n"


def test_the_report_says_how_far_one_is_in_any_notebook_of_the_workspace(work):
    box = course.progress()
    assert str(box).splitlines() == [
        "Your progress: 1 of 4 exercises passed",
        "○ 1 · A neuron     1 of 2",
        "○ 2 · A <network>  0 of 2",
        "Next: 1 · A neuron, exercise weighted_sum.",
    ]
    html = box._repr_html_()
    assert "data-verdict='PROGRESS'" in html and "<caption" in html and "<th scope='row'" in html
    assert "href='../01_neuron/neuron.ipynb'" in html and "2 · A &lt;network&gt;" in html


def test_what_stands_in_the_way_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "PACKAGE_ROOT", tmp_path)
    assert course.progress() is None
    assert capsys.readouterr().out == "Your work folder isn't there yet: python3 start.py makes it.\n"
    with pytest.raises(UserError):
        places.workspace()
