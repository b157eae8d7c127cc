"""What the README says of the lessons is what is true of them."""

from pathlib import Path

from autograder.core.paths import lesson_names

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_picture_and_page_it_links_to_is_there():
    for target in [part.split(")")[0] for part in README.split("](")[1:]]:
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_every_lesson_is_in_its_table():
    for name in lesson_names(ROOT / "solutions"):
        assert f"| {name[:2]} |" in README
