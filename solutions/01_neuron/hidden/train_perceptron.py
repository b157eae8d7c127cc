"""Held-out cases of `train_perceptron`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, labels_right
from course.data import iris

train_perceptron = exercise("train_perceptron")


@train_perceptron.held_out
def the_learning_rate_only_scales_the_weights(train_perceptron):
    X, y = inputs("perceptron train", (12, 3)), np.array([0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0])
    w, b = train_perceptron(X, y, 3, 1.0)
    half_w, half_b = train_perceptron(X, y, 3, 0.5)
    return {"w": np.asarray(w) - 2 * np.asarray(half_w), "b": b - 2 * half_b, "shape": np.shape(w)}


@train_perceptron.held_out(judge=labels_right((iris().y[::2] == 0).astype(int), at_least=0.97))
def the_other_half_of_the_flowers(train_perceptron):
    flowers = iris()
    X, y = flowers.X[1::2, 2:], (flowers.y[1::2] == 0).astype(int)
    w, b = train_perceptron(X, y, 10, 0.1)
    return (flowers.X[::2, 2:] @ np.asarray(w) + b > 0).astype(int)


FAR = inputs("perceptron far", (30, 2)) + np.array([6.0, 6.0])
IS_BEYOND = (FAR.sum(axis=1) > 12).astype(int)


@train_perceptron.held_out(judge=labels_right(IS_BEYOND, at_least=1.0))
def a_line_far_from_the_origin(train_perceptron):
    X = FAR + 0.4 * np.where(IS_BEYOND == 1, 1, -1)[:, None]
    w, b = train_perceptron(X, IS_BEYOND, 60, 1.0)
    return (X @ np.asarray(w) + b > 0).astype(int)


def step(x, y, w, b, lr):
    """A right perceptron step, for the mistakes below."""
    error = y - int(x @ w + b > 0)
    return w + lr * error * x, b + lr * error


def step_as_taught(x, y, w, b, lr):
    """The step as the lesson writes it: given a whole table it fails as a learner's own would."""
    error = y - np.where(x @ w + b > 0, 1.0, 0.0)
    return w + lr * error * x, b + lr * error


def step_by_if(x, y, w, b, lr):
    """The step with an `if`, which can't decide for a whole table."""
    error = y - (1 if x @ w + b > 0 else 0)
    return w + lr * error * x, b + lr * error


def step_by_products(x, y, w, b, lr):
    """The step with products that are summed."""
    error = y - np.where((x * w).sum(axis=-1) + b > 0, 1.0, 0.0)
    return w + lr * error * x, b + lr * error


def step_by_dot(x, y, w, b, lr):
    """The step with `np.dot`."""
    error = y - np.where(np.dot(x, w) + b > 0, 1.0, 0.0)
    return w + lr * error * x, b + lr * error


def by_index(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0
    for _ in range(epochs):
        for i in range(X.shape[0]):
            error = y[i] - (1 if X[i] @ w + b >= 0 else 0)
            w = w + lr * error * X[i]
            b = b + lr * error
    return w, b


train_perceptron.variant(by_index)


@train_perceptron.mistake(
    "one-pass-only", "Each sample got one chance only. Go over the data again, `epochs` times in all."
)
def one_pass(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for x, target in zip(X, y, strict=True):
        w, b = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "starts-over", "w and b are set back to zero in every epoch, so only the last one counts. Set them once, before."
)
def starts_over(X, y, epochs, lr):
    for _ in range(epochs):
        w, b = np.zeros(X.shape[1]), 0.0
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "returns-after-first-epoch", "You return after the first epoch: `return` belongs below both loops, not inside one."
)
def returns_too_early(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, lr)
        return w, b


@train_perceptron.mistake(
    "loops-swapped", "Your loops are swapped: each sample is repeated on its own. The epochs are the outer loop."
)
def epochs_inside(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for x, target in zip(X, y, strict=True):
        for _ in range(epochs):
            w, b = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "epochs-as-samples",
    "You use the number of the epoch to choose a sample. Two loops: epochs outside, samples inside.",
)
def epoch_chooses_sample(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for i in range(epochs):
        w, b = step(X[i], y[i], w, b, lr)
    return w, b


@train_perceptron.mistake("bias-not-returned", "Return both, w and b: `return w, b`.")
def returns_w_only(X, y, epochs, lr):
    return by_index(X, y, epochs, lr)[0]


@train_perceptron.mistake(
    "whole-table-at-once",
    "`perceptron_step` takes one sample and its label, and you gave it the whole table. Loop over the rows of X and y.",
)
def all_at_once(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        w, b = step_as_taught(X, y, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "whole-table-to-an-if",
    "`perceptron_step` takes one sample and its label, and you gave it the whole table, for which its `if` can't "
    "decide. Loop over the rows of X and y.",
)
def all_at_once_to_an_if(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        w, b = step_by_if(X, y, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "weight-per-sample",
    "len(X) is the number of samples, so you made one weight per sample. A weight belongs to an input: there are "
    "X.shape[1] of them, one per column of X.",
)
def as_many_weights_as_samples(X, y, epochs, lr, step=step):
    w, b = np.zeros(len(X)), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "weight-per-sample-by-products",
    "len(X) is the number of samples, so you made one weight per sample, and your step can't pair them with the inputs. "
    "A weight belongs to an input: there are X.shape[1] of them, one per column of X.",
)
def as_many_weights_as_samples_by_products(X, y, epochs, lr):
    return as_many_weights_as_samples(X, y, epochs, lr, step_by_products)


@train_perceptron.mistake(
    "weight-per-sample-by-dot",
    "len(X) is the number of samples, so you made one weight per sample, and np.dot can't pair them with the inputs. A "
    "weight belongs to an input: there are X.shape[1] of them, one per column of X.",
)
def as_many_weights_as_samples_by_dot(X, y, epochs, lr):
    return as_many_weights_as_samples(X, y, epochs, lr, step_by_dot)


@train_perceptron.mistake(
    "result-thrown-away",
    "`perceptron_step` returns the new w and b, but you don't keep them: w, b = perceptron_step(…).",
)
def thrown_away(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "bias-never-updated", "Only w is learned, the bias stays 0, so the line can't leave the origin. Keep both."
)
def keeps_no_bias(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            w, _ = step(x, target, w, b, lr)
    return w, b


@train_perceptron.mistake(
    "update-sign", "The line moves away from every mistake it makes: the correction inside has the wrong sign."
)
def learns_backwards(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, -lr)
    return w, b


@train_perceptron.mistake(
    "returns-inside-loop", "You return inside the loop, after the first sample. Move `return` out, below both loops."
)
def returns_at_once(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            return step(x, target, w, b, lr)
    return w, b


@train_perceptron.variant
def stops_when_all_are_right(X, y, epochs, lr):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        if np.array_equal(X @ w + b > 0, y == 1):
            break
        for x, target in zip(X, y, strict=True):
            w, b = step(x, target, w, b, lr)
    return w, b


train_perceptron.equivalent("L2 constant 1→-1", "X has two axes: axis 1 is the last one.")
