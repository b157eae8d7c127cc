"""Held-out cases of `rnn_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import agrees_with_nudging, sent_back, stepped_back, weights_of

rnn_backward = exercise("rnn_backward")


@rnn_backward.held_out
def as_nudging_says_through_time(rnn_forward, rnn_backward):
    """The gradients against slopes found by nudging, with your own `rnn_forward`."""
    X, h0, dH = (
        inputs("nudged X", (2, 5, 3), -1, 1),
        inputs("nudged h0", (2, 4), -0.9, 0.9),
        inputs("nudged dH", (2, 5, 4)),
    )
    arrays = [X, h0, *weights_of("nudged", 3, 4)]
    found = rnn_backward(dH, rnn_forward(*arrays)[1])
    return agrees_with_nudging(lambda *given: np.sum(dH * rnn_forward(*given)[0]), arrays, found)


@rnn_backward.held_out
def two_sequences_at_a_time(rnn_forward, rnn_backward):
    """Both go forwards before either goes back."""
    weights = weights_of("two", 2, 3)
    caches = [
        rnn_forward(inputs(f"two X {t}", (2, t, 2), -1, 1), inputs(f"two h0 {t}", (2, 3), -1, 1), *weights)[1]
        for t in (6, 3)
    ]
    dHs = inputs("two dH 6", (2, 6, 3)), inputs("two dH 3", (2, 3, 3))
    return [rnn_backward(dHs[i], caches[i]) for i in (1, 0)]


@rnn_backward.held_out
def letters_and_a_message_of_whole_numbers(rnn_forward, rnn_backward):
    X, h0 = np.eye(4, dtype=int)[[[0, 3, 1, 2, 2]]], np.zeros((1, 3), dtype=int)
    dH = np.array([[[1, 0, -2], [0, 0, 0], [0, 3, 0], [1, 1, 1], [-1, 0, 2]]])
    return rnn_backward(dH, rnn_forward(X, h0, *weights_of("letters", 4, 3))[1])


def went_back(dH, caches, message=None, step=stepped_back):
    """rnn_backward, step by step; message(dH, t, from_later) may be another one than the right one."""
    dX, later, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        arrived = message(dH, t, later) if message else dH[:, t] + later
        dx, later, *shares = step(arrived, caches[t])
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def messages(dH, caches):
    """What arrives at each step, and each step's five gradients, first step first; done right."""
    arrived, found, later = [], [], 0
    for t in reversed(range(len(caches))):
        arrived.insert(0, dH[:, t] + later)
        found.insert(0, stepped_back(arrived[0], caches[t]))
        later = found[0][1]
    return arrived, found


def from_parts(make):
    """A mistake made from what arrives at each step and its gradients: make(right, arrived, found, dH, caches)."""

    def backward(dH, caches):
        arrived, found = messages(dH, caches)
        return make(went_back(dH, caches), arrived, found, dH, caches)

    return backward


def forwards_in_time(dH, caches):
    later, dX, weights = 0, [], [0, 0, 0]
    for t in range(len(caches)):
        dx, later, *shares = stepped_back(dH[:, t] + later, caches[t])
        dX.append(dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def piling_up(dH, caches):
    dX, carry, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, dh_prev, *shares = stepped_back(dH[:, t] + carry, caches[t])
        carry = carry + dh_prev
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), carry, *weights


def one_step_back(dH, caches):
    """Each step hears of the next step's own message only."""
    dX, from_next, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, _, *shares = stepped_back(dH[:, t] + from_next, caches[t])
        from_next = stepped_back(dH[:, t], caches[t])[1]
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), from_next, *weights


def with_dx_carried(dH, caches):
    dX, later, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        later, _, *shares = stepped_back(dH[:, t] + later, caches[t])
        dX.insert(0, later)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def first_step_left_out(dH, caches):
    """The loop ends before step 0."""
    found = messages(dH, caches)[1]
    dX = np.stack([np.zeros_like(found[0][0]), *(step[0] for step in found[1:])], axis=1)
    later = found[1][1] if len(found) > 1 else 0
    return dX, later, *(sum(step[i] for step in found[1:]) for i in (2, 3, 4))


def last_step_left_out(dH, caches):
    """The loop begins one step too early."""
    dX, later, *weights = went_back(dH, caches[:-1]) if len(caches) > 1 else (None, 0, 0, 0, 0)
    blank = np.zeros((len(dH), 1, caches[0][0].shape[1]))
    return blank if dX is None else np.concatenate([dX, blank], axis=1), later, *weights


def returned_inside_the_loop(dH, caches):
    """After the first round, which is the last step."""
    dx, *others = stepped_back(dH[:, -1], caches[-1])
    dX = np.zeros((len(dH), len(caches), dx.shape[1]))
    dX[:, -1] = dx
    return dX, *others


def with_zeros_as_h0(dH, caches):
    x, h0, *others = caches[0]
    return went_back(dH, [(x, np.zeros_like(h0), *others), *caches[1:]])


def with_new_states(dH, caches):
    return went_back(dH, [(x, new, Wx, Wh, new) for x, _, Wx, Wh, new in caches])


def without_slope(dH, caches):
    return went_back(dH, caches, step=sent_back)


def zero_dh0(gradients):
    dX, dh0, *weights = gradients
    return dX, 0 * dh0, *weights


def samples_for_steps(dH, caches):
    """Step t gets the message of sample t."""
    return went_back(dH, caches, message=lambda dH, t, later: dH[t] + later)


ORDER = "The order of the five is dX, dh0, dWx, dWh, db."
WRONG_WAYS_BACK = {
    "carry-dropped": (
        "What comes back from step t + 1 is lost. The message of step t is dH[:, t] + dh_prev.",
        lambda dH, caches: went_back(dH, caches, message=lambda dH, t, later: dH[:, t]),
    ),
    "nothing-carried": (
        "Nothing travels from step to step. Add dh_prev to the message of the step before; the last one is dh0.",
        lambda dH, caches: zero_dh0(went_back(dH, caches, message=lambda dH, t, later: dH[:, t])),
    ),
    "output-gradient-dropped": (
        "dH is used at the last step only. Each step gets its own dH[:, t], and what comes back from the next.",
        lambda dH, caches: went_back(
            dH, caches, message=lambda dH, t, later: dH[:, t] if t == len(caches) - 1 else later
        ),
    ),
    "carry-piles-up": (
        "dh_prev holds all that comes from later already. Replace the carry by it, don't add it to the carry.",
        piling_up,
    ),
    "carry-subtracted": (
        "What comes back from the next step is subtracted. Messages that meet are added.",
        lambda dH, caches: went_back(dH, caches, message=lambda dH, t, later: dH[:, t] - later),
    ),
    "one-step-back": (
        "Your carry comes from dH of the next step alone. Send the whole message back: dH[:, t] and the carry.",
        one_step_back,
    ),
    "dx-carried": (
        "You hand dx on to the step before. It is dh_prev, the second of the five, that travels through time.",
        with_dx_carried,
    ),
    "weights-overwritten": (
        "dWx, dWh and db are those of the first step alone. Add the shares of all steps up.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *found[0][2:])),
    ),
    "weights-of-the-last-step": (
        "dWx, dWh and db are those of the last step alone. Add the shares of all steps up.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *found[-1][2:])),
    ),
    "db-overwritten": (
        "db is that of the first step alone. Add it up over all steps, like dWx and dWh.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:4], found[0][4])),
    ),
    "averaged-over-steps": (
        "You divided by the number of steps. The gradients of shared weights are sums over the steps.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *(w / len(caches) for w in right[2:]))),
    ),
    "divided-by-n": (
        "You divided by the number of samples. If the loss is a mean, dH holds that already.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *(w / len(dH) for w in right[2:]))),
    ),
    "forward-order": (
        "You go from the first step to the last. Go backwards: a step's message comes from the step after it.",
        forwards_in_time,
    ),
    "dh0-zero": (
        "dh0 is 0 in your answer. It is the dh_prev that comes back from the first step.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], np.zeros_like(right[1]), *right[2:])),
    ),
    "dh0-none": (
        "dh0 is None. It is the dh_prev that comes back from the first step.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], None, *right[2:])),
    ),
    "dh0-before-the-step": (
        "Your dh0 is the message that arrives at the first step. It has to go back through that step, too.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], arrived[0], *right[2:])),
    ),
    "dh0-of-the-last-step": (
        "Your dh0 is the dh_prev of the last step. It is what comes back from the first one.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], found[-1][1], *right[2:])),
    ),
    "dX-backwards": (
        "dX is in the order of the loop, the last step first. Put each dx in front, or at dX[:, t].",
        from_parts(lambda right, arrived, found, dH, caches: (right[0][:, ::-1], *right[1:])),
    ),
    "dX-time-first": (
        "Your dX is (t, n, d). Stack along axis 1: (n, t, d), like X.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0].swapaxes(0, 1), *right[1:])),
    ),
    "dX-of-the-first-step": (
        "Your dX is dx of the first step alone. X has t steps, and each has its own dx.",
        from_parts(lambda right, arrived, found, dH, caches: (found[0][0], *right[1:])),
    ),
    "dX-summed": (
        "You added the dx of all steps. Each belongs to an x of its own: keep them apart, only weights are shared.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0].sum(axis=1), *right[1:])),
    ),
    "first-step-left-out": (
        "The first step is left out: range(t − 1, 0, −1) ends at 1. Use reversed(range(t)).",
        first_step_left_out,
    ),
    "last-step-left-out": (
        "The last step is left out. Its number is t − 1, and the way back begins there.",
        last_step_left_out,
    ),
    "returns-inside-loop": (
        "You return after one step back, so the rest stays 0. Move return out of the loop.",
        returned_inside_the_loop,
    ),
    "samples-for-steps": (
        "Step t gets dH[t], the message of sample t. Time is axis 1: dH[:, t].",
        samples_for_steps,
    ),
    "h0-zero-in-dWh": (
        "dWh takes 0 as the state before the first step. It was h0.",
        with_zeros_as_h0,
    ),
    "dWh-with-new-state": (
        "dWh pairs each message with the state after the step. It was the state before it that met Wh.",
        with_new_states,
    ),
    "slope-missing": ("The slope of tanh is missing: on the way back each step multiplies by 1 − h².", without_slope),
    "steps-back-at-the-wrong-cache": (
        "Messages and caches don't match: with caches[t] goes dH[:, t], and both run backwards.",
        lambda dH, caches: went_back(dH, caches[::-1]),
    ),
    "dWx-and-dWh-swapped": (
        ORDER + " Yours has dWx and dWh exchanged.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], right[3], right[2], right[4])),
    ),
    "dX-and-dh0-swapped": (
        ORDER + " Yours has dX and dh0 exchanged.",
        from_parts(lambda right, arrived, found, dH, caches: (right[1], right[0], *right[2:])),
    ),
    "dh0-last": (
        ORDER + " Yours has dh0 at the end.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], *right[2:], right[1])),
    ),
    "dh0-left-out": (
        "Four gradients are returned, and dh0 isn't among them. " + ORDER,
        from_parts(lambda right, arrived, found, dH, caches: (right[0], *right[2:])),
    ),
    "nothing-returned": (
        "Nothing is returned. Add a return with the five gradients.",
        from_parts(lambda *parts: None),
    ),
}

for name, (message, wrong) in WRONG_WAYS_BACK.items():
    rnn_backward.mistake(name, message, value=wrong)


@rnn_backward.mistake("dH-changed", "You added to the caller's dH (`+=` does). Add to a new array: dH[:, t] + carry.")
def into_dH(dH, caches):
    found = went_back(dH, caches)
    dH[:] = np.stack(messages(dH, caches)[0], axis=1)
    return found


CACHES_EMPTY = "The caches are None: your `rnn_forward` keeps nothing. Return (H, caches) there, one cache per step."


@rnn_backward.mistake("caches-none", CACHES_EMPTY)
def counts_nothing(dH, caches):
    return went_back(dH, None)


@rnn_backward.mistake("caches-none-indexed", CACHES_EMPTY)
def looks_into_no_caches(dH, caches):
    nothing = None
    return nothing[0]


@rnn_backward.variant
def with_arrays_prepared(dH, caches):
    x, h, Wx, Wh, _ = caches[0]
    dX, dWx, dWh, db = np.zeros((*dH.shape[:2], x.shape[1])), np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    carry = np.zeros(h.shape)
    for t in range(dH.shape[1] - 1, -1, -1):
        dX[:, t], carry, dWx_t, dWh_t, db_t = stepped_back(dH[:, t] + carry, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dX, carry, dWx, dWh, db


@rnn_backward.variant
def weights_at_once(dH, caches):
    """First all messages, then one product over samples and steps."""
    dZ, later = np.array(dH, dtype=float), 0
    for t in reversed(range(dH.shape[1])):
        dZ[:, t] = (dZ[:, t] + later) * (1 - caches[t][4] ** 2)
        later = dZ[:, t] @ caches[t][3].T
    X, before = (np.stack([cache[i] for cache in caches], axis=1) for i in (0, 1))
    dWx, dWh = np.einsum("ntd,ntk->dk", X, dZ), np.einsum("ntj,ntk->jk", before, dZ)
    return [dZ @ caches[0][2].T, later, dWx, dWh, dZ.sum(axis=(0, 1))]


@rnn_backward.variant
def on_a_copy_of_the_messages(dH, caches):
    waiting, dX, weights = dH.astype(float), [], np.zeros(3, dtype=object)
    for t, cache in reversed(list(enumerate(caches))):
        dx, dh_prev, *shares = stepped_back(waiting[:, t], cache)
        if t > 0:
            waiting[:, t - 1] += dh_prev
        dX.append(dx)
        for i, share in enumerate(shares):
            weights[i] = weights[i] + share
    return np.stack(dX[::-1], axis=1), dh_prev, *weights


rnn_backward.equivalent("L6 swapped elements total, share→share, total", "They are added, in whatever order.")
rnn_backward.equivalent("L6 swapped arguments weights, shares→shares, weights", "They are added, in whatever order.")
rnn_backward.equivalent("L7 axis axis=1→axis=-2", "dX has three axes: axis 1 is the last but one.")
