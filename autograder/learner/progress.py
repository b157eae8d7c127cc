"""The learner's progress (`work/progress.json`): what passed, in how many tries, with how many hints.

Progress is never taken back: an exercise keeps its best result. Recording never stands in a learner's way: where it
can't be done, a warning says why.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.core.paths import UserError
from autograder.judging.verdicts import MISSING, NOT_ATTEMPTED, PASSED
from autograder.learner import home, ledger

FILE = "progress.json"
NOT_A_TRY = (NOT_ATTEMPTED, MISSING)

Entry = dict[str, Any]


def load(work: Path) -> dict[str, Any]:
    """{"lessons": {lesson: {"exercises": {name: entry}}}} of a workspace.

    An entry holds verdict, points, max_points, tries, hints and, once passed, first_passed (ISO 8601, UTC). A damaged
    file is moved aside with a warning, and progress begins anew.
    """
    path = work / FILE
    try:
        progress = json.loads(path.read_bytes())
        _check(progress)
    except FileNotFoundError:
        return {"lessons": {}}
    except (ValueError, KeyError, TypeError, AttributeError):
        aside = ledger.move_aside(path)
        warnings.warn(
            f"The record of your progress was damaged; it is kept as {aside.name}, and a new one begins. Your "
            "notebooks are untouched: run their check cells again to have them counted.",
            stacklevel=2,
        )
        return {"lessons": {}}
    return progress


def passed(folder: Path) -> set[str]:
    """The exercises of the lesson in `folder` that ever passed; none where nothing is kept."""
    folder = folder.resolve()
    if not ledger.is_workspace(folder.parent):
        return set()
    try:
        exercises = load(folder.parent)["lessons"].get(folder.name, {}).get("exercises", {})
    except OSError:
        return set()  # `record` says so, with the reason
    return {name for name, entry in exercises.items() if entry["verdict"] == PASSED}


def record(folder: Path, exercise: str, verdict: str, points: float, max_points: float) -> int | None:
    """Remember the result of a check; the number of tries so far, or None where nothing is kept.

    folder: the lesson's, in a workspace; anywhere else (a submission, the course itself) nothing is recorded.
    """

    def change(entry: Entry) -> None:
        entry["tries"] += verdict not in NOT_A_TRY
        if verdict == PASSED or (entry["verdict"] != PASSED and points >= entry["points"]):
            entry |= {"verdict": verdict, "points": _number(points), "max_points": _number(max_points)}
        if verdict == PASSED:
            entry.setdefault("first_passed", datetime.now(UTC).isoformat(timespec="seconds"))

    entry = _update(folder, exercise, change)
    return entry["tries"] if entry else None


def record_hint(folder: Path, exercise: str, level: int) -> None:
    """Remember that the hints up to this level (from 1) were read."""

    def change(entry: Entry) -> None:
        entry["hints"] = max(entry["hints"], level)

    _update(folder, exercise, change)


def _update(folder: Path, exercise: str, change: Callable[[Entry], None]) -> Entry | None:
    folder = folder.resolve()
    work = folder.parent
    if not ledger.is_workspace(work):
        return None
    try:
        with ledger.locked(work):
            progress = load(work)
            lesson = progress["lessons"].setdefault(folder.name, {"exercises": {}})
            entry = lesson["exercises"].setdefault(exercise, _untried())
            change(entry)
            ledger.write(work / FILE, ledger.to_json(progress))
            home.write(work, progress)
    except UserError as error:
        warnings.warn(str(error), stacklevel=3)
    except OSError as error:
        warnings.warn(f"Your progress could not be saved in {work}: {error.strerror or error}.", stacklevel=3)
        return None
    return entry


def _untried() -> Entry:
    return {"verdict": NOT_ATTEMPTED, "points": 0, "max_points": 0, "tries": 0, "hints": 0}


def _check(progress: Any) -> None:
    """Raise one of the errors of wrong data unless this is progress as we write it."""
    for lesson in progress["lessons"].values():
        for entry in lesson["exercises"].values():
            if _untried().keys() - entry.keys() or not isinstance(entry["verdict"], str):
                raise ValueError("not an entry")
            for number in ("points", "max_points", "tries", "hints"):
                entry[number] += 0


def _number(value: float) -> float:
    value = float(value)
    return int(value) if value.is_integer() else value
