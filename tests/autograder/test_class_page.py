"""What the page about a class says, from summaries made by hand."""

from __future__ import annotations

from datetime import datetime

import pytest
from bs4 import BeautifulSoup

from autograder.authoring.exercise import Exercise
from autograder.batch.class_report import ClassReport
from autograder.batch.page import findings
from autograder.batch.page.points import ClassPoints, Points
from autograder.batch.page.render import render
from autograder.judging import verdicts
from autograder.judging.verdicts import Result
from autograder.submission.grade import GRADED, INFRA, UNGRADABLE, Graded

WHEN = datetime(2026, 3, 1, 9, 5)
EXERCISES = {name: Exercise(name, points=points) for name, points in {"a": 2, "b": 2, "c": 1, "more": 0}.items()}


def summary(**verdicts: str) -> ClassReport:
    """A class: by student, a letter per exercise: p(assed) f(ailed) e(rror) n(ot attempted) w(aits for another)."""
    made = ClassReport("01_tiny", "submitted/<student>/01_tiny/tiny.ipynb", "bubblewrap")
    for student, letters in verdicts.items():
        results = tuple(_result(*pair) for pair in zip(EXERCISES.values(), letters, strict=True))
        made.grades[student] = Graded("01_tiny", GRADED, "bubblewrap", results)
    return made


def _result(exercise: Exercise, letter: str) -> Result:
    verdict = {"p": verdicts.PASSED, "n": verdicts.NOT_ATTEMPTED, "e": verdicts.ERROR}.get(letter, verdicts.FAILED)
    found = Result(exercise, verdict, exercise.points if letter == "p" else 0, "")
    if letter == "f":
        found = Result(exercise, verdict, 0, "", mistake="sign", diagnosis="The `sign` is wrong: x < 0.")
    return found if letter != "w" else Result(exercise, verdict, 0, "", first_see="a")


def book(made: ClassReport, **changes: Points) -> ClassPoints:
    """The gradebook of this class; changes: of exercise `b`, by student."""
    points = {
        student: {r.name: Points(r.points, r.points, None, False) for r in graded.results}
        for student, graded in made.grades.items()
    }
    for student, each in changes.items():
        points[student]["b"] = each
    return ClassPoints({name: each.points for name, each in EXERCISES.items()}, points)


def text(made: ClassReport, held: ClassPoints) -> str:
    return BeautifulSoup(render(made, held, WHEN), "html.parser").get_text(" ", strip=True)


def test_stuck_are_those_who_failed_several_or_what_most_solved():
    others = dict.fromkeys(["s1", "s2", "s3", "s4", "s5"], "nppn")
    found = findings.stuck(
        summary(several="feep", alone="ppfp", waits="fwwp", unwritten="fnnn", optional="pppf", **others)
    )
    assert [(each.student, each.exercises) for each in found] == [("alone", ("c",)), ("several", ("a", "b", "c"))]


def test_mistakes_are_counted_with_their_students_most_frequent_first():
    made = summary(x="fpfp", y="fppp", z="eppp")
    found = [(each.exercise, each.name, each.students) for each in findings.mistakes(made)]
    assert found == [("a", "sign", ("x", "y")), ("c", "sign", ("x",))]
    assert findings.nameless(made) == 1


def test_points_by_hand_count_and_ask_for_a_second_look():
    made = summary(x="pppp", y="pnpp")
    held = book(made, y=Points(1.5, 0.0, 1.5, True))
    assert findings.totals(made, held) == [5, 4.5]
    b = next(each for each in findings.exercises(made, held) if each.name == "b")
    assert (b.mean, [(bar.start, bar.count) for bar in b.bars]) == (1.75, [("0", 0), ("1.5", 1), ("2", 1)])
    assert "y , b : 1.5 by hand, 0 automatically" in text(made, held)


@pytest.mark.parametrize(
    ("points", "full", "expected"),
    [
        ([0, 2, 2], 2, [("0", "", 1), ("1", "", 0), ("2", "", 2)]),
        ([0.5, 1], 1, [("0", "", 0), ("0.5", "", 1), ("1", "", 1)]),
        ([7, 40, 99, 100], 100, None),
        ([0.25 * n for n in range(8)], 2, [("0", "1", 4), ("1", "2", 4), ("2", "", 0)]),
    ],
)
def test_every_submission_is_in_exactly_one_bar(points, full, expected):
    bars = findings.bars(points, full)
    assert sum(bar.count for bar in bars) == len(points)
    assert len(bars) <= findings.MOST_BARS
    assert max(bar.share for bar in bars) == 1
    assert expected is None or [(bar.start, bar.end, bar.count) for bar in bars] == expected


def test_an_empty_class_has_a_page_that_says_what_to_do():
    said = text(summary(), ClassPoints())
    assert "Nobody has handed in this lesson yet" in said
    assert "submitted/<student>/01_tiny/tiny.ipynb" in said


def test_who_has_no_score_is_named_with_the_reason_and_not_counted():
    made = summary(x="pppp")
    for student, verdict in (("u", UNGRADABLE), ("v", UNGRADABLE), ("i", INFRA)):
        made.grades[student] = Graded("01_tiny", verdict, "none", notes=(f"Reason for {verdict}.",))
    held = book(made)
    said = text(made, held)
    assert "1 with a score 2 UNGRADABLE 1 INFRA" in said
    assert "UNGRADABLE Reason for UNGRADABLE. u , v" in said
    assert "5 of 5 points on average" in said


def test_whatever_students_and_notes_are_called_is_text():
    hostile = "<script>x()</script>'\"><img src=x onerror=x()>{{ 7*7 }}\u202e\x1b[31m"
    made = summary(**{hostile: "fnnn"})
    graded = made.grades[hostile]
    made.grades[hostile] = Graded(
        "01_tiny",
        GRADED,
        "bubblewrap",
        graded.results,
        notes=tuple(f"{word}: `{hostile}`" for word in ("TAMPER", "NAMED", "REPAIRED")),
    )
    made.grades["u"] = Graded("01_tiny", UNGRADABLE, "none", notes=(hostile,))
    made.seconds, made.ignored = {hostile: 1.0}, [hostile]
    held = book(made, **{hostile: Points(1, 0.0, 1.0, True)})
    held = ClassPoints(held.max_points, held.points, {hostile: hostile, "away": hostile}, ("away", hostile))
    page = render(made, held, WHEN)
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.find(["script", "img", "a", "form", "iframe", "object", "link"])
    assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert page.count("{{ 7*7 }}") >= 8
    assert "\u202e" not in page and "\x1b" not in page


def test_the_page_asks_for_nothing_from_elsewhere():
    page = render(summary(x="fpfp"), book(summary(x="fpfp")), WHEN)
    assert "http:" not in page and "https:" not in page and "url(" not in page
    assert "default-src 'none'" in page
