"""Held-out cases of `lstm_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import Ways, sequence

lstm_backward = exercise("lstm_backward")


def in_time(lstm_forward, lstm_backward, name, n, t, d, hidden):
    caches = lstm_forward(*sequence(name, n, t, d, hidden))[1]
    return lstm_backward(inputs(f"{name} dH", (n, t, hidden)), caches)


@lstm_backward.held_out
def many_steps_back(lstm_forward, lstm_backward):
    return in_time(lstm_forward, lstm_backward, "far", 3, 8, 2, 3)


@lstm_backward.held_out
def one_sequence_back(lstm_forward, lstm_backward):
    return in_time(lstm_forward, lstm_backward, "lonely", 1, 4, 3, 2)


@lstm_backward.held_out
def the_same_caches_twice(lstm_forward, lstm_backward):
    caches = lstm_forward(*sequence("again", 2, 3, 3, 2))[1]
    dH = inputs("again dH", (2, 3, 2))
    lstm_backward(dH, caches)
    return lstm_backward(dH, caches)


def walked_back(
    dH, caches, carry_h=True, carry_c=True, outside=True, pile_h=False, pile_c=False, weights="sum", forwards=False
):
    """The way back with a choice of what is done differently: (dX as a list in time, dh0, dc0, dWx, dWh, db)."""
    steps = range(len(caches))
    dX, dh, dc, total = {}, 0 * dH[:, 0], 0 * dH[:, 0], [0, 0, 0]
    for t in steps if forwards else reversed(steps):
        own = dH[:, t] if outside or t == len(caches) - 1 else 0
        dx, dh_new, dc_new, *shares = Ways(own + dh, dc, caches[t]).result()
        dX[t] = dx
        dh = dh + dh_new if pile_h else dh_new if carry_h else 0 * dh_new
        dc = dc + dc_new if pile_c else dc_new if carry_c else 0 * dc_new
        total = shares if weights == "last" else [a + b for a, b in zip(total, shares, strict=True)]
    if weights == "mean":
        total = [w / len(caches) for w in total]
    return [dX[t] for t in steps], dh_new, dc_new, *total


def stacked(dX, *rest):
    return np.stack(dX, axis=1), *rest


@lstm_backward.mistake("h-carry-dropped", "The message for h from step t + 1 is lost: hand dH[:, t] + dh to step t.")
def h_not_handed_on(dH, caches):
    return stacked(*walked_back(dH, caches, carry_h=False))


@lstm_backward.mistake("c-carry-dropped", "The message for c from step t + 1 is lost: hand dc on, from step to step.")
def c_not_handed_on(dH, caches):
    return stacked(*walked_back(dH, caches, carry_c=False))


@lstm_backward.mistake(
    "carries-never-updated", "Nothing travels through time: hand dh_prev and dc_prev on to the step before."
)
def each_step_alone(dH, caches):
    return stacked(*walked_back(dH, caches, carry_h=False, carry_c=False))


@lstm_backward.mistake(
    "outside-dropped", "Only the last step hears from outside. Every step's own output has a message: dH[:, t]."
)
def last_output_only(dH, caches):
    return stacked(*walked_back(dH, caches, outside=False))


@lstm_backward.mistake(
    "h-carry-piles-up", "dh_prev already holds what came from all later steps: replace dh, don't add to it."
)
def growing_dh(dH, caches):
    return stacked(*walked_back(dH, caches, pile_h=True))


@lstm_backward.mistake(
    "c-carry-piles-up", "dc_prev already holds what came from all later steps: replace dc, don't add to it."
)
def growing_dc(dH, caches):
    return stacked(*walked_back(dH, caches, pile_c=True))


@lstm_backward.mistake(
    "weights-overwritten", "The same weights act at every step: add up their gradients over the steps."
)
def first_step_only(dH, caches):
    return stacked(*walked_back(dH, caches, weights="last"))


@lstm_backward.mistake("weights-averaged", "The weights' gradients are added up over the steps, not averaged.")
def mean_over_time(dH, caches):
    return stacked(*walked_back(dH, caches, weights="mean"))


@lstm_backward.mistake("forward-order", "Go from the last step to the first: what step t needs comes from step t + 1.")
def from_the_first(dH, caches):
    return stacked(*walked_back(dH, caches, forwards=True))


@lstm_backward.mistake(
    "dc-starts-with-dH", "At the last step nothing comes from later for c: start with dc = 0, not with dH."
)
def dc_from_dH(dH, caches):
    dX, dh, dc, total = [], 0, dH[:, -1], [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, dh, dc, *shares = Ways(dH[:, t] + dh, dc, caches[t]).result()
        dX.insert(0, dx)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return stacked(dX, dh, dc, *total)


@lstm_backward.mistake(
    "outside-into-c", "The message from outside belongs to h: hand over dH[:, t] + dh, and dc as it is."
)
def dH_for_c_too(dH, caches):
    dX, dh, dc, total = [], 0, 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, dh, dc, *shares = Ways(dH[:, t] + dh, dH[:, t] + dc, caches[t]).result()
        dX.insert(0, dx)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return stacked(dX, dh, dc, *total)


@lstm_backward.mistake("dh0-zero", "What comes back from the first step is the message for h0. You return zeros.")
def zeros_for_h0(dH, caches):
    dX, dh, *rest = walked_back(dH, caches)
    return stacked(dX, 0 * dh, *rest)


@lstm_backward.mistake("dc0-zero", "What comes back from the first step is the message for c0. You return zeros.")
def zeros_for_c0(dH, caches):
    dX, dh, dc, *rest = walked_back(dH, caches)
    return stacked(dX, dh, 0 * dc, *rest)


@lstm_backward.mistake("start-exchanged", "The order is (dX, dh0, dc0, …); the messages for h0 and c0 are exchanged.")
def dc0_first(dH, caches):
    dX, dh, dc, *rest = walked_back(dH, caches)
    return stacked(dX, dc, dh, *rest)


@lstm_backward.mistake(
    "dX-reversed", "dX is in the order of your walk, the last step first. Put it in the order of time."
)
def as_walked(dH, caches):
    dX, *rest = walked_back(dH, caches)
    return stacked(dX[::-1], *rest)


@lstm_backward.mistake("dX-of-the-first-step", "Only one step's dx is returned. dX has one for each step: (n, t, d).")
def dx_alone(dH, caches):
    dX, *rest = walked_back(dH, caches)
    return dX[0], *rest


@lstm_backward.mistake("time-in-front", "Time comes first in your dX. Stack along axis 1: (n, t, d).")
def dX_time_first(dH, caches):
    dX, *rest = walked_back(dH, caches)
    return np.stack(dX), *rest


@lstm_backward.mistake("dH-changed", "You add to the caller's dH. Make a new array: dH[:, t] + dh.")
def written_into_dH(dH, caches):
    dX, dh, dc, total = [], 0, 0 * dH[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        dH[:, t] += dh
        dx, dh, dc, *shares = Ways(dH[:, t], dc, caches[t]).result()
        dX.insert(0, dx)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return stacked(dX, dh, dc, *total)


@lstm_backward.mistake(
    "dc0-missing", "Six gradients are wanted; dc0, the one for the cell state at the start, is missing."
)
def without_dc0(dH, caches):
    dX, dh, _, *rest = walked_back(dH, caches)
    return stacked(dX, dh, *rest)


@lstm_backward.mistake("return-missing", "The gradients are computed, but not returned.")
def silent_in_time(dH, caches):
    walked_back(dH, caches)


@lstm_backward.variant
def into_zeros_backwards(dH, caches):
    n, steps, hidden = dH.shape
    d = caches[0][0].shape[1]
    dX, dh, dc = np.zeros((n, steps, d)), np.zeros((n, hidden)), np.zeros((n, hidden))
    dWx, dWh, db = np.zeros((d, 4 * hidden)), np.zeros((hidden, 4 * hidden)), np.zeros(4 * hidden)
    for t in range(steps - 1, -1, -1):
        dX[:, t], dh, dc, a, b, c = Ways(dh + dH[:, t], dc, caches[t]).result()
        dWx += a
        dWh += b
        db += c
    return dX, dh, dc, dWx, dWh, db


@lstm_backward.variant
def sums_at_the_end(dH, caches):
    dX, dh, dc, shares = [], 0, 0, []
    for message, cache in zip(dH.swapaxes(0, 1)[::-1], caches[::-1], strict=True):
        dx, dh, dc, *share = Ways(message + dh, dc + np.zeros_like(message), cache).result()
        dX.append(dx)
        shares.append(share)
    return [np.array(dX[::-1]).swapaxes(0, 1), dh, dc, *(sum(parts) for parts in zip(*shares, strict=True))]


lstm_backward.equivalent("L2 swapped elements dX, dh, dc, weights→dX, dc, dh, weights", "Both are 0 at the start.")
lstm_backward.equivalent(
    "L2 swapped elements [], 0, np.zeros_like(dH[:, 0]), [0, 0, 0]→[], np.zeros_like(dH[:, 0]), 0, [0, 0, 0]",
    "Both are 0 at the start.",
)
lstm_backward.equivalent("L6 swapped elements total, share→share, total", "A sum.")
lstm_backward.equivalent("L6 swapped arguments weights, shares→shares, weights", "A sum.")
lstm_backward.equivalent("L7 axis axis=1→axis=-2", "Of three axes the second is the last but one.")

lstm_backward.equivalent("L2 constant 0→-1 #2", "Zeros of the same shape: each step has as many units.")
