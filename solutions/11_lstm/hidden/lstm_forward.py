"""Held-out cases of `lstm_forward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, integer_inputs

from .shared import CACHE, cell, sequence

lstm_forward = exercise("lstm_forward")


@lstm_forward.held_out
def many_steps(lstm_forward):
    return lstm_forward(*sequence("many", 3, 9, 2, 4))[0]


@lstm_forward.held_out
def more_samples_than_steps(lstm_forward):
    return lstm_forward(*sequence("broad", 6, 2, 1, 3))[0]


@lstm_forward.held_out
def whole_numbers_in_time(lstm_forward):
    _, h0, c0, *given = sequence("ints", 2, 3, 2, 2)
    return lstm_forward(integer_inputs("ints", (2, 3, 2), 4), h0, c0, *given)[0]


def unrolled(X, h0, c0, Wx, Wh, b, times=None, reset_h=False, reset_c=False):
    h, c, H, C, caches = h0, c0, [], [], []
    for t in range(X.shape[1]) if times is None else times:
        h, c, cache = cell(X[:, t], h0 if reset_h else h, c0 if reset_c else c, Wx, Wh, b)
        H.append(h)
        C.append(c)
        caches.append(cache)
    return H, C, caches


@lstm_forward.mistake("h0-not-used", "h0 never enters: start with h = h0, not with zeros.")
def zeros_for_h(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, 0 * h0, c0, Wx, Wh, b)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("c0-not-used", "c0 never enters: start with c = c0, not with zeros.")
def zeros_for_c(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, 0 * c0, Wx, Wh, b)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("no-start", "h0 and c0 never enter: start with h = h0 and c = c0, not with zeros.")
def zeros_for_both(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, 0 * h0, 0 * c0, Wx, Wh, b)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("states-not-carried", "Every step starts from h0 and c0: hand the new h and c on.")
def always_from_the_start(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, reset_h=True, reset_c=True)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("h-not-carried", "Every step gets h0: hand the new h on to the next step, as you do with c.")
def h0_each_time(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, reset_h=True)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("c-not-carried", "Every step gets c0: hand the new c on to the next step, as you do with h.")
def c0_each_time(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, reset_c=True)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("c-lost", "c starts again at 0 in every step. Hand the new c on to the next step.")
def zero_c_each_time(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, 0 * c0, Wx, Wh, b, reset_c=True)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("start-exchanged", "h0 and c0 are exchanged at the start.")
def c0_for_h0(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, c0, h0, Wx, Wh, b)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("states-exchanged", "h and c change places from step to step: lstm_step returns (h, c, cache).")
def swapped_on_the_way(X, h0, c0, Wx, Wh, b):
    h, c, H, caches = h0, c0, [], []
    for t in range(X.shape[1]):
        shown, new, cache = cell(X[:, t], h, c, Wx, Wh, b)
        h, c = new, shown
        H.append(shown)
        caches.append(cache)
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("cell-states-collected", "H holds the cell states. The outside sees the hidden states h.")
def c_collected(X, h0, c0, Wx, Wh, b):
    _, C, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.stack(C, axis=1), caches


@lstm_forward.mistake("time-reversed", "H must hold the states in the order of time, the first step first.")
def last_first(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.stack(H[::-1], axis=1), caches


@lstm_forward.mistake("read-backwards", "You read the sequence from its end. Start with X[:, 0].")
def from_the_end(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, times=range(X.shape[1] - 1, -1, -1))
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("only-the-last", "Only the last state is returned. H holds the state after every step.")
def the_end_alone(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return H[-1], caches


@lstm_forward.mistake(
    "starts-with-h0", "H begins with h0 and lacks the last state. It holds the states after each step."
)
def one_too_early(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.stack([h0, *H[:-1]], axis=1), caches


@lstm_forward.mistake("time-in-front", "Time comes first in your H: (t, n, hidden). Stack along axis 1.")
def time_first(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.stack(H), caches


@lstm_forward.mistake(
    "side-by-side", "The states stand side by side in one long row. np.stack makes a new axis for time."
)
def concatenated(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b)
    return np.concatenate(H, axis=1), caches


@lstm_forward.mistake("first-input-only", "Every step reads the first element. Step t reads X[:, t].")
def x0_each_time(X, h0, c0, Wx, Wh, b):
    H, _, caches = unrolled(X, h0, c0, Wx, Wh, b, times=[0] * X.shape[1])
    return np.stack(H, axis=1), caches


@lstm_forward.mistake("caches-forgotten", "The caches are missing: return (H, caches).")
def without_caches(X, h0, c0, Wx, Wh, b):
    return np.stack(unrolled(X, h0, c0, Wx, Wh, b)[0], axis=1)


@lstm_forward.mistake("return-missing", "H is computed, but not returned.")
def silent_forward(X, h0, c0, Wx, Wh, b):
    unrolled(X, h0, c0, Wx, Wh, b)


@lstm_forward.variant
def into_zeros(X, h0, c0, Wx, Wh, b):
    n, t, _ = X.shape
    H, caches = np.zeros((n, t, h0.shape[1])), {}
    for step in range(t):
        H[:, step], c0, caches[step] = cell(X[:, step], H[:, step - 1] if step else h0, c0, Wx, Wh, b)
    return H, caches


@lstm_forward.variant
def with_a_swapped_view(X, h0, c0, Wx, Wh, b):
    h, c, H = h0, c0, []
    for x in X.swapaxes(0, 1):
        h, c, _ = cell(x, h, c, Wx, Wh, b)
        H += [h]
    return np.array(H).swapaxes(0, 1), None


lstm_forward.equivalent("L2 swapped elements h, c, H, caches→h, c, caches, H", "Two empty lists.")
lstm_forward.equivalent("L6 dropped statement caches.append(cache)→pass", CACHE)
lstm_forward.equivalent("L7 axis axis=1→axis=-2", "Of three axes the second is the last but one.")
