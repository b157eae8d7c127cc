"""The X-ray and the bump builder in a real JupyterLab: every control by mouse and by keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import BELOW, PLAIN, SQUARE, Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "02_network"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
XRAY_START = "Input (1.0, −1.0). Layer A: 1.00, dead, 2.00."
BUMP_START = "3 ramps with kinks at −1, 0, 1 add up to a triangle of height 1."


class Xray(Shown):
    def at(self, x1: float, x2: float) -> tuple[float, float]:
        return self.place(0, SQUARE, (x1 + 3) / 6, (3 - x2) / 6)

    def node(self, name: str):
        return self.root.locator(f'[data-node="{name}"]')

    def on_line(self, source: str, target: str, share: float = 0.5) -> tuple[float, float]:
        a, b = self.node(source).bounding_box(), self.node(target).bounding_box()
        (ax, ay), (bx, by) = ((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in (a, b))
        return ax + share * (bx - ax), ay + share * (by - ay)

    def cell(self, row: int, column: int) -> tuple[float, float]:
        box = self.root.locator("canvas").first.bounding_box()
        return box["x"] + (column + 0.5) / 8 * box["width"], box["y"] + (row + 0.5) / 8 * box["height"]


class Bumps(Shown):
    def on_sum(self, x: float, y: float) -> tuple[float, float]:
        return self.place(0, PLAIN, (x + 3.15) / 6.3, (2.2 - y) / 4.4)

    def on_ramps(self, x: float, y: float) -> tuple[float, float]:
        return self.place(1, BELOW, (x + 3.15) / 6.3, (4 - y) / 8)

    @property
    def error(self) -> float:
        return float(re.search(r"Largest error to the target ([\d.]+)", self.say).group(1))


@pytest.fixture(scope="module")
def notebook(lab, browser):
    """One notebook with both figures, shared by the tests of this file."""
    with fresh_page(browser) as page:
        cells = [SETUP, "widgets.network_xray()", "widgets.bump_builder()"]
        lab.open(page, lab.write_notebook("network_figures.ipynb", cells))
        yield Xray(page, 0), Bumps(page, 1)


@pytest.fixture
def xray(notebook):
    notebook[0].reset(XRAY_START)
    return notebook[0]


@pytest.fixture
def digit(xray):
    xray.choose("network", "Digit")
    xray.until("root.dataset.say.startsWith('Held-out digit')")
    return xray


@pytest.fixture
def bumps(notebook):
    notebook[1].reset(BUMP_START)
    return notebook[1]


# --- X-ray: the input -------------------------------------------------------------------------------------


def test_the_input_is_dragged(xray):
    before = xray.picture()
    xray.drag(xray.at(1, -1), xray.at(0, 1), xray.at(-1, 2))
    xray.until("root.dataset.say.startsWith('Input (−1.0, 2.0)')")
    assert xray.picture() != before


def test_the_input_is_picked_up_and_put_down(xray):
    xray.page.mouse.click(*xray.at(1, -1))
    xray.until("root.dataset.held === 'input'")
    xray.page.mouse.click(*xray.at(2, 2))
    xray.until("root.dataset.say.startsWith('Input (2.0, 2.0)')")


def test_the_input_moves_by_keys(xray):
    xray.walk("input", "[")
    xray.after(lambda: xray.press("ArrowRight"))
    assert xray.say.startswith("Input (1.1, −1.0)")
    xray.after(lambda: xray.press("Shift+ArrowUp"))
    assert xray.say.startswith("Input (1.1, 0.0)")
    xray.after(lambda: xray.press("Home"))
    assert xray.say.startswith("Input (−3.0, 0.0)")


@pytest.mark.parametrize(("name", "start"), [("x1", 1.0), ("x2", -1.0), ("shift", 0.0), ("weight", 1.0)])
def test_each_slider_of_the_xray_moves_by_mouse_keys_and_typing(xray, name, start):
    changed = "say" if name != "x1" else "code"
    xray.after(lambda: xray.slide(name, 0.9), changed)
    assert f"{name}=" in xray.code or name == "weight"
    xray.after(lambda: xray.press("ArrowDown"), changed)
    xray.after(lambda: xray.type(name, "-0.5"), changed)
    if name == "weight":
        assert "edits={'A1': -0.5}" in xray.code
    else:
        assert f"{name}=-0.5" in xray.code


def test_adding_to_all_scores_moves_no_probability(xray):
    before = xray.node("p0").inner_text()
    xray.after(lambda: xray.type("shift", "5"))
    assert "Scores 6.00, 6.25" in xray.say
    assert xray.node("p0").inner_text() == before
    assert "with probability 0.56" in xray.say


# --- X-ray: the net ---------------------------------------------------------------------------------------


def test_a_clicked_neuron_shows_its_sum(xray):
    xray.after(lambda: xray.node("B2").click(), "selected")
    assert "The sum of B2" in xray.words
    assert "bias of B2" in xray.words


def test_a_clicked_line_shows_its_product_and_its_weight_can_be_set(xray):
    xray.after(lambda: xray.page.mouse.click(*xray.on_line("A3", "B3")), "selected")
    assert xray.root.get_attribute("data-selected") == "A3→B3"
    label = xray.root.locator(".gu-edge-label")
    assert label.inner_text().startswith("W2[2, 2] · A3 = ")
    assert "A3→B3" in xray.words
    xray.after(lambda: xray.type("weight", "1"))
    assert label.inner_text() == "W2[2, 2] · A3 = 1.00 · 2.00 = 2.00"
    assert "edits={'A3→B3': 1}" in xray.code


def test_plus_and_minus_change_the_selected_weight(xray):
    xray.walk("A1")
    xray.after(lambda: xray.press("ArrowRight"), "selected")
    assert xray.root.get_attribute("data-selected") == "A1→B1"
    before = xray.root.locator(".gu-edge-label").inner_text()
    xray.after(lambda: xray.press("+"), "code")
    raised = xray.root.locator(".gu-edge-label").inner_text()
    assert raised != before
    xray.after(lambda: xray.press("-"), "code")
    assert xray.root.locator(".gu-edge-label").inner_text() == before


def test_arrow_keys_walk_through_the_net(xray):
    for key, thing in [("ArrowDown", "A2"), ("ArrowDown", "A3"), ("ArrowRight", "A3→B3"), ("ArrowUp", "A3→B2")]:
        xray.after(lambda key=key: xray.press(key), "selected")
        assert xray.root.get_attribute("data-selected") == thing
    xray.after(lambda: xray.press("ArrowRight"), "selected")
    assert xray.root.get_attribute("data-selected") == "B2"


@pytest.mark.parametrize("how", ["double-click", "Enter", "key", "button"])
def test_a_neuron_is_killed_and_revived(xray, how):
    def act(label):
        if how == "double-click":
            xray.node("A1").dblclick()
        elif how == "button":
            xray.button(label).click()
        else:
            xray.press("Enter" if how == "Enter" else "k")

    xray.after(lambda: act("Kill A1"))
    assert "Layer A: killed, dead, 2.00" in xray.say
    assert "gu-dead" in xray.node("A1").get_attribute("class")
    xray.after(lambda: act("Revive A1"))
    assert xray.say.startswith(XRAY_START)


# --- X-ray: the network -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_relu_off_and_collapse_leave_the_field_as_it_is(xray, how):
    toggle = xray.control("relu", "input")
    if how == "mouse":
        xray.after(toggle.click)
    else:
        toggle.focus()
        xray.after(lambda: xray.press("Space"))
    assert "ReLU is off." in xray.say
    before = xray.picture()
    xray.root.focus()
    xray.after(lambda: xray.button("Collapse").click() if how == "mouse" else xray.press("c"))
    assert "its probabilities are those of the deep network" in xray.say
    assert xray.node("A1").count() == 0
    assert xray.picture() == before
    xray.after(lambda: xray.button("Unfold").click() if how == "mouse" else xray.press("c"))
    assert xray.node("A1").count() == 1


def test_collapsing_with_relu_changes_the_field(xray):
    before = xray.picture()
    xray.after(lambda: xray.button("Collapse").click())
    assert "differ from the deep network's by up to" in xray.say
    assert xray.picture() != before


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_new_weights(xray, how):
    xray.after(lambda: xray.button("New weights").click() if how == "mouse" else xray.press("n"))
    assert "seed=60" in xray.code


def test_each_network_can_be_chosen_by_mouse_and_keys(xray):
    xray.after(lambda: xray.choose("network", "XOR"))
    assert "Our xor_network gets 4 of the 4 corners right" in xray.words
    assert xray.node("B1").count() == 0
    xray.control("network", "select").focus()
    xray.after(lambda: xray.press("i"))
    assert "network='identity'" in xray.code
    assert xray.node("B3").count() == 1


def test_the_goal_is_reached_at_an_input_with_one_neuron_alive(xray):
    for x2 in (3.0, 2.5, 2.0, 1.5, 1.0, 0.5, 0.0, -0.5):
        for x1 in (-3.0, -2.0, -1.0, 0.5, 1.5, 2.5):
            xray.type("x1", str(x1))
            xray.type("x2", str(x2))
            xray.until("root.dataset.say.startsWith(argument)", f"Input ({x1:.1f}, {x2:.1f})".replace("-", "−"))
            if "Only " in xray.words:
                assert "gu-reached" in xray.root.locator(".gu-goal").get_attribute("class")
                return
    pytest.fail("no input left exactly one hidden neuron alive")


# --- X-ray: digits ----------------------------------------------------------------------------------------


def test_a_digit_is_drawn_with_the_mouse(digit):
    digit.after(lambda: digit.button("Clear the pad").click())
    before = digit.picture()
    digit.drag(digit.cell(0, 4), digit.cell(7, 4))
    digit.until("root.dataset.say.startsWith('Your drawing')")
    assert digit.picture() != before
    column = "root.dataset.code.match(/pixels=\\[([^\\]]*)\\]/)[1].split(', ').filter((_, at) => at % 8 === 4)"
    digit.until(f"{column}.every(pixel => Number(pixel) === 1)")  # the last of the stroke comes a little later


def test_a_digit_is_drawn_with_the_keys(digit):
    digit.root.locator("canvas").first.focus()
    digit.after(lambda: digit.press("ArrowRight", "ArrowDown", "Space"))
    digit.until("root.dataset.say.startsWith('Your drawing')")
    pixels = re.search(r"pixels=\[([^\]]*)\]", digit.code).group(1).split(", ")
    assert float(pixels[9]) in (0.0, 1.0)


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_the_next_digit(digit, how):
    digit.root.focus()
    digit.after(lambda: digit.button("Next digit").click() if how == "mouse" else digit.press("n"))
    assert "digit=1" in digit.code


def test_a_digits_neuron_lists_its_five_largest_contributions(digit):
    digit.after(lambda: digit.node("class 3").click(), "selected")
    assert "The sum of class 3" in digit.words
    assert "11 others" in digit.words
    digit.after(lambda: digit.node("A15").click(), "selected")
    assert "59 others" in digit.words
    assert digit.root.locator(".gu-table tbody tr").count() == 9


def test_a_line_to_a_class_can_be_selected_and_set(digit):
    digit.after(lambda: digit.node("A15").click(), "selected")
    digit.after(lambda: digit.press("ArrowRight"), "selected")
    assert digit.root.get_attribute("data-selected").startswith("A15→class ")
    digit.after(lambda: digit.type("weight", "9"), "code")
    assert "': 9}" in digit.code


# --- X-ray: the learner's functions -----------------------------------------------------------------------


def test_the_xray_runs_on_the_learners_functions_at_once(xray):
    run_in_kernel(xray.page, "def relu(z):\n    return abs(z)\ndef forward(X, params):\n    return X[:, :2]")
    try:
        xray.after(lambda: xray.type("x1", "1.1"))
        assert "your relu" in xray.words
        assert "dead" not in xray.say
        assert "Your forward says −1.00 for class 1 here" in xray.root.get_by_role("status").inner_text()
        run_in_kernel(xray.page, "def dense(X, W, b):\n    return X @ W.T + b")
        before = xray.picture()
        xray.after(lambda: xray.type("x1", "2"), "code")
        said = xray.root.get_by_role("status").inner_text()
        assert "Your dense stopped: ValueError" in said
        assert "line 2: return X @ W.T + b" in said
        assert xray.picture() == before
    finally:
        run_in_kernel(xray.page, "del relu, forward\nglobals().pop('dense', None)")


# --- bump builder: units ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "error"), [(3, 1.15), (6, 0.44), (12, 0.12), (24, 0.03)])
def test_even_units_leave_the_errors_of_the_lesson(bumps, n, error):
    bumps.choose("place", "even")
    bumps.type("n", str(n))
    bumps.until("root.dataset.say.startsWith(argument)", f"{n} ramps")
    bumps.until("root.dataset.code.includes('even')")
    assert bumps.error == error


def test_a_kink_is_dragged_and_only_what_lies_beyond_changes(bumps):
    before = [bumps.picture(0), bumps.picture(1)]
    bumps.after(lambda: bumps.drag(bumps.on_ramps(0, 0), bumps.on_ramps(0.5, 0)))
    bumps.until("root.dataset.code.includes('kinks=[-1, 0.5, 1]')")
    assert [bumps.picture(0), bumps.picture(1)] != before


def test_a_weight_is_dragged_at_its_handle(bumps):
    bumps.drag(bumps.on_ramps(2, 1), bumps.on_ramps(2, 3))
    bumps.until("root.dataset.code.includes('weights=[1, -2, 3]')")


def test_a_kink_is_picked_up_and_put_down(bumps):
    bumps.page.mouse.click(*bumps.on_ramps(-1, 0))
    bumps.until("root.dataset.held === 'kink 0'")
    bumps.page.mouse.click(*bumps.on_ramps(-2.5, -2))
    bumps.until("root.dataset.code.includes('kinks=[-2.5, 0, 1]')")


def test_kinks_weights_and_the_target_move_by_keys(bumps):
    bumps.walk("kink 1")
    bumps.after(lambda: bumps.press("Shift+ArrowRight"), "code")
    assert "kinks=[-1, 0.5, 1]" in bumps.code
    bumps.walk("weight 1")
    bumps.after(lambda: bumps.press("ArrowUp"), "code")
    assert "weights=[1, -1.9, 1]" in bumps.code
    bumps.walk("target 0")
    bumps.after(lambda: bumps.press("Shift+ArrowUp"), "code")
    assert "lifts=[1, 0, 0, 0, 0, 0, 0]" in bumps.code


def test_units_are_added_turned_round_and_removed(bumps):
    bumps.after(lambda: bumps.page.mouse.dblclick(*bumps.on_ramps(-2.5, -2.5)))
    assert bumps.say.startswith("4 ramps with kinks at −2.5,")
    assert "weights=[1, -2, 1, -1]" in bumps.code
    bumps.after(lambda: bumps.press("Enter"))
    assert "weights=[1, -2, 1, 1]" in bumps.code
    bumps.after(lambda: bumps.press("Delete"))
    assert bumps.say.startswith(BUMP_START)


@pytest.mark.parametrize(
    ("name", "share", "typed", "code"),
    [
        ("n", 0.5, "5", "n=5"),
        ("height", 0.8, "-0.5", "height=-0.5"),
        ("kink", 0.2, "-1.5", "kinks=[-1.5, 0, 1]"),
        ("weight", 0.9, "2.5", "weights=[2.5, -2, 1]"),
    ],
)
def test_each_slider_of_the_bump_builder_moves_by_mouse_keys_and_typing(bumps, name, share, typed, code):
    bumps.after(lambda: bumps.slide(name, share), "code")
    bumps.after(lambda: bumps.press("ArrowUp"), "code")
    bumps.after(lambda: bumps.type(name, typed), "code")
    bumps.until("root.dataset.code.includes(argument)", code)


def test_a_slider_keeps_its_focus_and_its_drag_while_other_controls_change(bumps):
    box = bumps.control("n", "input[type=range]").bounding_box()
    middle = box["y"] + box["height"] / 2
    bumps.page.mouse.move(box["x"] + 3 / 24 * box["width"], middle)
    bumps.page.mouse.down()
    for share in (0.3, 0.5, 0.7):
        bumps.after(lambda share=share: bumps.page.mouse.move(box["x"] + share * box["width"], middle), "code")
    bumps.page.mouse.up()
    bumps.until("Number(root.dataset.code.match(/n=([0-9]+)/)[1]) > 14")
    assert bumps.control("n", "input[type=range]").evaluate("slider => slider === document.activeElement")
    assert re.search(r"kink 1[5-9]", bumps.words)


def test_each_activation_changes_the_sum(bumps):
    before = bumps.picture()
    bumps.after(lambda: bumps.choose("activation", "identity"))
    assert "3 straight lines" in bumps.say
    line = bumps.picture()
    assert line != before
    bumps.control("activation", "select").focus()
    bumps.after(lambda: bumps.press("s"))
    assert "3 soft steps" in bumps.say
    assert bumps.picture() != line


def test_a_fit_is_better_than_even_spacing(bumps):
    bumps.type("n", "6")
    bumps.until("root.dataset.say.startsWith('6')")
    bumps.after(lambda: bumps.choose("place", "even"))
    even = bumps.error
    bumps.after(lambda: bumps.choose("place", "fit"))
    assert bumps.error < even


@pytest.mark.parametrize("how", ["button", "Space", "choice"])
def test_learning_runs_and_pauses(bumps, how):
    if how == "choice":
        bumps.after(lambda: bumps.choose("place", "learn"), "playing")
    else:
        bumps.after(lambda: bumps.button("▶ Learn").click() if how == "button" else bumps.press("Space"), "playing")
    first = bumps.root.get_attribute("data-frame")
    bumps.until("Number(root.dataset.frame) > Number(argument) + 10", first)
    assert bumps.say != BUMP_START
    bumps.root.focus()
    bumps.after(lambda: bumps.press("Space"), "playing")
    assert bumps.root.get_attribute("data-playing") == "false"


@pytest.mark.parametrize("how", ["button", "key"])
def test_one_step_of_learning(bumps, how):
    bumps.after(lambda: bumps.button("Step").click() if how == "button" else bumps.press("."))
    assert "place='learn'" in bumps.code
    assert bumps.root.get_attribute("data-playing") == "false"


# --- bump builder: the target -----------------------------------------------------------------------------


def test_the_target_is_pulled_at_a_handle(bumps):
    bumps.drag(bumps.on_sum(0, 0), bumps.on_sum(0, 1.5))
    bumps.until("root.dataset.code.includes('lifts=[0, 0, 0, 1.5')")


def test_the_target_is_drawn(bumps):
    before = bumps.error
    bumps.after(lambda: bumps.control("draw", "input").click(), "code")
    bumps.after(
        lambda: bumps.drag(
            bumps.on_sum(-3, 0), bumps.on_sum(-1, 0), bumps.on_sum(0, 1), bumps.on_sum(1, 0), bumps.on_sum(3, 0)
        )
    )
    bumps.until("root.dataset.code.includes(\"target='your own'\")")
    bumps.until("Number(root.dataset.say.match(/target ([0-9.]+)/)[1]) < 0.2")
    assert bumps.error < before
    bumps.after(lambda: bumps.press("Control+z"))
    assert bumps.error == before


@pytest.mark.parametrize("target", ["triangle", "step", "your own"])
def test_each_target_can_be_chosen(bumps, target):
    bumps.after(lambda: bumps.choose("target", target), "code")
    assert f"target='{target}'" in bumps.code
    if target == "triangle":
        assert bumps.error == 0


def test_drawing_can_be_switched_on_by_key(bumps):
    bumps.control("draw", "input").focus()
    bumps.after(lambda: bumps.press("Space"), "code")
    assert "draw=True" in bumps.code


# --- bump builder: the learner's functions ----------------------------------------------------------------


def test_the_bump_builder_runs_on_the_learners_functions_at_once(bumps):
    run_in_kernel(bumps.page, "def relu(z):\n    return abs(z)")
    try:
        bumps.after(lambda: bumps.type("height", "0.1"))
        assert "your relu" in bumps.words
        bumps.after(lambda: bumps.type("height", "0"))
        assert "a triangle of height 2" in bumps.say
        run_in_kernel(bumps.page, "def relu(z):\n    return z.max()")
        before = bumps.picture()
        bumps.after(lambda: bumps.type("height", "1"), "code")
        assert "Your relu returned shape ()" in bumps.root.get_by_role("status").inner_text()
        assert bumps.picture() == before
    finally:
        run_in_kernel(bumps.page, "del relu")


# --- both -------------------------------------------------------------------------------------------------


def test_keys_in_the_figures_do_not_touch_the_notebook(xray, bumps):
    cells = xray.page.locator(".jp-Notebook .jp-Cell").count()
    for figure in (xray, bumps):
        figure.root.focus()
        figure.press("x", "a", "b", "d", "d", "m", "y", "z")
    assert xray.page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_copied_lines_rebuild_the_views(lab, page):
    lines = [
        "widgets.network_xray(network='XOR', x1=0.5, edits={'A1': 1, 'A1→class 1': -2}, killed=['A2'])",
        "widgets.bump_builder(n=2, kinks=[-2.0, 1.0], weights=[1.0, -1.5], height=-0.5, activation='sigmoid')",
    ]
    lab.open(page, lab.write_notebook("rebuilt.ipynb", [SETUP, *lines]))
    for index in range(2):
        first = Shown(page, index)
        first.button("Copy state").click()
        first.until("root.innerText.includes('Copied')")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == first.code
        assert eval(copied, {"widgets": Recorder()}) == eval(lines[index], {"widgets": Recorder()})


class Recorder:
    """Stands in for the module: returns what a figure's function is called with."""

    def __getattr__(self, name):
        return lambda **given: (name, {key: value for key, value in given.items() if key != "selected"})


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_both_themes_show_readable_figures(lab, browser, theme):
    lab.set("apputils-extension:themes", theme=theme)
    try:
        with fresh_page(browser) as page:
            cells = [SETUP, "widgets.network_xray()", "widgets.bump_builder()"]
            lab.open(page, lab.write_notebook(f"{theme}.ipynb", cells))
            page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)
            dark = theme.endswith("Dark")
            sums = Shown(page, 1).root.locator("canvas").first
            sums.scroll_into_view_if_needed()
            blue = [0x56, 0xB4, 0xE9] if dark else [0x00, 0x72, 0xB2]
            has = """(canvas, blue) => {
                const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                for (let i = 0; i < data.length; i += 4)
                    if (data[i + 3] === 255 && blue.every((value, c) => Math.abs(data[i + c] - value) < 3)) return true;
                return false; }"""
            page.wait_for_function(f"([canvas, blue]) => ({has})(canvas, blue)", arg=[sums.element_handle(), blue])
    finally:
        lab.set("apputils-extension:themes", theme="JupyterLab Light")


def test_in_a_narrow_window_nothing_is_cut_off(lab, page):
    page.set_viewport_size({"width": 730, "height": 1600})
    calls = [
        "widgets.network_xray()",
        "widgets.network_xray(network='Digit')",
        "widgets.bump_builder(n=24, place='even')",
    ]
    lab.open(page, lab.write_notebook("narrow.ipynb", [SETUP, *calls]))
    for index in range(3):
        figure = Shown(page, index)
        assert figure.root.bounding_box()["width"] < 480
        assert figure.cut_off() == []
