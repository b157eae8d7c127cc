"""What students get back: our report per exercise, nothing held out, nothing that acts."""

from __future__ import annotations

import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from classroom import STEAL

from autograder.authoring.compare import show
from autograder.core.wire import Tensor
from autograder.judging import answer_key
from autograder.lesson.build import kept_in
from autograder.nbgrader_plugin.safe_html import clean


def test_feedback_has_our_report_for_each_exercise(graded):
    page = BeautifulSoup(graded.course.feedback("wrong"), "html.parser")
    reports = {tag["data-exercise"]: tag for tag in page.select(".ground-up-report")}
    exercises = [name for name in graded.course.solved if name != "why-bias"]
    assert list(reports) == exercises
    assert reports["weighted_sum"]["data-mistake"] == "bias-forgotten"
    assert "The bias is missing" in reports["weighted_sum"].text
    assert "AND 1 of 1" in reports["logic_gates"].text
    assert "OR 0 of 1" in reports["logic_gates"].text


def test_feedback_says_which_held_out_case_failed_but_not_what_was_in_it(graded):
    page = BeautifulSoup(graded.course.feedback("spy"), "html.parser")
    report = page.select_one("[data-exercise=weighted_sum]")
    assert "held-out case" in report.text
    assert "your code stopped" in report.text.lower()
    assert "SPIED" not in str(report)


def test_no_held_out_value_is_in_any_feedback(graded):
    folder = kept_in(graded.course.root / "solutions" / "01_neuron")
    known, secret = (_numbers(folder / name) for name in ("answers.json", "held_out.json"))
    secret = {text for text in secret - known if len(re.sub(r"\D", "", text)) >= 4}
    assert secret
    for path in (graded.course.root / "grading" / "feedback").rglob("*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        shown = set(re.findall(r"[-−]?\d+\.\d+(?:e[-+]?\d+)?", page.select_one("#notebook").text))
        assert not shown & secret, path


def test_only_what_learners_have_anyway_goes_beside_submissions_and_feedback(graded):
    for step in ("autograded", "feedback"):
        names = {path.name for path in (graded.course.root / "grading" / step).rglob("*") if path.is_file()}
        handed_out = {path.name for path in (graded.course.root / "lessons").rglob("*") if path.is_file()}
        expected = {*handed_out, "neuron.html"}
        assert names - {"neuron (1).ipynb", "neuron (2).ipynb"} <= expected


def test_a_student_s_scripts_are_text_in_feedback(graded):
    page = BeautifulSoup(graded.course.feedback("script"), "html.parser")
    assert STEAL in page.text
    for tag in page.find_all(True):
        assert not any(name.startswith("on") or name == "srcdoc" for name in tag.attrs), tag
        assert not re.match(r"\s*(java|data:text)", tag.get("href") or ""), tag
        assert not (tag.name in ("script", "style", "iframe", "form", "input") and STEAL in str(tag)), tag


def test_feedback_names_exercises_and_says_what_is_not_graded_yet(graded):
    page = BeautifulSoup(graded.course.feedback("right"), "html.parser")
    rows = {row.code.text: row.find_all("td")[1].text for row in page.select("nav tr")}
    assert list(rows) == list(graded.course.solved)
    assert rows["relu"] == "1 of 1 points"
    assert rows["xor_from_gates"] == "optional"
    assert rows["why-bias"] == "not graded yet"
    assert "16 of 18 points, so far" in page.select_one("nav").text
    assert all(page.select_one(link["href"]) for link in page.select("nav a"))
    assert "Test cell" not in page.text


@pytest.mark.parametrize("student", ["empty", "cut_off", "two_names"])
def test_feedback_without_a_score_says_so_instead_of_nought(graded, student):
    page = BeautifulSoup(graded.course.feedback(student), "html.parser")
    assert "There is no score yet." in page.select_one("nav").text
    assert "This could not be graded." in page.select_one("main").text
    assert "0 of" not in page.select_one("nav").text


def test_feedback_asks_nothing_of_other_servers(graded):
    for path in (graded.course.root / "grading" / "feedback").rglob("*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert not page.find(["script", "link", "iframe", "object", "embed"]), path
        assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": True})["content"]
        assert "url(" not in page.style.text


def _numbers(path) -> set[str]:
    found: set[str] = set()

    def collect(value) -> None:
        if isinstance(value, dict | list | tuple):
            for item in value.values() if isinstance(value, dict) else value:
                collect(item)
            return
        array = np.asarray(value.array if isinstance(value, Tensor) else value)
        if array.dtype.kind == "f":
            found.update(show(number) for number in array.ravel())

    for answer in answer_key.read(path)[0].values():
        collect(answer.expected)
    return found


@pytest.mark.parametrize(
    "harmful",
    [
        "<script>x</script>",
        "<img src=x onerror=x>",
        "<a href='java&#115;cript:x'>a</a>",
        "<a href='d&#97;ta:text/html,x'>a</a>",
        "<a href='da\tta:text/html,x'>a</a>",
        "<img src='data:image/svg+xml;base64,x'>",
        "<div style='position:fixed'>a</div>",
        "<span class='btn full-credit'>a</span>",
        "<h2 id='relu-check'>a</h2>",
        "<math><mi><style><img src=x onerror=x></style></mi></math>",
    ],
)
def test_markdown_that_could_act_is_disarmed(harmful):
    page = BeautifulSoup(clean(harmful), "html.parser")
    assert not page.find(["script", "style", "math"])
    for tag in page.find_all(True):
        assert not set(tag.attrs) & {"onerror", "style", "class", "id"}
        assert "href" not in tag.attrs
        assert not (tag.get("src") or "").startswith("data:")


@pytest.mark.parametrize(
    "harmless",
    [
        '<p>$a &lt; b$ <em>so</em> <a href="https://example.org">there</a></p>',
        '<div class="highlight"><pre><span class="kn">import</span></pre></div>',
        '<img src="data:image/png;base64,iVBORw0KGgo=" alt="a picture">',
        "<details><summary>q</summary>a</details>",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
    ],
)
def test_ordinary_markdown_stays_as_it_is(harmless):
    assert clean(harmless) == harmless
