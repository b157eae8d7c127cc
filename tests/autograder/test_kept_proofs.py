"""A proof is kept by all that it depends on: what changes it is found again, and only that."""

import json

import pytest
import tiny
from click.testing import CliRunner

from autograder.cli import main
from autograder.core import machine
from autograder.judging import answer_key
from autograder.lesson import build
from autograder.lesson.release import release
from autograder.proof import prove
from autograder.proof.prove import prove_lesson


@pytest.fixture
def root(tmp_path, monkeypatch):
    root = tiny.course(tmp_path)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def proven(monkeypatch):
    """The exercises that were really proven, in the order in which that was asked for."""
    asked = []
    really = prove.prove_exercises

    def noting(lesson, names):
        asked.extend(names)
        return really(lesson, names)

    monkeypatch.setattr(prove, "prove_exercises", noting)
    monkeypatch.setattr(prove, "mutants", lambda source: [])
    return asked


def folder(root):
    return root / "solutions" / "01_tiny"


def changed(path, old, new):
    path.write_text(tiny.replaced(path.read_text(encoding="utf-8"), old, new), encoding="utf-8")


EVERY = ["double", "norm", "limit"]


def test_what_was_proven_is_taken_from_there_and_is_the_same(root, proven):
    first = prove_lesson(folder(root))
    assert proven == EVERY
    assert prove_lesson(folder(root)) == first
    assert proven == EVERY
    assert prove_lesson(folder(root), again=True) == first
    assert proven == EVERY * 2


CHANGES = {
    "its own hidden file": ("hidden/norm.py", 'inputs("norm", 50)', 'inputs("norm", 51)', ["norm"]),
    "a comment there": ("hidden/norm.py", "import numpy as np", "# a comment\nimport numpy as np", []),
    "a helper that it shares": ("hidden/shared.py", "return 1.0", "return 2.0", ["double"]),
    "a visible case": ("checks.py", "np.array([3.0, 4.0])", "np.array([3.0, 4.5])", ["norm"]),
    "an exercise's points": ("checks.py", '"norm", points=2', '"norm", points=3', ["norm"]),
    "what visible cases share": ("checks.py", "-2.0, 0.5])", "-2.0, 0.75])", EVERY),
    "the lesson's code": ("tiny.md", "return 2 * x", "return x * 2", EVERY),
    "the lesson's prose": ("tiny.md", "# Tiny\n", "# Tiny\n\nA sentence more.\n", []),
}


@pytest.mark.parametrize(("name", "old", "new", "again"), CHANGES.values(), ids=CHANGES)
def test_what_changed_is_proven_again_and_nothing_else(root, proven, name, old, new, again):
    text = tiny.added(tiny.HIDDEN, "double", "from .shared import one\n\nONE = one()\n")
    tiny.write_hidden(folder(root), text + "\n# hidden/shared.py\ndef one():\n    return 1.0\n")
    prove_lesson(folder(root))
    proven.clear()
    changed(folder(root) / name, old, new)
    prove_lesson(folder(root))
    assert proven == again


@pytest.mark.parametrize("name", [*machine.KERNELS, *machine.THREADS])
def test_other_kernels_are_other_circumstances(root, proven, monkeypatch, name):
    prove_lesson(folder(root))
    monkeypatch.setenv(name, "COMPATIBLE")
    prove_lesson(folder(root))
    assert proven == EVERY * 2


def test_another_version_of_the_engine_proves_again(root, proven, monkeypatch):
    prove_lesson(folder(root))
    monkeypatch.setattr("autograder.proof.kept._engine", lambda: "another")
    prove_lesson(folder(root))
    assert proven == EVERY * 2


def test_a_proof_that_does_not_hold_is_not_kept(root, proven):
    changed(folder(root) / "hidden" / "double.py", "return 3 * x", "return 2 * x")
    assert not prove_lesson(folder(root)).holds
    assert not prove_lesson(folder(root)).holds
    assert proven == [*EVERY, "double"]


def test_a_damaged_file_is_found_again(root, proven):
    prove_lesson(folder(root))
    for path in (root / ".ground-up" / "proofs" / "01_tiny").glob("norm*.json"):
        path.write_text("{")
    prove_lesson(folder(root))
    assert proven == [*EVERY, "norm"]


def test_one_exercise_is_proven_by_its_name(root, proven):
    ran = CliRunner().invoke(main, ["prove", "01_tiny", "norm", "--json"])
    (lesson,) = json.loads(ran.stdout)["lessons"]
    assert (ran.exit_code, [each["name"] for each in lesson["exercises"]]) == (0, ["norm"])
    CliRunner().invoke(main, ["prove", "01_tiny", "norm", "limit", "--json", "--again"])
    assert proven == ["norm", "norm", "limit"]
    ran = CliRunner().invoke(main, ["prove", "01_tiny", "nrom"])
    assert ran.exit_code == 2
    assert "'nrom' is neither a lesson nor an exercise of 01_tiny. Did you mean 'norm'?" in ran.stderr


def test_release_takes_the_answers_that_came_of_the_proof(root, proven, monkeypatch):
    prove_lesson(folder(root))
    worked_out = []
    really = answer_key.work_out
    monkeypatch.setattr(answer_key, "work_out", lambda *given: worked_out.append(given) or really(*given))
    release(folder(root), root / "lessons")
    assert worked_out == []
    kept = {path.name: path.read_bytes() for path in build.kept_in(folder(root)).iterdir()}
    (build.kept_in(folder(root)) / build.MADE_WITH).unlink()
    assert release(folder(root), root / "lessons", check=True).changed == ()
    assert worked_out
    assert kept == {path.name: path.read_bytes() for path in build.kept_in(folder(root)).iterdir()}


def test_release_works_answers_out_itself_under_other_circumstances(root, proven, monkeypatch):
    prove_lesson(folder(root))
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    assert not build.is_kept(folder(root))


def test_answers_are_put_together_from_what_was_kept_and_what_is_new(root, proven):
    prove_lesson(folder(root))
    changed(folder(root) / "hidden" / "norm.py", 'inputs("norm", 50)', 'inputs("norm", 51)')
    prove_lesson(folder(root))
    assert proven == [*EVERY, "norm"]
    together = {path.name: path.read_bytes() for path in build.kept_in(folder(root)).iterdir()}
    (build.kept_in(folder(root)) / build.MADE_WITH).unlink()
    build.keep_answers(build.open_lesson(folder(root)))
    assert together == {path.name: path.read_bytes() for path in build.kept_in(folder(root)).iterdir()}
