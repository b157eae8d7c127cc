"""The map of the course, as the side bar and the home page show it: lessons, exercises, how far the learner is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.core.paths import numbered, solutions
from autograder.judging.verdicts import PASSED
from autograder.learner.ledger import Ledger, ListedLesson

DONE, TRIED, OPEN = "passed", "tried", "open"


def of(book: Ledger, progress: dict[str, Any], work: Path) -> dict[str, Any]:
    """The map of a learner's workspace as plain data. progress: as `progress.load` gives it.

    {"lessons": [{"name", "part", "title", "question", "notebook", "minutes", "here", "exercises": [{"name", "points",
    "state"}]}], "next": {"notebook", "title", "exercise"} or None, "passed", "of", "solutions"}. part: of the course,
    where the lesson begins one; notebook: its path there; here: whether it is there; state: "passed", "tried" or
    "open"; next: the first exercise that isn't passed, of a lesson that was begun, else of the one after the last that
    was finished; solutions: whether this copy of the course has them.
    """
    known = progress["lessons"]
    lessons = [_lesson(each, known.get(each.name, {"exercises": {}})["exercises"], work) for each in book.lessons]
    states = [exercise["state"] for lesson in lessons for exercise in lesson["exercises"]]
    return {
        "lessons": lessons,
        "next": _next(lessons),
        "passed": states.count(DONE),
        "of": len(states),
        "solutions": solutions().is_dir(),
    }


def _lesson(lesson: ListedLesson, entries: dict[str, Any], work: Path) -> dict[str, Any]:
    return {
        "name": lesson.name,
        "part": lesson.part,
        "title": numbered(lesson.name, lesson.title),
        "question": lesson.question,
        "notebook": lesson.notebook,
        "minutes": lesson.minutes,
        "here": (work / lesson.notebook).exists(),
        "exercises": [
            {"name": name, "points": points, "state": _state(entries.get(name))}
            for name, points in lesson.points.items()
        ],
    }


def _state(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return OPEN
    return DONE if entry["verdict"] == PASSED else TRIED if entry["tries"] else OPEN


def _next(lessons: list[dict[str, Any]]) -> dict[str, Any] | None:
    unfinished = [each for each in lessons if each["here"] and any(e["state"] != DONE for e in each["exercises"])]
    begun = [each for each in unfinished if any(e["state"] == DONE for e in each["exercises"])]
    last = max((each["name"] for each in lessons if any(e["state"] == DONE for e in each["exercises"])), default="")
    later = [each for each in unfinished if each["name"] > last]
    for lesson in (begun or later or unfinished)[:1]:
        exercise = next(each["name"] for each in lesson["exercises"] if each["state"] != DONE)
        return {"notebook": lesson["notebook"], "title": lesson["title"], "exercise": exercise}
    return None
