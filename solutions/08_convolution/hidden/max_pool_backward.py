"""Held-out cases of `max_pool_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import all_windows, pooled

max_pool_backward = exercise("max_pool_backward")


@max_pool_backward.held_out
def back_to_a_turned_map(max_pool_backward):
    X = inputs("pool back turned", (4, 2, 9, 8)).transpose(0, 1, 3, 2)[::2]
    return [
        max_pool_backward(inputs(f"pool back dout {size} {stride}", shape), X, size, stride)
        for size, stride, shape in ((3, 3, (2, 2, 2, 3)), (4, 1, (2, 2, 5, 6)), (1, 2, (2, 2, 4, 5)))
    ]


@max_pool_backward.held_out
def maps_of_zeros(max_pool_backward):
    dout = inputs("pool back zeros", (2, 3, 2, 2), -3, -1)
    dX = max_pool_backward(dout.copy(), np.zeros((2, 3, 6, 6)), 3, 3)
    got = np.asarray(dX, dtype=float).reshape(2, 3, 2, 3, 2, 3)
    return {"handed out by each window": got.sum(axis=(3, 5)), "positive shares": bool(np.any(got > 1e-12))}


@max_pool_backward.held_out
def equally_large_pixels_in_windows_that_overlap(max_pool_backward):
    X = np.array([[[[5.0, 1, 5, 0, 5]]]]).repeat(3, axis=2) - np.array([0, 1, 2]).reshape(1, 1, 3, 1)
    dX = max_pool_backward(np.array([[[[2.0, 3.0]]]]), X, 3, 2)
    top = np.asarray(dX, dtype=float)[0, 0, 0]
    fair = -1e-12 <= top[0] <= 2 and -1e-12 <= top[4] <= 3
    return {"all": float(np.sum(dX)), "in the top row": float(top.sum()), "no share too large": bool(fair)}


def shared(dout, X, size, stride, share):
    """dX place by place: share(window, message) says what the pixels of a window get."""
    dX = np.zeros(X.shape)
    for i, c, y, x in np.ndindex(dout.shape):
        at = np.s_[i, c, y * stride : y * stride + size, x * stride : x * stride + size]
        dX[at] += share(X[at], dout[i, c, y, x])
    return dX


def to_the_first(window, message=1.0):
    out = np.zeros(window.shape)
    out.flat[window.argmax()] = message
    return out


@max_pool_backward.mistake(
    "overlap-assigned",
    "A pixel that wins several windows keeps one message only. Add them all: += in a loop, or np.add.at.",
)
def last_window_wins(dout, X, size, stride):
    dX = np.zeros(X.shape)
    for i, c, y, x in np.ndindex(dout.shape):
        at = np.s_[i, c, y * stride : y * stride + size, x * stride : x * stride + size]
        dX[at][X[at] == X[at].max()] = dout[i, c, y, x]
    return dX


@max_pool_backward.mistake(
    "window-overwritten", "Each window overwrites what its pixels had got from others, also with 0. Add: +=, not =."
)
def whole_window_assigned(dout, X, size, stride):
    dX = np.zeros(X.shape)
    for i, c, y, x in np.ndindex(dout.shape):
        at = np.s_[i, c, y * stride : y * stride + size, x * stride : x * stride + size]
        dX[at] = to_the_first(X[at], dout[i, c, y, x])
    return dX


@max_pool_backward.mistake(
    "all-ties-full",
    "Equally large pixels each get the full message, so more is handed out than came. Give it to one, or share it.",
)
def each_of_them(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: (p == p.max()) * message)


@max_pool_backward.mistake(
    "losers-share", "The message is spread over the window. The largest pixel gets all of it, the others 0."
)
def evenly(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: np.full(p.shape, message / p.size))


@max_pool_backward.mistake("all-get-it", "Every pixel of a window gets its message. Only the largest one does.")
def to_everybody(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: np.full(p.shape, message))


@max_pool_backward.mistake("times-value", "You multiplied by the pixel's value. The winner gets dout as it is.")
def value_times_message(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(p, message * p.max()))


@max_pool_backward.mistake(
    "value-for-message", "You put the largest values back in their places. The winner gets dout."
)
def unpooled(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(p, p.max()))


@max_pool_backward.mistake("upstream-ignored", "dout isn't used: each winner gets 1. It gets its window's dout.")
def ones_to_winners(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(p))


@max_pool_backward.mistake("to-the-smallest", "The smallest pixel gets the message. It belongs to the largest.")
def argmin(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(-p, message))


@max_pool_backward.mistake(
    "to-the-corner", "The first pixel of each window gets the message. Find the largest: argmax."
)
def first_pixel(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(np.zeros(p.shape), message))


@max_pool_backward.mistake(
    "average-over-size",
    "The message is divided by the number of pixels, as for a mean. The winner gets it undiminished.",
)
def part_of_it(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(p, message / p.size))


@max_pool_backward.mistake(
    "max-of-whole-map", "You looked for the largest number of the whole map. Each window has a winner of its own."
)
def one_winner_per_map(dout, X, size, stride):
    largest = X.max(axis=(2, 3), keepdims=True)
    return shared(dout, np.where(largest == X, X, np.nan), size, stride, lambda p, message: (p == p) * message)


@max_pool_backward.mistake(
    "credit-to-foreign-window",
    "A pixel gets messages of windows that it isn't in. Compare each window's maximum with its own pixels only.",
)
def equal_anywhere(dout, X, size, stride):
    dX, out = np.zeros(X.shape), pooled(X, size, stride)
    for i, c, y, x in np.ndindex(dout.shape):
        dX[i, c] += (X[i, c] == out[i, c, y, x]) * dout[i, c, y, x]
    return dX


@max_pool_backward.mistake(
    "stride-ignored", "The way back uses other windows than the way there: they start at y·stride and x·stride."
)
def starts_at_the_place(dout, X, size, stride):
    dX = np.zeros(X.shape)
    for i, c, y, x in np.ndindex(dout.shape):
        at = np.s_[i, c, y : y + size, x : x + size]
        dX[at] += to_the_first(X[at], dout[i, c, y, x])
    return dX


@max_pool_backward.mistake(
    "window-of-stride", "Your windows are as large as the stride. They end at their start plus size."
)
def windows_of_stride(dout, X, size, stride):
    return shared_windows(dout, X, stride, stride)


def shared_windows(dout, X, size, stride):
    return shared(dout, X, size, stride, to_the_first)


@max_pool_backward.mistake(
    "return-inside-loop", "You return inside the loops, so nearly all of dX is 0. Move return out of all of them."
)
def first_window_of_all(dout, X, size, stride):
    only = np.zeros(dout.shape)
    only[0, 0, 0, 0] = dout[0, 0, 0, 0]
    return shared(only, X, size, stride, to_the_first)


@max_pool_backward.mistake(
    "place-in-window-for-place-in-map",
    "argmax counts within the window. Add where the window starts: y·stride, x·stride.",
)
def always_top_left(dout, X, size, stride):
    dX = np.zeros(X.shape)
    for i, c, y, x in np.ndindex(dout.shape):
        window = X[i, c, y * stride : y * stride + size, x * stride : x * stride + size]
        dX[i, c, :size, :size] += to_the_first(window, dout[i, c, y, x])
    return dX


@max_pool_backward.mistake(
    "dx-of-whole-numbers",
    "np.zeros_like(X) takes the type of X, and whole numbers cut fractions off. Use np.zeros(X.shape).",
)
def zeros_like_x(dout, X, size, stride):
    return shared(dout, X, size, stride, to_the_first).astype(X.dtype)


@max_pool_backward.mistake(
    "negative-pixels-silent", "Negative winners get nothing here. The largest of negative numbers counts."
)
def as_after_relu(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(p, message) * (p > 0))


@max_pool_backward.mistake(
    "max-over-channels", "Only the best channel gets the message. Each channel has its own windows."
)
def best_channel(dout, X, size, stride):
    best = pooled(X, size, stride)
    return shared(dout * (best == best.max(axis=1, keepdims=True)), X, size, stride, to_the_first)


@max_pool_backward.mistake("inputs-changed", "You changed dout or X. Begin with np.zeros(X.shape), and add to that.")
def dout_used_up(dout, X, size, stride):
    result = shared(dout, X, size, stride, to_the_first)
    dout -= dout
    return result


@max_pool_backward.variant
def to_the_first_of_them(dout, X, size, stride):
    return shared(dout, X, size, stride, to_the_first)


@max_pool_backward.variant
def to_the_last_of_them(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(p[::-1, ::-1], message)[::-1, ::-1])


@max_pool_backward.variant
def column_by_column(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: to_the_first(p.T, message).T)


@max_pool_backward.variant
def shared_equally(dout, X, size, stride):
    return shared(dout, X, size, stride, lambda p, message: (p == p.max()) / np.sum(p == p.max()) * message)


@max_pool_backward.variant
def by_add_at(dout, X, size, stride):
    n, c, h_out, w_out = dout.shape
    windows = all_windows(X, size, size, stride, 0).reshape(n, c, h_out, w_out, -1)
    u, v = np.divmod(windows.argmax(axis=-1), size)
    i, k, y, x = np.indices(dout.shape)
    dX = np.zeros(X.shape)
    np.add.at(dX, (i, k, y * stride + u, x * stride + v), dout)
    return dX
