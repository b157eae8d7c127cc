"""Inside the cell in a real JupyterLab: every control by mouse and by keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "11_lstm"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
START = "Our writer, trained LSTM, unit 44, at letter 38"
CELL, LEFT, LINE = 11, 16, 98  # of the strip, in pixels: a letter, the names of the rows, from line to line


class Strip(Shown):
    @property
    def letter(self) -> int:
        return int(re.search(r"at letter (\d+)", self.say).group(1))

    def at(self, line: int, place: int) -> tuple[float, float]:
        """Where a letter of a line of the strip is on the page."""
        box = self.root.locator("canvas").first.bounding_box()
        return box["x"] + LEFT + (place + 0.5) * CELL, box["y"] + line * LINE + 12

    def slide(self, name: str, share: float) -> None:
        self.control(name).scroll_into_view_if_needed()
        super().slide(name, share)

    def until_letter(self, letter: int) -> None:
        self.until("root.dataset.say.includes(`at letter ${argument},`)", letter)

    def focus_strip(self) -> None:
        self.root.locator("canvas").first.focus()

    def pause(self) -> None:
        if self.root.get_attribute("data-playing") == "true":
            self.root.get_by_role("button", name="Pause").click()
        self.until("root.dataset.playing === 'false'")


@pytest.fixture(scope="module")
def notebook(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("cell.ipynb", [SETUP, "widgets.inside_the_cell(gates=True)"]))
        yield Strip(page)


@pytest.fixture
def cell(notebook):
    notebook.pause()
    notebook.reset(START)
    yield notebook
    notebook.pause()


def test_a_click_and_a_drag_move_the_cursor(cell):
    before = cell.picture()
    cell.page.mouse.click(*cell.at(1, 5))
    cell.until_letter(17)
    assert cell.picture() != before
    assert "cursor=17" in cell.code and "At letter 17" in cell.words
    cell.drag(cell.at(1, 5), cell.at(1, 9), cell.at(2, 3))
    cell.until_letter(53)
    cell.button("Undo").click()
    cell.until_letter(17)


def test_the_arrow_keys_move_the_cursor_along_and_across_the_lines(cell):
    cell.focus_strip()
    cell.press("ArrowLeft")
    cell.until_letter(37)
    cell.press("Shift+ArrowLeft")
    cell.until_letter(27)
    cell.press("ArrowDown")
    cell.until_letter(65)
    cell.press("ArrowUp", "ArrowRight")
    cell.until_letter(28)
    cell.press("End")
    cell.until_letter(89)
    cell.press("Home")
    cell.until_letter(0)


def test_keys_pressed_faster_than_frames_come_all_count(cell):
    cell.focus_strip()
    cell.press(*["ArrowRight"] * 6)
    cell.until_letter(44)


def test_the_value_under_the_pointer_is_shown(cell):
    cell.page.mouse.move(*cell.at(1, 0))
    cell.until("/^W  c −?\\d/.test(root.querySelector('.gu-readout').textContent)")
    assert cell.letter == 38


@pytest.mark.parametrize(
    ("name", "share", "typed", "code"),
    [
        ("unit", 0.8, "7", "unit=7"),
        ("cursor", 0.8, "12", "cursor=12"),
        ("temperature", 0.7, "0.3", "temperature=0.3"),
    ],
)
def test_each_slider_moves_by_mouse_keys_and_typing(cell, name, share, typed, code):
    cell.after(lambda: cell.slide(name, share), "code")
    cell.after(lambda: cell.press("ArrowDown"), "code")
    cell.type(name, typed)
    cell.until("root.dataset.code.includes(argument)", code)


@pytest.mark.parametrize(
    ("name", "option", "key", "said"),
    [
        ("row", "f", "h", "Coloured by h"),
        ("gate", "held at 0", "f", "unit 44"),
        ("question", "vowel", "c", "“capital letter”"),
        ("cell", "new LSTM", "t", "trained LSTM"),
    ],
)
def test_each_choice_by_mouse_and_keys(cell, name, option, key, said):
    before = cell.picture()
    cell.after(lambda: cell.choose(name, option))
    assert f"{name}='{option}'" in cell.code
    assert name == "question" or cell.picture() != before
    cell.control(name, "select").focus()
    cell.after(lambda: cell.press(key))
    cell.until("root.dataset.say.includes(argument)", said)


def test_a_question_of_your_own_is_typed_as_letters(cell):
    cell.choose("question", "one of my letters")
    cell.control("letters").wait_for()
    cell.after(lambda: cell.type("letters", "e"))
    assert "letters='e'" in cell.code


def test_text_is_typed_and_read_at_each_key(cell):
    field = cell.control("text", "textarea")
    field.click()
    cell.press("Control+Home")
    before = cell.picture()
    cell.after(lambda: cell.press("O"), "code")
    assert cell.picture() != before
    cell.press("h", "Enter", "z")
    cell.until("root.dataset.code.includes(argument)", r"text='Oh\nzKING")
    assert field.input_value().startswith("Oh\nzKING HENRY:")
    cell.press("Escape")
    cell.until("document.activeElement !== root.querySelector('textarea')")
    assert cell.page.locator(".jp-Notebook .jp-Cell").count() == 2
    cell.button("Undo").click()
    cell.until("root.dataset.code === 'widgets.inside_the_cell()'")
    assert field.input_value().startswith("KING HENRY:")


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_text_grows_pauses_steps_and_is_cut_off(cell, how):
    def do(name, key):
        cell.button(name).click() if how == "mouse" else cell.press(key)

    do("▶ Grow text", "Space")
    cell.until("root.dataset.say.includes('Grown so far')")
    cell.pause()
    cell.root.focus()
    letter = cell.letter
    do("One letter", ".")
    cell.until_letter(letter + 1)
    do("Cut off", "n")
    cell.until("!root.dataset.say.includes('Grown so far') && root.dataset.code.includes('seed=1')")


def test_a_new_cell_shows_what_its_forget_bias_keeps(cell):
    cell.choose("cell", "new LSTM")
    cell.control("forget_bias").wait_for()
    before = cell.picture(1)
    cell.type("forget_bias", "5")
    cell.until("root.querySelector('.gu-goal.gu-reached') !== null")
    assert cell.picture(1) != before
    cell.after(lambda: cell.slide("forget_bias", 0.1))
    cell.after(lambda: cell.press("ArrowUp"), "code")
    cell.after(lambda: cell.choose("cell", "new RNN"))
    cell.until("root.dataset.say.includes('Coloured by h')")


def test_it_runs_on_the_learners_code_at_once(cell):
    before = cell.picture()
    wrong = (
        "import numpy as np\n"
        "def lstm_step(x, h, c, Wx, Wh, b):\n"
        "    i, f, g, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)\n"
        "    i, f, o = (1 / (1 + np.exp(-z)) for z in (i, f, o))\n"
        "    c = (1 - f) * c + i * np.tanh(g)\n"
        "    return o * np.tanh(c), c, None"
    )
    run_in_kernel(cell.page, wrong)
    try:
        cell.after(lambda: cell.type("cursor", "20"))
        cell.until("root.textContent.includes('your lstm_step')")
        assert cell.picture() != before
        assert "than your lstm_step" in cell.words
    finally:
        run_in_kernel(cell.page, "del lstm_step")


def test_in_a_narrow_window_nothing_is_cut_off(cell):
    cell.page.set_viewport_size({"width": 700, "height": 1200})
    try:
        cell.until("root.clientWidth < 460")
        assert cell.cut_off(", .gu-scroll") == []
    finally:
        cell.page.set_viewport_size({"width": 1280, "height": 1200})
        cell.until("root.clientWidth > 700")


def test_nothing_is_cut_off_with_a_gate_held_and_a_question_of_your_own(cell):
    cell.choose("gate", "held at 1")
    cell.after(lambda: cell.choose("question", "after one of my letters"))
    assert cell.cut_off(", .gu-scroll") == []


def test_keys_in_the_figure_do_not_touch_the_notebook(cell):
    cells = cell.page.locator(".jp-Notebook .jp-Cell").count()
    cell.press("x", "a", "b", "d", "d", "m", "y", "z")
    cell.focus_strip()
    cell.press("x", "a", "b", "d", "d")
    assert cell.page.locator(".jp-Notebook .jp-Cell").count() == cells
