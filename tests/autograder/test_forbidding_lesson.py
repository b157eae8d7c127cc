"""A lesson that forbids a function: the same verdict in the notebook, in prove and in grading."""

import json

import numpy as np
import pytest
import tiny
from click.testing import CliRunner

from autograder.cases import forbidden
from autograder.cli import main
from autograder.learner import session

INSTEAD = "Write the product with *."


def checks(*names):
    return tiny.replaced(
        tiny.CHECKS, 'exercise("double", ', f'exercise("double", forbids={list(names)}, instead="{INSTEAD}", '
    )


CALLS_IT = tiny.replaced(tiny.HIDDEN, "np.multiply(x, 2)", "np.kron(2, x)")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny.released(tmp_path_factory.mktemp("course"), checks=checks("numpy.kron"))


def prove(folder, monkeypatch, **texts):
    monkeypatch.chdir(tiny.course(folder, **texts))
    return CliRunner().invoke(main, ["prove", "--json"])


@pytest.mark.parametrize("double", ["np.kron", "getattr(np, 'kr' + 'on')"])
def test_the_check_in_the_notebook_says_what_is_asked_instead(course, monkeypatch, double):
    monkeypatch.chdir(course / "lessons" / "01_tiny")
    names = {"np": np}
    exec(f"def double(x):\n    return {double}(2, x)", names)
    monkeypatch.setattr(session, "_namespace", lambda: names)
    result = session.check("double").result
    assert (result.verdict, result.mistake, result.points) == ("FAILED", "forbidden", 0)
    assert "`numpy.kron`" in result.message and INSTEAD in result.message
    assert "numpy.kron" in session.check("double")._repr_html_()


def graded(course, answer):
    path = course / "lessons" / "01_tiny" / "tiny.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double":
            cell["source"] = answer
    path.write_text(json.dumps(notebook))
    return json.loads(CliRunner().invoke(main, ["check", str(path), "--held-out", "--json"]).stdout)


def test_grading_says_the_same(course, monkeypatch):
    monkeypatch.chdir(course)
    found = graded(course, "def double(x):\n    return np.kron(2, x)")
    double = found["exercises"][0]
    assert (double["verdict"], double["mistake"], double["points"]) == ("FAILED", "forbidden", 0)
    assert INSTEAD in double["message"] and not any(note.startswith("NAMED") for note in found["notes"])


REPLACED = "kept = np.kron\nnp.kron = lambda *given: given\n\ndef double(x):\n    return kept(2, x)"


def test_a_function_that_was_replaced_before_the_first_check_is_seen_in_the_notebook_too(course, monkeypatch):
    monkeypatch.chdir(course / "lessons" / "01_tiny")
    monkeypatch.setattr(np, "kron", np.kron)
    forbidden.target.cache_clear()
    forbidden._looked_for.cache_clear()
    names = {"np": np}
    exec(REPLACED, names)
    monkeypatch.setattr(session, "_namespace", lambda: names)
    seen = session.check("double").result
    monkeypatch.undo()
    forbidden.target.cache_clear()
    forbidden._looked_for.cache_clear()
    monkeypatch.chdir(course)
    double = graded(course, REPLACED)["exercises"][0]
    assert seen.mistake == double["mistake"] == "forbidden"


COMPARED = """
DEBUG = False
def compare_with_numpy(x):
    assert np.allclose(np.kron(2, x), 2 * x)

def double(x):
    if DEBUG:
        compare_with_numpy(x)
    return 2 * x
"""


def test_a_branch_that_never_runs_costs_nothing_and_is_a_note_for_the_instructor(course, monkeypatch):
    monkeypatch.chdir(course / "lessons" / "01_tiny")
    names = {"np": np}
    exec(COMPARED, names)
    monkeypatch.setattr(session, "_namespace", lambda: names)
    seen = session.check("double").result
    found = graded(course, COMPARED)
    double = found["exercises"][0]
    assert seen.verdict == double["verdict"] == "PASSED"
    assert seen.points == double["points"] == double["max_points"]
    assert found["notes"] == [
        "NAMED: `double` names `numpy.kron` in `compare_with_numpy`, which the exercise forbids; "
        "it was not seen to be called."
    ]


def test_a_lesson_that_forbids_can_be_proven(tmp_path, monkeypatch):
    ran = prove(tmp_path, monkeypatch, checks=checks("numpy.kron", "torch.nn.LSTM"))
    assert ran.exit_code == 0, ran.output


def test_a_variant_that_calls_it_does_not_pass_the_proof(tmp_path, monkeypatch):
    ran = prove(tmp_path, monkeypatch, checks=checks("numpy.kron"), hidden=CALLS_IT)
    (proof,) = json.loads(ran.stdout)["lessons"]
    assert ran.exit_code == 1
    assert any("the variant 'by_numpy' doesn't pass: Your code calls `numpy.kron`" in p for p in proof["problems"])


def test_a_reference_that_calls_it_cannot_be_built(tmp_path, monkeypatch):
    source = tiny.replaced(tiny.SOURCE, "return 2 * x", "return np.kron(2, x)")
    ran = prove(tmp_path, monkeypatch, checks=checks("numpy.kron"), source=source)
    assert ran.exit_code == 2 and "the reference solution calls numpy.kron" in ran.output


def test_a_name_that_does_not_exist_cannot_be_forbidden(tmp_path, monkeypatch):
    ran = prove(tmp_path, monkeypatch, checks=checks("numpy.krom"))
    assert ran.exit_code == 2 and "'numpy.krom' doesn't exist" in ran.output
