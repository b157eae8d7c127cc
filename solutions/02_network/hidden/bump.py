"""Held-out cases of `bump`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

from .shared import bend

bump = exercise("bump")


@bump.held_out
def narrow_and_shifted(bump):
    return with_inputs(bump, np.linspace(-1.3, 0.9, 12), -0.35, 0.25)


@bump.held_out
def many_points(bump):
    return bump(inputs("bump x", (4, 5), -3, 3), 0.6, 1.75)


@bump.mistake(
    "tip-not-doubled", "After the tip your curve stays flat: the slope must turn from +1 to −1, a change of −2."
)
def plateau(x, centre, width):
    return (bend(x - centre + width) - bend(x - centre)) / width


@bump.mistake("end-missing", "After the right foot your curve falls for ever. A third ReLU there turns it flat again.")
def falls_for_ever(x, centre, width):
    return (bend(x - centre + width) - 2 * bend(x - centre)) / width


@bump.mistake("height-not-1", "The height is the width here. Divide by the width, so that the tip is at 1.")
def too_high(x, centre, width):
    return bend(x - centre + width) - 2 * bend(x - centre) + bend(x - centre - width)


@bump.mistake("half-width", "The feet are at centre ± width/2. They should be at centre ± width.")
def half_as_wide(x, centre, width):
    half = width / 2
    return (bend(x - centre + half) - 2 * bend(x - centre) + bend(x - centre - half)) / half


@bump.mistake("centre-ignored", "Your bump always stands at 0. Shift x by the centre.")
def at_zero(x, centre, width):
    return (bend(x + width) - 2 * bend(x) + bend(x - width)) / width


@bump.mistake("negative-outside", "Outside the feet your curve is negative. It should be 0 there: bend it.")
def tent(x, centre, width):
    return 1 - np.abs(x - centre) / width


@bump.variant
def by_absolute_value(x, centre, width):
    return bend(1 - np.abs(x - centre) / width)


@bump.variant
def by_clipping(x, centre, width):
    return np.clip(np.minimum(x - centre + width, centre + width - x) / width, 0, 1)
