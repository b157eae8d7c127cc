"""The file `work/progress.json`: read, checked, written, merged. All but `load` expect the workspace's lock to be held.

It is never thrown away. One that is damaged, or of a newer version, is kept beside; what is whole in it, and in the
copy that is written after each record, goes on.
"""

from __future__ import annotations

import contextlib
import json
import math
import warnings
from pathlib import Path
from typing import Any

from autograder.judging.verdicts import NOT_ATTEMPTED, PASSED
from autograder.learner import ledger

FILE, COPY = "progress.json", ".ground-up-progress.json"
VERSION = 1  # of a file that doesn't say

Entry = dict[str, Any]
Progress = dict[str, Any]


class ProgressWarning(UserWarning):
    """Something about the record of a learner's progress that they should know; one or two sentences."""


class Damaged(ValueError):
    """This isn't progress as we write it."""


class Newer(ValueError):
    """A newer version of Ground Up wrote this."""


def untried() -> Entry:
    """The entry of an exercise that nobody has tried."""
    return {"verdict": NOT_ATTEMPTED, "points": 0, "max_points": 0, "tries": 0, "hints": 0}


def load(work: Path) -> Progress:
    """{"lessons": {lesson: {"exercises": {name: entry}}}} of a workspace; for whoever doesn't hold its lock.

    An entry holds verdict, points, max_points, tries, hints and, once passed, first_passed (ISO 8601, UTC). A file that
    can't be used is kept beside, with a warning. Raises OSError.
    """
    try:
        return parse((work / FILE).read_bytes())
    except FileNotFoundError:
        return {"lessons": {}}
    except (Damaged, Newer):
        with ledger.locked(work):
            return load_held(work)


def load_held(work: Path) -> Progress:
    """The same for whoever holds the workspace's lock."""
    path = work / FILE
    try:
        data = path.read_bytes()
        return parse(data)
    except FileNotFoundError:
        return {"lessons": {}}
    except (Damaged, Newer) as error:
        why = "newer" if isinstance(error, Newer) else "damaged"
    aside = ledger.unused(path.with_name(f"{path.stem}.{why}-{ledger.now()}{path.suffix}"))
    ledger.write(aside, data)  # first the old one beside, then the new one: no instant at which neither is there
    known = merged(whole_entries(data), _copy(work))
    write(work, known)
    warnings.warn(_said(why, aside.name, known), ProgressWarning, stacklevel=3)
    return known


def write(work: Path, progress: Progress) -> None:
    """Write the file, then its copy. Raises OSError where the file could not be written; the old one is there then."""
    data = ledger.to_json(progress)
    ledger.write(work / FILE, data)
    with contextlib.suppress(OSError):
        ledger.write(work / COPY, data)


def parse(data: bytes) -> Progress:
    """Progress from a file's content. Raises Damaged or Newer."""
    try:
        document = json.loads(data)
        version = document.get("version", VERSION)
        if type(version) is int and version > VERSION:
            raise Newer
        entries = [entry for lesson in document["lessons"].values() for entry in lesson["exercises"].values()]
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged from error
    except (Newer, Damaged):
        raise
    except ValueError as error:
        raise Damaged from error
    if not all(map(_is_whole, entries)):
        raise Damaged
    return document


def whole_entries(data: bytes) -> Progress:
    """What can be read of a file that isn't right as a whole."""
    try:
        lessons = json.loads(data)["lessons"].items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"lessons": {}}
    found: Progress = {"lessons": {}}
    for name, lesson in lessons:
        exercises = lesson.get("exercises") if isinstance(lesson, dict) else None
        whole = {key: e for key, e in exercises.items() if _is_whole(e)} if isinstance(exercises, dict) else {}
        if whole:
            found["lessons"][name] = {"exercises": whole}
    return found


def merged(mine: Progress, theirs: Progress) -> Progress:
    """Both records in one: of each exercise the better result, the earlier first time, the larger counts.

    What neither knows stays as it is; merging the same record twice changes nothing.
    """
    lessons = dict(mine["lessons"])
    for name, lesson in theirs["lessons"].items():
        own = lessons.get(name, {"exercises": {}})
        exercises = dict(own["exercises"])
        for exercise, entry in lesson["exercises"].items():
            exercises[exercise] = _better(exercises[exercise], entry) if exercise in exercises else entry
        lessons[name] = lesson | own | {"exercises": exercises}
    return theirs | mine | {"lessons": lessons}


def passed_in(progress: Progress) -> set[tuple[str, str]]:
    """The exercises that passed, each with its lesson."""
    return {
        (name, exercise)
        for name, lesson in progress["lessons"].items()
        for exercise, entry in lesson["exercises"].items()
        if entry["verdict"] == PASSED
    }


def _better(mine: Entry, theirs: Entry) -> Entry:
    best = max(mine, theirs, key=lambda entry: (entry["verdict"] == PASSED, entry["points"], entry["tries"]))
    result = {key: best[key] for key in ("verdict", "points", "max_points")}
    counts = {key: max(mine[key], theirs[key]) for key in ("tries", "hints")}
    first = [entry["first_passed"] for entry in (mine, theirs) if "first_passed" in entry]
    return theirs | mine | result | counts | ({"first_passed": min(first)} if first else {})


def _copy(work: Path) -> Progress:
    try:
        return whole_entries((work / COPY).read_bytes())
    except OSError:
        return {"lessons": {}}


def _is_whole(entry: Any) -> bool:
    """Whether this is an entry as we write it."""
    if not isinstance(entry, dict) or untried().keys() - entry.keys() or not isinstance(entry["verdict"], str):
        return False
    numbers = [entry[key] for key in ("points", "max_points", "tries", "hints")]
    if not all(type(each) in (int, float) and 0 <= each < math.inf for each in numbers):
        return False
    return isinstance(entry.get("first_passed", ""), str)


def _said(why: str, aside: str, known: Progress) -> str:
    count = len(passed_in(known))
    kept = f"{count} passed exercise{'s' * (count != 1)} could be taken over" if count else "a new one begins"
    if why == "newer":
        return (
            f"The record of your progress is of a newer version of Ground Up; it is kept as {aside}, and {kept}. When "
            f'this copy of the course is up to date, course.import_progress("{aside}") takes in the rest.'
        )
    return (
        f"The record of your progress was damaged; it is kept as {aside}, and {kept}. Your notebooks are untouched: "
        "run their check cells again to have everything counted."
    )
