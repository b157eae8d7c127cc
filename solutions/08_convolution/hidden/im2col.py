"""Held-out cases of `im2col`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import all_windows, padded

im2col = exercise("im2col")


@im2col.held_out
def a_turned_picture(im2col):
    X = inputs("im2col turned", (4, 2, 7, 6)).transpose(0, 1, 3, 2)[::2, :, :, ::-1]
    return im2col(X, 3, 2, 2, 2)


@im2col.held_out
def windows_of_one_pixel_and_of_the_whole_picture(im2col):
    X = inputs("im2col whole", (2, 3, 4, 5))
    return [im2col(X, 1, 1, 1, 0), im2col(X, 4, 5, 1, 0), im2col(X, 1, 1, 2, 1), im2col(X, 6, 7, 3, 1)]


def ordered(windows, order):
    """The axes of all windows in this order, cut into a matrix per picture."""
    n, c, h_out, w_out, kh, kw = windows.shape
    return windows.transpose(order).reshape(n, c * kh * kw, h_out * w_out)


@im2col.mistake(
    "reshape-without-transpose",
    "reshape only cuts memory anew, so your numbers are scrambled. First bring the axes into order with transpose.",
)
def only_cut(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, stride, padding), (0, 1, 2, 3, 4, 5))


@im2col.mistake("windows-in-rows", "Your windows are rows. Here each is a column: the places are the last axis.")
def rows_of_windows(X, kh, kw, stride, padding):
    windows = all_windows(X, kh, kw, stride, padding).transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(len(X), -1, X.shape[1] * kh * kw)


@im2col.mistake(
    "rows-cut-as-columns", "reshape can't turn rows into columns. Move the axes of a window before the places first."
)
def rows_recut(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, stride, padding), (0, 2, 3, 1, 4, 5))


@im2col.mistake("channels-last", "The channels change fastest in your columns. They come first: c, then kh, then kw.")
def channels_fastest(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, stride, padding), (0, 4, 5, 1, 2, 3))


@im2col.mistake("window-column-by-column", "Within a window you go down first. Go row by row: kh before kw.")
def down_first(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, stride, padding), (0, 1, 5, 4, 2, 3))


@im2col.mistake("places-column-by-column", "Your windows visit the places column by column. Go row by row.")
def places_down_first(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, stride, padding), (0, 1, 4, 5, 3, 2))


@im2col.mistake("stride-lost", "The stride has no effect: keep every stride-th place, down and across.")
def every_place(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, 1, padding), (0, 1, 4, 5, 2, 3))


@im2col.mistake(
    "stride-down-only", "The stride has an effect downwards only. Across, keep every stride-th place as well."
)
def every_column(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, 1, padding)[:, :, ::stride], (0, 1, 4, 5, 2, 3))


@im2col.mistake("padding-lost", "The padding has no effect: take the windows from pad(X, padding).")
def of_x_itself(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, stride, 0), (0, 1, 4, 5, 2, 3))


@im2col.mistake(
    "padding-and-stride-lost", "Neither stride nor padding has an effect. Pad first, and keep every stride-th place."
)
def neither(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, 1, 0), (0, 1, 4, 5, 2, 3))


@im2col.mistake("window-sizes-swapped", "The window is turned: kh is its height, for axis 2, kw its width, for axis 3.")
def wide_for_high(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kw, kh, stride, padding), (0, 1, 4, 5, 2, 3))


@im2col.mistake(
    "stride-before-windows",
    "The stride thinned out the picture before you took the windows. Take the windows first, then every stride-th one.",
)
def thinned_out(X, kh, kw, stride, padding):
    thin = padded(X, padding)[:, :, ::stride, ::stride]
    return ordered(all_windows(thin, kh, kw, 1, 0), (0, 1, 4, 5, 2, 3))


@im2col.mistake(
    "pictures-side-by-side", "All pictures are in one matrix. Each has its own: the first axis of the result is n."
)
def one_matrix(X, kh, kw, stride, padding):
    right = ordered(all_windows(X, kh, kw, stride, padding), (0, 1, 4, 5, 2, 3))
    return right.transpose(1, 0, 2).reshape(right.shape[1], -1)


@im2col.mistake("axes-left", "Your result still has six axes. After the transpose reshape to (n, c·kh·kw, −1).")
def six_axes(X, kh, kw, stride, padding):
    return all_windows(X, kh, kw, stride, padding).transpose(0, 1, 4, 5, 2, 3)


@im2col.mistake("windows-turned", "Your windows are turned by half a turn. Write their numbers as they stand.")
def turned_windows(X, kh, kw, stride, padding):
    return ordered(all_windows(X, kh, kw, stride, padding)[..., ::-1, ::-1], (0, 1, 4, 5, 2, 3))


@im2col.variant
def place_by_place(X, kh, kw, stride, padding):
    P = padded(X, padding)
    h_out, w_out = ((n - k) // stride + 1 for n, k in zip(P.shape[2:], (kh, kw), strict=True))
    columns = []
    for y in range(0, stride * h_out, stride):
        for x in range(0, stride * w_out, stride):
            columns.append(P[:, :, y : y + kh, x : x + kw].reshape(len(X), -1))
    return np.stack(columns, axis=2)


@im2col.variant
def entry_by_entry_of_the_window(X, kh, kw, stride, padding):
    P = padded(X, padding)
    n, c, h, w = P.shape
    h_out, w_out = (h - kh) // stride + 1, (w - kw) // stride + 1
    out = np.zeros((n, c, kh, kw, h_out, w_out))
    for u in range(kh):
        for v in range(kw):
            out[:, :, u, v] = P[:, :, u : u + stride * h_out : stride, v : v + stride * w_out : stride]
    return out.reshape(n, c * kh * kw, h_out * w_out)


@im2col.variant
def by_as_strided(X, kh, kw, stride, padding):
    P = padded(X, padding)
    n, c, h, w = P.shape
    places = (h - kh) // stride + 1, (w - kw) // stride + 1
    a, b, down, across = P.strides
    steps = (a, b, down, across, stride * down, stride * across)
    windows = np.lib.stride_tricks.as_strided(P, (n, c, kh, kw, *places), steps, writeable=False)
    return windows.reshape(n, c * kh * kw, -1)


@im2col.variant
def by_index_arrays(X, kh, kw, stride, padding):
    P = padded(X, padding)
    h_out, w_out = (P.shape[2] - kh) // stride + 1, (P.shape[3] - kw) // stride + 1
    rows = np.repeat(np.arange(kh), kw)[:, None] + stride * np.repeat(np.arange(h_out), w_out)
    cols = np.tile(np.arange(kw), kh)[:, None] + stride * np.tile(np.arange(w_out), h_out)
    return P[:, :, rows, cols].reshape(len(X), -1, h_out * w_out)


im2col.equivalent("L4 constant 2→-2", "P has four axes: number 2 is number −2 counted from the end.")
im2col.equivalent("L6 constant 3→-3", "The windows have six axes: number 3 is number −3 counted from the end.")
im2col.equivalent("L6 constant -1→-2", "reshape works out the size that is negative, whichever negative number it is.")
