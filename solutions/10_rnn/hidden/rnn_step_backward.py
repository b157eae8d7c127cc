"""Held-out cases of `rnn_step_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import agrees_with_nudging, sent_back, stepped_back, weights_of

rnn_step_backward = exercise("rnn_step_backward")


@rnn_step_backward.held_out
def as_nudging_says(rnn_step, rnn_step_backward):
    """The gradients against slopes found by nudging, with your own `rnn_step`."""
    x, h, dh = inputs("nudged x", (3, 5), -1, 1), inputs("nudged h", (3, 4), -0.9, 0.9), inputs("nudged dh", (3, 4))
    arrays = [x, h, *weights_of("nudged", 5, 4)]
    found = rnn_step_backward(dh, rnn_step(*arrays)[1])
    return agrees_with_nudging(lambda *given: np.sum(dh * rnn_step(*given)[0]), arrays, found)


@rnn_step_backward.held_out
def one_sample_and_whole_numbers(rnn_step, rnn_step_backward):
    x, h = np.array([[0, 1, 0]]), np.array([[0, 1]])
    return rnn_step_backward(np.array([[3, -2]]), rnn_step(x, h, *weights_of("whole", 3, 2))[1])


def pre_activation(cache):
    """What went into the tanh, from the reference's cache."""
    x, h, Wx, Wh, _ = cache
    return x @ Wx + h @ Wh + layer_bias(cache)


def layer_bias(cache):
    """The bias, which the reference's cache doesn't hold: found from the new state."""
    x, h, Wx, Wh, new = cache
    return (np.arctanh(new) - x @ Wx - h @ Wh).mean(axis=0)


def wrong_slope(bent):
    """A mistake in dz alone: bent(dh, cache)."""
    return lambda dh, cache: sent_back(bent(dh, cache), cache)


WRONG_SLOPES = {
    "slope-missing": (
        "The slope of tanh is missing: multiply dh by 1 − h² with the new state h.",
        lambda dh, cache: dh,
    ),
    "message-missing": (
        "dh isn't used: the slope has to be multiplied by the message that arrives.",
        lambda dh, cache: 1 - cache[-1] ** 2 + 0 * dh,
    ),
    "of-pre-activation": (
        "You squared z, the sum before the bend. The slope is 1 − tanh(z)², and tanh(z) is the new state.",
        lambda dh, cache: dh * (1 - pre_activation(cache) ** 2),
    ),
    "tanh-twice": (
        "The new state is tanh(z) already; you take its tanh once more. The slope is 1 − h².",
        lambda dh, cache: dh * (1 - np.tanh(cache[-1]) ** 2),
    ),
    "of-the-old-state": (
        "The slope was taken at the state before the step. Take it at the new state.",
        lambda dh, cache: dh * (1 - cache[1] ** 2),
    ),
    "sigmoid-slope": (
        "h(1 − h) is the slope of a sigmoid. That of tanh is 1 − h².",
        lambda dh, cache: dh * cache[-1] * (1 - cache[-1]),
    ),
    "not-squared": ("The square is missing: the slope of tanh is 1 − h².", lambda dh, cache: dh * (1 - cache[-1])),
    "tan-slope": ("1 + h² is the slope of tan. That of tanh is 1 − h².", lambda dh, cache: dh * (1 + cache[-1] ** 2)),
    "divided-by-slope": (
        "You divided by the slope. On the way back the message is multiplied by it.",
        lambda dh, cache: dh / (1 - cache[-1] ** 2),
    ),
    "brackets-missing": (
        "dh * 1 - h**2 multiplies first. Put the slope in brackets: dh * (1 - h**2).",
        lambda dh, cache: dh * 1 - cache[-1] ** 2,
    ),
    "minus-one": (
        "The sign is turned round: the slope is 1 − h², not h² − 1.",
        lambda dh, cache: dh * (cache[-1] ** 2 - 1),
    ),
    "root-of-slope": (
        "You took the root of the slope. It is 1 − h² as it stands.",
        lambda dh, cache: dh * np.sqrt(1 - cache[-1] ** 2),
    ),
    "square-outside": (
        "The square includes the 1: (1 − h)². Only h is squared: 1 − h².",
        lambda dh, cache: dh * (1 - cache[-1]) ** 2,
    ),
    "slope-twice": (
        "The slope was multiplied in twice. Once is enough: dz = dh · (1 − h²).",
        lambda dh, cache: dh * (1 - cache[-1] ** 2) ** 2,
    ),
    "tanh-of-message": (
        "The message went through tanh itself. On the way back it is multiplied by the slope, 1 − h².",
        lambda dh, cache: np.tanh(dh),
    ),
}

for name, (message, wrong) in WRONG_SLOPES.items():
    rnn_step_backward.mistake(name, message, value=wrong_slope(wrong))


def wrong_gradient(position, make):
    """A mistake in one of the five gradients: make(dz, dh, cache); the others are right."""

    def backward(dh, cache):
        parts = list(stepped_back(dh, cache))
        parts[position] = make(dh * (1 - cache[-1] ** 2), dh, cache)
        return tuple(parts)

    return backward


DX, DH_PREV, DWX, DWH, DB = range(5)
WRONG_GRADIENTS = {
    "Wx-not-transposed": (
        DX,
        "dx goes back through Wx transposed: dz @ Wx.T.",
        lambda dz, dh, cache: dz @ cache[2],
    ),
    "Wh-not-transposed": (
        DH_PREV,
        "dh_prev goes back through Wh transposed: dz @ Wh.T.",
        lambda dz, dh, cache: dz @ cache[3],
    ),
    "slope-missing-in-dx": (
        DX,
        "dx is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, c: dh @ c[2].T,
    ),
    "slope-missing-in-dh-prev": (
        DH_PREV,
        "dh_prev is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: dh @ cache[3].T,
    ),
    "dh-prev-not-through-Wh": (
        DH_PREV,
        "dh_prev is dz itself. The old state was multiplied by Wh, so send dz back through it: dz @ Wh.T.",
        lambda dz, dh, cache: dz,
    ),
    "dWh-with-new-state": (
        DWH,
        "dWh pairs dz with the state that was multiplied by Wh, the one before the step. You took the new one.",
        lambda dz, dh, cache: cache[-1].T @ dz,
    ),
    "dWh-from-dh": (
        DWH,
        "dWh is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: cache[1].T @ dh,
    ),
    "dWx-from-dh": (
        DWX,
        "dWx is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: cache[0].T @ dh,
    ),
    "dWx-turned": (
        DWX,
        "dWx lies on its side. It has the shape of Wx: x transposed, times dz.",
        lambda dz, dh, cache: dz.T @ cache[0],
    ),
    "dWh-turned": (
        DWH,
        "dWh is transposed. It is the old state transposed, times dz: h.T @ dz.",
        lambda dz, dh, cache: dz.T @ cache[1],
    ),
    "db-from-dh": (
        DB,
        "db is made from dh. The bias is inside the tanh, so it gets dz, summed over the samples.",
        lambda dz, dh, cache: dh.sum(axis=0),
    ),
    "db-not-summed": (
        DB,
        "All samples share one bias: sum dz over them, with axis=0.",
        lambda dz, dh, cache: dz,
    ),
    "db-over-hidden": (
        DB,
        "You summed over the hidden numbers. db has one entry per hidden number: sum over the samples, axis=0.",
        lambda dz, dh, cache: dz.sum(axis=1),
    ),
    "db-over-everything": (
        DB,
        "Your db is a single number. Each hidden number has its own bias: sum over axis 0 only.",
        lambda dz, dh, cache: dz.sum(),
    ),
    "db-averaged": (
        DB,
        "db is a sum over the samples, not a mean: dh says already how much each counts.",
        lambda dz, dh, cache: dz.mean(axis=0),
    ),
}

for name, (position, message, wrong) in WRONG_GRADIENTS.items():
    rnn_step_backward.mistake(name, message, value=wrong_gradient(position, wrong))


@rnn_step_backward.mistake(
    "both-not-transposed", "dx and dh_prev go back through the matrices transposed: dz @ Wx.T and dz @ Wh.T."
)
def as_forwards(dh, cache):
    x, h, Wx, Wh, new = cache
    dz = dh * (1 - new**2)
    return dz @ Wx, dz @ Wh, x.T @ dz, h.T @ dz, dz.sum(axis=0)


@rnn_step_backward.mistake(
    "slope-only-for-states", "dWx, dWh and db are made from dh. All five get dz, the message behind the tanh."
)
def weights_from_dh(dh, cache):
    return *stepped_back(dh, cache)[:2], *sent_back(dh, cache)[2:]


@rnn_step_backward.mistake(
    "slope-only-for-weights", "dx and dh_prev are made from dh. All five get dz, the message behind the tanh."
)
def states_from_dh(dh, cache):
    return *sent_back(dh, cache)[:2], *stepped_back(dh, cache)[2:]


@rnn_step_backward.mistake(
    "divided-by-n",
    "You divided by the number of samples. The loss has done that, if it is a mean: dh holds it already.",
)
def means_of_samples(dh, cache):
    dx, dh_prev, *weights = stepped_back(dh, cache)
    return dx, dh_prev, *(part / len(dh) for part in weights)


@rnn_step_backward.mistake(
    "dx-and-dh-prev-swapped", "The first two are exchanged. The order is dx, dh_prev, dWx, dWh, db."
)
def states_swapped(dh, cache):
    dx, dh_prev, *weights = stepped_back(dh, cache)
    return dh_prev, dx, *weights


@rnn_step_backward.mistake("dWx-and-dWh-swapped", "dWx and dWh are exchanged. The order is dx, dh_prev, dWx, dWh, db.")
def matrices_swapped(dh, cache):
    dx, dh_prev, dWx, dWh, db = stepped_back(dh, cache)
    return dx, dh_prev, dWh, dWx, db


@rnn_step_backward.mistake(
    "pairs-of-parts", "The order of the five is dx, dh_prev, dWx, dWh, db; yours is dx, dWx, dh_prev, dWh, db."
)
def part_by_part(dh, cache):
    dx, dh_prev, dWx, dWh, db = stepped_back(dh, cache)
    return dx, dWx, dh_prev, dWh, db


@rnn_step_backward.mistake("nothing-returned", "Nothing is returned. Add a return with the five gradients.")
def returns_nothing(dh, cache):
    stepped_back(dh, cache)


@rnn_step_backward.mistake("dh-changed", "You changed the caller's dh (`*=` does). Make a new array: dz = dh * ….")
def dh_in_place(dh, cache):
    parts = stepped_back(dh, cache)
    dh *= 1 - cache[-1] ** 2
    return parts


EMPTY = "The cache is None: your `rnn_step` keeps nothing. Return (h, cache) there, with all that the way back needs."


@rnn_step_backward.mistake("cache-none", EMPTY)
def unpacks_nothing(dh, cache):
    x, h, Wx, Wh, new = None
    return stepped_back(dh, (x, h, Wx, Wh, new))


@rnn_step_backward.mistake("cache-none-indexed", EMPTY)
def looks_into_nothing(dh, cache):
    nothing = None
    return nothing[0]


@rnn_step_backward.variant
def bent_again(dh, cache):
    """The slope from z, worked out once more."""
    x, h, Wx, Wh, _ = cache
    dz = dh * (1 - np.tanh(pre_activation(cache)) ** 2)
    return [np.einsum("nk,dk->nd", dz, Wx), (Wh @ dz.T).T, (dz.T @ x).T, np.tensordot(h, dz, (0, 0)), sum(dz)]


@rnn_step_backward.variant
def as_one_matrix(dh, cache):
    x, h, Wx, Wh, new = cache
    dz = (1 + new) * (1 - new) * dh
    both = dz @ np.vstack([Wx, Wh]).T
    dW, d = np.hstack([x, h]).T @ dz, x.shape[1]
    return both[:, :d], both[:, d:], dW[:d], dW[d:], np.ones(len(dz)) @ dz


rnn_step_backward.equivalent("L4 axis axis=0→axis=-2", "dz has two axes: axis 0 is the last but one.")
