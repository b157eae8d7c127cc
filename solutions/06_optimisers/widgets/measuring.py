"""Trainings on the digits, a few updates at a time, so that a figure can show them as they go and pause them.

A training is plain data: {"size", "width", "seed", "updates", "params", "curve"}. `params` are lists of lists,
`curve` is the held-out accuracy after each portion of updates.
"""

from functools import cache

import numpy as np
from scipy.special import softmax

from course.data import digits
from course.figures import LearnerError

SIZES = (20, 50, 100, 200, 400, 800, 1437)
WIDTHS = (4, 16, 64)
HELD_OUT = 360
LR, BATCH = 0.3, 32
PORTION = 50  # updates per tick of the clock

TRAINING = ("minibatches", "network_gradients", "sgd_step")  # your functions that a training needs

# Measured with this module: width 16, 1500 updates, mean of seeds 1 to 3, at each of SIZES.
MEASURED_ON, MEASURED_WIDTH, MEASURED_UPDATES, MEASURED_SEEDS = "25 November 2026", 16, 1500, (1, 2, 3)
MEASURED = (65.8, 83.4, 88.1, 91.8, 94.6, 96.0, 97.1)  # % of the held-out digits


# --- the data -------------------------------------------------------------------------------------------


@cache
def data():
    """X (1437, 64) in 0..1 and labels (1437,) to learn from, and the same of 360 held-out digits."""
    all_digits = digits()
    order = np.random.default_rng(0).permutation(len(all_digits.y))
    X, y = all_digits.X[order] / 16, all_digits.y[order]
    return X[HELD_OUT:], y[HELD_OUT:], X[:HELD_OUT], y[:HELD_OUT]


def labelled(size, seed):
    """The first `size` digits to learn from, in an order that the seed sets."""
    X, y, _, _ = data()
    chosen = np.random.default_rng(seed).permutation(len(X))[:size]
    return X[chosen], y[chosen]


# --- a training -----------------------------------------------------------------------------------------


def parameters(width):
    """How many weights and biases a network 64-width-10 has."""
    return 64 * width + width + width * 10 + 10


def begun(size, width, seed):
    """A training before its first update: weights with variance 2 / inputs, biases 0."""
    rng = np.random.default_rng((seed, width))
    layers = ((64, width), (width, 10))
    params = [[rng.normal(0, np.sqrt(2 / n), (n, m)).tolist(), [0.0] * m] for n, m in layers]
    return {"size": size, "width": width, "seed": seed, "updates": 0, "params": params, "curve": []}


def continued(training, updates, functions):
    """The training after so many more updates, by your functions, and its held-out accuracy then."""
    X, y = labelled(training["size"], training["seed"])
    if functions.have(*TRAINING):
        params = trained(training, updates, X, y, functions)
    else:
        from . import own  # torch takes a second to load: not before it is needed

        functions.own(*TRAINING)
        params = own.trained(training, updates, X, y)
    return training | {
        "updates": training["updates"] + updates,
        "params": [[W.tolist(), b.tolist()] for W, b in params],
        "curve": [*training["curve"], round(held_out_accuracy(params, functions), 4)],
    }


def trained(training, updates, X, y, functions):
    """The params after so many more updates by your functions."""
    params = [(np.array(W), np.array(b)) for W, b in training["params"]]
    rng = np.random.default_rng((training["seed"], training["updates"]))
    left = updates
    while left:
        for X_batch, labels in batches(X, y, BATCH, rng, functions)[:left]:
            params = updated(params, X_batch, labels, functions)
            left -= 1
    return params


def batches(X, y, size, rng, functions):
    """Your minibatches, looked at: a list of (X, labels)."""
    found = list(functions.call("minibatches", X, y, size, rng))
    if not found:
        raise LearnerError("Your minibatches gave no batch; every sample must be in one.")
    for batch in found:
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            raise LearnerError("Each batch of your minibatches must be a pair (X, y).")
        if np.shape(batch[0])[1:] != X.shape[1:] or np.shape(batch[1]) != np.shape(batch[0])[:1]:
            shapes = f"{np.shape(batch[0])} and {np.shape(batch[1])}"
            raise LearnerError(f"A batch of your minibatches has shapes {shapes}; this figure needs (m, 64) and (m,).")
    return found


def updated(params, X, labels, functions):
    """Your network_gradients, then your sgd_step."""
    shapes = [[W.shape, b.shape] for W, b in params]
    grads = functions.call("network_gradients", X, labels, params, shape=shapes)
    return list(functions.call("sgd_step", params, list(grads), LR, shape=shapes))


def held_out_accuracy(params, functions):
    _, _, X, y = data()
    (W1, b1), (W2, b2) = params
    with np.errstate(all="ignore"):
        probs = softmax(np.maximum(X @ W1 + b1, 0) @ W2 + b2, axis=1)
    if functions.have("accuracy"):
        return float(functions.call("accuracy", probs, y, shape=()))
    functions.own("accuracy")
    return np.count_nonzero(probs[np.arange(HELD_OUT), y] == probs.max(axis=1)) / HELD_OUT


def tried(functions):
    """One update on a few digits, so that the figure knows at once which functions it runs on and whether they fit."""
    X, y, _, _ = data()
    params = [(np.array(W), np.array(b)) for W, b in begun(6, 4, 0)["params"]]
    if functions.have(*TRAINING):
        X_batch, labels = batches(X[:6], y[:6], 4, np.random.default_rng(0), functions)[0]
        params = updated(params, X_batch, labels, functions)
    else:
        functions.own(*TRAINING)
    held_out_accuracy(params, functions)
