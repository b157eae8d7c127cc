"""Draw a digit in a real JupyterLab: by mouse, finger and keys, and every control by mouse and by keys."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from browsing import fresh_page
from shown import Shown, run_in_kernel
from widgets_09_cnn.drawing import PAD, STILL, picture, prepared
from widgets_09_cnn.drawn_digits import DRAWN
from widgets_09_cnn.reader import CHECKPOINT, stored_network

LESSON = Path(__file__).parents[3] / "solutions" / "09_cnn"

# The stand-in for MNIST, so that no test looks for the network.
SETUP = f"""import sys; sys.path.insert(0, {str(LESSON)!r})
from course import data
from course.datasets import stand_ins
data.mnist = stand_ins.enlarged_digits
import widgets"""
START = "A drawing of 2 strokes. Our network"
INPUT, CONV_1, CONV_2, LARGE = 1, 2, 3, 4  # canvases, after the pad's
MISREAD = "1 with an upstroke"  # as a 7


class Drawing(Shown):
    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the pad is on the page."""
        box = self.root.locator("canvas").first.bounding_box()
        return box["x"] + x / PAD * box["width"], box["y"] + y / PAD * box["height"]

    def marks(self) -> list:
        return eval(self.code.replace("widgets.draw_a_digit", "dict")).get("marks")

    def clear(self) -> None:
        self.button("Clear").click()
        self.until("root.dataset.say.startsWith('The pad is empty')")

    def drawn(self, strokes: list) -> None:
        for stroke in strokes:
            self.drag(*(self.at(x, y) for x, y in stroke))
            self.ends_at(*stroke[-1])

    def ends_at(self, x: float, y: float) -> None:
        """Wait until the newest point of the drawing is this one, or a neighbour: pages have whole pixels."""
        self.until(
            """(([x, y]) => [...root.dataset.code.split(", base=")[0].matchAll(/\\[(-?\\d+), (-?\\d+)\\]\\]\\]/g)]
                .some(([, a, b]) => Math.abs(a - x) <= 2 && Math.abs(b - y) <= 2))(argument)""",
            [x, y],
        )

    def bars(self) -> list[float]:
        return [float(number) for number in self.root.locator(".gu-bars .gu-number").all_inner_texts()]

    def tile(self, panel: int, k: int, per_row: int = 8) -> tuple[float, float]:
        box = self.root.locator("canvas").nth(panel).bounding_box()
        side = box["width"] / per_row
        return box["x"] + (k % per_row + 0.5) * side, box["y"] + (k // per_row + 0.5) * side


@pytest.fixture(scope="module")
def notebook(lab, browser):
    with fresh_page(browser) as page:
        lab.open(page, lab.write_notebook("draw_a_digit.ipynb", [SETUP, "widgets.draw_a_digit()"]))
        yield Drawing(page)


@pytest.fixture
def figure(notebook):
    notebook.reset(START)
    return notebook


# --- drawing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_a_digit_drawn_with_the_mouse_is_read_and_the_bars_are_the_models(figure, name):
    digit, strokes = DRAWN[name]
    figure.clear()
    figure.drawn(strokes)
    marks = figure.marks()
    assert len(marks) == len(strokes)
    image = torch.from_numpy(prepared(picture(marks, STILL)))[None, None]
    with torch.inference_mode():
        expected = stored_network(CHECKPOINT)(image)[0].double().softmax(dim=0).numpy()
    assert np.allclose(figure.bars(), expected, atol=0.006)
    assert int(np.argmax(figure.bars())) == (7 if name == MISREAD else digit)


def test_a_digit_drawn_with_a_finger_is_read(figure):
    figure.clear()
    cdp = figure.page.context.new_cdp_session(figure.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y} for x, y in (figure.at(*point) for point in points)]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    for stroke in DRAWN["7 with a bar"][1]:
        touch("touchStart", stroke[0])
        for point in stroke[1:]:
            touch("touchMove", point)
        touch("touchEnd")
        figure.ends_at(*stroke[-1])
    assert len(figure.marks()) == 2
    assert "reads 7" in figure.say


def test_a_digit_drawn_with_the_keys_is_read(figure):
    figure.clear()
    figure.root.locator("canvas").first.focus()
    figure.press(*["ArrowLeft"] * 27, *["ArrowUp"] * 27)
    figure.press(*["ArrowRight"] * 14, *["ArrowDown"] * 5)
    for row in range(5, 23):
        figure.press("Space", "ArrowDown")
        figure.ends_at(145, (row + 0.5) * 10)
    assert len(figure.marks()) == 18
    assert "reads 1" in figure.say
    figure.after(lambda: figure.press("Control+z"), "code")
    assert len(figure.marks()) == 17


def test_the_picture_grows_while_the_pen_is_down_and_undo_takes_the_whole_stroke(figure):
    figure.clear()
    seen = []
    figure.page.mouse.move(*figure.at(60, 60))
    figure.page.mouse.down()
    for x in (120, 180, 220):
        figure.page.mouse.move(*figure.at(x, 60), steps=5)
        figure.ends_at(x, 60)
        seen.append(figure.picture(INPUT))
    figure.page.mouse.up()
    assert len(set(seen)) == 3
    figure.button("Undo").click()
    figure.until("root.dataset.say.startsWith('The pad is empty')")


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_the_eraser(figure, how):
    before = figure.picture()
    if how == "mouse":
        figure.choose("tool", "eraser")
    else:
        figure.control("tool", "select").focus()
        figure.press("e")
    figure.until("root.dataset.code.includes(\"tool='eraser'\")")
    figure.drawn([[(60, 140), (220, 140)]])
    assert figure.marks()[-1][0] == "erase"
    assert figure.picture() != before


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_clear(figure, how):
    figure.button("Clear").click() if how == "mouse" else figure.press("c")
    figure.until("root.dataset.say.startsWith('The pad is empty')")


@pytest.mark.parametrize(("button", "key"), [("Test digit", "n"), ("Test digit 4", "4")])
@pytest.mark.parametrize("how", ["mouse", "key"])
def test_a_test_digit_is_taken(figure, button, key, how):
    before = figure.picture(INPUT)
    figure.after(lambda: figure.button(button).click() if how == "mouse" else figure.press(key))
    assert figure.say.startswith("Test digit ") and figure.picture(INPUT) != before
    assert key == "n" or ", a 4." in figure.say


@pytest.mark.parametrize("how", ["mouse", "key"])
def test_changes_are_counted_from_here(figure, how):
    figure.drawn([[(60, 240), (200, 240)]])
    assert " 0 % of the ink" not in figure.words
    figure.root.focus()
    keep = figure.button("Count changes from here")
    figure.after(lambda: keep.click() if how == "mouse" else figure.press("k"), "code")
    assert re.search(r"with 0 % of the ink|First draw a 4", figure.words)


# --- after drawing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "share", "typed"),
    [("pen", 0.9, "12"), ("right", 0.8, "-3"), ("down", 0.2, "4"), ("turn", 0.6, "-45"), ("size", 0.2, "1.5")],
)
def test_each_slider_moves_by_mouse_keys_and_typing(figure, name, share, typed):
    before = figure.picture()
    figure.after(lambda: figure.slide(name, share), "code")
    figure.after(lambda: figure.press("ArrowDown"), "code")
    figure.type(name, typed)
    figure.until("root.dataset.code.includes(argument)", f"{name}={typed}")
    assert (figure.picture() != before) == (name != "pen")


def test_a_wider_pen_draws_a_thicker_line(figure):
    figure.clear()
    figure.type("pen", "40")
    figure.until("root.dataset.code.includes('pen=40')")
    figure.drawn([[(60, 140), (220, 140)]])
    assert figure.marks()[0][1] == 40


def test_what_is_drawn_after_turning_lies_under_the_pen(figure):
    figure.clear()
    figure.type("turn", "90")
    figure.until("root.dataset.code.includes('turn=90')")
    figure.page.mouse.click(*figure.at(200, 100))
    figure.until("root.dataset.code.includes('pen')")
    x, y = figure.marks()[0][2][0]
    assert abs(x - 100) <= 1 and abs(y - 80) <= 1, "the drawing's own place of it"
    shade = figure.root.locator("canvas").first.evaluate(
        """(canvas, [x, y]) => {
            const g = canvas.getContext("2d");
            return [...g.getImageData(x * canvas.width, y * canvas.height, 1, 1).data];
        }""",
        [200 / PAD, 100 / PAD],
    )
    assert max(shade[:3]) < 100


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_centring_can_be_switched_off(figure, how):
    figure.type("right", "-6")
    figure.until("root.dataset.code.includes('right=-6')")
    before = figure.picture(INPUT)
    toggle = figure.control("prepare", "input")
    toggle.focus()
    figure.after(lambda: toggle.click() if how == "mouse" else figure.press("Space"), "code")
    assert "prepare=False" in figure.code and figure.picture(INPUT) != before


# --- what it looked at ------------------------------------------------------------------------------------


def test_what_is_laid_over_can_be_chosen_by_mouse_and_keys(figure):
    seen = {figure.picture(INPUT)}
    figure.after(lambda: figure.choose("overlay", "saliency"))
    seen.add(figure.picture(INPUT))
    assert "saliency for 4 is strongest" in figure.say
    figure.control("overlay", "select").focus()
    figure.after(lambda: figure.press("n"))
    seen.add(figure.picture(INPUT))
    assert "strongest" not in figure.say and len(seen) == 3


def test_the_class_can_be_chosen_by_mouse_and_keys(figure):
    before = figure.picture(INPUT)
    figure.after(lambda: figure.choose("label", "9"))
    assert "Grad-CAM for 9" in figure.say and figure.picture(INPUT) != before
    figure.control("label", "select").focus()
    figure.after(lambda: figure.press("3"))
    assert "Grad-CAM for 3" in figure.say


def test_the_layer_can_be_chosen_by_mouse_and_keys(figure):
    before = figure.picture(INPUT)
    figure.after(lambda: figure.choose("layer", "conv 1"))
    assert "at conv 1" in figure.say and figure.picture(INPUT) != before
    figure.control("layer", "select").focus()
    figure.after(lambda: figure.press("ArrowDown"))
    assert "at conv 2" in figure.say


@pytest.mark.parametrize("how", ["mouse", "keys"])
def test_a_filter_is_shown_large_with_its_kernel_and_the_digits_that_excite_it(figure, how):
    if how == "mouse":
        figure.after(lambda: figure.page.mouse.click(*figure.tile(CONV_2, 9)))
    else:
        figure.walk("conv 2 filter 1")
        figure.after(lambda: figure.press("ArrowDown"))
        figure.after(lambda: figure.press("ArrowRight"))
    assert "Conv 2 filter 10 answers from" in figure.say
    assert "Test digits that excite it most" in figure.words
    assert "MNIST isn't here: the test digits are scikit-learn's, enlarged." in figure.words
    large = figure.picture(LARGE)
    figure.after(lambda: figure.page.mouse.click(*figure.tile(CONV_1, 15)))
    assert "Conv 1 filter 16 answers from" in figure.say and figure.picture(LARGE) != large


def test_a_four_becomes_a_nine(figure):
    figure.drawn([[(120, 54), (146, 58), (172, 80)]])
    figure.choose("tool", "eraser")
    figure.type("pen", "24")
    figure.until("root.dataset.code.includes('pen=24')")
    figure.drawn([[(180, 142), (205, 138)]])
    figure.until("/Fooled/.test(root.querySelector('.gu-goal.gu-reached')?.textContent)")
    assert int(np.argmax(figure.bars())) == 9


# --- whose code -------------------------------------------------------------------------------------------

LOSS_GRADIENT = """
import torch
def saliency(model, x, label):
    image = x.clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy(model(image), torch.tensor([label]))
    return torch.autograd.grad(loss, image)[0].abs().amax(dim=1)
"""
OTHER_LAYER = """
import torch
def feature_maps(model, x, layer):
    with torch.no_grad():
        return model.eval()[:7](x).clone()
"""
TRAINED = """
import torch
from course.figures.reference import borrowed
from widgets.figure import DrawADigit
from widgets.reader import CHECKPOINT, stored_network
class Contrary(torch.nn.Sequential):
    def forward(self, x):
        return -super().forward(x)
digit_reader = Contrary(*stored_network(CHECKPOINT)).eval()
globals().update(borrowed(DrawADigit()))
"""


@pytest.fixture
def code(figure):
    yield lambda source: run_in_kernel(figure.page, source)
    run_in_kernel(
        figure.page,
        "for name in ('saliency', 'feature_maps', 'grad_cam', 'ConvNet', 'digit_reader'): globals().pop(name, None)",
    )


def test_the_gradient_of_the_loss_draws_another_saliency(figure, code):
    figure.after(lambda: figure.choose("overlay", "saliency"))
    before = figure.picture(INPUT)
    code(LOSS_GRADIENT)
    figure.after(lambda: figure.choose("label", "4"), "code")
    assert "your saliency" in figure.words and figure.picture(INPUT) != before


def test_maps_of_another_layer_change_the_picture(figure, code):
    before = figure.picture(CONV_2)
    code(OTHER_LAYER)
    figure.after(lambda: figure.choose("label", "4"), "code")
    assert "your feature_maps" in figure.words and figure.picture(CONV_2) != before


def test_it_reads_with_the_learners_network_and_leaves_no_hooks(figure, code, lab):
    before = figure.bars()
    code(TRAINED)
    figure.after(lambda: figure.choose("overlay", "saliency"))
    figure.after(lambda: figure.choose("overlay", "Grad-CAM"))
    assert "Your digit_reader reads" in figure.say and figure.bars() != before
    assert "your digit_reader" in figure.words and "left a hook" not in figure.words
    counted = lab.root / "hooks"
    code(f"from widgets.looks import hooks\nopen({str(counted)!r}, 'w').write(str(hooks(digit_reader)))")
    assert counted.read_text() == "0"


# --- the page ---------------------------------------------------------------------------------------------


def test_in_a_narrow_window_nothing_is_cut_off(figure):
    figure.after(lambda: figure.page.mouse.click(*figure.tile(CONV_2, 3)))
    figure.page.set_viewport_size({"width": 700, "height": 1200})
    try:
        figure.until("root.clientWidth < 460")
        assert figure.cut_off() == []
    finally:
        figure.page.set_viewport_size({"width": 1280, "height": 1200})
        figure.until("root.clientWidth > 700")


def test_keys_in_the_figure_do_not_touch_the_notebook(figure):
    cells = figure.page.locator(".jp-Notebook .jp-Cell").count()
    figure.root.locator("canvas").first.focus()
    figure.press("x", "a", "b", "d", "d", "m", "y", "z")
    assert figure.page.locator(".jp-Notebook .jp-Cell").count() == cells
