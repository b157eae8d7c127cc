"""Held-out cases of `pad`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, integer_inputs

pad = exercise("pad")


@pad.held_out
def a_wide_edge_of_bytes(pad):
    X = integer_inputs("pad bytes", (3, 2, 5, 4), 256).astype(np.uint8)
    result = pad(X, 4)
    return {"result": result, "type": str(np.asarray(result).dtype)}


@pad.held_out
def one_row(pad):
    return [pad(inputs("pad row", (1, 1, 1, 6)), p) for p in (0, 1, 5)]


@pad.mistake(
    "pads-every-axis",
    "There are new pictures and channels, all black. Pad the last two axes only (for np.pad: the pairs of the first two axes are (0, 0)).",
)
def all_axes(X, p):
    return np.pad(X, p)


@pad.mistake(
    "pads-wrong-axes", "You padded channels and height. Pictures are (n, c, h, w): pad the axes 2 and 3, the last two."
)
def middle_axes(X, p):
    return np.pad(X, ((0, 0), (p, p), (p, p), (0, 0)))


@pad.mistake("channels-padded", "There are new channels, all black. Only height and width get an edge: (0, 0) for c.")
def last_three(X, p):
    return np.pad(X, ((0, 0), (p, p), (p, p), (p, p)))


@pad.mistake("after-only", "All zeros are behind the picture. Half of them belong before it: the pair is (p, p).")
def after(X, p):
    return np.pad(X, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))


@pad.mistake("before-only", "All zeros are before the picture. Half of them belong behind it: the pair is (p, p).")
def before(X, p):
    return np.pad(X, ((0, 0), (0, 0), (2 * p, 0), (2 * p, 0)))


@pad.mistake("half-the-edge", "Height and width grow by p only. The edge goes around: p zeros before, and p behind.")
def one_side(X, p):
    return np.pad(X, ((0, 0), (0, 0), (0, p), (0, p)))


@pad.mistake("edge-values", "You repeated the border of the picture. The edge is of zeros: leave out mode.")
def repeated(X, p):
    return np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)), mode="edge")


@pad.mistake("edge-of-ones", "Your edge isn't 0. Begin with zeros, or leave out constant_values.")
def of_ones(X, p):
    return np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=1)


@pad.mistake("height-only", "Only the height has grown. The width gets an edge of p zeros as well.")
def rows_only(X, p):
    return np.pad(X, ((0, 0), (0, 0), (p, p), (0, 0)))


@pad.mistake("width-only", "Only the width has grown. The height gets an edge of p zeros as well.")
def columns_only(X, p):
    return np.pad(X, ((0, 0), (0, 0), (0, 0), (p, p)))


@pad.mistake("twice-as-wide", "Your edge is twice as wide: p zeros on each side make 2p per axis already.")
def doubled(X, p):
    return np.pad(X, ((0, 0), (0, 0), (2 * p, 2 * p), (2 * p, 2 * p)))


@pad.mistake("type-lost", "np.zeros makes floats, whatever X holds. Add dtype=X.dtype.")
def always_floats(X, p):
    n, c, h, w = X.shape
    out = np.zeros((n, c, h + 2 * p, w + 2 * p))
    out[:, :, p : p + h, p : p + w] = X
    return out


@pad.mistake("minus-zero", "With p = 0 the slice p:−p is 0:0, which is empty. Write p : p + h and p : p + w.")
def up_to_minus_p(X, p):
    n, c, h, w = X.shape
    out = np.zeros((n, c, h + 2 * p, w + 2 * p), dtype=X.dtype)
    out[:, :, p:-p, p:-p] = X
    return out


@pad.mistake("result-thrown-away", "np.pad returns a new array and leaves X as it is. Return what it gives.")
def thrown_away(X, p):
    np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    return X


@pad.variant
def into_zeros(X, p):
    n, c, h, w = X.shape
    out = np.zeros((n, c, h + 2 * p, w + 2 * p), dtype=X.dtype)
    out[..., p : h + p, p : w + p] = X
    return out


@pad.variant
def the_same_where_nothing_is_to_do(X, p):
    return X if p == 0 else np.pad(X, [(0, 0), (0, 0), (p, p), (p, p)], mode="constant")


@pad.variant
def by_stacking(X, p):
    n, c, h, w = X.shape
    side = np.zeros((n, c, h, p), dtype=X.dtype)
    wide = np.concatenate([side, X, side], axis=3)
    above = np.zeros((n, c, p, w + 2 * p), dtype=X.dtype)
    return np.concatenate([above, wide, above], axis=2)
