"""A learner's first quarter of an hour: home page, lesson 1, a wrong answer, help, the right answer, the map."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from browsing import KERNEL_IDLE
from pictures import around, keep

from autograder.learner import ledger

WAIT = 60_000
ENTRY = {"verdict": "PASSED", "points": 1, "max_points": 1, "tries": 1, "hints": 0}
WRONG = "def weighted_sum(x, w, b):\n    return x @ w"


@pytest.fixture(scope="module")
def lab(learners_lab):
    return learners_lab


def test_from_the_home_page_to_a_first_passed_exercise(page, lab):
    page.goto(f"{lab.address}/lab/tree/home.md?token={lab.token}")
    home = page.locator(".ground-up-home")
    moving = home.locator(".ground-up-moving").first
    moving.get_by_text("Step").wait_for(timeout=WAIT)
    early = moving.inner_text()
    page.wait_for_function("early => document.querySelector('.ground-up-moving').innerText !== early", arg=early)
    draw(page, [(0.28, 0.3), (0.4, 0.15), (0.6, 0.15), (0.68, 0.3), (0.6, 0.48), (0.3, 0.85), (0.72, 0.85)])
    home.get_by_text("It reads a 2").wait_for()
    assert home.get_by_text("How it works").count() == 1  # what home.md says below its table
    keep(page, "home")

    home.get_by_role("button", name="Start: 1 · One neuron").click()
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=WAIT)
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel", timeout=WAIT)
    run(page, cell_with(page, "from autograder import"))
    cell_with(page, "widgets.neuron_playground()").locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    figure = page.locator(".gu-figure").first
    figure.wait_for(timeout=WAIT)
    page.wait_for_function("root => Math.abs(root.getBoundingClientRect().top - 90) < 60", arg=figure.element_handle())
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


def test_the_server_says_why_it_has_no_answer(lab):
    assert asked(lab, "course")[0] == 200
    book = lab.root / ledger.LEDGER
    before = book.read_bytes()
    try:
        book.write_text("?")
        status, answer = asked(lab, "course")
        assert status == 409 and "the next start of Ground Up puts it right" in answer["message"]
        book.unlink()
        for part, data in (("course", None), ("progress", None), ("progress", b"{}"), ("built", b"{}")):
            status, answer = asked(lab, part, data)
            assert status == 404 and "There is no course in this folder." in answer["message"]
    finally:
        book.write_bytes(before)
    assert asked(lab, "course", token="wrong")[0] == 403


def asked(lab, part, data=None, token=None):
    """What the server answers: the status, and what it says. data: to be posted."""
    headers = {"Authorization": f"token {token or lab.token}"}
    request = urllib.request.Request(f"{lab.address}/ground-up/{part}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_buttons_check_what_is_on_the_screen_and_the_map_follows(page, lab):
    opened(page, lab)
    dot_says(page, "sigmoid", "open")
    exercise, check = cell_with(page, "def sigmoid"), cell_with(page, 'check("sigmoid")')
    write(page, exercise, "def sigmoid(z):\n    return 1 / (1 + np.exp(z))")
    press(check, "Check")
    check.locator("[data-verdict=FAILED]").wait_for(timeout=WAIT)
    dot_says(page, "sigmoid", "tried")

    type_in(page, exercise, "def sigmoid(z):\n    return (1 + np.tanh(z / 2)) / 2")  # not run
    check.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    check.locator("[data-verdict=PASSED]").wait_for(timeout=WAIT)
    dot_says(page, "sigmoid", "passed")

    type_in(page, exercise, "def sigmoid(z)\n    return z")
    press(check, "Check")
    check.get_by_text("Python can't read the cell that defines").wait_for(timeout=WAIT)


def test_the_home_page_makes_the_page_to_show_and_takes_progress_in_and_out(page, lab, tmp_path):
    lab.open(page, "01_neuron/neuron.ipynb", run=False)
    page.evaluate("() => void window.jupyterapp.commands.execute('docmanager:open', {path: 'home.md'})")
    keeping = page.locator(".ground-up-keeping")
    said = keeping.get_by_role("status")
    with page.expect_download() as started:
        keeping.get_by_role("button", name="Save my progress").click(timeout=WAIT)
    file = tmp_path / started.value.suggested_filename
    document = json.loads(started.value.path().read_bytes())
    document["lessons"]["01_neuron"] = {"exercises": {"neuron": ENTRY}}
    file.write_text(json.dumps(document))
    for name, sentence in ((file, "(01_neuron: neuron)"), (Path(__file__), "holds no progress of Ground Up")):
        keeping.locator("input").set_input_files(name)
        said.get_by_text(sentence).wait_for()
    keeping.get_by_role("button", name="What I built").click()
    page.frame_locator(".jp-HTMLViewer iframe").get_by_text("neuron(x, w, b, activation)").wait_for(timeout=WAIT)
    keep(page, "built")


def test_help_is_a_button_or_a_key_away_and_asks_nothing(page, lab):
    opened(page, lab)
    check = cell_with(page, 'check("relu")')
    press(check, "Hint")
    check.locator("[data-verdict=HINT]").get_by_text("Hint 1 of").wait_for(timeout=WAIT)
    keep(page, "hint", clip=around(cell_with(page, "def relu(z)"), check))
    check.locator(".jp-InputPrompt").click()
    page.keyboard.press("Alt+h")
    check.get_by_text("Hint 2 of").wait_for(timeout=WAIT)
    press(check, "Solution")
    check.get_by_text("Show one way to do it").click()
    assert "maximum" in check.locator("details[open]").inner_text()
    press(check, "✕")
    assert check.locator("details").count() == 0


def test_a_reset_keeps_what_was_there_and_brings_it_back(page, lab):
    opened(page, lab)
    exercise, check = cell_with(page, "def neuron("), cell_with(page, 'check("neuron")')
    type_in(page, exercise, "def neuron(x, w, b, activation):\n    return 'mine'")
    press(check, "Reset")
    check.get_by_text("What stood there is kept in .checkpoints/").wait_for(timeout=WAIT)
    assert "replace this line" in exercise.inner_text() and "mine" not in exercise.inner_text()
    (kept,) = (lab.root / ".checkpoints").glob("*/01_neuron/neuron.py")
    assert "mine" in kept.read_text(encoding="utf-8")
    press(check, "Bring back what I had")
    page.wait_for_function("cell => cell.innerText.includes('mine')", arg=exercise.element_handle())
    check.get_by_text("What you had is back").wait_for()


def test_after_a_restart_check_is_there_and_runs_what_it_judges(page, lab):
    opened(page, lab)
    exercise, check = cell_with(page, "def relu(z)"), cell_with(page, 'check("relu")')
    write(page, exercise, "def relu(z):\n    return (abs(z) + z) / 2")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    page.wait_for_function(KERNEL_IDLE, timeout=WAIT)
    press(check, "Check")
    check.locator("[data-verdict=PASSED]").wait_for(timeout=WAIT)


def test_an_answer_is_typed_where_it_was_double_clicked(page, lab):
    opened(page, lab)
    count = page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length")
    index = page.evaluate("""() => jupyterapp.shell.currentWidget.content.widgets.findIndex(
        cell => cell.model.type === 'markdown' && cell.model.getMetadata('nbgrader')?.solution)""")
    page.evaluate(
        "async i => void await jupyterapp.shell.currentWidget.content.scrollToItem(i, 'center')",
        index,
    )
    cell = page.locator(f".jp-Notebook [data-windowed-list-index='{index}']")
    cell.locator(".jp-RenderedMarkdown em").dblclick()
    page.wait_for_function("jupyterapp.shell.currentWidget.content.mode === 'edit'")
    page.keyboard.type("ab")
    assert "ab" in cell.locator(".cm-content").inner_text()
    assert page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length") == count


def test_a_figure_whose_kernel_is_gone_is_a_picture_that_says_how_it_moves_again(page, lab):
    name = lab.write_notebook("01_neuron/figure.ipynb", ["import widgets\nwidgets.neuron_playground()"])
    lab.open(page, name)
    page.locator(".gu-figure[data-frame]").wait_for(timeout=WAIT)
    page.evaluate("""async () => {
        const { context, sessionContext } = jupyterapp.shell.currentWidget;
        await context.save();
        await sessionContext.shutdown();
        jupyterapp.shell.currentWidget.dispose();
    }""")
    lab.open(page, name, run=False)
    page.get_by_text("Run this cell, and it moves again").wait_for(timeout=WAIT)
    assert page.locator(".jp-OutputArea img[src^='data:image/png']").count() == 1
    assert page.get_by_text("Error displaying widget").count() == 0


def test_a_kernel_that_knows_nothing_of_the_buttons_is_not_called_again_and_again(page, lab):
    lab.open(page, lab.write_notebook("elsewhere.ipynb", ['check("relu")', "1 + 1"]), run=False)
    page.locator(".ground-up-bar").wait_for(timeout=WAIT)
    page.wait_for_function(KERNEL_IDLE, timeout=WAIT)
    calls = page.evaluate("""async () => {
        const { sessionContext } = window.jupyterapp.shell.currentWidget;
        let calls = 0;
        const count = (_, { msg }) => (calls += msg.header.msg_type === 'comm_open');
        sessionContext.session.kernel.anyMessage.connect(count);
        await sessionContext.session.kernel.requestExecute({ code: '1 + 1' }).done;
        await new Promise(done => setTimeout(done, 1500));
        return calls;
    }""")
    assert calls <= 1


def opened(page, lab) -> None:
    """Lesson 1 in a new page, its first cell run."""
    lab.open(page, "01_neuron/neuron.ipynb", run=False)
    page.wait_for_function(KERNEL_IDLE, timeout=WAIT)
    run(page, cell_with(page, "from autograder import"))


def dot_says(page, exercise: str, state: str) -> None:
    """Within a second the map shows an exercise as open, tried or passed."""
    name = f'.ground-up-exercise:has-text("{exercise}") [role=img][aria-label={state}]'
    page.locator(name).wait_for(timeout=1_000)


def press(check, label: str) -> None:
    """Press a button at an exercise's check."""
    check.get_by_role("button", name=label, exact=True).click()


def draw(page, points) -> None:
    """Draw a line on the home page's sheet; points: in parts of its width and height."""
    box = page.locator(".ground-up-sheet").bounding_box()
    for number, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if number == 0:
            page.mouse.down()
    page.mouse.up()


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
    type_in(page, cell, source)
    page.keyboard.press("Control+Enter")


def type_in(page, cell, source: str) -> None:
    """Replace a cell's text as a person does, by typing."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    for number, line in enumerate(source.split("\n")):
        if number:
            page.keyboard.press("Enter")
            page.keyboard.press("Home")
            page.keyboard.press("Shift+End")
        page.keyboard.insert_text(line)


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
