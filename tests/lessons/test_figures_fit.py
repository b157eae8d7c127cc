"""Every lesson's figures: nothing is cut off and no label lies on another, on a laptop, a phone and at 200 %."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from plain_page import PlainPage

# Beside the course map in a window of 1280; the same zoomed to 200 %; a phone in Notebook 7.
WIDTHS = (848, 424, 358)
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
