"""The class's page after `autograder grade`: its figures are the gradebook's."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup
from classroom import LESSON, NOTEBOOK, Classroom, make_classroom
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.batch.page.points import Points, read
from autograder.cli import main
from autograder.runner.sandbox import bubblewrap_works

pytestmark = pytest.mark.skipif(not bubblewrap_works(), reason="bubblewrap doesn't work here")
PAGE = f"grading/results/{LESSON}.html"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Four handed in, of whom one can't be graded and one has points by hand for work that changed since."""
    course = make_classroom(tmp_path_factory.mktemp("page"))
    course.submit("ada", course.solution(**{"why-bias": "Because."}))
    course.submit("bo", course.solution(weighted_sum="def weighted_sum(x, w, b):\n    return x @ w"))
    course.submit("cy", course.notebook({"relu": course.solved["relu"]}))
    course.submit("dee", b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        assert _grade()["page"] == PAGE
        with Gradebook(course.db_url) as gradebook:
            gradebook.add_student("eve", first_name="Eve", last_name="Absent")
            gradebook.update_or_create_student("ada", first_name="Ada", last_name="Lovelace")
            relu = gradebook.find_grade("relu-check", NOTEBOOK, LESSON, "cy")
            relu.manual_score, relu.needs_manual_grade = 0.5, False
            gradebook.db.commit()
        course.submit("cy", course.notebook({"relu": "def relu(z):\n    return z"}))
        _grade()
    return course


def _grade() -> dict:
    done = CliRunner().invoke(main, ["grade", LESSON, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def page(own: Classroom) -> BeautifulSoup:
    return BeautifulSoup((own.root / PAGE).read_text(encoding="utf-8"), "html.parser")


def test_the_book_is_what_nbgrader_s_own_objects_say(own):
    with Gradebook(own.db_url) as gradebook:
        held = read(gradebook, LESSON)
        assignment = gradebook.find_assignment(LESSON)
        assert held.max_total == assignment.max_score
        assert {s.student.id: s.score for s in assignment.submissions} == {s: held.total(s) for s in held.points}
        assert held.points["cy"]["relu"] == Points(0.5, 0.0, 0.5, True)
    assert held.missing == ("eve",)
    assert held.names == {"eve": "Eve Absent", "ada": "Ada Lovelace"}


def test_averages_and_bars_are_those_of_the_gradebook(own, page):
    with Gradebook(own.db_url) as gradebook:
        held = read(gradebook, LESSON)
    scored = ["ada", "bo", "cy"]
    rows = {row.code.text: row.find_all("td") for row in page.select("table.points tbody tr")}
    assert set(rows) == set(held.max_points)
    for name in ("weighted_sum", "relu", "logic_gates"):
        points = [held.points[student][name].score for student in scored]
        assert rows[name][1].text == f"{round(sum(points) / 3, 2):g} of {held.max_points[name]:g}"
        bars = {float(bar.span.text): bar.contents[0] for bar in rows[name][2].select(".bars li")}
        assert {value: int(n) for value, n in bars.items() if n != "·"} == {p: points.count(p) for p in points}
    mean = sum(map(held.total, scored)) / 3
    assert f"{round(mean, 2):g} of {held.max_total:g}" in page.select_one(".facts").text


def test_who_is_where_is_said(page):
    said = page.get_text(" ", strip=True)
    assert "3 with a score 1 UNGRADABLE 4 waiting for you 1 not handed in" in said
    assert "eve (Eve Absent)" in said
    assert "The bias is missing" in said
    assert "cy , relu : 0.5 by hand, 0 automatically" in said


def test_the_terminal_names_the_page(own, monkeypatch):
    monkeypatch.chdir(own.root)
    assert f"Your class on one page: {PAGE}" in CliRunner().invoke(main, ["grade", LESSON]).output


def test_a_class_that_handed_in_nothing_has_a_page_too(tmp_path, monkeypatch):
    course = make_classroom(tmp_path)
    monkeypatch.chdir(course.root)
    said = CliRunner().invoke(main, ["grade", LESSON])
    assert said.exit_code == 0
    assert "Nobody has handed in this lesson yet" in (course.root / PAGE).read_text(encoding="utf-8")
