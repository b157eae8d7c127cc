"""Held-out cases of `perceptron_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

perceptron_step = exercise("perceptron_step")


@perceptron_step.held_out
def several_samples_one_after_the_other(perceptron_step):
    w, b = inputs("perceptron w", 4), -0.2
    steps = []
    for x, y in zip(inputs("perceptron x", (6, 4)), [1, 0, 1, 1, 0, 0], strict=True):
        w, b = perceptron_step(x, y, w, b, 0.3)
        steps.append((w, b))
    return steps


@perceptron_step.held_out
def inputs_with_one_feature(perceptron_step):
    return [perceptron_step(np.array([x]), y, np.array([1.5]), -1.0, 0.25) for x in (-2.0, 2.0) for y in (0, 1)]


@perceptron_step.mistake(
    "update-sign", "The correction points the wrong way: use y − prediction, so that a missed 1 raises the sum."
)
def away(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return w - lr * error * x, b - lr * error


@perceptron_step.mistake(
    "half-the-errors",
    "A false alarm is an error too (−1), but you only correct missed ones. Let the error be y − prediction.",
)
def only_missed(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return (w + lr * x, b + lr) if error > 0 else (w, b)


@perceptron_step.mistake(
    "update-always", "The weights move even when the answer is right. Multiply by y − prediction, which is then 0."
)
def always(x, y, w, b, lr):
    return w + lr * y * x, b + lr * y


@perceptron_step.mistake(
    "error-without-sign",
    "Every mistake raises the sum, also a false alarm, which should lower it. The error has a sign: y − prediction.",
)
def always_up(x, y, w, b, lr):
    error = abs(y - (1 if x @ w + b > 0 else 0))
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "bias-times-input", "The bias was moved by lr · error · x, so it became an array. Times x is for the weights only."
)
def bias_moves_by_x(x, y, w, b, lr):
    error = y - (1 if x @ w + b > 0 else 0)
    return w + lr * error * x, b + lr * error * x


@perceptron_step.mistake(
    "repeats-until-right",
    "You correct until the sample is right. One call is one correction, even if that isn't enough yet.",
)
def until_right(x, y, w, b, lr):
    while (error := y - (1 if x @ w + b > 0 else 0)) != 0:
        w, b = w + lr * error * x, b + lr * error
    return w, b


@perceptron_step.mistake("bias-never-updated", "The bias learns too: b + lr · (y − prediction).")
def bias_stays(x, y, w, b, lr):
    return w + lr * (y - (x @ w + b > 0)) * x, b


@perceptron_step.mistake(
    "labels-plus-minus", "Your prediction is −1 or 1, but the labels are 0 and 1, so a right 0 counts as an error."
)
def plus_minus(x, y, w, b, lr):
    error = y - np.where(x @ w + b > 0, 1, -1)
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "no-step", "You compare y with the sum itself. The perceptron compares decisions: turn z into 0 or 1 first."
)
def without_step(x, y, w, b, lr):
    error = y - (x @ w + b)
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "sigmoid-not-step",
    "You compare y with a sigmoid. The perceptron compares decisions, not how sure it is: step first.",
)
def soft(x, y, w, b, lr):
    error = y - 1 / (1 + np.exp(-(x @ w + b)))
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "bias-not-in-decision", "The decision was made without the bias: z = x·w + b decides, not x·w alone."
)
def decides_without_bias(x, y, w, b, lr):
    error = y - int(x @ w > 0)
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake(
    "sum-missing", "z is one number for this sample: multiply x and w *and* add up. Your own `weighted_sum` does it."
)
def decides_per_input(x, y, w, b, lr):
    error = y - np.where(x * w + b > 0, 1, 0)
    return w + lr * error * x, b + lr * error


@perceptron_step.mistake("rate-not-for-bias", "The bias moves by lr · error as well: you left out lr there.")
def bias_in_full_steps(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return w + lr * error * x, b + error


@perceptron_step.mistake("rate-forgotten", "The learning rate is missing: each correction is scaled by lr.")
def full_steps(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return w + error * x, b + error


@perceptron_step.mistake(
    "input-not-in-update", "Every weight moved by the same amount. Each one moves in proportion to its input: times x."
)
def same_for_all(x, y, w, b, lr):
    error = y - (x @ w + b > 0)
    return w + lr * error, b + lr * error


@perceptron_step.mistake(
    "mutates-argument", "You changed the caller's array (`w += …` does). Make a new one: `w = w + …`."
)
def in_place_update(x, y, w, b, lr):
    error = y - int(x @ w + b > 0)
    w += lr * error * x
    return w, b + lr * error


@perceptron_step.variant
def with_two_ifs(x, y, w, b, lr):
    prediction = 1 if np.dot(w, x) + b >= 0 else 0
    if prediction == y:
        return w, b
    if y == 1:
        return w + lr * x, b + lr
    return w - lr * x, b - lr


@perceptron_step.variant
def by_margin(x, y, w, b, lr):
    sign = 2 * y - 1
    if sign * (x @ w + b) > 0:
        return w.copy(), b
    return w + lr * sign * x, b + lr * sign


perceptron_step.equivalent("L2 swapped arguments x, w→w, x", "For one sample x·w = w·x.")
