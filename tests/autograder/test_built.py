"""The page to show others: what it holds, and that nothing of a notebook can act in it."""

import base64
import json
import re

import pytest
from released import release

import course
from autograder.learner import built, progress
from autograder.learner.workspace import prepare

LESSON = "01_neuron"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and so on").decode()
STUB = 'def sigmoid(z):\n    """The S-shaped\n    curve.\n\n    z: array.\n    """\n    raise NotImplementedError()'
HOSTILE = "</pre><script>alert(1)</script>\u202e<img src=x onerror=alert(1)>"


def cell(source, grade_id=None, *data):
    about = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    outputs = [{"output_type": "display_data", "data": each} for each in data]
    return {"cell_type": "code", "metadata": about, "source": source, "outputs": outputs}


CELLS = [
    cell("above", None, {"image/png": PNG, "text/plain": "not from own code"}),
    cell(f"def sigmoid(z):\n    return '{HOSTILE}'", "sigmoid"),
    {"cell_type": "markdown", "metadata": {}, "source": [f"## 3 · A `curve` {HOSTILE}\n", "text"]},
    cell("own", None, {"image/png": [PNG[:8], PNG[8:] + "\n"], "text/plain": [HOSTILE, '" onload="alert(1)']}),
    cell("plot", None, {"image/png": PNG, "text/plain": "<Figure size 640x480 with 1 Axes>"}),
    cell("forged", None, {"image/png": base64.b64encode(b"<svg onload=alert(1)>").decode()}),
    cell("forged", None, {"image/png": '"><script>', "image/svg+xml": "<svg/>", "text/html": "<script>"}, "no dict"),
    {"cell_type": "code", "metadata": None, "outputs": "none"},
    "no cell",
]


@pytest.fixture
def work(tmp_path, monkeypatch):
    lesson = release(tmp_path / "lessons")
    (lesson / ".lesson" / "handed_out.json").write_text(json.dumps({"exercises": {"sigmoid": STUB}, "defines": []}))
    prepare(tmp_path / "lessons", tmp_path / "work")
    (tmp_path / "work" / LESSON / "neuron.ipynb").write_text(json.dumps({"cells": CELLS}))
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def begun(work):
    progress.record(work / LESSON, "sigmoid", "PASSED", 2, 2)
    return work


def made(work, *arguments):
    return built.write(work, *arguments).read_text(encoding="utf-8")


def test_it_has_what_passed_with_its_words_and_the_pictures_below(begun):
    page = made(begun)
    assert "<code>sigmoid(z)</code><p>The S-shaped curve.</p>" in page and "weighted_sum" not in page
    assert "1 of 2 exercises" in page and "What can one decide?" in page
    assert page.count("<img") == 2 and page.count(f'src="data:image/png;base64,{PNG}"') == 2
    assert "<figcaption>A curve &lt;/pre&gt;" in page
    assert "not from own code" not in page and "alert(1)" in page  # as text
    assert "the code" not in page.lower()


@pytest.mark.parametrize("code_too", [False, True])
def test_nothing_of_it_acts_or_asks_for_anything(begun, code_too):
    page = made(begun, HOSTILE, code_too)
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    assert not tags & {"script", "iframe", "link", "object", "form", "a", "base"}
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    assert "\u202e" not in page
    assert all(' src="data:image/png;base64,' in tag for tag in re.findall(r"<img[^>]*>", page))
    assert not re.search(r"<[^>\"]*(\"[^\"]*\"[^>\"]*)*\son\w+=", page)
    assert ("The code" in page) == code_too


def test_a_notebook_that_is_damaged_or_gone_costs_pictures_only(begun):
    (begun / LESSON / "neuron.ipynb").write_text("{")
    assert "The S-shaped curve." in made(begun)
    (begun / LESSON / "neuron.ipynb").unlink()
    assert "<img" not in made(begun)


def test_what_somebody_wrote_into_the_page_is_kept(begun):
    made(begun)
    made(begun, "Ada")
    assert not (begun / ".checkpoints").exists()
    (begun / built.FILE).write_text("mine")
    made(begun)
    (kept,) = (begun / ".checkpoints").glob(f"*/{built.FILE}")
    assert kept.read_text() == "mine"


def test_a_learner_is_told_where_it_is_or_why_it_is_not(work, capsys):
    assert course.show_what_i_built() is None
    assert "Nothing has passed yet" in capsys.readouterr().out
    progress.record(work / LESSON, "sigmoid", "PASSED", 2, 2)
    box = course.show_what_i_built("Ada")
    assert str(work / built.FILE) in str(box) and "href='what-i-built.html'" in box._repr_html_()


@pytest.mark.parametrize(
    "source, said",
    [
        ("class Value:\n    '''A number.'''", ("Value", "A number.")),
        ("Value = ...", ("Value", "")),
        ("def (", ("Value", "")),
        ("def helper(a, *, b=3):\n    '''Helps.'''", ("Value", "Helps.")),
    ],
)
def test_an_exercise_is_described_by_what_its_cell_says(source, said):
    assert built.described("Value", source) == said
