"""Held-out cases of `memory_span`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

memory_span = exercise("memory_span")


@memory_span.held_out
def sixty_steps(memory_span):
    return [memory_span(scale * np.array([[0.0, -1.0], [1.0, 0.0]]), 60) for scale in (0.9, 1.1)]


@memory_span.held_out
def three_matrices(memory_span):
    return [memory_span(inputs(f"span {size}", (size, size), -0.9, 0.9), 4) for size in (1, 2, 7)]


@memory_span.held_out
def a_matrix_that_is_0(memory_span):
    return memory_span(np.zeros((3, 3)), 2)


def powers(Wh, steps):
    """Wh, Wh @ Wh, …"""
    return [np.linalg.matrix_power(Wh, t) for t in range(1, steps + 1)]


def measured(measure):
    """A mistake in what is measured of each power."""
    return lambda Wh, steps: np.array([measure(power) for power in powers(Wh, steps)])


def singular(matrix, which=0):
    return np.linalg.svd(matrix, compute_uv=False)[which]


def spans(Wh, steps):
    """memory_span, done right."""
    return measured(singular)(Wh, steps)


def squared_each_time(Wh, steps):
    power, found = Wh, []
    for _ in range(steps):
        found.append(singular(power))
        power = power @ power
    return np.array(found)


def wh_in_place(Wh, steps):
    found, first = [], Wh.copy()
    for _ in range(steps):
        found.append(singular(Wh))
        Wh[...] = Wh @ first
    return np.array(found)


WRONG_SPANS = {
    "elementwise-power": (
        "** and * work number by number. A power of a matrix needs @: Wh @ Wh @ ….",
        lambda Wh, steps: np.array([singular(Wh ** float(t)) for t in range(1, steps + 1)]),
    ),
    "norm-power": (
        "Your entries are powers of the first. Multiply the matrix by itself first, untransposed, then take the norm.",
        lambda Wh, steps: singular(Wh) ** np.arange(1.0, steps + 1),
    ),
    "eigenvalues": (
        "You took the largest eigenvalue. A row can be lengthened by more: np.linalg.norm(power, 2).",
        measured(lambda power: np.abs(np.linalg.eigvals(power)).max()),
    ),
    "frobenius": (
        "np.linalg.norm without a second argument is the root of all squares. np.linalg.norm(power, 2) is asked for.",
        measured(np.linalg.norm),
    ),
    "squared-singular-value": (
        "That is the largest eigenvalue of powerᵀ @ power, the singular value squared. Take its root.",
        measured(lambda power: singular(power) ** 2),
    ),
    "column-sums": (
        "ord=1 is the largest sum of a column. The largest singular value is ord=2.",
        measured(lambda power: np.linalg.norm(power, 1)),
    ),
    "row-sums": (
        "ord=np.inf is the largest sum of a row. The largest singular value is ord=2.",
        measured(lambda power: np.linalg.norm(power, np.inf)),
    ),
    "largest-entry": (
        "You took the largest number of the power. Its largest singular value is np.linalg.norm(power, 2).",
        measured(lambda power: np.abs(power).max()),
    ),
    "smallest-singular-value": (
        "You took the smallest singular value. How much can be left at most is the largest one.",
        measured(lambda power: singular(power, -1)),
    ),
    "all-singular-values": (
        "All singular values of each power are there. Only the largest counts: svd gives it first.",
        lambda Wh, steps: np.array([np.linalg.svd(power, compute_uv=False) for power in powers(Wh, steps)]),
    ),
    "determinant": (
        "The determinant is the product of all stretches. The most by which a row is lengthened is norm(power, 2).",
        measured(lambda power: abs(np.linalg.det(power))),
    ),
    "step-0-counted": (
        "You begin with the identity, before any step. The first entry belongs to Wh itself.",
        lambda Wh, steps: np.array([1.0, *spans(Wh, steps)[:-1]]),
    ),
    "step-0-too": (
        "There is one entry too many, that of step 0. The steps are 1, …, steps.",
        lambda Wh, steps: np.array([1.0, *spans(Wh, steps)]),
    ),
    "one-step-ahead": (
        "Your first entry belongs to Wh @ Wh. Measure first, then multiply.",
        lambda Wh, steps: spans(Wh, steps + 1)[1:],
    ),
    "last-step-missing": (
        "The last step is missing: range(1, steps) ends at steps − 1.",
        lambda Wh, steps: spans(Wh, steps)[:-1],
    ),
    "last-only": (
        "Only the last power is measured. One number per step is asked for: append inside the loop.",
        lambda Wh, steps: spans(Wh, steps)[-1],
    ),
    "returns-inside-loop": (
        "You return after the first step. Move return out of the loop.",
        lambda Wh, steps: spans(Wh, steps)[:1],
    ),
    "squared-each-time": (
        "power @ power doubles the number of steps each time: 1, 2, 4, 8. Multiply by Wh: power @ Wh.",
        squared_each_time,
    ),
    "never-multiplied": (
        "All your entries are those of Wh. What power @ Wh gives has to replace power.",
        lambda Wh, steps: np.full(steps, singular(Wh)),
    ),
    "times-t": (
        "You multiplied Wh by t. Going back t steps multiplies t times by Wh: that is the power t.",
        lambda Wh, steps: singular(Wh) * np.arange(1, steps + 1),
    ),
    "matrices-returned": (
        "You return the powers themselves. Measure each: np.linalg.norm(power, 2).",
        lambda Wh, steps: np.array(powers(Wh, steps)),
    ),
    "wh-changed": (
        "You changed the caller's Wh (`@=` or `[:] =` does). Give the product to a new name: power = power @ Wh.",
        wh_in_place,
    ),
}

for name, (message, wrong) in WRONG_SPANS.items():
    memory_span.mistake(name, message, value=wrong)


@memory_span.variant
def by_matrix_power_of_the_transpose(Wh, steps):
    return np.array([np.linalg.norm(np.linalg.matrix_power(Wh.T, t), ord=2) for t in range(1, steps + 1)])


@memory_span.variant
def by_svd(Wh, steps):
    power, found = np.eye(len(Wh)), np.zeros(steps)
    for t in range(steps):
        power = Wh @ power
        found[t] = np.linalg.svd(power)[1][0]
    return found


memory_span.equivalent(
    "L5 swapped operands power @ Wh→Wh @ power", "A power of Wh and Wh can be exchanged: both are Wh t + 1 times."
)
