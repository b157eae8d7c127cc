"""A learner's first quarter of an hour: home page, lesson 1, a wrong answer, a hint, the right answer, progress."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pictures import around, keep

from autograder.learner import workspace

REPOSITORY = Path(__file__).resolve().parents[2]
WAIT = 60_000
WRONG = "def weighted_sum(x, w, b):\n    return x @ w"
RIGHT = "def weighted_sum(x, w, b):\n    return x @ w + b"


@pytest.fixture(scope="module")
def lab(serve: Callable, tmp_path_factory: pytest.TempPathFactory):
    """What `start.py` serves a learner: a fresh copy of the lessons, on the home page."""
    work = tmp_path_factory.mktemp("course") / "work"
    workspace.prepare(REPOSITORY / "lessons", work)
    return serve(root=work, roles=("learner", "common"))


def test_from_the_home_page_to_a_first_passed_exercise(page, lab):
    page.goto(f"{lab.address}/lab/tree/home.md?token={lab.token}")
    home = page.locator(".jp-RenderedMarkdown").first
    home.get_by_role("link", name="1 · One neuron").first.wait_for(timeout=WAIT)
    home.get_by_role("link", name="1 · One neuron").first.click()
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=WAIT)
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel", timeout=WAIT)
    run(page, cell_with(page, "from autograder import"))
    run(page, cell_with(page, "widgets.neuron_playground()"))
    figure = page.locator(".gu-figure").first
    figure.wait_for(timeout=WAIT)
    assert "points right" in figure.get_attribute("data-say")
    keep(figure, "playground")

    exercise, check = cell_with(page, "def weighted_sum"), cell_with(page, 'check("weighted_sum")')
    run(page, exercise)
    assert report_of(page, check).get_attribute("data-verdict") == "NOT_ATTEMPTED"
    write(page, exercise, WRONG)
    report = report_of(page, check)
    assert report.get_attribute("data-mistake") == "bias-forgotten"
    assert "The bias is missing" in report.inner_text() and "0 of 2 points" in report.inner_text()

    keep(page, "mistake", clip=around(exercise, check))

    below = add_cell_below(page, check)
    write(page, below, 'hint("weighted_sum")')
    page.get_by_text("Hint 1 of 3:").wait_for(timeout=WAIT)

    write(page, cell_with(page, "def weighted_sum"), RIGHT)
    report = report_of(page, cell_with(page, 'check("weighted_sum")'))
    assert report.get_attribute("data-verdict") == "PASSED" and "2 of 2 points" in report.inner_text()
    assert "1 of 10 exercises" in (lab.root / "home.md").read_text(encoding="utf-8")


def test_a_solved_exercise_can_be_begun_again_without_losing_the_answer(page, lab):
    lab.open(page, "01_neuron/neuron.ipynb", run=False)
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel", timeout=WAIT)
    run(page, cell_with(page, "from autograder import"))
    write(page, cell_with(page, "def relu(z)"), "def relu(z):\n    return 'mine'")
    below = add_cell_below(page, cell_with(page, 'check("relu")'))
    write(page, below, 'reset("relu")')
    page.get_by_text("This cell now holds relu as it was handed out").wait_for(timeout=WAIT)
    assert page.locator(".jp-CodeCell", has_text="return 'mine'").count() == 1
    assert page.locator(".jp-CodeCell .cm-content", has_text="def relu(z)").count() == 2


def cell_with(page, text: str):
    """The code cell whose source holds a text, scrolled to."""
    index = page.evaluate(
        """text => {
            const cells = window.jupyterapp.shell.currentWidget.content.widgets;
            const found = cells.findIndex(cell => cell.model.type === 'code'
                && cell.model.sharedModel.getSource().includes(text));
            return found;
        }""",
        text,
    )
    assert index >= 0, f"no cell holds {text!r}"
    page.evaluate(
        "async index => { const notebook = window.jupyterapp.shell.currentWidget.content;"
        "notebook.activeCellIndex = index; await notebook.scrollToItem(index, 'center'); }",
        index,
    )
    return page.locator(f".jp-Notebook [data-windowed-list-index='{index}']")


def write(page, cell, source: str) -> None:
    """Replace a cell's text as a person does, by typing, and run it."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    for number, line in enumerate(source.split("\n")):
        if number:
            page.keyboard.press("Enter")
            page.keyboard.press("Home")
            page.keyboard.press("Shift+End")
        page.keyboard.insert_text(line)
    page.keyboard.press("Control+Enter")


def run(page, cell) -> None:
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")


def report_of(page, check):
    """Run a check cell; its report."""
    check.locator(".cm-content").click()
    check.evaluate("cell => cell.querySelectorAll('.ground-up-report').forEach(old => old.classList.add('old'))")
    page.keyboard.press("Control+Enter")
    report = check.locator(".ground-up-report:not(.old)")
    report.wait_for(timeout=WAIT)
    return report


def add_cell_below(page, cell):
    """A new code cell under this one, by the keyboard."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    index = page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex")
    return page.locator(f".jp-Notebook [data-windowed-list-index='{index}']")
