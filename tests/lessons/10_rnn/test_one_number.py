"""One number, again and again: its powers, its words, and the numbers that the lesson's text gives."""

from fractions import Fraction

import numpy as np
import pytest
from widgets_10_rnn.one_number import HIGH, LOW, TIMES, OneNumber, W

from course.figures.scene import Text
from course.figures.session import Session

LESSON = "10_rnn"


def shown(w):
    """The figure's arrays, and its state in words, at this w."""
    figure = OneNumber()
    state = figure.start(w=w)
    run = Session(figure, {}, {}, w=w)
    return figure.compute(state, run.functions), run.frame


@pytest.mark.parametrize(
    ("w", "words"), [(0.9, "is 0.005: it vanishes"), (1.0, "is 1.00: it stays"), (1.1, "is 117: it explodes")]
)
def test_a_number_below_1_vanishes_and_one_above_explodes(w, words):
    arrays, frame = shown(w)
    assert words in frame.say
    exact = [float(Fraction(w) ** k) for k in range(TIMES + 1)]
    assert np.allclose(arrays["powers"], exact, rtol=1e-12)


@pytest.mark.parametrize("w", [W.low, W.high])
def test_the_ends_of_the_slider_stay_within_the_axis(w):
    arrays, frame = shown(w)
    words = next(layer for layer in frame.panels[0].layers if isinstance(layer, Text))
    for drawn in (*arrays["powers"], words.y):
        assert LOW < drawn < HIGH


def test_the_text_says_what_the_figure_shows(solved):
    assert "0.9⁵⁰ is about 0.005" in solved.source and round(0.9**50, 3) == 0.005
    assert "1.1⁵⁰ is about 117" in solved.source and round(1.1**50) == 117
