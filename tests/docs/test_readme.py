"""What the README says of the lessons is what is true of them."""

from pathlib import Path

from autograder.paths import lesson_names
from autograder.prove import prove_lesson
from autograder.prove_report import markdown

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_kill_table_is_the_one_that_prove_prints():
    names = lesson_names(ROOT / "solutions")
    assert markdown([prove_lesson(ROOT / "solutions" / name) for name in names]) in README, (
        "put the output of `autograder prove --markdown` into README.md"
    )


def test_every_picture_and_page_it_links_to_is_there():
    for target in [part.split(")")[0] for part in README.split("](")[1:]]:
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_every_lesson_is_in_its_table():
    for name in lesson_names(ROOT / "solutions"):
        assert f"| {name[:2]} |" in README
