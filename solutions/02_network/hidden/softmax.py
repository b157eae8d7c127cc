"""Held-out cases of `softmax`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_warnings

softmax = exercise("softmax")


@softmax.held_out
def a_random_batch(softmax):
    return softmax(inputs("softmax z", (6, 4), -3, 3))


@softmax.held_out(part="no overflow")
def rows_very_far_apart(softmax):
    return with_warnings(softmax, np.array([[1000.0, 0.0, 998.0], [-1000.0, -999.0, -1000.0], [0.0, 1.0, 2.0]]))


@softmax.mistake(
    "softmax-axis-0",
    "Your columns add up to 1, but the rows should: each sample has its own probabilities. Sum over the last axis.",
)
def down_the_columns(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


@softmax.mistake(
    "softmax-whole", "You shared one total among all samples: everything adds up to 1. Each row needs its own."
)
def one_total(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum()


@softmax.mistake(
    "softmax-no-max",
    "The values are right, but e^1000 overflows. Subtract each row's maximum first: the result stays the same.",
)
def plain(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


@softmax.mistake(
    "softmax-global-max",
    "You subtracted one maximum for all rows, so a row far below it vanished into 0/0. Use each row's own maximum.",
)
def one_maximum(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=-1, keepdims=True)


@softmax.mistake(
    "keepdims-missing",
    "Your sums line up with the columns instead of the rows. Keep the summed axis: `sum(axis=-1, keepdims=True)`.",
)
def without_keepdims(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)


@softmax.mistake(
    "keepdims-missing-in-max",
    "Your maxima line up with the columns instead of the rows. Keep the axis: `z.max(axis=-1, keepdims=True)`.",
)
def maximum_without_keepdims(z):
    e = np.exp(z - z.max(axis=-1))
    return e / e.sum(axis=-1, keepdims=True)


@softmax.mistake(
    "softmax-whole-plain",
    "You shared one total among all samples: everything adds up to 1. Each row needs its own sum.",
)
def one_total_of_plain_powers(z):
    e = np.exp(z)
    return e / e.sum()


@softmax.mistake(
    "keepdims-missing-plain",
    "Your sums line up with the columns, not with the rows. Keep the summed axis: `sum(axis=-1, keepdims=True)`.",
)
def plain_without_keepdims(z):
    e = np.exp(z)
    return e / e.sum(axis=-1)


@softmax.mistake("no-exp", "You divided the logits by their sum. They can be negative: take e^z first.")
def shares(z):
    return z / z.sum(axis=-1, keepdims=True)


@softmax.mistake("sigmoid", "That is a sigmoid for each entry. The classes compete: each row has to add up to 1.")
def one_by_one(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


@softmax.mistake(
    "divided-by-max", "You divided by the largest entry of each row. Divide by the row's sum, so that it adds up to 1."
)
def by_the_largest(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.max(axis=-1, keepdims=True)


@softmax.mistake("input-changed", "Your function changed z itself (`z -= …` does). Make a new array: `z = z - …`.")
def in_place(z):
    z -= z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


@softmax.variant
def by_logarithms(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return np.exp(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


@softmax.variant
def row_by_row(z):
    rows = []
    for row in z:
        e = np.exp(row - max(row))
        rows.append(e / sum(e))
    return np.array(rows)


@softmax.variant
def turned_around(z):
    e = np.exp(z.T - z.max(axis=1))
    return (e / e.sum(axis=0)).T


for line in (2, 3):
    softmax.equivalent(f"L{line} axis axis=-1→axis=1", "z has two axes: axis 1 is the last one.")
