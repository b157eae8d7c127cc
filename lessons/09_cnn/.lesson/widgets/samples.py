"""MNIST's test images, which the figure shows and tries its filters on."""

import contextlib
import io
from functools import lru_cache
from itertools import accumulate

import numpy as np

from course import data

STRIDE = 1237  # from one sample to the next, so that they come mixed


@lru_cache(maxsize=1)
def known_digits():
    """MNIST's test images, or what stands in for them, without the line that says so: the figure says it."""
    with contextlib.redirect_stdout(io.StringIO()):
        return data.mnist()


def sample_image(index):
    """(28, 28) float32, 0 … 1."""
    digits = known_digits()
    return digits.images[index % len(digits.images)].astype(np.float32) / 255


def next_sample(index, wanted=None):
    """The number of another test digit, of a wanted class if one is given."""
    labels = known_digits().labels
    steps = accumulate([0 if index is None else index] + [STRIDE] * len(labels), lambda a, b: (a + b) % len(labels))
    next(steps)
    return next(int(at) for at in steps if wanted is None or labels[at] == wanted)
