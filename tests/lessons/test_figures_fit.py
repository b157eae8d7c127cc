"""Every lesson's figures: nothing is cut off and no label lies on another, on a laptop, a phone and at 200 %."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from plain_page import PlainPage

# Beside the course map in a window of 1280; the same zoomed to 200 %; a phone in Notebook 7.
WIDTHS = (848, 424, 352)
VISIBLE = 679  # pixels of a notebook in a window of 1280 × 800
FIGURES = {
    "neuron": ("01_neuron", "NeuronPlayground", {}),
    "xray": ("02_network", "NetworkXray", {}),
    "xray-digit": ("02_network", "NetworkXray", {"network": "Digit"}),
    "bumps": ("02_network", "BumpBuilder", {}),
    "descent": ("03_descent", "Descent", {}),
    "backprop": ("04_backprop", "BackpropSteps", {}),
    "playground": (
        "05_training",
        "Playground",
        {"more": True, "_curve": [[epoch, 1 / epoch, 1 / epoch] for epoch in (1, 500, 1000)]},
    ),
    "race": ("06_optimisers", "OptimiserRace", {}),
    "more-data": ("06_optimisers", "MoreData", {}),
    "monitor": ("07_pytorch", "TrainingMonitor", {}),
    "kernel": ("08_convolution", "KernelWorkbench", {"at": [60, 120]}),
    "draw": ("09_cnn", "DrawADigit", {}),
    "one-number": ("10_rnn", "OneNumber", {}),
    "unrolled": ("10_rnn", "UnrolledNetwork", {"bend": "tanh", "scale": 1.0, "input": 1.0}),
    "cell": ("11_lstm", "InsideTheCell", {}),
    "gates": ("11_lstm", "InsideTheCell", {"gates": True}),
}


@pytest.fixture(scope="module")
def shown(browser) -> Iterator[PlainPage]:
    page = PlainPage(browser, WIDTHS[0])
    for name, (lesson, kind, given) in FIGURES.items():
        figure = getattr(importlib.import_module(f"widgets_{lesson}"), kind)()
        passing = {key: value for key, value in given.items() if key.startswith("_")}
        page.show(name, figure, passing, **{key: value for key, value in given.items() if key not in passing})
    yield page
    page.page.close()
    assert not page.errors


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_and_no_label_lies_on_another(shown, width):
    shown.page.set_viewport_size({"width": width, "height": 800})
    assert shown.faults() == []


LOW = """(height) => [...document.querySelectorAll(".gu-figure")].flatMap((figure) => {
  const top = figure.getBoundingClientRect().top;
  return [...figure.querySelectorAll(".gu-goal, .gu-table, .gu-bars")]
    .filter((part) => part.offsetHeight && part.getBoundingClientRect().bottom - top > height)
    .map((part) => `${figure.parentElement.id}: ${part.className}`);
})"""


def test_scores_and_numbers_are_in_sight_with_the_picture(shown):
    shown.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    shown.settle()
    low = [part for part in shown.page.evaluate(LOW, VISIBLE) if not part.startswith(("gates", "playground"))]
    assert low == []


def test_a_reached_goal_is_celebrated_once_said_and_stays_marked(shown):
    """In the neuron playground: all 40 on their side of a steep line."""
    figure = shown.page.locator("#neuron .gu-figure")
    goal, heard = figure.locator(".gu-goal"), figure.locator(".gu-cheer")
    assert not goal.locator(".gu-done").is_visible() and heard.text_content() == ""
    for name, value in (("w1", "2"), ("w2", "2"), ("b", "0")):
        field = figure.locator(f'[data-control="{name}"] input[type=text]')
        field.click()
        field.fill(value)
        field.press("Enter")
    goal.locator(".gu-done").wait_for()
    assert "gu-celebrate" in goal.get_attribute("class")
    shown.page.wait_for_function(
        "() => document.querySelector('#neuron .gu-cheer').textContent.startsWith('Goal reached.')"
    )
    shown.page.emulate_media(reduced_motion="reduce")
    assert goal.evaluate("(row) => getComputedStyle(row).animationName") == "none"
    figure.get_by_role("button", name="Reset", exact=True).click()
    shown.page.wait_for_function("() => document.querySelector('#neuron .gu-goal progress').value < 1")
    assert goal.locator(".gu-done").is_visible()
