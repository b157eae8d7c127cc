"""The neuron playground in a real JupyterLab: every control by mouse and by keys, and what surrounds it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import SQUARE, Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "01_neuron"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
START = "w = (1.0, −1.0) points to the blue side, b = 0.0"


class Playground(Shown):
    @property
    def plane(self):
        return self.root.locator("canvas").first

    def setting(self, name: str) -> float:
        """A number in the line that rebuilds this view; 0 if it is at its start there."""
        found = re.search(rf"\b{name}=(-?[\d.]+)", self.code)
        return float(found.group(1)) if found else {"w1": 1.0, "w2": -1.0}.get(name, 0.0)

    def after(self, action, attribute: str = "code") -> None:
        super().after(action, attribute)

    def button(self, text: str):
        return self.root.get_by_role("button", name=text)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the plane is on the page."""
        return self.place(0, SQUARE, (x + 6) / 12, (6 - y) / 12)

    def pull(self, *places: tuple[float, float]) -> None:
        """Drag from place to place of the plane."""
        self.drag(*(self.at(*place) for place in places))

    def select(self, thing: str) -> None:
        self.walk(thing, "[" if thing in ("line", "arrow") else "]")


@pytest.fixture(scope="module")
def opened(lab, browser):
    """One notebook with the figure, shared by the tests of this file."""
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("playground.ipynb", [SETUP, "widgets.neuron_playground()"]))
        yield Playground(page)


@pytest.fixture
def figure(opened):
    """The figure at its start."""
    opened.button("Reset").click()
    opened.until("root.dataset.code === 'widgets.neuron_playground()'")
    opened.root.focus()
    assert START in opened.say
    return opened


# --- sliders ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["w1", "w2", "b"])
def test_each_slider_moves_by_mouse(figure, name):
    before = (figure.say, figure.picture())
    box = figure.control(name, "input[type=range]").bounding_box()
    figure.after(lambda: figure.page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2))
    assert figure.setting(name) > 2
    assert figure.say != before[0]
    assert figure.picture() != before[1]


@pytest.mark.parametrize(("name", "start", "high"), [("w1", 1.0, 5), ("w2", -1.0, 5), ("b", 0.0, 10)])
def test_each_slider_moves_by_keys(figure, name, start, high):
    figure.control(name, "input[type=range]").focus()
    figure.after(lambda: figure.press("ArrowUp"))
    assert figure.setting(name) == pytest.approx(start + 0.1)
    figure.after(lambda: figure.press("Shift+ArrowDown"))
    figure.until("root.dataset.code.length > 0")
    assert figure.setting(name) == pytest.approx(start - 0.9)
    figure.after(lambda: figure.press("End"))
    assert figure.setting(name) == high


def test_quick_key_presses_are_all_counted(figure):
    figure.control("b", "input[type=range]").focus()
    figure.press(*["ArrowUp"] * 20)
    figure.until("root.dataset.code.includes('b=2)')")


@pytest.mark.parametrize("name", ["w1", "w2", "b"])
def test_each_number_can_be_typed_dragged_and_stepped(figure, name):
    field = figure.control(name, "input[type=text]")
    field.click()
    field.fill("-2.5")
    figure.after(lambda: figure.press("Enter"))
    assert figure.setting(name) == -2.5
    figure.after(lambda: figure.press("ArrowUp"))
    assert figure.setting(name) == -2.4
    figure.root.focus()
    box = field.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    figure.page.mouse.move(*middle)
    figure.page.mouse.down()
    figure.page.mouse.move(middle[0] + 40, middle[1])
    figure.page.mouse.up()
    figure.until(f"root.dataset.code.includes('{name}=-1.4')")


def test_nonsense_typed_into_a_number_changes_nothing(figure):
    field = figure.control("b", "input[type=text]")
    field.click()
    field.fill("much")
    figure.press("Enter")
    assert field.input_value() == "0.0"
    field.fill("7")
    figure.press("Escape")
    assert field.input_value() == "0.0"
    assert figure.setting("b") == 0


# --- choices and buttons --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "count"),
    [
        ("AND", 4),
        ("OR", 4),
        ("NAND", 4),
        ("XOR", 4),
        ("iris: setosa or not", 150),
        ("iris: versicolor or virginica", 100),
    ],
)
def test_each_data_set_can_be_chosen(figure, data, count):
    before = figure.picture()
    figure.after(lambda: figure.control("data", "select").select_option(data), "say")
    assert f"of {count} points right" in figure.say
    assert figure.picture() != before


def test_data_and_activation_can_be_chosen_by_keys(figure):
    figure.control("data", "select").focus()
    figure.after(lambda: figure.press("ArrowDown"))
    assert "data='AND'" in figure.code
    figure.control("activation", "select").focus()
    figure.after(lambda: figure.press("r"))
    assert "activation='relu'" in figure.code


@pytest.mark.parametrize("activation", ["step", "relu"])
def test_each_activation_changes_the_picture(figure, activation):
    before = figure.picture()
    figure.after(lambda: figure.control("activation", "select").select_option(activation))
    assert figure.picture() != before
    assert f"our {activation}" in figure.root.inner_text()


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_one_correction_moves_the_line(figure, how):
    figure.after(lambda: figure.button("One correction").click() if how == "mouse" else figure.press("."), "say")
    assert "after 1 correction" in figure.root.inner_text()


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_learn_runs_until_every_point_is_right(figure, how):
    if how == "mouse":
        figure.button("Learn").click()
    else:
        figure.press("Space")
    figure.until("root.dataset.say.includes('40 of 40') && root.dataset.playing === 'false'")


def test_learn_can_be_paused(figure):
    figure.control("data", "select").select_option("XOR")
    figure.until("root.dataset.code.includes('XOR')")
    figure.root.focus()
    figure.after(lambda: figure.press("Space"), "playing")
    figure.after(lambda: figure.button("Pause").click(), "playing")
    assert figure.root.get_attribute("data-playing") == "false"


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_new_points(figure, how):
    before = figure.picture()
    figure.after(lambda: figure.button("New points").click() if how == "mouse" else figure.press("n"))
    assert "seed=2" in figure.code
    assert figure.picture() != before


def test_undo_and_reset_by_keys_and_mouse(figure):
    figure.control("b", "input[type=range]").focus()
    figure.after(lambda: figure.press("End"))
    figure.after(lambda: figure.press("Control+z"))
    assert figure.setting("b") == 0
    figure.after(lambda: figure.press("End"))
    figure.after(lambda: figure.button("Undo").click())
    assert figure.setting("b") == 0
    assert figure.button("Undo").is_disabled() is False
    figure.root.focus()
    figure.after(lambda: figure.press("."), "say")
    figure.after(lambda: figure.press("r"), "say")
    assert START in figure.say


def test_copy_state_puts_a_line_on_the_clipboard_that_rebuilds_the_view(figure):
    figure.control("b", "input[type=range]").focus()
    figure.after(lambda: figure.press("End"))
    figure.button("Copy state").click()
    figure.until("root.innerText.includes('Copied')")
    assert figure.page.evaluate("navigator.clipboard.readText()") == "widgets.neuron_playground(b=10)"


def test_help_opens_and_closes_by_key_and_mouse(figure):
    figure.press("?")
    figure.root.get_by_role("dialog").wait_for()
    figure.press("Escape")
    figure.root.get_by_role("dialog").wait_for(state="detached")
    figure.button("Help").click()
    figure.root.get_by_role("dialog").wait_for()
    figure.button("Help").click()
    figure.root.get_by_role("dialog").wait_for(state="detached")


# --- things in the plane ----------------------------------------------------------------------------------


def test_dragging_the_line_moves_b_by_the_length_of_w_times_the_distance(figure):
    figure.after(lambda: figure.pull((0, 0), (1.5, -1.5)))
    figure.until("root.dataset.code.includes('b=-3')")
    assert (figure.setting("w1"), figure.setting("w2")) == (1.0, -1.0)


def test_the_line_can_be_dragged_anywhere_along_it(figure):
    figure.after(lambda: figure.pull((-5, -5), (-4, -6)))
    figure.until("root.dataset.code.includes('b=-2')")


def test_dragging_the_arrows_tip_turns_w(figure):
    figure.after(lambda: figure.pull((1, -1), (2, 1)))
    figure.until("root.dataset.code.includes('w1=2, w2=1')")


def test_a_point_is_dragged_and_its_sum_follows(figure):
    figure.control("data", "select").select_option("two blobs")
    figure.select("point 5")
    before = figure.root.locator(".gu-table").inner_text()
    figure.after(lambda: figure.press("Shift+ArrowRight"))
    assert "points=" in figure.code
    assert figure.root.locator(".gu-table").inner_text() != before


def test_click_picks_up_and_click_puts_down(figure):
    figure.page.mouse.click(*figure.at(0, 0))
    figure.until("root.dataset.held === 'line'")
    figure.page.mouse.click(*figure.at(-4, 3))
    figure.until("root.dataset.code.includes('b=7')")
    assert figure.root.get_attribute("data-held") == ""


def test_escape_lets_go_of_what_was_picked_up(figure):
    figure.page.mouse.click(*figure.at(0, 0))
    figure.until("root.dataset.held === 'line'")
    figure.press("Escape")
    figure.until("root.dataset.held === ''")
    assert figure.setting("b") == 0


def test_double_click_adds_a_point_and_flips_one(figure):
    figure.after(lambda: figure.page.mouse.dblclick(*figure.at(-5, 4.5)))
    assert "of 41 points" in figure.say
    figure.after(lambda: figure.page.mouse.dblclick(*figure.at(-5, 4.5)), "say")
    figure.until("root.innerText.includes('class 0, right')")


def test_enter_flips_the_class_and_delete_removes_the_point(figure):
    figure.select("point 3")
    figure.after(lambda: figure.press("Enter"), "say")
    figure.after(lambda: figure.press("Delete"), "say")
    assert "of 39 points" in figure.say


@pytest.mark.parametrize(
    ("thing", "key", "changed"),
    [("line", "ArrowDown", "b"), ("arrow", "Shift+ArrowUp", "w2"), ("line", "Shift+ArrowRight", "b")],
)
def test_the_line_and_the_arrow_move_by_keys(figure, thing, key, changed):
    figure.select(thing)
    before = figure.setting(changed)
    figure.after(lambda: figure.press(key))
    assert figure.setting(changed) != before


def test_home_and_end_take_a_thing_to_the_ends(figure):
    figure.select("line")
    figure.after(lambda: figure.press("End"))
    assert figure.setting("b") == pytest.approx(-6, abs=0.1)
    figure.after(lambda: figure.press("Home"))
    figure.until("!root.dataset.code.includes('b=-')")


def test_pointing_reads_the_value_off_the_field(figure):
    figure.page.mouse.move(*figure.at(-4, 4))
    figure.until("root.querySelector('.gu-readout').textContent.includes('(−4, 4)')")
    assert "a 3e−4" in figure.root.locator(".gu-readout").first.inner_text()


# --- the notebook around it -----------------------------------------------------------------------------


@pytest.mark.parametrize("focused", ["", "canvas", "button", "select", "input[type=range]", "input[type=text]"])
def test_keys_in_the_figure_do_not_touch_the_notebook(figure, focused):
    if focused != "canvas":
        (figure.root.locator(focused).first if focused else figure.root).focus()
    else:
        figure.page.mouse.click(*figure.at(-5, 5))
    cells = figure.page.locator(".jp-Notebook .jp-Cell").count()
    figure.press("x", "a", "b", "d", "d", "m", "z", "Shift+m", "ArrowDown", "ArrowUp")
    assert figure.root.evaluate("root => root.contains(document.activeElement)")
    figure.root.focus()
    figure.after(lambda: figure.press("."), "say")
    assert figure.page.locator(".jp-Notebook .jp-Cell").count() == cells == 2
    assert figure.page.locator(".jp-CodeCell").count() == 2


def test_escape_leaves_for_the_notebook(figure):
    figure.root.focus()
    figure.press("Escape")
    assert not figure.root.evaluate("root => root.contains(document.activeElement)")


def test_the_spoken_line_says_what_the_picture_shows(figure):
    figure.control("b", "input[type=range]").focus()
    figure.after(lambda: figure.press("End"))
    figure.until("root.querySelector('[aria-live]').textContent === root.dataset.say")
    label = figure.plane.get_attribute("aria-label")
    assert figure.say in label
    assert figure.plane.get_attribute("role") == "img"


def test_the_figure_follows_the_learners_code_at_once(figure):
    forgotten = "def weighted_sum(x, w, b):\n    return x @ w"
    neuron = "def neuron(x, w, b, activation):\n    return activation(weighted_sum(x, w, b))"
    run_in_kernel(figure.page, f"{forgotten}\n{neuron}")
    try:
        figure.control("b", "input[type=range]").focus()
        before = figure.picture()
        figure.after(lambda: figure.press("End"))
        assert "your weighted_sum" in figure.root.inner_text()
        assert figure.picture() == before
        run_in_kernel(figure.page, "def weighted_sum(x, w, b):\n    return x @ w[:1]")
        figure.after(lambda: figure.press("Home"))
        assert "Your weighted_sum stopped: ValueError" in figure.root.get_by_role("status").inner_text()
        assert "line 2: return x @ w[:1]" in figure.root.get_by_role("status").inner_text()
        assert figure.picture() == before
    finally:
        run_in_kernel(figure.page, "del weighted_sum, neuron")


def test_two_views_of_one_figure_show_the_same(lab, page):
    lab.open(page, lab.write_notebook("twice.ipynb", [SETUP, "figure = widgets.neuron_playground()\nfigure", "figure"]))
    one, other = Playground(page, 0), Playground(page, 1)
    one.control("b", "input[type=range]").focus()
    one.after(lambda: one.press("End"))
    other.until("root.dataset.code.includes('b=10')")


def test_after_a_reload_the_figure_shows_its_last_state_and_still_moves(lab, page):
    lab.open(page, lab.write_notebook("reload.ipynb", [SETUP, "widgets.neuron_playground()"]))
    figure = Playground(page)
    figure.control("b", "input[type=range]").focus()
    figure.after(lambda: figure.press("End"))
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
    page.reload()
    figure = Playground(page)
    assert figure.setting("b") == 10
    figure.control("b", "input[type=range]").focus()
    figure.after(lambda: figure.press("Home"))
    assert figure.setting("b") == -10


def test_a_figure_scrolled_away_and_back_is_not_empty(lab, page):
    lab.set("notebook-extension:tracker", windowingMode="full")
    try:
        cells = [SETUP, "widgets.neuron_playground()", *["\n" * 30] * 30]
        lab.open(page, lab.write_notebook("long.ipynb", cells))
        Playground(page)
        scroll = "item => window.jupyterapp.shell.currentWidget.content.scrollToItem(item, 'start')"
        page.evaluate(scroll, 1)
        page.locator(".gu-figure canvas").first.wait_for()
        before = Playground(page).picture()
        page.evaluate(scroll, 31)
        page.locator(".gu-figure canvas").first.wait_for(state="hidden")
        page.evaluate(scroll, 1)
        page.locator(".gu-figure canvas").first.wait_for()
        figure = Playground(page)
        figure.until("root.querySelector('canvas').width > 300")
        assert figure.picture() == before
    finally:
        lab.set("notebook-extension:tracker")


@pytest.mark.parametrize("subshells", ["disabled", "perCommTarget"])
def test_it_works_beside_a_running_cell_whatever_the_subshell_setting(lab, page, subshells):
    gate = lab.root / f"gate-{subshells}"
    lab.set("apputils-extension:kernels-settings", commsOverSubshells=subshells)
    cells = [
        SETUP,
        "widgets.neuron_playground()",
        f"import os, time\nwhile not os.path.exists({str(gate)!r}):\n    time.sleep(0.02)",
    ]
    lab.open(page, lab.write_notebook(f"busy-{subshells}.ipynb", cells))
    figure = Playground(page)
    figure.control("b", "input[type=range]").focus()
    figure.press("End")
    figure.until("root.querySelector('[data-control=b] input').value === '10'")
    gate.touch()
    figure.until("root.dataset.code.includes('b=10')")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")
    figure.after(lambda: figure.press("Home"))
    assert figure.setting("b") == -10


# --- looks ------------------------------------------------------------------------------------------------

CONTRASTS = """root => {
  const channels = colour => {
    const g = new OffscreenCanvas(1, 1).getContext('2d');
    g.fillStyle = colour;
    g.fillRect(0, 0, 1, 1);
    return [...g.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255);
  };
  const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = colour => channels(colour).map(linear).reduce((sum, v, i) => sum + [0.2126, 0.7152, 0.0722][i] * v, 0);
  const ground = light(getComputedStyle(root).backgroundColor);
  const texts = '.gu-title, .gu-say, .gu-badge, .gu-caption, label, td, .gu-tries li, .gu-goal span, .gu-tool:enabled';
  return [...root.querySelectorAll(texts)].map(element => {
    const ink = light(getComputedStyle(element).color);
    return [element.className || element.tagName, (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)];
  });
}"""

OUTSIDE = """root => {
  const right = root.getBoundingClientRect().right + 1;
  const parts = [...root.querySelectorAll('canvas, input, button, select, td, p, span')];
  const out = parts.filter(element => element.getBoundingClientRect().right > right);
  return out.map(element => element.outerHTML.slice(0, 80));
}"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_text_is_readable_in_both_themes(figure, theme):
    figure.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    try:
        figure.page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
        poor = [(name, round(ratio, 1)) for name, ratio in figure.root.evaluate(CONTRASTS) if ratio < 4.5]
        assert poor == []
    finally:
        figure.page.evaluate("window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
        figure.page.wait_for_function("document.body.dataset.jpThemeName === 'JupyterLab Light'")


@pytest.mark.parametrize("width", [480, *(pytest.param(width, marks=pytest.mark.heavy) for width in (700, 1000))])
def test_nothing_is_clipped_in_a_narrow_window(lab, page, width):
    lab.open(page, lab.write_notebook(f"narrow-{width}.ipynb", [SETUP, "widgets.neuron_playground()"]))
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    page.set_viewport_size({"width": width, "height": 1000})
    figure = Playground(page)
    figure.until("root.clientWidth <= argument", width)
    outside = figure.root.evaluate(OUTSIDE)
    assert outside == []
    figure.control("b", "input[type=range]").focus()
    figure.after(lambda: figure.press("End"))
