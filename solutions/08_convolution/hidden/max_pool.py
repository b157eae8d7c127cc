"""Held-out cases of `max_pool`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, integer_inputs

from .shared import all_windows, pooled

max_pool = exercise("max_pool")


@max_pool.held_out
def a_turned_map_of_whole_numbers(max_pool):
    X = integer_inputs("pool turned", (4, 2, 9, 8), 90).transpose(0, 1, 3, 2)[::2] - 100
    return [max_pool(X, 3, 3), max_pool(X, 2, 1), max_pool(X, 4, 3)]


@max_pool.held_out
def windows_of_one_pixel_and_of_the_whole_map(max_pool):
    X = inputs("pool whole", (2, 3, 4, 4)) - 3
    return [max_pool(X, 1, 1), max_pool(X, 4, 2), max_pool(X, 1, 3)]


@max_pool.mistake(
    "zero-start", "A window of negative numbers gives 0 here. Begin with the first number of the window, not with 0."
)
def at_least_0(X, size, stride):
    return np.maximum(pooled(X, size, stride), X.dtype.type(0))


@max_pool.mistake(
    "window-of-stride", "Your window is as large as the stride. It ends at its start plus size, whatever the stride is."
)
def as_large_as_the_stride(X, size, stride):
    windows = all_windows(X, size, size, stride, 0)
    h_out, w_out = windows.shape[2:4]
    out = np.zeros(windows.shape[:4], dtype=X.dtype)
    for y, x in np.ndindex(h_out, w_out):
        top, left = y * stride, x * stride
        out[:, :, y, x] = X[:, :, top : top + stride, left : left + stride].max(axis=(2, 3))
    return out


@max_pool.mistake("stride-is-size", "Your windows lie side by side. They start every stride pixels, not every size.")
def side_by_side(X, size, stride):
    return pooled(X, size, size)


@max_pool.mistake("stride-of-1", "Your windows move by one pixel. Keep every stride-th place only, down and across.")
def step_by_step(X, size, stride):
    return pooled(X, size, 1)


@max_pool.mistake(
    "stride-down-only", "The stride has an effect downwards only. Across, keep every stride-th place as well."
)
def every_column_of_places(X, size, stride):
    return all_windows(X, size, size, 1, 0)[:, :, ::stride].max(axis=(4, 5))


@max_pool.mistake(
    "max-over-channels", "The maximum runs over the channels, too. Each channel by itself: two axes only."
)
def largest_of_all_channels(X, size, stride):
    right = pooled(X, size, stride)
    return np.broadcast_to(right.max(axis=1, keepdims=True), right.shape).copy()


@max_pool.mistake("channels-lost", "The channels are gone. Each channel by itself: the maximum over the last two axes.")
def without_channels(X, size, stride):
    return pooled(X, size, stride).max(axis=1)


@max_pool.mistake("abs", "The signs are gone. The largest number is wanted, and −1 is larger than −3.")
def largest_size(X, size, stride):
    return pooled(np.abs(X), size, stride)


@max_pool.mistake("mean", "That is average pooling. Take the largest number of each window.")
def average(X, size, stride):
    windows = all_windows(X, size, size, stride, 0)
    return windows.mean(axis=(4, 5)).astype(X.dtype)


@max_pool.mistake("min", "You took the smallest number of each window. Take the largest.")
def smallest(X, size, stride):
    return all_windows(X, size, size, stride, 0).min(axis=(4, 5))


@max_pool.mistake("one-axis", "The maximum runs over one axis of the window. It has two, the last two: axis=(4, 5).")
def along_rows_only(X, size, stride):
    return all_windows(X, size, size, stride, 0).max(axis=5)


@max_pool.mistake("over-the-places", "The maximum runs over the places. It runs over the windows, the last two axes.")
def over_places(X, size, stride):
    return all_windows(X, size, size, stride, 0).max(axis=(2, 3))


@max_pool.mistake("type-lost", "Your result holds floats, whatever X holds. Make it with dtype=X.dtype.")
def as_floats(X, size, stride):
    return pooled(X, size, stride) * 1.0


@max_pool.mistake(
    "return-inside-loop", "You return inside the loops, so most of the result is 0. Move return out of all of them."
)
def first_map_only(X, size, stride):
    right = pooled(X, size, stride)
    out = np.zeros_like(right)
    out[0, 0] = right[0, 0]
    return out


@max_pool.mistake(
    "returns-after-one-place", "You return after the first window, so the rest is 0. Move return out of all loops."
)
def first_window_only(X, size, stride):
    right = pooled(X, size, stride)
    out = np.zeros_like(right)
    out[0, 0, 0, 0] = right[0, 0, 0, 0]
    return out


@max_pool.mistake(
    "windows-that-stick-out", "Windows that stick out of the map aren't used: round down, as output_size does."
)
def rounded_up_windows(X, size, stride):
    n, c, h, w = X.shape
    h_out, w_out = (-(-(length - size) // stride) + 1 for length in (h, w))
    out = np.zeros((n, c, h_out, w_out), dtype=X.dtype)
    for y, x in np.ndindex(h_out, w_out):
        out[:, :, y, x] = X[:, :, y * stride : y * stride + size, x * stride : x * stride + size].max(axis=(2, 3))
    return out


@max_pool.mistake(
    "height-and-width-swapped", "Height and width are exchanged: row y starts at y·stride, and goes down the axis 2."
)
def windows_across_first(X, size, stride):
    return pooled(X, size, stride).swapaxes(2, 3)


@max_pool.variant
def place_by_place_of_the_result(X, size, stride):
    n, c, h, w = X.shape
    out = np.empty((n, c, (h - size) // stride + 1, (w - size) // stride + 1), dtype=X.dtype)
    for i, k, y, x in np.ndindex(out.shape):
        out[i, k, y, x] = np.amax(X[i, k, y * stride : y * stride + size, x * stride : x * stride + size])
    return out


@max_pool.variant
def entry_by_entry_of_the_window_of_maxima(X, size, stride):
    h_out, w_out = ((length - size) // stride + 1 for length in X.shape[2:])
    largest = None
    for u, v in np.ndindex(size, size):
        moved = X[:, :, u : u + stride * h_out : stride, v : v + stride * w_out : stride]
        largest = moved if largest is None else np.maximum(largest, moved)
    return largest


@max_pool.variant
def by_sorting(X, size, stride):
    windows = all_windows(X, size, size, stride, 0)
    return np.sort(windows.reshape(*windows.shape[:4], -1), axis=-1)[..., -1]


max_pool.equivalent("L2 constant 2→-2", "X has four axes: number 2 is number −2 counted from the end.")
