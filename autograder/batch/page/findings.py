"""What a class's page says, worked out from the report of grading and from the gradebook."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.batch.class_report import ClassReport
from autograder.batch.page.points import ClassPoints
from autograder.judging import verdicts
from autograder.judging.verdicts import Result
from autograder.submission import grade as grading

TRIED_IN_VAIN = frozenset({verdicts.FAILED, verdicts.ERROR, verdicts.TIMEOUT, verdicts.MEMORY, verdicts.CRASHED})
SEVERAL = 3  # exercises tried in vain that make somebody stuck
MOST_BARS, FEW_VALUES = 21, 6


@dataclass(frozen=True)
class Bar:
    """start: points; end: if not empty, the bar counts all from `start` to below `end`.

    count: of submissions; share: of the longest bar, between 0 and 1.
    """

    start: str
    end: str
    count: int
    share: float


@dataclass(frozen=True)
class ExerciseFindings:
    """One exercise or free-text question. question: whether a person grades it; waiting: how many still wait.

    mean and bars are of the points given so far; None and empty when there are none, and for what is optional.
    """

    name: str
    max_points: float
    question: bool
    mean: float | None
    bars: tuple[Bar, ...]
    verdicts: Counter[str]
    waiting: int


@dataclass(frozen=True)
class Mistake:
    """A mistake recognised in an exercise, its diagnosis and who made it."""

    exercise: str
    name: str
    diagnosis: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Stuck:
    """A student who tried in vain, and at which exercises."""

    student: str
    exercises: tuple[str, ...]


@dataclass(frozen=True)
class SecondLook:
    """Points given by hand for work that was graded again since. automatic: our points now, None for free text."""

    student: str
    exercise: str
    given: float
    automatic: float | None


def exercises(report: ClassReport, held: ClassPoints) -> list[ExerciseFindings]:
    """Exercises in the notebook's order, then free-text questions; points are those that count in the gradebook."""
    graded = _scored(report, held)
    counted = report.exercises
    names = list(counted) + [name for name in held.max_points if name not in counted]
    found = []
    for name in names:
        full, question = held.max_points.get(name, 0.0), name not in counted
        given = [held.points[student][name] for student in graded if name in held.points[student]]
        settled = [each.score for each in given if not (each.automatic is None and each.given is None)]
        mean = sum(settled) / len(settled) if settled and full else None
        waiting = sum(each.waits for each in given)
        verdicts = counted.get(name, Counter())
        shown = tuple(bars(settled, full)) if full and settled else ()
        found.append(ExerciseFindings(name, full, question, mean, shown, verdicts, waiting))
    return found


def totals(report: ClassReport, held: ClassPoints) -> list[float]:
    """The points of everybody who has a score."""
    return [held.total(student) for student in _scored(report, held)]


def bars(points: Iterable[float], full: float) -> list[Bar]:
    """How often each number of points was reached, from 0 to `full`; in equal ranges where there would be too many."""
    points = list(points)
    top = max([full, *points])
    counts = Counter(points)
    if top < MOST_BARS and all(each == int(each) >= 0 for each in points):
        labelled = [(f"{value}", "", counts[value]) for value in range(math.ceil(top) + 1)]
    elif len(counts) <= FEW_VALUES:
        labelled = [(f"{value:g}", "", counts[value]) for value in sorted({0.0, float(full), *counts})]
    else:
        width = _width(top)
        grouped = Counter(int(each // width) for each in points)
        labelled = [
            (f"{n * width:g}", f"{(n + 1) * width:g}" if n * width < top else "", grouped[n])
            for n in range(int(top // width) + 1)
        ]
    longest = max(count for _, _, count in labelled) or 1
    return [Bar(start, end, count, count / longest) for start, end, count in labelled]


def mistakes(report: ClassReport) -> list[Mistake]:
    """Recognised mistakes, the most frequent first; not those that only follow from another exercise's."""
    made: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for student, graded in sorted(report.grades.items()):
        for result in graded.results:
            if result.mistake and not result.first_see:
                made.setdefault((result.name, result.mistake), (result.diagnosis, []))[1].append(student)
    found = [Mistake(*names, diagnosis, tuple(who)) for names, (diagnosis, who) in made.items()]
    return sorted(found, key=lambda each: (-len(each.students), each.exercise, each.name))


def nameless(report: ClassReport) -> int:
    """How many attempts went wrong in a way that has no name, not counting those that wait for another exercise."""
    return sum(
        _in_vain(result) and not result.mistake for graded in report.grades.values() for result in graded.results
    )


def stuck(report: ClassReport) -> list[Stuck]:
    """Who tried in vain at SEVERAL exercises, or at one that at least two thirds of those who tried it solved.

    Optional exercises don't count, nor do those that fail only because they call another that isn't right.
    """
    easy = {name for name, counts in report.exercises.items() if _most_passed(counts)}
    found = []
    for student, graded in sorted(report.grades.items()):
        vain = [result.name for result in graded.results if _in_vain(result) and result.max_points]
        if len(vain) >= SEVERAL or easy & set(vain):
            found.append(Stuck(student, tuple(vain)))
    return found


def second_look(held: ClassPoints) -> list[SecondLook]:
    """Points that were given by hand and wait for a second look, because the work was graded again since."""
    return [
        SecondLook(student, exercise, each.given, each.automatic)
        for student, points in sorted(held.points.items())
        for exercise, each in points.items()
        if each.given is not None and each.waits
    ]


def notes(report: ClassReport, beginning: str) -> list[tuple[str, list[str]]]:
    """Notes on graded submissions that begin with this word, each with its students."""
    said: dict[str, list[str]] = {}
    for student, graded in sorted(report.of(grading.GRADED).items()):
        for note in graded.notes:
            if note.startswith(beginning):
                said.setdefault(note, []).append(student)
    return list(said.items())


def without_score(report: ClassReport) -> list[tuple[str, str, list[str]]]:
    """Verdict, reason and students of what has no score."""
    said: dict[tuple[str, str], list[str]] = {}
    for verdict in (grading.UNGRADABLE, grading.INFRA):
        for student, graded in sorted(report.of(verdict).items()):
            said.setdefault((verdict, " ".join(graded.notes)), []).append(student)
    return [(verdict, reason, who) for (verdict, reason), who in said.items()]


def _scored(report: ClassReport, held: ClassPoints) -> list[str]:
    return [student for student in sorted(report.of(grading.GRADED)) if student in held.points]


def _in_vain(result: Result) -> bool:
    return result.verdict in TRIED_IN_VAIN and not result.first_see


def _most_passed(counts: Counter[str]) -> bool:
    tried = counts[verdicts.PASSED] + sum(counts[verdict] for verdict in TRIED_IN_VAIN)
    return tried >= SEVERAL and counts[verdicts.PASSED] * 3 >= tried * 2


def _width(top: float) -> float:
    """The narrowest round range of which at most MOST_BARS reach from 0 to `top`."""
    for width in (each * 10**power for power in range(7) for each in (1, 2, 5)):
        if top / width < MOST_BARS:
            return float(width)
    return top
