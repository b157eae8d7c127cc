"""An exception in what an author wrote as `judge=` is the author's error: said with a trace, never a verdict."""

import json
import sys

import nbformat
import numpy as np
import pytest
import tiny
from click.testing import CliRunner

from autograder import check, exercise
from autograder.authoring.compare import Difference
from autograder.cli import main
from autograder.core.outcome import RETURNED, Outcome
from autograder.judging import verdicts
from autograder.judging.answer_key import AnswerKey
from autograder.judging.verdicts import JudgeFailed, judge
from autograder.proof import trials
from autograder.proof.mutation import Mutant
from autograder.proof.prove import of_the_mutants
from autograder.proof.results import MutantFate

JUDGE = '''
def by_the_inverse(got, expected):
    """A judge that divides by what it is given."""
    if abs(1 / got - 1 / expected) > 1e-9:
        raise_difference = __import__("autograder.authoring.compare", fromlist=["Difference"]).Difference
        return raise_difference("value", "", "It is another number.", got, expected)
'''
CHECKS = tiny.replaced(
    tiny.CHECKS, "@limit.case\ndef a_number", JUDGE + "\n@limit.case(judge=by_the_inverse)\ndef a_number"
)


def by_quotient(got, expected):
    return None if expected / got == 1 else Difference("value", "", "It is another number.", got, expected)


def judged(compare, got, expected):
    f = exercise("f")
    f.case(judge=compare)(lambda f: f)
    (case,) = f.cases
    return judge(f, f.cases, {case.name: Outcome(RETURNED, value=got)}, AnswerKey(1, {case.name: expected}))


def test_a_judge_that_fails_on_the_right_answer_fails_whatever_the_answer():
    def broken(got, expected):
        return expected["no such entry"]

    for got in ({"a": 1}, None, "text"):
        with pytest.raises(JudgeFailed, match="KeyError: 'no such entry'"):
            judged(broken, got, {"a": 1})


@pytest.mark.parametrize(
    ("got", "expected"), [(0, 2), ([1, 0.0], [1, 2]), ({"a": 0}, {"a": 2}), (np.zeros(2), np.ones(2))]
)
def test_a_judge_has_to_cope_with_every_value_of_the_expected_form(got, expected):
    def of_all(got, expected):
        if isinstance(expected, dict):
            return of_all(list(got.values()), list(expected.values()))
        if isinstance(expected, list | np.ndarray):
            return next(filter(None, (by_quotient(int(g), int(e)) for g, e in zip(got, expected, strict=True))), None)
        return by_quotient(got, expected)

    assert judged(of_all, expected, expected).verdict == verdicts.PASSED
    with pytest.raises(JudgeFailed, match="ZeroDivisionError") as raised:
        judged(of_all, got, expected)
    assert "in by_quotient" in str(raised.value)
    assert "verdicts.py" not in str(raised.value)
    assert (raised.value.exercise, raised.value.case) == ("f", "<lambda>")


@pytest.mark.parametrize("got", [None, "text", [1, 2], {"a": 1}, np.zeros(3), np.zeros((2, 2)), True])
def test_a_judge_that_breaks_on_a_result_of_another_form_has_found_a_wrong_answer(got):
    def strict(got, expected):
        return by_quotient(got.item() if isinstance(got, float) else 1 / (type(got) is type(expected)), expected)

    result = judged(lambda got, expected: None if type(got) is float else strict(got, expected), got, 2.0)
    assert (result.verdict, result.points) == (verdicts.FAILED, 0)
    assert "expected" in result.message


def test_the_first_thing_of_another_form_is_what_is_said_even_behind_a_wrong_value():
    result = judged(
        lambda got, expected: None if sum(got) == sum(expected) else by_quotient(0, 0), [5.0, None], [1.0, 2.0]
    )
    assert result.verdict == verdicts.FAILED
    assert result.message == "The result at [1] is None, expected the number 2. Is there a `return`?"


# --- wherever cases are judged ------------------------------------------------------------------------------------


def test_the_proof_names_exercise_and_case_and_shows_where(tmp_path, monkeypatch):
    """A known mistake returns 0, of which the judge can't make anything."""
    hidden = tiny.replaced(
        tiny.HIDDEN,
        'limit.mistake("three", "That is too little.", value=3)',
        'limit.mistake("three", "That is too little.", value=0.0)',
    )
    monkeypatch.chdir(tiny.course(tmp_path, checks=CHECKS, hidden=hidden))
    ran = CliRunner().invoke(main, ["prove", "01_tiny", "limit", "--json"])
    assert ran.exit_code == 1
    (problem,) = [each for each in json.loads(ran.stdout)["lessons"][0]["problems"] if "judge" in each]
    assert problem.startswith("limit: the judge of the case 'a_number' fails.")
    assert "checks.py" in problem and "in by_the_inverse" in problem and "ZeroDivisionError" in problem


def test_a_mutant_on_which_the_judge_fails_is_a_problem_too():
    f = exercise("f")

    @f.case(judge=by_quotient)
    def of_two(f):
        return f(2)

    reference = {"f": lambda x: 2 * x}
    known = trials.measured(f.cases, "f", reference)
    made = [Mutant("L1", "operator", 1, "2", "0", "def f(x):\n    return 0 * x")]
    tried = trials.tried(f, reference, known, AnswerKey(1, {"of_two": 4}), "f = ...", made)
    (came,) = tried.mutants
    assert came.error == "JudgeFailed"
    fates = [MutantFate("L1", "operator", "killed", came.how)]
    (problem,) = of_the_mutants(f, fates, tried.mutants)
    assert "the judge of the case 'of_two' fails" in problem and "ZeroDivisionError" in problem


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny.released(tmp_path_factory.mktemp("course"), checks=CHECKS)


def answered(course, value):
    notebook = nbformat.read(course / "lessons" / "01_tiny" / "tiny.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "limit":
            cell.source = f"limit = {value}"
    path = course / f"limit_{value}.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize(
    ("value", "verdict"), [("0.0", "INFRA"), ("3.5", "GRADED"), ("4.5", "GRADED"), ("'a'", "GRADED")]
)
def test_grading_gives_no_points_rather_than_wrong_ones(course, monkeypatch, value, verdict):
    monkeypatch.chdir(course)
    ran = CliRunner().invoke(main, ["check", str(answered(course, value)), "--json", "--sandbox", "none"])
    graded = json.loads(ran.stdout)
    assert graded["verdict"] == verdict
    if verdict == "INFRA":
        assert ran.exit_code == 3 and graded["score"] is None and graded["exercises"] == []
        (note,) = graded["notes"]
        assert note.startswith(
            "The fault is the course's, not the answer's. 01_tiny: limit: the judge of the case 'a_number'"
        )
        assert "in by_the_inverse" in note


def test_check_says_in_the_notebook_whose_fault_it_is(course, monkeypatch, capsys):
    monkeypatch.chdir(course / "lessons" / "01_tiny")
    monkeypatch.setattr(sys.modules["__main__"], "limit", 0.0, raising=False)
    check("limit")
    said = capsys.readouterr().out
    assert said.strip() == (
        "`limit` can't be judged: the check “a number” is broken. "
        "That is the course's fault, not yours; please tell your instructor."
    )
