"""Pictures in text cells: shown where they are there, a word where they aren't, and nothing asked of any server."""

from __future__ import annotations

import base64
import json
import re

import pytest
from bs4 import BeautifulSoup
from classroom import LESSON, Classroom, cell_of, make_classroom

from autograder.nbgrader_plugin import pictures
from autograder.runner.sandbox import bubblewrap_works

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="x()"><script>x()</script></svg>'
OF_PNG = f"data:image/png;base64,{PNG}"
PACKED = base64.b64encode(SVG.encode()).decode()
OF_SVG = f"data:image/svg+xml;base64,{PACKED}"
SHOWN = {
    "png": ("![d](attachment:d.png)", {"d.png": {"image/png": PNG}}, OF_PNG),
    "in lines": (
        "![d](attachment:d.png)",
        {"d.png": {"image/png": [PNG[:20], PNG[20:]]}},
        f"data:image/png;base64,{PNG}",
    ),
    "svg": ("![d](attachment:d.svg)", {"d.svg": {"image/svg+xml": SVG}}, OF_SVG),
    "packed svg": (
        "![d](attachment:d.svg)",
        {"d.svg": {"image/svg+xml": PACKED}},
        f"data:image/svg+xml;base64,{PACKED}",
    ),
    "a space": ("![d](attachment:my%20d.png)", {"my d.png": {"image/png": PNG}}, OF_PNG),
    "written out": (f"![d]({OF_PNG})", {}, OF_PNG),
}
GONE = {
    "dropped": ("see ![d](attachment:d.png)", {}, "the picture d.png is not in the notebook"),
    "another name": ("![d](attachment:d.png)", {"e.png": {"image/png": PNG}}, "the picture d.png is not"),
    "no picture": ("![d](attachment:d.html)", {"d.html": {"text/html": "<script>x()</script>"}}, "the picture d.html"),
    "no base64": ("![d](attachment:d.png)", {"d.png": {"image/png": "<script>"}}, "the picture d.png is not"),
    "a bundle that is none": ("![d](attachment:d.png)", {"d.png": PNG}, "the picture d.png is not"),
    "another server": ("![d](https://example.org/spy.png)", {}, "a picture from elsewhere"),
    "our own server": ("![d](/logout)", {}, "a picture from elsewhere"),
    "a file": ("![d](../../secret.png)", {}, "a picture from elsewhere"),
    "in HTML": ('<img src="/logout" alt="d">', {}, "a picture from elsewhere"),
    "in HTML, without a scheme": ('<img src="//example.org/spy.png">', {}, "a picture from elsewhere"),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A class of people whose written answer holds a picture, graded and with feedback."""
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    made = make_classroom(tmp_path_factory.mktemp("course"))
    for name, (source, attached, _) in {**SHOWN, **GONE}.items():
        notebook = made.solution()
        cell_of(notebook, "why-bias").update(source=source, attachments=attached)
        made.submit(_student(name), json.dumps(notebook).encode())
    for command in ("autograde", "generate_feedback"):
        done = made.nbgrader(command, LESSON)
        assert done.returncode == 0, done.stderr[-2000:]
    return made


def _student(name: str) -> str:
    return re.sub("[^a-z]", "-", name.lower())


def _shown(course: Classroom, name: str) -> BeautifulSoup:
    return BeautifulSoup(course.feedback(_student(name)), "html.parser").find(class_="written")


@pytest.mark.parametrize("name", SHOWN)
def test_feedback_shows_it(course, name):
    (picture,) = _shown(course, name).find_all("img")
    assert picture["src"] == SHOWN[name][2]


@pytest.mark.parametrize("name", GONE)
def test_feedback_says_what_is_not_there(course, name):
    written = _shown(course, name)
    assert not written.find("img") and GONE[name][2] in written.get_text()


def test_everybody_waits_for_a_person(course):
    for name in {**SHOWN, **GONE}:
        assert course.grades(_student(name))["why-bias"]["needs_manual_grade"]


def test_what_is_no_picture_is_not_kept():
    assert pictures.kept(
        {"a": {"image/png": PNG, "text/html": "x"}, "b": {"text/html": "x"}, "c": 3, "d": {"image/png": 3}}
    ) == {"a": {"image/png": PNG}}
    assert pictures.kept("nonsense") == {} and pictures.as_address(None) is None
