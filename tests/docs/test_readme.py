"""What the README and the table of proofs say of the lessons is what is true of them."""

from pathlib import Path

import pytest

from autograder.core.paths import UserError, lesson_names
from autograder.proof import kept
from autograder.proof.prove import LessonProof
from autograder.proof.readme import table_of_lessons, with_lessons, with_proofs

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROOF = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")


def test_every_picture_and_page_it_links_to_is_there():
    for target in [part.split(")")[0] for part in README.split("](")[1:]]:
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_its_table_of_lessons_is_made_from_their_headers():
    assert table_of_lessons(ROOT / "solutions") in README, "run `autograder readme LESSON`"


def test_its_kill_table_has_a_row_for_every_lesson():
    """That the rows are right says tests/lessons/test_proofs.py."""
    rows = [line.split("`")[1] for line in PROOF.splitlines() if line.startswith("| `")]
    assert rows == lesson_names(ROOT / "solutions")


def test_bringing_it_up_to_date_changes_the_row_of_the_lesson_that_was_proven_alone():
    first, *others = lesson_names(ROOT / "solutions")
    of = kept.fingerprint(ROOT / "solutions" / first)
    lines, now = PROOF.splitlines(), with_proofs(PROOF, ROOT / "solutions", [LessonProof(first, ())]).splitlines()
    changed = [(before, after) for before, after in zip(lines, now, strict=True) if before != after]
    assert changed == [
        (row, f"| `{first}` | 0 | 0 (0) | 0 of 0 | all 0 pass | 0 of 0 (0 more do the same as the reference) | {of} |")
        for row in lines
        if row.startswith(f"| `{first}`")
    ]
    assert others


def test_a_page_without_the_comments_is_left_alone_with_a_sentence():
    with pytest.raises(UserError, match="A page lacks the lines <!-- kill table"):
        with_proofs(PROOF.replace("<!-- end of kill table -->", ""), ROOT / "solutions", [])
    with pytest.raises(UserError, match="A page lacks the lines <!-- lessons"):
        with_lessons(PROOF, ROOT / "solutions")
