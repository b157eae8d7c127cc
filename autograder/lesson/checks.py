"""Loading a lesson's `checks.py` and `hidden/`."""

from __future__ import annotations

from pathlib import Path

from autograder.authoring.exercise import AuthoringError, Exercise
from autograder.cases.load import run
from autograder.core.paths import UserError, support
from autograder.lesson import hidden as hidden_files
from autograder.lesson import slips


def load(folder: Path, hidden: bool = False) -> dict[str, Exercise]:
    """The exercises of the lesson in `folder`, in order; with `hidden`, also held-out cases, mistakes and variants."""
    path = support(folder, "checks.py")
    if not path.is_file():
        raise UserError(f"There are no checks in {folder}: this only works in a lesson's own folder.")
    exercises: dict[str, Exercise] = {}
    _run(path, exercises, folder)
    if hidden:
        for file in hidden_files.read(folder, exercises):
            file.run(exercises)
    for name, exercise in exercises.items():
        if unknown := [needed for needed in exercise.needs if needed not in exercises]:
            raise AuthoringError(f"{name} needs the unknown exercise {unknown[0]!r}.")
    return exercises


def _run(path: Path, exercises: dict[str, Exercise], folder: Path) -> None:
    """Execute a lesson's visible checks; a slip in them is said with its line."""
    with slips.told(folder.name, path.name, str(path)):
        run(path.read_text(encoding="utf-8"), str(path), exercises, folder)
