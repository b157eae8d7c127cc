"""The kernel workbench in a real JupyterLab: every control by mouse and by keys, and a wrong function on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "08_convolution"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
BARE = {"left": 4, "right": 4, "top": 4, "bottom": 4}  # margins of a plot without axes
INPUT, RESPONSE, TARGET = range(3)  # the canvases
START = "Photo 96 × 128, vertical kernel 3 × 3. Response 94 × 126, from −2.25 to 2.10. Window 57, 12:"
FLIPPED = """import torch
def conv2d(X, W, b, stride, padding):
    X, W, b = (torch.tensor(part.copy()) for part in (X, W[..., ::-1, ::-1], b))
    return torch.nn.functional.conv2d(X, W, b, stride, padding).numpy()"""


class Workbench(Shown):
    @property
    def window(self) -> tuple[int, int]:
        return tuple(int(n) for n in re.search(r"Window (\d+), (\d+):", self.say).groups())

    def at(self, panel: int, row: float, column: float, h: int = 96, w: int = 128) -> tuple[float, float]:
        """Where the middle of a pixel of the photo is on the page, or with h and w of another picture."""
        return self.place(panel, BARE, (column + 0.5) / w, (row + 0.5) / h)

    def pixel(self, row: int, column: int) -> tuple[float, float]:
        return self.at(RESPONSE, row, column, 94, 126)

    def cell(self, row: int, column: int):
        return self.root.locator(".gu-edits [role=row]").nth(row).locator("[role=cell]").nth(column)

    def cells(self) -> list[list[str]]:
        rows = self.root.locator(".gu-edits [role=row]").all()
        return [row.locator("[role=cell]").all_inner_texts() for row in rows]

    def until_cell(self, row: int, column: int, text: str) -> None:
        place = f"root.querySelectorAll('.gu-edits [role=row]')[{row}].children[{column}].textContent"
        self.until(f"{place} === argument", text)

    def pause(self) -> None:
        if self.root.get_attribute("data-playing") == "true":
            self.root.get_by_role("button", name="Pause").click()
        self.until("root.dataset.playing === 'false'")


@pytest.fixture(scope="module")
def notebook(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("workbench.ipynb", [SETUP, "widgets.kernel_workbench()"]))
        yield Workbench(page)


@pytest.fixture
def bench(notebook):
    notebook.pause()
    notebook.reset(START)
    yield notebook
    notebook.pause()


# --- the window -------------------------------------------------------------------------------------------


def test_the_window_is_dragged_over_the_photo(bench):
    before = [bench.picture(panel) for panel in (INPUT, RESPONSE)]
    bench.after(lambda: bench.drag(bench.at(INPUT, 58, 13), bench.at(INPUT, 50, 30), bench.at(INPUT, 40, 60)))
    bench.until("root.dataset.say.includes('Window 39, 59:')")
    assert all(bench.picture(panel) != before[panel] for panel in (INPUT, RESPONSE))
    assert "sum: response[39, 59]" in bench.words


def test_the_window_is_dragged_over_the_response(bench):
    bench.after(lambda: bench.drag(bench.pixel(57, 12), bench.pixel(50, 50), bench.pixel(20, 90)))
    bench.until("root.dataset.say.includes('Window 20, 90:')")


@pytest.mark.parametrize("panel", [INPUT, RESPONSE])
def test_the_window_is_picked_up_and_put_down(bench, panel):
    thing = "window" if panel == INPUT else "pixel"
    places = (
        [bench.at(INPUT, 58, 13), bench.at(INPUT, 31, 81)]
        if panel == INPUT
        else [bench.pixel(57, 12), bench.pixel(30, 80)]
    )
    bench.page.mouse.click(*places[0])
    bench.until("root.dataset.held === argument", thing)
    bench.page.mouse.click(*places[1])
    bench.until("root.dataset.say.includes('Window 30, 80:')")


@pytest.mark.parametrize("panel", [INPUT, RESPONSE])
def test_the_window_comes_to_where_the_pointer_is_pressed_and_follows_it(bench, panel):
    pressed, dragged = (
        bench.at(INPUT, row, column) if panel == INPUT else bench.pixel(row - 1, column - 1)
        for row, column in ((21, 71), (31, 81))
    )
    bench.page.mouse.move(*pressed)
    bench.page.mouse.down()
    bench.until("root.dataset.say.includes('Window 20, 70:')")
    bench.page.mouse.move(*dragged, steps=3)
    bench.until("root.dataset.say.includes('Window 30, 80:')")
    bench.page.mouse.up()
    assert bench.root.get_attribute("data-held") in (None, "")
    bench.button("Undo").click()
    bench.until("root.dataset.say.startsWith(argument)", START)


@pytest.mark.parametrize("thing", ["window", "pixel"])
def test_the_window_is_moved_by_keys(bench, thing):
    bench.walk(thing)
    bench.after(lambda: bench.press("ArrowRight"))
    assert bench.window == (57, 13)
    bench.after(lambda: bench.press("ArrowUp"))
    assert bench.window == (56, 13)
    bench.after(lambda: bench.press("Shift+ArrowDown"))
    assert bench.window == (66, 13)
    bench.after(lambda: bench.press("End"))
    assert bench.window == (66, 125)


def test_the_pixel_under_the_pointer_is_read_out(bench):
    bench.page.mouse.move(*bench.at(INPUT, 20, 40))
    bench.until("/row 20, column 40 +brightness 0\\.\\d/.test(root.querySelector('.gu-readout').textContent)")


# --- the slide --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_the_slide_runs_and_pauses_and_the_response_grows(bench, how):
    full = bench.picture(RESPONSE)
    bench.button("▶ Slide").click() if how == "mouse" else bench.press("Space")
    bench.until(
        "Number(/Window (\\d+)/.exec(root.dataset.say)?.[1]) >= 2 && root.dataset.code.includes('growing=True')"
    )
    bench.root.get_by_role("button", name="Pause").click() if how == "mouse" else bench.press("Space")
    bench.until("root.dataset.playing === 'false'")
    assert bench.picture(RESPONSE) != full


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_a_step_goes_to_the_first_window_and_then_to_the_next(bench, how):
    for window in ((0, 0), (0, 1), (0, 2)):
        bench.after(lambda: bench.button("Step").click() if how == "mouse" else bench.press("."))
        assert bench.window == window


# --- the cells --------------------------------------------------------------------------------------------


def test_a_cell_is_changed_by_dragging_it(bench):
    before = bench.picture(RESPONSE)
    box = bench.cell(0, 1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    bench.after(lambda: bench.drag((x, y), (x, y - 13), (x, y - 25)))
    bench.until_cell(0, 1, "2")
    assert bench.picture(RESPONSE) != before and "edits={'0 1': 2}" in bench.code
    bench.button("Undo").click()
    bench.until_cell(0, 1, "0")


def test_a_cell_is_typed_into_and_a_slip_of_the_finger_changes_nothing(bench):
    bench.cell(1, 2).click()
    bench.page.keyboard.type("−2,25")
    bench.after(lambda: bench.press("Enter"))
    bench.until_cell(1, 2, "−2.25")
    bench.cell(1, 2).click()
    bench.page.keyboard.type("seven")
    bench.press("Enter")
    bench.until_cell(1, 2, "−2.25")
    bench.cell(1, 2).click()
    bench.page.keyboard.type("5")
    bench.press("Escape")
    bench.until_cell(1, 2, "−2.25")


def test_the_cells_are_reached_walked_and_changed_by_keys(bench):
    bench.root.focus()
    bench.after(lambda: bench.press("e"), "selected")
    assert bench.root.get_attribute("data-selected") == "kernel 0 0"
    bench.after(lambda: bench.press("ArrowRight"), "selected")
    bench.after(lambda: bench.press("ArrowDown"), "selected")
    bench.after(lambda: bench.press("+"), "code")
    bench.until_cell(1, 1, "0.5")
    bench.after(lambda: bench.press("-"), "code")
    bench.until_cell(1, 1, "0")
    bench.press("Enter")
    bench.page.keyboard.type("-3")
    bench.after(lambda: bench.press("Enter"), "code")
    bench.until_cell(1, 1, "−3")
    bench.press("4")
    bench.after(lambda: bench.press("Enter"), "code")
    bench.until_cell(1, 1, "4")
    assert bench.root.evaluate("root => document.activeElement === root")


def test_keys_quicker_than_the_answers_reach_the_cell_they_mean(bench):
    bench.root.focus()
    bench.press("e", "ArrowRight", "ArrowDown", "+", "+", "ArrowRight", "-")
    bench.until_cell(1, 1, "1")
    bench.until_cell(1, 2, "0.5")
    assert bench.window == (57, 12)


def test_keys_in_the_figure_and_in_a_cell_delete_no_cell_of_the_notebook(bench):
    cells = bench.page.locator(".jp-Notebook .jp-CodeCell").count()
    bench.root.focus()
    bench.press("x", "d", "d")
    bench.after(lambda: bench.press("e"), "selected")
    bench.press("x", "d", "d", "Enter", "x", "d", "d", "Escape", "x")
    bench.after(lambda: bench.press("ArrowRight"), "selected")
    assert bench.page.locator(".jp-Notebook .jp-CodeCell").count() == cells


def test_cells_that_go_with_a_smaller_kernel_leave_the_keys_working(bench):
    bench.choose("size", "5")
    bench.until("root.querySelectorAll('.gu-edits [role=cell]').length === 25")
    bench.cell(4, 4).click()
    bench.press("Escape")
    bench.choose("size", "3")
    bench.until("root.querySelectorAll('.gu-edits [role=cell]').length === 9")
    bench.root.focus()
    bench.after(lambda: bench.press("e"), "selected")
    bench.after(lambda: bench.press("+"), "code")


# --- the controls -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "option", "key", "code"),
    [
        ("image", "checker", "d", "image='draw'"),
        ("preset", "blur", "h", "preset='horizontal'"),
        ("size", "5", "7", "size='7'"),
        ("pool", "2", "3", "pool='3'"),
        ("run", "conv2d_loops", "ArrowUp", ""),
    ],
)
def test_each_choice_by_mouse_and_keys(bench, name, option, key, code):
    before = bench.picture(RESPONSE)
    bench.after(lambda: bench.choose(name, option), "code")
    assert f"{name}='{option}'" in bench.code
    assert (bench.picture(RESPONSE) == before) == (name == "run")
    bench.control(name, "select").focus()
    bench.after(lambda: bench.press(key), "code")
    bench.until("root.dataset.code.includes(argument)", code)


@pytest.mark.parametrize("how", ["mouse", "keys"])
@pytest.mark.parametrize("name", ["flip", "relu"])
def test_each_switch(bench, name, how):
    toggle, before = bench.control(name, "input"), bench.picture(RESPONSE)
    if how == "mouse":
        bench.after(toggle.click)
    else:
        toggle.focus()
        bench.after(lambda: bench.press("Space"))
    assert f"{name}=True" in bench.code and bench.picture(RESPONSE) != before


@pytest.mark.parametrize(
    ("name", "share", "typed"),
    [("bias", 0.8, "0.5"), ("stride", 0.4, "4"), ("padding", 0.4, "3"), ("dilation", 0.5, "3")],
)
def test_each_slider_moves_by_mouse_keys_and_typing(bench, name, share, typed):
    before = bench.picture(RESPONSE)
    bench.after(lambda: bench.slide(name, share), "code")
    bench.after(lambda: bench.press("ArrowDown"), "code")
    bench.type(name, typed)
    bench.until("root.dataset.code.includes(argument)", f"{name}={typed}")
    assert bench.picture(RESPONSE) != before


def test_all_cells_are_raised_at_once(bench):
    bench.after(bench.button("All cells + 1").click)
    assert bench.cells() == [["0", "1", "2"]] * 3
    assert bench.say.endswith("The cells add up to 9, so a flat patch answers too.")


def test_each_button_that_comes_with_a_setting_by_mouse_and_key(bench):
    for setting, button, key, code in (
        (("preset", "random"), "New numbers", "n", "seed="),
        (("image", "digit"), "Next digit", "d", "digit="),
        (("image", "photo"), "Next goal", "g", "round="),
    ):
        bench.choose(*setting)
        bench.button(button).wait_for()
        bench.after(bench.button(button).click, "code")
        assert f"{code}1" in bench.code
        bench.root.focus()
        bench.after(lambda key=key: bench.press(key), "code")
        assert f"{code}2" in bench.code


# --- drawing ----------------------------------------------------------------------------------------------


def test_drawing_with_the_mouse_and_by_keys(bench):
    bench.after(lambda: bench.choose("image", "draw"))
    blank = bench.picture(RESPONSE)
    bench.after(lambda: bench.drag(*(bench.at(INPUT, row, 8, 24, 32) for row in (4, 9, 15))))
    assert "from −3.00 to 3.00" in bench.say
    assert bench.picture(RESPONSE) != blank
    bench.after(bench.button("Clear the drawing").click)
    bench.walk("window")
    bench.after(lambda: bench.press("Enter"))
    assert "from −1.00 to 1.00" in bench.say
    bench.after(lambda: bench.press("Enter"))
    assert "from 0.00 to 0.00" in bench.say
    bench.page.mouse.click(*bench.at(INPUT, 5, 5, 24, 32))
    bench.until("root.dataset.say.includes('from −1.00 to 1.00')")


# --- the goal, and your functions -------------------------------------------------------------------------


def test_the_goal_is_reached_by_typing_a_kernel(bench):
    before = bench.picture(TARGET)
    for row, numbers in enumerate([["0", "1", "2"], ["-1", "0", "1"], ["-2", "-1", "0"]]):
        for column, text in enumerate(numbers):
            if bench.cell(row, column).inner_text().replace("−", "-") != text:
                bench.cell(row, column).click()
                bench.page.keyboard.type(text)
                bench.press("Enter")
                bench.until_cell(row, column, text.replace("-", "−"))
    bench.until("/^Found/.test(root.querySelector('.gu-goal.gu-reached span')?.textContent)")
    assert bench.picture(TARGET) == before


def test_a_flipped_kernel_of_yours_shows_in_the_picture_and_in_words(bench):
    right = bench.picture(RESPONSE)
    try:
        run_in_kernel(bench.page, FLIPPED)
        bench.press("]", "[")
        bench.until("/Your conv2d says 1.96/.test(root.querySelector('.gu-strip').textContent)")
        bench.until("/your conv2d/.test(root.querySelector('.gu-badge').textContent)")
        assert bench.picture(RESPONSE) != right
        good = bench.picture(RESPONSE)
        run_in_kernel(bench.page, "def conv2d(X, W, b, stride, padding):\n    return X")
        bench.press("ArrowRight")
        bench.until("/Your conv2d returned shape/.test(root.querySelector('.gu-strip').textContent)")
        assert bench.picture(RESPONSE) == good
    finally:
        run_in_kernel(bench.page, "del conv2d")
    bench.reset(START)
    bench.until("root.querySelector('.gu-strip').hidden")


def test_your_kernels_are_chosen_once_they_are_there(bench):
    before = bench.picture(RESPONSE)
    bench.choose("preset", "your vertical")
    bench.until("/Your edge_kernels isn't there yet/.test(root.querySelector('.gu-strip').textContent)")
    assert bench.picture(RESPONSE) == before
    try:
        run_in_kernel(bench.page, "edge_kernels = {'vertical': [[-1, 1]]}")
        bench.root.focus()
        bench.press("]")
        bench.until("root.dataset.say.includes('your vertical kernel 1 × 2')")
        assert bench.cells() == [["−1", "1"]]
    finally:
        run_in_kernel(bench.page, "del edge_kernels")


# --- the page ---------------------------------------------------------------------------------------------


def test_help_names_the_keys_of_the_cells(bench):
    bench.button("?").click() if bench.button("?").count() else bench.press("?")
    assert "to the cells of the grid" in bench.words


@pytest.mark.parametrize("width", [700, pytest.param(1280, marks=pytest.mark.heavy)])
@pytest.mark.parametrize("code", ["run='conv2d_loops'", "size='7', padding=2, dilation=2, pool='2', preset='random'"])
def test_nothing_is_cut_off(lab, browser, width, code):
    with fresh_page(browser) as page:
        page.set_viewport_size({"width": width, "height": 1000})
        name = f"workbench-{width}-{'large' if 'size' in code else 'plain'}.ipynb"
        lab.open(page, lab.write_notebook(name, [SETUP, f"widgets.kernel_workbench({code})"]))
        figure = Workbench(page)
        assert figure.cut_off(", [role=cell], .gu-scroll") == []
