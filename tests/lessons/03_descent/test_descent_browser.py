"""The descent figure in a real JupyterLab: every control by mouse and by keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import fresh_page
from shown import PLAIN, Shown, run_in_kernel

LESSON = Path(__file__).parents[3] / "solutions" / "03_descent"
SETUP = f"import sys; sys.path.insert(0, {str(LESSON)!r})\nimport widgets"
START = "Ravine from (3.00, 1.00), learning rate 0.01, no momentum: loss 17 → 1.35 after 60 steps."


class Descent(Shown):
    def on_map(self, x1: float, x2: float) -> tuple[float, float]:
        return self.place(0, PLAIN, (x1 + 4) / 8, (3 - x2) / 6)


@pytest.fixture(scope="module")
def notebook(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("descent.ipynb", [SETUP, "widgets.descent()"]))
        yield Descent(page)


@pytest.fixture
def descent(notebook):
    notebook.reset(START)
    notebook.until("!root.dataset.say.includes('marker')")
    return notebook


def test_the_start_is_dragged_and_everything_follows(descent):
    before = [descent.picture(0), descent.picture(1)]
    descent.after(lambda: descent.drag(descent.on_map(3, 1), descent.on_map(0, 2), descent.on_map(-2, -1.5)))
    descent.until("root.dataset.say.startsWith('Ravine from (−2.00, −1.50)')")
    assert all(now != then for now, then in zip([descent.picture(0), descent.picture(1)], before, strict=True))


def test_the_start_is_picked_up_and_put_down_and_double_clicked_elsewhere(descent):
    descent.page.mouse.click(*descent.on_map(3, 1))
    descent.until("root.dataset.held === 'start'")
    descent.page.mouse.click(*descent.on_map(-3, 2))
    descent.until("root.dataset.say.startsWith('Ravine from (−3.00, 2.00)')")
    descent.page.mouse.dblclick(*descent.on_map(1, -1))
    descent.until("root.dataset.say.startsWith('Ravine from (1.00, −1.00)')")


def test_the_start_moves_by_keys(descent):
    before = descent.picture()
    descent.after(lambda: descent.press("ArrowLeft"))
    assert descent.say.startswith("Ravine from (2.90, 1.00)")
    assert descent.picture() != before
    descent.after(lambda: descent.press("Shift+ArrowDown"))
    assert descent.say.startswith("Ravine from (2.90, 0.00)")
    descent.after(lambda: descent.press("Home"))
    assert descent.say.startswith("Ravine from (−4.00, 0.00)")
    descent.after(lambda: descent.press("Control+z"))
    assert descent.say.startswith("Ravine from (2.90, 0.00)")


@pytest.mark.parametrize(
    ("name", "share", "typed", "code"),
    [
        ("lr", 0.8, "0.05", "lr=0.05"),
        ("momentum", 0.5, "0.9", "momentum=0.9"),
        ("steps", 0.5, "20", "steps=20"),
        ("noise", 0.5, "0.3", "noise=0.3"),
        ("x1", 0.2, "-1.5", "x1=-1.5"),
        ("x2", 0.2, "2.5", "x2=2.5"),
    ],
)
def test_each_slider_moves_by_mouse_keys_and_typing(descent, name, share, typed, code):
    before = descent.picture(1)
    descent.after(lambda: descent.slide(name, share))
    assert descent.picture(1) != before
    descent.after(lambda: descent.press("ArrowUp"), "code")
    descent.after(lambda: descent.type(name, typed), "code")
    descent.until("root.dataset.code.includes(argument)", code)


def test_past_0_08_it_diverges_and_momentum_brings_it_back(descent):
    descent.after(lambda: descent.type("lr", "0.1"))
    assert "it diverged at step 3" in descent.say
    descent.after(lambda: descent.type("momentum", "0.9"))
    assert "diverged" not in descent.say
    assert "the figure's own code (until your momentum_step is written)" in descent.words
    assert "you write yours, momentum_step, in lesson 06" in descent.root.get_by_role("status").inner_text()


@pytest.mark.parametrize("surface", ["bowl", "saddle", "Rastrigin"])
def test_each_surface_is_drawn(descent, surface):
    before = descent.picture()
    descent.after(lambda: descent.choose("surface", surface))
    assert descent.say.startswith(surface.capitalize())
    assert descent.picture() != before


def test_a_surface_is_chosen_by_key(descent):
    descent.control("surface", "select").focus()
    descent.after(lambda: descent.press("s"))
    assert descent.say.startswith("Saddle from (2.00, 0.00)")


@pytest.mark.parametrize("how", ["button", "k"])
def test_a_path_is_dropped_and_kept(descent, how):
    before = descent.picture()
    descent.after(lambda: descent.button("Drop the kept path").click() if how == "button" else descent.press("k"))
    assert "Kept" not in descent.say
    assert descent.picture() != before
    descent.after(lambda: descent.button("Keep this path").click() if how == "button" else descent.press("k"))
    assert "Kept, learning rate 0.01" in descent.say


@pytest.mark.parametrize("how", ["button", "n"])
def test_new_noise_is_another_walk(descent, how):
    descent.after(lambda: descent.type("noise", "0.5"))
    descent.root.focus()
    descent.after(lambda: descent.button("New noise").click() if how == "button" else descent.press("n"))
    assert "seed=2" in descent.code


@pytest.mark.parametrize("how", ["button", "keys"])
def test_walking_moves_the_marker_and_pauses(descent, how):
    path = descent.say
    descent.after(lambda: descent.button("One step").click() if how == "button" else descent.press("."))
    assert descent.say == f"{path} The marker is at step 1, loss 11.4."
    before = descent.picture()
    descent.after(lambda: descent.button("▶ Walk").click() if how == "button" else descent.press("Space"), "playing")
    descent.until("Number(root.dataset.say.match(/at step ([0-9]+)/)?.[1]) > 4")
    descent.after(lambda: descent.button("❚❚ Pause").click() if how == "button" else descent.press("Space"), "playing")
    assert descent.picture() != before


def test_it_runs_on_the_learners_functions_and_their_f_at_once(descent):
    uphill = (
        "import numpy as np\n"
        "def gradient_descent(gradient, start, lr, steps):\n"
        "    path = [start]\n"
        "    for _ in range(steps): path.append(path[-1] + lr * gradient(path[-1]))\n"
        "    return np.array(path)\n"
        "def f(x): return (x[0] - 1) ** 2 + x[1] ** 2"
    )
    before = descent.picture()
    run_in_kernel(descent.page, uphill)
    try:
        descent.after(lambda: descent.type("steps", "30"))
        assert "your gradient_descent" in descent.words
        assert "it diverged at step" in descent.say
        assert descent.picture() != before
        run_in_kernel(descent.page, "def gradient_descent(gradient, start, lr, steps):\n    return start")
        kept = descent.picture()
        descent.after(lambda: descent.type("steps", "40"), "code")
        assert "Your gradient_descent returned shape (2,)" in descent.root.get_by_role("status").inner_text()
        assert descent.picture() == kept
        run_in_kernel(descent.page, "del gradient_descent")
        descent.after(lambda: descent.choose("surface", "your own f"))
        assert descent.say.startswith("Your f from")
        assert "your f" in descent.root.locator(".gu-badge").inner_text()
    finally:
        run_in_kernel(descent.page, "globals().pop('gradient_descent', None); globals().pop('f', None)")


def test_the_goal_is_reached(descent):
    descent.type("momentum", "0.44")
    descent.after(lambda: descent.type("lr", "0.107"))
    descent.until("root.querySelector('.gu-goal progress').value === 1")
    assert re.search(r"Below 0\.001 after 1\d steps\. Reached", descent.words)


def test_keys_in_the_figure_do_not_touch_the_notebook(descent):
    cells = descent.page.locator(".jp-Notebook .jp-Cell").count()
    descent.press("x", "a", "b", "d", "d", "m", "y", "z")
    assert descent.page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_in_a_narrow_window_nothing_is_cut_off(lab, page):
    page.set_viewport_size({"width": 730, "height": 1600})
    lab.open(page, lab.write_notebook("narrow_descent.ipynb", [SETUP, "widgets.descent(noise=0.1)"]))
    figure = Shown(page)
    assert figure.root.bounding_box()["width"] < 480
    assert figure.cut_off(", .gu-scroll") == []
