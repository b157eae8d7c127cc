"""Held-out cases of `relu`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

relu = exercise("relu")


@relu.held_out
def a_random_three_dimensional_array(relu):
    return relu(inputs("relu batch", (2, 3, 4), -5, 5))


@relu.held_out
def whole_numbers(relu):
    return with_inputs(relu, np.array([[-3, 4], [0, -1]]))


@relu.mistake("relu-abs", "Negative inputs came out positive. They must become exactly 0; the sign is not dropped.")
def absolute(z):
    return np.abs(z)


@relu.mistake("leaky", "A little of each negative input leaks through. (That is the leaky ReLU; here it must be 0.)")
def leaky(z):
    return np.maximum(0.01 * z, z)


@relu.mistake(
    "mask-only", "You return whether z is positive. Where it is, the number itself should come out: z, not 1."
)
def mask_only(z):
    return (z > 0).astype(float)


@relu.mistake(
    "max-for-maximum", "`np.max` finds the largest entry of one array; `np.maximum` compares two entry by entry."
)
def numpy_max(z):
    return np.max(0, z)


@relu.mistake(
    "decides-once",
    "Python's `max` and `if` decide once, for a single number. Every entry needs its own decision: `np.maximum`.",
)
def one_decision(z):
    return max(0, z)


@relu.mistake("input-changed", "Your function changed the array it was given. Work on a copy, or use `np.maximum`.")
def in_place(z):
    z[z < 0] = 0
    return z


@relu.mistake("minimum", "You kept the negative numbers and dropped the positive ones: it is the larger of z and 0.")
def minimum(z):
    return np.minimum(0, z)


@relu.mistake("capped", "Numbers above 1 were cut to 1. ReLU has no upper end: positive inputs stay as they are.")
def capped(z):
    return np.clip(z, 0, 1)


@relu.variant
def by_product(z):
    return z * (z > 0)


@relu.variant
def by_absolute_value(z):
    return (z + np.abs(z)) / 2


@relu.variant
def by_where(z):
    return np.where(z < 0, 0, z)
