"""What lies in a folder of solutions/: a lesson of ours, an nbgrader assignment of somebody's own, or neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.core.paths import UserError, find_lesson, is_lesson

LESSON, ORDINARY, NEITHER = "lesson", "ordinary", "neither"


def kind(folder: Path) -> str:
    """LESSON, ORDINARY (a notebook in it has cells of nbgrader's) or NEITHER."""
    if is_lesson(folder):
        return LESSON
    return ORDINARY if any(map(_has_cells_of_nbgrader, folder.glob("*.ipynb"))) else NEITHER


def require_lesson(folder: Path) -> Path:
    """The folder, if it holds a lesson. Raises UserError, with what to do, where the settings don't grade it."""
    what = kind(folder)
    if what == ORDINARY:
        raise UserError(
            f"{folder.name} is an nbgrader assignment of your own, and this course's settings grade only its lessons: "
            "keep it in a course folder of its own, outside this one, with nbgrader's own settings. "
            "Nothing was changed."
        )
    if what == NEITHER and folder.is_dir():
        raise UserError(
            f"{folder} holds neither a lesson's source (`autograder new` begins one) nor a notebook with cells of "
            "nbgrader's, so there is nothing to grade. Nothing was changed."
        )
    return find_lesson(folder.name, folder.parent)


def _has_cells_of_nbgrader(path: Path) -> bool:
    try:
        notebook: Any = json.loads(path.read_bytes())
        metas = [cell["metadata"].get("nbgrader") for cell in notebook["cells"]]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False  # no notebook: nbgrader says so where it is to be read
    return any(isinstance(meta, dict) and meta for meta in metas)
