"""Formulas in feedback: set without a script, whatever stands between two dollars."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from classroom import REPOSITORY
from jinja2 import Environment

from autograder.lesson.source import read
from autograder.nbgrader_plugin.formulas import markdown2html, mathml

FORMULA = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)


def render(source: str) -> BeautifulSoup:
    environment = Environment(autoescape=False)
    environment.filters["markdown2html"] = markdown2html
    page = environment.from_string("{{ source | markdown2html }}").render(source=source, cell={})
    return BeautifulSoup(page, "html.parser")


def test_every_formula_of_the_lessons_can_be_set():
    for lesson in sorted((REPOSITORY / "solutions").iterdir()):
        if list(lesson.glob("*.md")):
            texts = [cell.source for cell in read(lesson).cells if cell.kind == "markdown"]
            for tex in FORMULA.findall("\n".join(texts)):
                assert mathml(tex, block=True).startswith('<math display="block">'), tex


def test_formulas_stand_where_they_were_written():
    page = render("Before $x < 1$ after.\n\n$$\\frac{a}{b}$$\n\nIt costs `$5` and $6.")
    assert page.p.get_text() == "Before x<1 after."
    assert page.find("math", display="block").mfrac.get_text() == "ab"
    assert page.code.text == "$5"
    assert "formula" not in page.get_text()


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:x()}{y}",
        r"\style{background:url(x)}{y}",
        r"\class{btn}{y}",
        r"\text{<script>x()</script>}",
        r"\text{&lt;script&gt;x()&lt;/script&gt;}",
        r"<img src=x onerror=x()>",
        r'"><script>x()</script>',
        r"\begin{pmatrix} <script>x()</script>",
        r"</math><script>x()</script>",
    ],
)
def test_a_formula_can_not_act(tex):
    for block in (False, True):
        page = BeautifulSoup(mathml(tex, block), "html.parser")
        assert {tag.name for tag in page.find_all(True)} <= {"math", "mrow", "mi", "mo", "mn", "mtext", "code"}
        assert not {name for tag in page.find_all(True) for name in tag.attrs} - {"display", "stretchy", "mathvariant"}
    assert not render(f"${tex}$").find(["script", "img", "a", "style"])


@pytest.mark.parametrize("tex", ["", r"\begin{pmatrix}1", "{" * 900, "x" * 5_000, r"\left(" * 100])
def test_what_can_not_be_set_is_shown_as_written(tex):
    page = BeautifulSoup(mathml(tex), "html.parser")
    assert page.code.text == f"${tex}$"


LARGE = [
    r"\hspace{9999em}",
    r"\hspace{-400px}",
    r"\rule{300em}{300em}",
    r"\rule{1em}{99999pt}",
    r"\kern 5000em x",
    r"\begin{array}{c} a \\[900em] b \end{array}",
    r"\raisebox{900em}{x}",
]


@pytest.mark.parametrize("tex", LARGE)
def test_no_formula_can_fill_a_page_with_white(tex):
    for element in render(f"${tex}$").find_all(True):
        for value in element.attrs.values():
            for number in re.findall(r"\d+", value if isinstance(value, str) else " ".join(value)):
                assert int(number) <= 200, (element.name, value)
