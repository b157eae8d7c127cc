"""The learner's progress (`work/progress.json`): what passed, in how many tries, with how many hints.

Progress is never taken back: an exercise keeps its best result. Recording never stands in a learner's way: where it
can't be done, a warning says why.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from autograder.core.paths import UserError
from autograder.judging.verdicts import MISSING, NOT_ATTEMPTED, PASSED
from autograder.learner import home, ledger, progress_file
from autograder.learner.progress_file import FILE, Entry, Progress, ProgressWarning, load

__all__ = ["FILE", "Entry", "load", "passed", "record", "record_hint", "store", "told"]

NOT_A_TRY = (NOT_ATTEMPTED, MISSING)


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


def store(work: Path, progress: Progress) -> None:
    """Write progress, and the home page after it, for whoever holds the workspace's lock. Raises OSError.

    A home page that can't be written is a warning: the progress is safe by then.
    """
    progress_file.write(work, progress)
    try:
        home.write(work, progress)
    except UserError as error:
        warnings.warn(str(error), ProgressWarning, stacklevel=4)
    except OSError as error:
        text = f"Your progress is saved, but {home.FILE} could not be written: {error.strerror or error}."
        warnings.warn(text, ProgressWarning, stacklevel=4)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Print what is to be said about progress as plain sentences, each time, rather than as Python shows a warning."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", ProgressWarning)
        yield
    for sentence in dict.fromkeys(str(warning.message) for warning in said):
        print(sentence)


def _update(folder: Path, exercise: str, change: Callable[[Entry], None]) -> Entry | None:
    folder = folder.resolve()
    work = folder.parent
    if not ledger.is_workspace(work):
        return None
    try:
        with ledger.locked(work):
            progress = progress_file.load_held(work)
            lesson = progress["lessons"].setdefault(folder.name, {"exercises": {}})
            entry = lesson["exercises"].setdefault(exercise, progress_file.untried())
            change(entry)
            store(work, progress)
    except OSError as error:
        text = (
            f"Your progress could not be saved in {work}: {error.strerror or error}. What was saved before is safe; "
            "run this cell again when there is room."
        )
        warnings.warn(text, ProgressWarning, stacklevel=3)
        return None
    return entry


def _number(value: float) -> float:
    value = float(value)
    return int(value) if value.is_integer() else value
