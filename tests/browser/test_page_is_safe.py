"""The class's page in a real browser: nothing that students write acts, and it fits wherever it is read."""

from __future__ import annotations

from datetime import datetime

import pytest
from classroom import STEAL

from autograder.authoring.exercise import Exercise
from autograder.batch.class_report import ClassReport
from autograder.batch.page.points import ClassPoints, Points
from autograder.batch.page.render import render
from autograder.judging import verdicts
from autograder.judging.verdicts import Result
from autograder.submission.grade import GRADED, Graded

HOSTILE = f"<script>{STEAL}</script><img src=x onerror='{STEAL}'>\"'><svg onload={STEAL}>"


@pytest.fixture(scope="module")
def class_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """300 students with scripts for names, half of them with a mistake."""
    made = ClassReport("01_tiny", "submitted/<student>/01_tiny/tiny.ipynb", "bubblewrap")
    exercises = [Exercise(f"exercise_{n}", points=2) for n in range(8)]
    points = {}
    for number in range(300):
        student = f"{HOSTILE}{number}"
        wrong = number % 2
        results = tuple(
            Result(
                e, verdicts.FAILED if wrong else verdicts.PASSED, 0 if wrong else 2, "", mistake="m", diagnosis=HOSTILE
            )
            for e in exercises
        )
        notes = (f"TAMPER: {HOSTILE}", f"REPAIRED: `{HOSTILE}`")
        made.grades[student] = Graded("01_tiny", GRADED, "bubblewrap", results, notes=notes)
        points[student] = {r.name: Points(r.points, r.points, None, False) for r in results}
        made.seconds[student] = 1.0
    made.ignored = [HOSTILE]
    held = ClassPoints({e.name: 2.0 for e in exercises}, points, dict.fromkeys(points, HOSTILE), (HOSTILE,))
    path = tmp_path_factory.mktemp("page") / "01_tiny.html"
    path.write_text(render(made, held, datetime(2026, 3, 1)), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [340, 1280])
def test_the_page_fits_its_window_and_runs_nothing(page, class_page, width, scheme):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(class_page)
    assert STEAL in page.locator("body").inner_text()
    assert page.evaluate("window.stolen") is None
    assert asked == [class_page]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (ink == "rgb(34, 34, 34)") == (scheme == "light") == (paper == "rgb(255, 255, 255)")


def test_bars_are_as_long_as_their_numbers_say(page, class_page):
    page.goto(class_page)
    heights = page.locator(".bars.large i").evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().height)")
    assert max(heights) == heights[0] == heights[-1]
    assert min(heights) < 5
