"""Held-out cases of `evidence`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

evidence = exercise("evidence")


@evidence.held_out
def whole_numbers(evidence):
    return evidence(2, 5, 7, -3, 4)


@evidence.held_out
def many_samples_one_by_one(evidence):
    return [float(evidence(*numbers)) for numbers in inputs("evidence", (6, 5)).tolist()]


@evidence.mistake(
    "nothing-returned",
    "Your function gives nothing back. `print` only shows a number on the screen; `return` hands it to whoever called: "
    "let the last line begin with `return`.",
)
def shown_on_the_screen(x1, x2, w1, w2, b):
    print(x1 * w1 + x2 * w2 + b)


@evidence.mistake(
    "umbrella-only",
    "You wrote the umbrella's own numbers into the formula. Use the names w1, w2 and b instead, and it works for every "
    "decision.",
)
def weights_written_in(x1, x2, w1, w2, b):
    return x1 * 2 + x2 * 3 - 2.5


@evidence.mistake("bias-forgotten", "The bias is missing: add b at the end.")
def no_bias(x1, x2, w1, w2, b):
    return x1 * w1 + x2 * w2


@evidence.mistake(
    "bias-subtracted", "You subtracted b. It has its own sign already (−2.5 for the umbrella), so it is added."
)
def minus_bias(x1, x2, w1, w2, b):
    return x1 * w1 + x2 * w2 - b


@evidence.mistake("weights-crossed", "Each input got the other one's weight. x1 belongs to w1, and x2 to w2.")
def crossed(x1, x2, w1, w2, b):
    return x1 * w2 + x2 * w1 + b


@evidence.mistake(
    "added-not-multiplied", "You added each weight to its input. A weight says how much its input counts: multiply."
)
def added(x1, x2, w1, w2, b):
    return x1 + w1 + x2 + w2 + b


@evidence.mistake(
    "sums-multiplied",
    "You added the inputs and the weights first. Multiply each input by its own weight, then add the two products.",
)
def sums_first(x1, x2, w1, w2, b):
    return (x1 + x2) * (w1 + w2) + b


@evidence.mistake(
    "bias-multiplied", "The bias got multiplied as well. It stands by itself: add it after the two products."
)
def bias_in_brackets(x1, x2, w1, w2, b):
    return x1 * w1 + x2 * (w2 + b)


@evidence.variant
def step_by_step(x1, x2, w1, w2, b):
    z = b
    z = z + x1 * w1
    z = z + x2 * w2
    return z


@evidence.variant
def with_arrays(x1, x2, w1, w2, b):
    return np.array([x1, x2]) @ np.array([w1, w2]) + b
