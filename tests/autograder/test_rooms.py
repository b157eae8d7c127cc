"""The engine's rooms, as docs/architecture.md draws them: each uses only rooms that are named before it."""

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "autograder"
ROOMS = (
    *("core", "authoring", "cases", "judging", "runner", "lesson"),
    *("learner", "submission", "nbgrader_plugin", "batch", "proof"),
)


def used(path: Path) -> set[str]:
    """The rooms that a module imports from, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "autograder":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("autograder."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("autograder.")}
    return found & set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_those_before_it(room):
    before = set(ROOMS[: ROOMS.index(room) + 1])
    modules = [path for path in (ENGINE / room).rglob("*.py") if "templates" not in path.parts]
    assert modules
    assert {path.name: used(path) - before for path in modules if used(path) - before} == {}


def test_learner_and_submission_and_proof_and_batch_know_nothing_of_each_other():
    for one, others in (("submission", {"learner"}), ("batch", {"learner", "proof"}), ("proof", {"learner", "batch"})):
        for path in (ENGINE / one).rglob("*.py"):
            assert not used(path) & others, path


def test_the_picture_names_every_room():
    page = (ENGINE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = page[page.index("core              what") :].partition("```")[0]
    drawn = [line.split()[0] for line in picture.splitlines() if line.strip()]
    assert set(ROOMS) <= set(drawn) and {path.name for path in ENGINE.iterdir() if path.is_dir()} - {
        "__pycache__"
    } == set(ROOMS)
