"""Held-out cases of `sgd_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, inputs_after

sgd_step = exercise("sgd_step")


def arrays_of(name, sizes):
    """A pair of arrays per layer."""
    pairs = enumerate(zip(sizes, sizes[1:], strict=False))
    return [(inputs(f"{name} W{i}", (a, b)), inputs(f"{name} b{i}", b)) for i, (a, b) in pairs]


@sgd_step.held_out
def two_steps_one_after_the_other(sgd_step):
    params = arrays_of("two steps", [4, 2, 3])
    for lr in (0.25, 1.5):
        params = sgd_step(params, arrays_of(f"two steps {lr}", [4, 2, 3]), lr)
    return params


@sgd_step.held_out
def pairs_as_lists(sgd_step):
    params, grads = ([list(pair) for pair in arrays_of(name, [2, 3, 2])] for name in ("lists", "lists d"))
    return inputs_after(sgd_step, params, grads, 0.1), sgd_step(params, grads, 0.1)


@sgd_step.mistake("ascent", "You climb: the gradient points uphill, so lr times the gradient is subtracted.")
def uphill(params, grads, lr):
    return [(W + lr * dW, b + lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.mistake(
    "rebound-name",
    "`W = W - …` gives a new array the name W; the list still holds the old one. Collect the new pairs in a new list.",
)
def only_renamed(params, grads, lr):
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        W = W - lr * dW
        b = b - lr * db
    return params


@sgd_step.mistake(
    "tuple-plus-equals",
    "A pair is a tuple, and nothing in it can be replaced. Build a new list of new pairs instead.",
)
def assigned_into_the_pair(params, grads, lr):
    for i in range(len(params)):
        params[i][0] -= lr * grads[i][0]
        params[i][1] -= lr * grads[i][1]
    return params


@sgd_step.mistake(
    "arrays-changed", "`-=` changes the caller's arrays themselves. Make new ones: W - lr * dW, in a new list."
)
def in_place(params, grads, lr):
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        W -= lr * dW
        b -= lr * db
    return params


@sgd_step.mistake("list-changed", "You replaced the pairs in the caller's own list. Put the new pairs into a new list.")
def replaced_in_the_list(params, grads, lr):
    for i, ((W, b), (dW, db)) in enumerate(zip(params, grads, strict=True)):
        params[i] = (W - lr * dW, b - lr * db)
    return params


@sgd_step.mistake("rate-forgotten", "The learning rate is missing: a step is lr times the gradient.")
def full_steps(params, grads, lr):
    return [(W - dW, b - db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.mistake("rate-not-for-bias", "The biases move by the whole gradient: you left out lr there.")
def bias_in_full_steps(params, grads, lr):
    return [(W - lr * dW, b - db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.mistake("bias-stays", "The biases haven't moved. They learn too: b - lr * db.")
def weights_only(params, grads, lr):
    return [(W - lr * dW, b) for (W, b), (dW, _) in zip(params, grads, strict=True)]


@sgd_step.mistake(
    "returns-inside-loop", "You return inside the loop, after the first layer. `return` belongs below it."
)
def first_layer_only(params, grads, lr):
    new = []
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        new.append((W - lr * dW, b - lr * db))
        return new


@sgd_step.mistake(
    "list-made-in-loop", "Only the last layer is left: the new list is made inside the loop. Make it once, before."
)
def last_layer_only(params, grads, lr):
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        new = []
        new.append((W - lr * dW, b - lr * db))
    return new


@sgd_step.mistake("flat-list", "All arrays are in one long list. Keep them in pairs: append one (W, b) for each layer.")
def without_pairs(params, grads, lr):
    new = []
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        new += [W - lr * dW, b - lr * db]
    return new


@sgd_step.mistake("steps-returned", "You return lr times the gradients. Subtract that from the parameters.")
def the_steps_themselves(params, grads, lr):
    return [(lr * dW, lr * db) for dW, db in grads]


@sgd_step.mistake("subtraction-reversed", "You subtract the parameters from the step. It is W - lr * dW.")
def reversed_difference(params, grads, lr):
    return [(lr * dW - W, lr * db - b) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@sgd_step.variant
def by_index(params, grads, lr):
    new = []
    for i in range(len(params)):
        new.append([params[i][0] - lr * grads[i][0], params[i][1] - lr * grads[i][1]])
    return new


@sgd_step.variant
def copied_and_changed(params, grads, lr):
    new = [(np.copy(W), np.copy(b)) for W, b in params]
    for pair, slopes in zip(new, grads, strict=True):
        for array, slope in zip(pair, slopes, strict=True):
            array -= lr * slope
    return new
