"""Each lesson's cases tell right from wrong, and docs/proof.md says how well."""

import pytest

from autograder.core.paths import course_root
from autograder.proof import kept
from autograder.proof.prove import prove_lesson
from autograder.proof.table import markdown


@pytest.fixture(scope="module")
def kill_table():
    return (course_root() / "docs" / "proof.md").read_text(encoding="utf-8")


def test_the_kill_table_is_of_this_lesson_and_this_engine(lesson, kill_table):
    """So that no lesson, and no change of the engine, goes without a proof, the long ones included."""
    (row,) = (line for line in kill_table.splitlines() if line.startswith(f"| `{lesson.name}` |"))
    assert row.endswith(f"| {kept.fingerprint(lesson.source.folder)} |"), "run `autograder readme`"


@pytest.mark.heavy_for("09_cnn", "10_rnn")
def test_the_proof_holds_and_the_kill_table_says_so(lesson, kill_table):
    proof = prove_lesson(lesson.source.folder)
    assert proof.problems == []
    row = markdown([proof], {lesson.name: kept.fingerprint(lesson.source.folder)}).splitlines()[-1]
    assert row in kill_table, "run `autograder readme`"
