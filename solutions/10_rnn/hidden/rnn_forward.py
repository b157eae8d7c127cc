"""Held-out cases of `rnn_forward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import stepped, weights_of

rnn_forward = exercise("rnn_forward")


@rnn_forward.held_out
def forty_steps_of_one_sample(rnn_forward):
    return rnn_forward(inputs("forty X", (1, 40, 2)), inputs("forty h0", (1, 3)), *weights_of("forty", 2, 3))[0]


@rnn_forward.held_out
def a_second_sequence_begins_anew(rnn_forward):
    weights = weights_of("anew", 2, 4)
    found = []
    for i in range(2):
        H, _ = rnn_forward(inputs(f"anew X {i}", (3, 5, 2)), inputs(f"anew h0 {i}", (3, 4)), *weights)
        found.append(np.copy(H))
    return found


def walked(X, h, Wx, Wh, b):
    """The states after each step as a list, and the caches, done right."""
    states, caches = [], []
    for t in range(X.shape[1]):
        h, cache = stepped(X[:, t], h, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return states, caches


def wrong_states(states):
    """A mistake in H alone: states(X, h0, Wx, Wh, b) makes it; the caches are right."""

    def forward(X, h0, *weights):
        return states(X, h0, *weights), walked(X, h0, *weights)[1]

    return forward


def H_of(X, h0, *weights):
    """H, done right."""
    return np.stack(walked(X, h0, *weights)[0], axis=1)


def each_from(state):
    """H where every step starts from state(h0)."""

    def states(X, h0, *weights):
        return np.stack([stepped(X[:, t], state(h0), *weights)[0] for t in range(X.shape[1])], axis=1)

    return states


def over_samples(X, h0, *weights):
    """A loop over axis 0, with one state for all rows of a sequence."""
    h, states = h0, []
    for i in range(len(X)):
        h = stepped(X[i], h, *weights)[0]
        states.append(h)
    return np.stack(states)


def in_place_of_zeros(X, h0, *weights):
    """H[:, t − 1] as the state before: at t = 0 that is the last column."""
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    for t in range(X.shape[1]):
        H[:, t] = stepped(X[:, t], H[:, t - 1], *weights)[0]
    return H


def only_first_filled(X, h0, *weights):
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    H[:, 0] = stepped(X[:, 0], h0, *weights)[0]
    return H


def last_not_filled(X, h0, *weights):
    H = H_of(X, h0, *weights)
    H[:, -1] = 0
    return H


def first_not_read(X, h0, *weights):
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    if X.shape[1] > 1:
        H[:, 1:] = H_of(X[:, 1:], h0, *weights)
    return H


WRONG_H = {
    "h0-not-used": (
        "h0 never enters, so you begin with zeros (at t = 0, H[:, t − 1] is the last column). Begin with h = h0.",
        in_place_of_zeros,
    ),
    "h0-for-every-step": (
        "Every step starts from h0. Replace h by the new state, so that the next step gets it.",
        each_from(lambda h0: h0),
    ),
    "zeros-for-every-step": (
        "Every step starts from zeros. Begin with h0, and hand the new state on to the next step.",
        each_from(np.zeros_like),
    ),
    "state-before-each-step": (
        "Your H holds the state before each step, beginning with h0. Keep the state after each step.",
        lambda X, h0, *w: np.concatenate([h0[:, None], H_of(X, h0, *w)[:, :-1]], axis=1),
    ),
    "h0-kept-too": (
        "H has one state too many: h0 is in it. There is one state after each of the t steps.",
        lambda X, h0, *w: np.concatenate([h0[:, None], H_of(X, h0, *w)], axis=1),
    ),
    "only-last-state": (
        "You return the last state alone. H holds the state after every step: (n, t, hidden).",
        lambda X, h0, *w: H_of(X, h0, *w)[:, -1],
    ),
    "last-state-at-every-step": (
        "All states in your H are the last one: the same array is appended and overwritten. Append new ones.",
        lambda X, h0, *w: np.repeat(H_of(X, h0, *w)[:, -1:], X.shape[1], axis=1),
    ),
    "time-as-axis-0": (
        "Your H is (t, n, hidden). Stack the states along axis 1: (n, t, hidden).",
        lambda X, h0, *w: np.stack(walked(X, h0, *w)[0]),
    ),
    "reshaped-for-stacked": (
        "reshape doesn't exchange axes, so samples are mixed up. Stack the states along axis 1.",
        lambda X, h0, *w: np.array(walked(X, h0, *w)[0]).reshape(len(X), X.shape[1], -1),
    ),
    "joined-along-hidden": (
        "You joined the states along the hidden numbers. np.stack with axis=1 makes an axis for time.",
        lambda X, h0, *w: np.concatenate(walked(X, h0, *w)[0], axis=1),
    ),
    "read-backwards": (
        "You read the sequence from its end. Begin with X[:, 0].",
        lambda X, h0, *w: H_of(X[:, ::-1], h0, *w),
    ),
    "states-backwards": (
        "Your states are in reverse order. The state after step t is H[:, t]: append, don't put in front.",
        lambda X, h0, *w: H_of(X, h0, *w)[:, ::-1],
    ),
    "batch-for-time": (
        "Your loop steps through the samples. Time is axis 1: each step reads X[:, t].",
        over_samples,
    ),
    "first-input-at-every-step": (
        "Every step reads X[:, 0]. Step t reads X[:, t].",
        lambda X, h0, *w: H_of(np.repeat(X[:, :1], X.shape[1], axis=1), h0, *w),
    ),
    "returns-inside-loop": (
        "You return after the first step, so the others stay 0. Move return out of the loop.",
        only_first_filled,
    ),
    "only-first-state": (
        "H ends after the first step: return stands inside the loop. Move it to the left.",
        lambda X, h0, *w: H_of(X[:, :1], h0, *w),
    ),
    "last-step-missing": (
        "The last step isn't taken: the loop has to reach step t − 1, and range(t) does.",
        lambda X, h0, *w: H_of(X, h0, *w)[:, :-1] if X.shape[1] > 1 else np.zeros((len(X), 0, h0.shape[1])),
    ),
    "last-step-zero": ("The last step isn't taken and stays 0: range(t) ends with t − 1 already.", last_not_filled),
    "first-step-zero": (
        "The first step isn't taken and stays 0. Begin with t = 0, which reads X[:, 0].",
        first_not_read,
    ),
    "type-of-X": (
        "States were cut to whole numbers: zeros_like(X) or dtype=X.dtype takes over their type. Make H of floats.",
        lambda X, h0, *w: H_of(X, h0, *w).astype(X.dtype),
    ),
}

for name, (message, wrong) in WRONG_H.items():
    rnn_forward.mistake(name, message, value=wrong_states(wrong))


@rnn_forward.mistake("only-H", "You return H alone. Return a pair: H, and the caches for the way back.")
def no_caches(X, h0, Wx, Wh, b):
    return H_of(X, h0, Wx, Wh, b)


@rnn_forward.mistake("pair-swapped", "The caches come first in your pair. It is (H, caches).")
def caches_first(X, h0, Wx, Wh, b):
    return walked(X, h0, Wx, Wh, b)[1], H_of(X, h0, Wx, Wh, b)


@rnn_forward.mistake("nothing-returned", "Nothing is returned. Add a return with the pair: H, and the caches.")
def walks_only(X, h0, Wx, Wh, b):
    walked(X, h0, Wx, Wh, b)


@rnn_forward.mistake(
    "h0-changed", "You wrote into the caller's h0. Give the new state to the name h instead of h[:] = …."
)
def into_h0(X, h0, Wx, Wh, b):
    states, caches = walked(X, h0.copy(), Wx, Wh, b)
    h0[:] = states[-1]
    return np.stack(states, axis=1), caches


@rnn_forward.mistake(
    "cache-carried", "h is the pair that `rnn_step` returns. Unpack it: h, cache = rnn_step(…), and hand on h alone."
)
def pair_as_state(X, h0, Wx, Wh, b):
    h, states = h0, []
    for t in range(X.shape[1]):
        h = stepped(X[:, t], h, Wx, Wh, b)
        states.append(h)
    return np.stack(states, axis=1), None


@rnn_forward.variant
def with_a_slot_for_h0(X, h0, Wx, Wh, b):
    H, caches = np.zeros((len(X), X.shape[1] + 1, len(Wh))), []
    H[:, 0] = h0
    for t in range(X.shape[1]):
        H[:, t + 1], cache = stepped(X[:, t], H[:, t], Wx, Wh, b)
        caches.append(cache)
    return H[:, 1:], caches


@rnn_forward.variant
def inputs_first(X, h0, Wx, Wh, b):
    """All that is read is multiplied at once, and H is turned in the end."""
    read, h, H = X @ Wx + b, h0, []
    for z in read.swapaxes(0, 1):
        h = np.tanh(z + h @ Wh)
        H += [h]
    return np.array(H).transpose(1, 0, 2), (X, h0, Wx, Wh, H)


@rnn_forward.variant
def with_the_column_before(X, h0, Wx, Wh, b):
    H, caches = np.empty((X.shape[0], X.shape[1], h0.shape[1])), {}
    for t in range(X.shape[1]):
        H[:, t], caches[t] = stepped(X[:, t], H[:, t - 1] if t else h0, Wx, Wh, b)
    return [H, caches]


rnn_forward.equivalent("L2 swapped elements h, H, caches→h, caches, H", "Both are empty lists at that moment.")
rnn_forward.equivalent(
    "L6 dropped statement caches.append(cache)→pass",
    "What the caches hold is their author's business; the cases of rnn_backward go back through them.",
)
rnn_forward.equivalent("L7 axis axis=1→axis=-2", "H has three axes: axis 1 is the last but one.")
