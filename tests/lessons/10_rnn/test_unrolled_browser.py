"""The unrolled network in a real JupyterLab: every control by mouse and by keys."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "10_rnn"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
START = "Without a bend, orthogonal Wh at scale 0.9, inputs of size 0.1: from step 50"
EIGENVALUES, STATES, GRADIENTS = range(3)  # the pictures, in the order of the page
MARGIN = {"left": 46, "right": 10, "top": 8, "bottom": 40}  # of the chart of the gradients, in pixels


class Unrolled(Shown):
    def at(self, step: float, steps: int = 50) -> tuple[float, float]:
        """A step of the sequence at the height of the ring, where the gradient is 1."""
        low, high = -0.014 * steps - 0.4, 1.03 * steps
        return self.place(GRADIENTS, MARGIN, (step - low) / (high - low), 6 / 18)

    def pictures(self) -> list[str]:
        return [self.picture(panel) for panel in (EIGENVALUES, STATES, GRADIENTS)]

    def until_code(self, part: str) -> None:
        self.until("root.dataset.code.includes(argument)", part)


@pytest.fixture(scope="module")
def notebook(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("unrolled.ipynb", [SETUP, "widgets.unrolled_network()"]))
        yield Unrolled(page)


@pytest.fixture
def network(notebook):
    notebook.reset(START)
    return notebook


def test_the_first_frame_says_what_three_scales_leave(network):
    assert "from 1 to 0.005" in network.say and network.say.endswith("At 1.0: 1.00, 1.1: 117.")
    assert "own step without a bend" in network.words and "our memory_span" in network.words


@pytest.mark.parametrize(
    ("name", "option", "key", "changed"),
    [
        ("bend", "tanh", "t", (STATES, GRADIENTS)),
        ("matrix", "random", "r", (EIGENVALUES, STATES, GRADIENTS)),
        ("matrix", "diagonal", "d", (EIGENVALUES, STATES, GRADIENTS)),
    ],
)
def test_each_choice_by_mouse_and_keys(network, name, option, key, changed):
    before = network.pictures()
    network.after(lambda: network.choose(name, option))
    after = network.pictures()
    assert all(after[panel] != before[panel] for panel in changed)
    network.reset(START)
    network.control(name, "select").focus()
    network.after(lambda: network.press(key))
    assert f"{name}='{option}'" in network.code


@pytest.mark.parametrize("how", ["mouse", "keys"])
@pytest.mark.parametrize(("name", "code"), [("compare", "compare=False"), ("clip", "clip=True")])
def test_each_switch(network, name, code, how):
    before, toggle = network.picture(GRADIENTS), network.control(name, "input")
    if how == "mouse":
        network.after(toggle.click)
    else:
        toggle.focus()
        network.after(lambda: network.press("Space"))
    network.until_code(code)
    assert network.picture(GRADIENTS) != before


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_new_numbers(network, how):
    before = network.pictures()
    network.after(lambda: network.button("New numbers").click() if how == "mouse" else network.press("n"), "code")
    assert "seed=4" in network.code
    after = network.pictures()
    assert after[EIGENVALUES] != before[EIGENVALUES] and after[STATES] != before[STATES]


@pytest.mark.parametrize(
    ("name", "share", "typed", "code"),
    [
        ("scale", 0.5, "1.1", "scale=1.1"),
        ("input", 0.6, "1.5", "input=1.5"),
        ("steps", 0.8, "20", "steps=20"),
        ("loss", 0.5, "12", "loss=12"),
    ],
)
def test_each_slider_moves_by_mouse_keys_and_typing(network, name, share, typed, code):
    seen = [network.pictures()]
    for action in (
        lambda: network.slide(name, share),
        lambda: network.press("ArrowDown"),
        lambda: network.press("Shift+ArrowUp"),
        lambda: network.type(name, typed),
    ):
        network.after(action)
        seen.append(network.pictures())
    network.until_code(code)
    assert all(one[STATES] != other[STATES] for one, other in pairwise(seen))


def test_the_largest_norm_of_clipping_moves_by_mouse_keys_and_typing(network):
    network.type("scale", "1.5")
    network.control("clip", "input").click()
    network.until("root.dataset.say.includes('clipped to 1.00')")
    before = network.picture(GRADIENTS)
    network.after(lambda: network.slide("max_norm", 0.9))
    network.after(lambda: network.press("ArrowDown"))
    network.type("max_norm", "0.2")
    network.until("root.dataset.say.includes('clipped to 0.20')")
    assert network.picture(GRADIENTS) != before


def test_clipping_leaves_what_vanished(network):
    network.type("scale", "0.5")
    network.control("clip", "input").click()
    network.until(
        "root.dataset.say.includes('what vanished stays so') || root.dataset.say.includes('not brought back')"
    )


def test_the_loss_is_dragged_to_another_step(network):
    before = network.pictures()
    network.after(lambda: network.drag(network.at(50), network.at(40), network.at(20)))
    network.until("root.dataset.say.includes('from step 20 back')")
    after = network.pictures()
    assert after[GRADIENTS] != before[GRADIENTS] and after[STATES] != before[STATES]
    network.button("Undo").click()
    network.until("root.dataset.say.startsWith(argument)", START)


def test_the_loss_is_picked_up_by_a_click_and_put_down_by_another(network):
    network.page.mouse.click(*network.at(50))
    network.until("root.dataset.held === 'loss'")
    network.page.mouse.click(*network.at(30))
    network.until("root.dataset.say.includes('from step 30 back')")


def test_the_loss_is_moved_by_keys(network):
    network.walk("loss")
    network.after(lambda: network.press("ArrowLeft"))
    assert "from step 49 back" in network.say
    network.after(lambda: network.press("Shift+ArrowLeft"))
    assert "from step 39 back" in network.say
    network.after(lambda: network.press("Home"))
    assert "from step 1 back" in network.say
    network.after(lambda: network.press("End"))
    assert "from step 50 back" in network.say


def test_the_goal_is_reached_and_other_numbers_are_offered(network):
    network.choose("bend", "tanh")
    network.type("input", "0.5")
    network.type("scale", "1.5")
    network.until("root.querySelector('.gu-goal.gu-reached')?.textContent.includes('press n')")
    network.root.focus()
    network.press("n")
    network.until_code("seed=4")


def test_it_runs_on_the_learners_code_at_once(network):
    network.choose("bend", "tanh")
    network.until("root.dataset.say.startsWith('With tanh')")
    right = network.picture(GRADIENTS)
    theirs = """
import numpy as np
def rnn_step(x, h, Wx, Wh, b):
    z = x @ Wx + h @ Wh + b
    return np.tanh(z), (x, h, Wx, Wh, z)
def rnn_step_backward(dh, cache):
    x, h, Wx, Wh, z = cache
    dz = dh * (1 - z**2){}
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h.T @ dz, dz.sum(axis=0)
"""
    run_in_kernel(network.page, theirs.format(""))
    try:
        network.type("input", "0.15")
        network.type("input", "0.1")
        network.until("root.innerText.includes('your rnn_step · your rnn_step_backward')")
        network.until_code("bend='tanh')")
        assert network.picture(GRADIENTS) != right
    finally:
        run_in_kernel(network.page, "del rnn_step, rnn_step_backward")


def test_an_error_of_the_learners_is_said_and_the_picture_stays(network):
    run_in_kernel(network.page, "def memory_span(Wh, steps):\n    return Wh ** steps")
    try:
        before = network.picture(GRADIENTS)
        network.type("scale", "1.2")
        network.until("root.innerText.includes('Your memory_span returned shape (16, 16)')")
        assert network.picture(GRADIENTS) == before
    finally:
        run_in_kernel(network.page, "del memory_span")


def test_the_time_axes_of_both_pictures_agree(network):
    left, right = (network.root.locator("canvas").nth(panel).bounding_box() for panel in (STATES, GRADIENTS))
    assert (left["x"], left["width"]) == (right["x"], right["width"])


def test_in_a_narrow_window_nothing_is_cut_off(network):
    network.page.set_viewport_size({"width": 700, "height": 1200})
    try:
        network.until("root.clientWidth < 460")
        assert network.cut_off() == []
    finally:
        network.page.set_viewport_size({"width": 1280, "height": 1200})
        network.until("root.clientWidth > 700")


def test_keys_in_the_figure_do_not_touch_the_notebook(network):
    cells = network.page.locator(".jp-Notebook .jp-Cell").count()
    network.press("x", "a", "b", "d", "d", "m", "y", "z")
    assert network.page.locator(".jp-Notebook .jp-Cell").count() == cells
