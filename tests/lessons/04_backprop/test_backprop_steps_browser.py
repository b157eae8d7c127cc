"""Backprop, step by step, in a real JupyterLab: every control by mouse and by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import fresh_page
from shown import Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "04_backprop"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
START = "Forward done. Values: a data 3.00 grad 0.00, b data −0.50 grad 0.00"


class Steps(Shown):
    @property
    def message(self) -> str:
        return self.root.locator(".gu-edge-label").inner_text()

    def node(self, name: str):
        return self.root.locator(f'[data-node="{name}"]')

    def enter(self, text: str) -> None:
        field = self.control("expression", "input")
        field.click()
        field.fill(text)
        self.press("Enter")

    def on_line(self, source: str, target: str) -> tuple[float, float]:
        a, b = self.node(source).bounding_box(), self.node(target).bounding_box()
        right, left = a["x"] + a["width"], b["x"]
        (ay, by) = (box["y"] + box["height"] / 2 for box in (a, b))
        ax, bx = a["x"] + a["width"] / 2, b["x"] + b["width"] / 2
        x = (right + left) / 2
        return x, ay + (by - ay) * (x - ax) / (bx - ax)


@pytest.fixture(scope="module")
def notebook(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("backprop.ipynb", [SETUP, "widgets.backprop_steps()"]))
        yield Steps(page)


@pytest.fixture
def steps(notebook):
    notebook.reset(START)
    return notebook


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_next_back_and_all(steps, how):
    def act(label, key):
        steps.button(label).click() if how == "mouse" else steps.press(key)

    steps.after(lambda: act("Next", "ArrowRight"))
    pictures = [steps.picture()]
    assert steps.message == "1.00 × 3.00\n= 3.00"
    for number in (2, 3, 4):
        steps.after(lambda: act("Next", "ArrowRight"))
        assert steps.say.startswith(f"Step {number} of 5")
        pictures.append(steps.picture())
    assert steps.message == "3.00 × (−0.50)\n= −1.50"
    assert steps.node("a").inner_text().splitlines()[-1] == "= 3.00 − 1.50"
    assert "gu-mark-now" in steps.node("a").get_attribute("class")
    steps.after(lambda: act("Back", "ArrowLeft"))
    assert steps.picture() == pictures[2]
    steps.after(lambda: act("All", "a"))
    assert "All gradients agree with finite differences." in steps.say
    assert len(set(pictures)) == 4


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_overwriting_makes_a_wrong_and_marks_it(steps, how):
    steps.after(steps.button("All").click)
    toggle = steps.control("overwrite", "input")
    if how == "mouse":
        steps.after(toggle.click)
    else:
        toggle.focus()
        steps.after(lambda: steps.press("Space"))
    assert "First wrong gradient: a has −1.50, finite differences say 1.50." in steps.say
    assert "gu-mark-wrong" in steps.node("a").get_attribute("class")
    assert "≠" in steps.root.locator("table").inner_text()
    assert "overwrite=True" in steps.code


def test_each_leaf_moves_by_mouse_keys_and_typing(steps):
    for leaf, share in (("leaf a", 0.2), ("leaf b", 0.8)):
        steps.after(lambda leaf=leaf, share=share: steps.slide(leaf, share))
        steps.after(lambda: steps.press("ArrowRight"))
        assert steps.say.startswith("Forward done."), "an arrow on a slider is the slider's"
        steps.after(lambda leaf=leaf: steps.type(leaf, "1.5"))
    assert "values={'a': 1.5, 'b': 1.5}" in steps.code


def test_an_expression_is_typed_and_its_sliders_appear(steps):
    steps.after(lambda: steps.enter("w*x + tanh(a)"))
    assert steps.control("leaf w").count() == 1 and steps.control("leaf b").count() == 0
    assert steps.node("w").count() == 1 and steps.node("b").count() == 0
    assert steps.code.startswith("widgets.backprop_steps(expression='w*x + tanh(a)'")
    steps.button("Undo").click()
    steps.until("root.dataset.say.startsWith(argument)", START)
    assert steps.control("expression", "input").input_value() == "(a*b + a)**2"


def test_an_expression_is_taken_when_its_box_is_left_and_given_up_by_escape(steps):
    field = steps.control("expression", "input")
    field.click()
    field.fill("a*a")
    steps.press("Escape")
    assert field.input_value() == "(a*b + a)**2"
    field.click()
    field.fill("a*a")
    steps.after(lambda: steps.press("Tab"))
    steps.after(steps.button("Next").click)
    assert steps.say.startswith("Step 1 of 1, a*a to a: 1.00 × 6.00 = 6.00.")


def test_what_can_t_be_read_is_said_under_the_picture_and_stays_in_the_box(steps):
    before = steps.picture()
    steps.enter("sin(a)")
    strip = steps.root.locator(".gu-strip")
    strip.wait_for()
    assert strip.inner_text() == "This figure reads + − * / ** and tanh(), exp(), but not sin(a)."
    assert steps.control("expression", "input").input_value() == "sin(a)"
    assert steps.picture() == before
    steps.enter("a*a*a")
    strip.wait_for(state="hidden")


def test_keys_typed_into_the_box_are_only_text(steps):
    field = steps.control("expression", "input")
    field.click()
    field.fill("")
    steps.press("a", "*", "r", "+", "x", "ArrowLeft", "ArrowLeft", "Enter")
    steps.until("root.dataset.code.includes('a*r+x')")
    assert steps.say.startswith("Forward done.")
    assert steps.page.locator(".jp-Notebook .jp-Cell").count() == 2


def test_a_line_that_was_lit_shows_its_message_again_when_it_is_clicked(steps):
    steps.button("All").click()
    steps.until("root.dataset.say.startsWith('Step 5')")
    assert steps.message == "3.00 × 3.00\n= 9.00"
    steps.after(lambda: steps.page.mouse.click(*steps.on_line("v3", "v4")), "selected")
    assert steps.message == "1.00 × 3.00\n= 3.00"


def test_nodes_are_selected_by_mouse_and_by_keys(steps):
    steps.after(steps.node("b").click, "selected")
    assert "gu-selected" in steps.node("b").get_attribute("class")
    steps.walk("v3")
    assert "gu-selected" in steps.node("v3").get_attribute("class")


def test_the_goal_is_reached(steps):
    assert "6.00 times" in steps.words
    steps.after(lambda: steps.type("leaf a", "5"))
    assert "gu-reached" in steps.root.locator(".gu-goal").get_attribute("class")


def test_it_runs_on_the_learners_engine_at_once(steps):
    steps.button("All").click()
    steps.until("root.dataset.say.includes('All gradients agree')")
    wrong = """
def multiply(a, b):
    out = type(a)(a.data * b.data, (a, b))
    def local_backward():
        a.grad += b.data
        b.grad += a.data
    out.local_backward = local_backward
    return out
"""
    run_in_kernel(steps.page, wrong)
    try:
        steps.after(lambda: steps.press("ArrowLeft"))
        assert steps.message.endswith("but −0.50 was added")
        assert "your multiply" in steps.words
    finally:
        run_in_kernel(steps.page, "del multiply")


def test_in_a_narrow_window_nothing_is_cut_off(steps):
    page = steps.page
    page.set_viewport_size({"width": 700, "height": 1200})
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    try:
        steps.until("root.clientWidth > 500 && root.clientWidth < 620")
        assert steps.cut_off() == []
    finally:
        page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
        page.set_viewport_size({"width": 1280, "height": 1200})
        steps.until("root.clientWidth > 700")
