"""The playground in a real JupyterLab: every control by mouse and by keys, and the clock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import PLAIN, Shown, within

LESSON = Path(__file__).parents[3] / "solutions" / "05_training"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
START = "Circle, 250 points to train on. Inputs x1, x2; hidden layers 4-2; tanh. Epoch 120:"
HEAD = 40  # pixels over the neurons of the network


class Playground(Shown):
    @property
    def selected(self) -> str:
        return self.root.get_attribute("data-selected")

    @property
    def epoch(self) -> int:
        return int(re.search(r"[Ee]poch (\d+)", self.say).group(1))

    def after(self, action, attribute: str = "code") -> None:
        super().after(action, attribute)

    def slide(self, name: str, share: float) -> None:
        self.control(name, "input[type=range]").scroll_into_view_if_needed()
        super().slide(name, share)

    def canvas(self, kind: str, index: int = 0):
        panels = {"network": ".gu-maps .gu-stage > canvas", "plot": ".gu-panel:not(.gu-maps) .gu-stage > canvas"}
        return self.root.locator(panels[kind]).nth(index)

    def picture(self, kind: str, index: int = 0) -> str:
        return self.canvas(kind, index).evaluate("canvas => canvas.toDataURL()")

    def on_output(self, x1: float, x2: float) -> tuple[float, float]:
        """Where a point of the plane is on the page."""
        canvas = self.canvas("plot")
        canvas.scroll_into_view_if_needed()
        return within(canvas, PLAIN, (x1 + 6) / 12, (6 - x2) / 12)

    def on_network(self, layer: int, layers: int, row: int, rows: int) -> tuple[float, float]:
        """Where the middle of a neuron is on the page."""
        box = self.canvas("network").bounding_box()
        side = min(40, (box["height"] - HEAD) // 7 - 6, 0.62 * box["width"] // layers)
        across = side / 2 + 3 + layer / (layers - 1) * (box["width"] - side - 6)
        down = HEAD + (0.5 + (row - (rows - 1) / 2) / 7) * (box["height"] - HEAD)
        return box["x"] + across, box["y"] + down

    def reset(self, start: str = START) -> None:
        super().reset(start)


@pytest.fixture(scope="module")
def notebook(lab, browser):
    """One notebook with the figure, shared by the tests of this file."""
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("training_playground.ipynb", [SETUP, "widgets.playground(more=True)"]))
        yield Playground(page)


@pytest.fixture
def figure(notebook):
    notebook.reset()
    return notebook


def run_in_kernel(page, code: str) -> None:
    page.evaluate(
        "code => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code}).done", code
    )


# --- the controls -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["noise", "train_share", "batch", "lr", "dropout", "pace", "stop"])
def test_each_slider_moves_by_mouse_keys_and_typing(figure, name):
    figure.after(lambda: figure.slide(name, 0.9))
    assert f"{name}=" in figure.code
    figure.after(lambda: figure.press("ArrowDown"))
    number = {"noise": "35", "train_share": "30", "stop": "0.21", "lr": "0.3"}.get(name, "15")
    figure.after(lambda: figure.type(name, number))
    assert f"{name}={number}" in figure.code


@pytest.mark.parametrize(
    ("name", "option", "said"),
    [
        ("preset", "spiral", "Spiral"),
        ("task", "regression", "Plane, 600 points"),
        ("activation", "sigmoid", "; sigmoid."),
        ("start", "zeros", "Epoch 0: train loss 0.6931"),
        ("penalty", "L1", None),
        ("brush", "blue", None),
    ],
)
def test_each_choice_is_made_by_mouse_and_by_keys(figure, name, option, said):
    figure.after(lambda: figure.choose(name, option))
    assert f"{name}='{option}'" in figure.code or name == "task"
    if said:
        figure.until("root.dataset.say.includes(argument)", said)
    figure.control(name, "select").focus()
    figure.after(lambda: figure.press("ArrowUp"))
    assert f"{name}='{option}'" not in figure.code


def test_the_penalty_has_a_rate_while_there_is_one(figure):
    assert figure.control("penalty_rate").count() == 0
    figure.choose("penalty", "L2")
    figure.control("penalty_rate").wait_for()
    figure.after(lambda: figure.slide("penalty_rate", 0.8))
    figure.after(lambda: figure.press("ArrowUp"))
    figure.after(lambda: figure.type("penalty_rate", "0.5"))
    assert "penalty_rate=0.5" in figure.code


@pytest.mark.parametrize("name", ["show_test", "discretise"])
def test_each_switch_by_mouse_and_by_key(figure, name):
    before = figure.picture("plot")
    figure.after(lambda: figure.control(name, "input").click())
    assert f"{name}=True" in figure.code
    figure.until("root.querySelectorAll('.gu-panel:not(.gu-maps) canvas')[0].toDataURL() !== argument", before)
    figure.after(lambda: figure.press("Space"))
    assert figure.code.endswith("()")


def test_data_sets_are_clicked_and_walked_by_keys(figure):
    figure.after(lambda: figure.root.locator(".gu-sketches label").nth(1).click())
    assert "data='xor'" in figure.code
    figure.after(lambda: figure.press("ArrowRight"))
    assert "data='gauss'" in figure.code
    figure.until("root.dataset.say.startsWith('Gauss')")


@pytest.mark.parametrize(("text", "key"), [("Restart", "0"), ("New weights", "w"), ("New data", "n")])
def test_buttons_by_mouse_and_by_key(figure, text, key):
    figure.after(lambda: figure.button(text).click())
    after_click = figure.code
    figure.reset()
    figure.after(lambda: figure.press(key))
    assert figure.code == after_click
    assert figure.epoch == (120 if text == "New data" else 0)


def test_layers_and_neurons_by_buttons_and_keys(figure):
    figure.after(lambda: figure.button("+ layer").click())
    assert "layers=[4, 2, 2]" in figure.code
    figure.after(lambda: figure.button("− layer").click())
    figure.after(lambda: figure.button("One neuron more in hidden layer 1").click())
    assert "layers=[5, 2]" in figure.code
    figure.after(lambda: figure.button("One neuron less in hidden layer 2").click())
    assert "layers=[5, 1]" in figure.code
    figure.page.mouse.click(*figure.on_network(1, 4, 0, 5))
    figure.until("root.dataset.selected === 'A1'")
    figure.after(lambda: figure.press("+"))
    assert "layers=[6, 1]" in figure.code


# --- the network ------------------------------------------------------------------------------------------


def test_inputs_are_clicked_and_switched_by_keys(figure):
    figure.after(lambda: figure.page.mouse.click(*figure.on_network(0, 4, 2, 7)))
    assert "inputs=['x1', 'x2', 'x1²']" in figure.code
    figure.after(lambda: figure.press("]"), "selected")
    figure.after(lambda: figure.press("]"), "selected")
    figure.after(lambda: figure.press("Enter"))
    assert figure.code.count("inputs") == 1 and figure.selected == "x2"
    assert "inputs=['x1', 'x1²']" in figure.code


def test_a_neuron_is_clicked_and_its_bias_set_by_mouse_keys_and_typing(figure):
    figure.after(lambda: figure.page.mouse.click(*figure.on_network(1, 4, 1, 4)), "selected")
    assert figure.selected == "A2"
    figure.control("weight").wait_for()
    assert figure.control("weight", "label").inner_text() == "bias A2"
    before = figure.picture("network")
    figure.after(lambda: figure.slide("weight", 0.8))
    figure.after(lambda: figure.press("ArrowDown"))
    figure.after(lambda: figure.type("weight", "-2"))
    assert ", -2, " in figure.code
    assert figure.picture("network") != before


def test_a_weight_is_clicked_and_set(figure):
    (ax, ay), (bx, _) = figure.on_network(2, 4, 0, 2), figure.on_network(3, 4, 0, 2)
    figure.after(lambda: figure.page.mouse.click(0.5 * ax + 0.5 * bx, ay), "selected")
    assert figure.selected == "B1→orange"
    figure.after(lambda: figure.type("weight", "0.5"))
    figure.root.focus()
    figure.after(lambda: figure.press("+"))
    assert "0.6," in figure.code
    figure.after(lambda: figure.press("ArrowRight"), "selected")
    assert figure.selected == "orange"
    figure.after(lambda: figure.press("1"), "selected")
    assert figure.selected == "A1"


def test_what_the_pointer_rests_on_is_shown_large_with_its_number(figure):
    large = figure.root.locator(".gu-large")
    figure.page.mouse.move(*figure.on_network(1, 4, 0, 4))
    large.wait_for()
    assert re.fullmatch(r"A1, bias −?[\d.]+", large.inner_text())
    (ax, ay), (bx, _) = figure.on_network(2, 4, 0, 2), figure.on_network(3, 4, 0, 2)
    figure.page.mouse.move(0.5 * (ax + bx), ay)
    figure.until("root.querySelector('.gu-large').innerText.startsWith('B1 → orange: weight')")
    figure.page.mouse.move(*figure.on_output(0, 0))
    large.wait_for(state="hidden")


# --- the points -------------------------------------------------------------------------------------------


def added(figure, x: float, y: float) -> None:
    """A point of one's own, far from the others."""
    figure.after(lambda: figure.page.mouse.dblclick(*figure.on_output(x, y)))


def test_points_are_added_dragged_flipped_and_removed(figure):
    before = figure.picture("plot")
    added(figure, -5.5, -5.5)
    assert "added=[[-5." in figure.code and figure.selected == "added 0"
    loss = re.search(r"train loss ([\d.]+)", figure.say).group(1)
    figure.drag(figure.on_output(-5.5, -5.5), figure.on_output(5.5, 5.5))
    figure.until("/added=\\[\\[5[.\\d]*, 5[.\\d]*, 1\\]\\]/.test(root.dataset.code)")
    figure.after(lambda: figure.press("Enter"))
    assert ", 0]]" in figure.code
    assert re.search(r"train loss ([\d.]+)", figure.say).group(1) != loss
    figure.after(lambda: figure.press("Shift+ArrowDown"))
    assert re.search(r"added=\[\[5[.\d]*, 4[.\d]*, 0\]\]", figure.code)
    assert figure.picture("plot") != before
    figure.after(lambda: figure.press("Delete"))
    assert "added" not in figure.code
    figure.after(lambda: figure.press("Control+z"))
    assert "added" in figure.code


def test_a_point_is_picked_up_and_put_down(figure):
    added(figure, -5.5, -5.5)
    figure.page.mouse.click(*figure.on_output(-5.5, -5.5))
    figure.until("root.dataset.held === 'added 0'")
    figure.after(lambda: figure.page.mouse.click(*figure.on_output(0, 5.7)))
    assert re.search(r"added=\[\[-?0[.\d]*, 5[.\d]*, 1\]\]", figure.code)


def test_points_are_drawn_with_the_brush(figure):
    figure.after(lambda: figure.choose("brush", "orange"))
    figure.after(lambda: figure.drag(figure.on_output(-5.7, -5.7), figure.on_output(5.7, -5.7)))
    figure.until("(root.dataset.code.match(/, 0\\]/g) ?? []).length >= 10")


# --- the clock --------------------------------------------------------------------------------------------


def test_training_runs_until_paused_and_then_stands_still(figure):
    figure.after(lambda: figure.press("0"))
    pictures = figure.picture("network"), figure.picture("plot", 2)
    figure.after(lambda: figure.press("Space"), "playing")
    figure.until("Number(root.dataset.say.match(/[Ee]poch (\\d+)/)[1]) > 30")
    figure.after(lambda: figure.button("❚❚ Pause").click(), "playing")
    paused = figure.epoch
    run_in_kernel(figure.page, "sum(range(1000))")
    run_in_kernel(figure.page, "1 + 1")
    assert figure.epoch == paused
    assert (figure.picture("network"), figure.picture("plot", 2)) != pictures
    figure.after(lambda: figure.press("."))
    assert figure.epoch == paused + 1
    figure.after(lambda: figure.button("Step").click())
    assert figure.epoch == paused + 2
    figure.after(lambda: figure.press("Control+z"))


def test_other_cells_run_while_it_trains(figure):
    figure.after(lambda: figure.press("Space"), "playing")
    run_in_kernel(figure.page, "while_it_trained = 6 * 7")
    output = figure.page.evaluate(
        """async () => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const asked = kernel.requestExecute({code: "print(while_it_trained)"});
            let text = "";
            asked.onIOPub = (message) => { if (message.content.text) text += message.content.text; };
            await asked.done;
            return text;
        }"""
    )
    assert output == "42\n"
    assert figure.root.get_attribute("data-playing") == "true"
    before = figure.epoch
    figure.until("Number(root.dataset.say.match(/[Ee]poch (\\d+)/)[1]) > argument + 20", before)


def test_controls_take_effect_while_it_trains(figure):
    figure.after(lambda: figure.press("Space"), "playing")
    figure.type("lr", "0.1")
    figure.until("root.dataset.code.includes('lr=0.1')")
    figure.choose("activation", "relu")
    figure.until("root.dataset.say.includes('; relu.')")
    assert figure.root.get_attribute("data-playing") == "true"
    before = figure.epoch
    figure.until("Number(root.dataset.say.match(/[Ee]poch (\\d+)/)[1]) > argument + 5", before)


def test_out_of_sight_it_rests(figure):
    figure.after(lambda: figure.press("0"))
    figure.after(lambda: figure.press("Space"), "playing")
    figure.root.evaluate(
        "root => { root.style.visibility = 'hidden'; root.style.position = 'fixed'; root.style.top = '-9000px'; }"
    )
    try:
        # Each round trip through the kernel leaves time for many frames; at rest two in a row show the same.
        figure.page.wait_for_function(
            """async ([root]) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const before = root.dataset.frame;
                for (let i = 0; i < 5; i++) await kernel.requestExecute({code: "import time; time.sleep(0.02)"}).done;
                return root.dataset.frame === before;
            }""",
            arg=[figure.root.element_handle()],
            timeout=20_000,
        )
        resting = figure.root.get_attribute("data-frame")
    finally:
        figure.root.evaluate("root => root.removeAttribute('style')")
    figure.until("Number(root.dataset.frame) > Number(argument) + 5", resting)


def test_a_learning_rate_that_runs_away_is_named_and_restart_helps(figure):
    figure.choose("task", "regression")
    figure.until("root.dataset.say.startsWith('Plane')")
    figure.choose("activation", "linear")
    figure.type("lr", "10")
    figure.until("root.dataset.code.includes('lr=10')")
    figure.root.focus()
    figure.press("Space")
    figure.until("root.dataset.say.includes('Diverged at epoch')")
    figure.until("root.dataset.playing === 'false'")
    figure.type("lr", "0.001")
    figure.button("Restart").click()
    figure.until("root.dataset.say.includes('Epoch 0')")
    figure.after(lambda: figure.button("Step").click())
    assert figure.epoch == 1 and "Diverged" not in figure.say


# --- the learner's functions ------------------------------------------------------------------------------


def test_it_trains_on_the_learners_functions_at_once(figure):
    pairs = "for (W, b), (dW, db) in zip(params, grads)"
    step = f"def sgd_step(params, grads, lr):\n    return [(W {{0}} lr * dW, b {{0}} lr * db) {pairs}]"

    def loss() -> float:
        return float(re.search(r"train loss ([\d.]+)", figure.say).group(1))

    figure.after(lambda: figure.press("0"))
    before = loss()
    run_in_kernel(figure.page, step.format("+"))
    try:
        for _ in range(3):
            figure.after(lambda: figure.press("."))
        assert loss() > before
        assert "your sgd_step" in figure.root.inner_text()
        run_in_kernel(figure.page, step.format("-"))
        figure.after(lambda: figure.press("0"))
        for _ in range(3):
            figure.after(lambda: figure.press("."))
        assert loss() < before
        run_in_kernel(figure.page, "def sgd_step(params, grads, lr):\n    print('here')")
        shown = figure.picture("network")
        figure.press(".")
        figure.until("root.querySelector('.gu-strip').innerText.includes('Your sgd_step must return params')")
        assert figure.picture("network") == shown
    finally:
        run_in_kernel(figure.page, "del sgd_step")


# --- the whole --------------------------------------------------------------------------------------------


def test_keys_in_the_figure_do_not_touch_the_notebook(figure):
    cells = figure.page.locator(".jp-Notebook .jp-Cell").count()
    figure.press("x", "a", "b", "d", "d", "m", "y", "z")
    figure.control("lr", "input[type=range]").focus()
    figure.press("x", "d", "d")
    figure.button("One neuron more in hidden layer 1").focus()
    figure.press("x", "d", "d")
    assert figure.page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_the_state_is_copied(figure):
    figure.after(lambda: figure.press("."))
    figure.button("Copy state").click()
    figure.until("root.innerText.includes('Copied')")
    copied = figure.page.evaluate("navigator.clipboard.readText()")
    assert copied == figure.code and "weights=[" in copied and "epoch=121" in copied


def test_help_names_the_keys(figure):
    figure.press("?")
    help_text = figure.root.locator(".gu-help").inner_text()
    for words in ("New weights", "Restart", "New data"):
        assert words in help_text


def test_narrow_and_with_controls_hidden(lab, page):
    page.set_viewport_size({"width": 700, "height": 1600})
    call = "widgets.playground(more=True, layers=[8, 8, 4, 4, 2, 2], hide=['task', 'noise', 'layers'])"
    lab.open(page, lab.write_notebook("narrow_playground.ipynb", [SETUP, call]))
    figure = Playground(page)
    overflowing = figure.root.evaluate(
        """root => [root, ...root.querySelectorAll(
                '.gu-columns, .gu-column, .gu-panel, .gu-toolbar, .gu-scrubs, .gu-column-controls')]
            .filter((element) => element.scrollWidth > element.clientWidth + 1)
            .map((element) => element.className)"""
    )
    assert overflowing == []
    for name in ("task", "noise", "more layers"):
        assert figure.control(name).count() == 0
    assert figure.root.locator(".gu-grow").count() == 0
