"""Two layers, step by step, in a real JupyterLab: every control by mouse and by keys, the entries, a narrow window."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import fresh_page
from shown import Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "04_backprop"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
START = "Forwards, S = A @ W2 + b2"
PRODUCT = 1  # its canvas: the first is the network's


@pytest.fixture(scope="module")
def page_of_layers(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("layers.ipynb", [SETUP, "widgets.layer_steps()"]))
        yield Shown(page)


@pytest.fixture
def layers(page_of_layers):
    page_of_layers.reset(START)
    return page_of_layers


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_next_and_back(layers, how):
    def act(label, key):
        layers.button(label).click() if how == "mouse" else layers.press(key)

    pictures = [layers.picture(PRODUCT)]
    for number, formula in ((1, "dW2 = Aᵀ @ dS"), (2, "db2 = ones @ dS"), (3, "dA = dS @ W2ᵀ")):
        layers.after(lambda: act("Next", "n"))
        assert layers.say.startswith(f"Step {number} of 7, {formula}: ")
        pictures.append(layers.picture(PRODUCT))
    layers.after(lambda: act("Back", "b"))
    assert layers.picture(PRODUCT) == pictures[2] and len(set(pictures)) == 4


def test_an_entry_is_chosen_by_mouse_and_by_keys(layers):
    layers.after(layers.button("Next").click)
    picture = layers.picture(PRODUCT)
    layers.root.focus()
    layers.after(lambda: layers.press("ArrowDown"))
    layers.after(lambda: layers.press("ArrowRight"))
    assert "dW2[1, 1] = " in layers.say and "dW2[1, 1]: row 1 of Aᵀ, column 1 of dS" in layers.words
    assert layers.picture(PRODUCT) != picture
    box = layers.root.locator("canvas").nth(PRODUCT).bounding_box()
    cell = box["width"] / 9.8  # as many entries as the picture is wide
    at = box["x"] + 5.1 * cell, box["y"] + (4 + 0.9 + 1.3) * cell  # of the result's first entry, below 4 rows
    layers.after(lambda: layers.page.mouse.click(at[0], at[1] + 2 * cell))
    assert "dW2[2, 0] = " in layers.say


def test_an_array_in_the_network_is_a_way_there_and_other_numbers_come(layers):
    layers.after(layers.root.locator('[data-node="W1"]').click)
    assert layers.say.startswith("Step 5 of 7, dW1 = Xᵀ @ dZ")
    layers.after(layers.button("Other numbers").click)
    layers.after(lambda: layers.type("samples", "2"))
    assert "(5, 2) @ (2, 3) → (5, 3)" in layers.say and "samples=2" in layers.code
    layers.after(lambda: layers.slide("samples", 0.05))
    assert "(5, 1) @ (1, 3) → (5, 3)" in layers.say


def test_it_runs_on_the_learners_functions_at_once(layers):
    layers.after(layers.button("Next").click)
    run_in_kernel(
        layers.page, "def dense_backward(dout, X, W, b):\n    return dout @ W.T, X.T @ dout * 2, dout.sum(axis=0)"
    )
    try:
        layers.after(lambda: layers.slide("samples", 0.5))
        assert "Your dense_backward gives another dW2 than dW2 = Aᵀ @ dS." in layers.words
    finally:
        run_in_kernel(layers.page, "del dense_backward")


def test_in_a_narrow_window_nothing_is_cut_off(layers):
    page = layers.page
    page.set_viewport_size({"width": 700, "height": 1200})
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    try:
        layers.until("root.clientWidth > 500 && root.clientWidth < 620")
        assert layers.cut_off() == []
    finally:
        page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
        page.set_viewport_size({"width": 1280, "height": 1200})
        layers.until("root.clientWidth > 700")
