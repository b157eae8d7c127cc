"""`autograder prove` holds for a sound lesson, and reports each fault that is planted."""

import json

import pytest
import tiny
from click.testing import CliRunner

from autograder.cli import main
from autograder.proof.prove import prove_lesson
from autograder.proof.trials import seconds_allowed

S, C, H = tiny.SOURCE, tiny.CHECKS, tiny.HIDDEN


def prove(folder, **texts):
    """Prove a tiny course with these texts: (exit status, the kill table)."""
    import os

    before = os.getcwd()
    os.chdir(tiny.course(folder, **texts))
    try:
        ran = CliRunner().invoke(main, ["prove", "--json"], catch_exceptions=False)
    finally:
        os.chdir(before)
    return ran.exit_code, json.loads(ran.stdout)["lessons"][0]


def test_the_tiny_lesson_is_sound(tmp_path):
    status, proof = prove(tmp_path)
    assert (status, proof["problems"]) == (0, [])
    assert proof["holds"] and proof["mutants_killed"] >= 0.95
    assert [e["named_on_visible_cases"] for e in proof["exercises"]] == [4, 4, 4]


PASSES = "    return 2 * x\n\n@double.mistake('right', 'Message.')\ndef right(x):\n    return x + x\n"
FAULTS = {
    "double: the mistake 'tripled' passes": {
        "hidden": tiny.replaced(H, "return 3 * x", "return 2 * x"),
    },
    "double: the visible cases don't name the mistake 'tripled'": {
        "hidden": tiny.replaced(H, "return 3 * x", "return x + 2"),
    },
    "double: the variant 'by_adding' doesn't pass": {
        "hidden": tiny.replaced(H, "return x + x\n", "return x + x + 1e-3\n"),
    },
    "of the mutants died": {
        "source": tiny.replaced(S, "    return 2 * x", "    y = 0 if x is None else 1\n    return 2 * x"),
    },
    "limit: the stub isn't NOT_ATTEMPTED with 0 points": {
        "source": tiny.replaced(S, "### BEGIN SOLUTION\nlimit = 3.5\n### END SOLUTION", "limit = 3.5"),
    },
    "double: the stub isn't NOT_ATTEMPTED with 0 points": {
        "source": tiny.replaced(
            S, "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION", "    return 2 * x"
        ),
    },
    "norm: the reference gives another result when a case is run again": {
        "checks": tiny.replaced(C, "return norm(np.array([3.0, 4.0]))", "return norm(np.random.normal(size=2))"),
    },
    "double: 1 hints, at least 3 are needed": {
        "checks": C.replace("hints=HINTS)", "hints=HINTS[:1])", 1),
    },
    "double: no visible case belongs to the part 'arrays'": {
        "checks": tiny.replaced(C, '@double.case(part="arrays")', "@double.case"),
    },
    "double: no mutant is called 'L9 nothing'": {
        "hidden": tiny.added(H, "double", "double.equivalent('L9 nothing', 'It is not there.')"),
    },
    "limit: the held-out case 'its_negative' doesn't run by itself": {
        "hidden": tiny.replaced(
            H, "@limit.held_out\ndef its_negative", "if True:\n  @limit.held_out\n  def its_negative"
        ).replace("    return -limit", "      return -limit"),
    },
}


@pytest.mark.parametrize("problem", FAULTS)
def test_a_planted_fault_is_reported(tmp_path, monkeypatch, problem):
    if "of the mutants" not in problem:  # they take most of the time
        monkeypatch.setattr("autograder.proof.prove.mutants", lambda source: [])
    status, proof = prove(tmp_path, **FAULTS[problem])
    assert status == 1
    assert not proof["holds"]
    assert any(problem in found for found in proof["problems"]), proof["problems"]


def test_a_reference_that_fails_its_own_case_cannot_be_built(tmp_path, monkeypatch):
    monkeypatch.chdir(tiny.course(tmp_path, checks=tiny.replaced(C, "return 2 * float(limit)", "return limit.shape")))
    ran = CliRunner().invoke(main, ["prove"])
    assert ran.exit_code == 2
    assert "limit: the reference solution fails the case twice_the_number" in ran.stderr


def test_a_reference_that_returns_no_data_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tiny.course(tmp_path, checks=tiny.replaced(C, "return 2 * float(limit)", "return iter([limit])")))
    ran = CliRunner().invoke(main, ["prove"])
    assert ran.exit_code == 2
    assert "limit: the case twice_the_number returns no plain data" in ran.stderr


def test_the_kill_table_is_printed_for_people(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.proof.prove.mutants", lambda source: [])
    hidden = tiny.replaced(H, "return 3 * x", "return 2 * x")
    monkeypatch.chdir(tiny.course(tmp_path, hidden=hidden))
    ran = CliRunner().invoke(main, ["prove"])
    assert ran.exit_code == 1
    assert "problem   double: the mistake 'tripled' passes" in ran.output


def test_each_equivalent_mutant_must_survive(tmp_path):
    root = tiny.course(tmp_path)
    proof = prove_lesson(root / "solutions" / "01_tiny")
    killed = next(m for m in proof.exercises[0].mutants if m.fate == "killed")
    hidden = tiny.added(H, "double", f"double.equivalent({killed.id!r}, 'Wrongly.')")
    tiny.write_hidden(root / "solutions" / "01_tiny", hidden)
    again = prove_lesson(root / "solutions" / "01_tiny")
    assert f"double: the mutant {killed.id!r} is listed as equivalent, but a case kills it" in again.problems


def test_a_mutant_that_one_case_found_out_is_not_run_through_the_others(tmp_path, monkeypatch):
    """The quick case kills all mutants of `double`; the slow one is run for the reference and the implementations."""
    noted = tmp_path / "noted"
    slow = f"open({str(noted)!r}, 'a').write('x')\n    sum(range(300_000))\n    return double(3.0)"
    checks = tiny.replaced(C, "return double(3.0)", slow)
    root = tiny.course(tmp_path, checks=checks)
    monkeypatch.setattr("autograder.proof.prove.mutants", lambda source: [])
    prove_lesson(root / "solutions" / "01_tiny")
    without = len(noted.read_text())
    noted.unlink()
    monkeypatch.undo()
    proof = prove_lesson(root / "solutions" / "01_tiny", again=True)
    died = [mutant for mutant in proof.exercises[0].mutants if mutant.fate == "killed"]
    assert len(died) > 3
    assert len(noted.read_text()) - without < len(died)


def test_a_mutant_has_ample_time_beside_a_reference_that_trains_for_long():
    assert seconds_allowed(0.0) == 1.0
    assert seconds_allowed(20.0) > 3 * 20.0
