"""One number, again and again: its powers and its words, and that they stay within the picture."""

from fractions import Fraction

import numpy as np
import pytest
from widgets_10_rnn.one_number import HIGH, LOW, TIMES, OneNumber, W

from course.figures.reference import borrowed
from course.figures.scene import Text
from course.figures.session import Session

REFERENCE, WITHOUT_SOLUTIONS = borrowed(OneNumber()), {}


def shown(w, reference=WITHOUT_SOLUTIONS):
    """The figure's arrays, and its state in words, at this w."""
    run = Session(OneNumber(), {}, reference, w=w)
    return run.figure.compute(run.state, run.functions), run.frame


@pytest.mark.parametrize("reference", [REFERENCE, WITHOUT_SOLUTIONS])
@pytest.mark.parametrize(
    ("w", "words"), [(0.9, "is 0.005: it vanishes"), (1.0, "is 1.00: it stays"), (1.1, "is 117: it explodes")]
)
def test_a_number_below_1_vanishes_and_one_above_explodes(w, words, reference):
    arrays, frame = shown(w, reference)
    assert words in frame.say
    exact = [float(Fraction(w) ** k) for k in range(TIMES + 1)]
    assert np.allclose(arrays["powers"], exact, rtol=1e-12)


@pytest.mark.parametrize("w", [W.low, W.high])
def test_the_ends_of_the_slider_stay_within_the_axis(w):
    arrays, frame = shown(w)
    words = next(layer for layer in frame.panels[0].layers if isinstance(layer, Text))
    for drawn in (*arrays["powers"], words.y):
        assert LOW < drawn < HIGH
