"""Held-out cases of `conv2d`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import close, exercise, inputs

from .shared import all_windows, columns_of, convolved, padded, right_value, sizes, slid

conv2d = exercise("conv2d")


@conv2d.held_out(judge=close(1e-4, 1e-4))
def again_a_turned_picture_of_float32(conv2d):
    X = inputs("loops turned", (4, 2, 9, 6)).astype(np.float32).transpose(0, 1, 3, 2)[::2]
    W, b = inputs("loops float W", (3, 2, 2, 4)), inputs("loops float b", 3)
    return conv2d(X, W.astype(np.float32), b.astype(np.float32), 2, 2)


@conv2d.held_out
def again_kernels_of_one_pixel_and_of_the_whole_picture(conv2d):
    X, b = inputs("loops whole X", (2, 3, 4, 5)), inputs("loops whole b", 2)
    shapes = (2, 3, 1, 1), (2, 3, 4, 5)
    return [conv2d(X, inputs(f"loops whole {shape}", shape), b, 2, 0) for shape in shapes]


@conv2d.mistake(
    "still-loops",
    "The numbers are right, but it is slow: a loop over pixels is left in conv2d or im2col. Use one matrix product.",
)
def the_four_loops(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, right_value)


@conv2d.mistake("bias-forgotten", "The bias is missing: add b[:, None] to the product.")
def without_bias(X, W, b, stride, padding):
    return convolved(X, W, np.zeros(len(b)), stride, padding)


@conv2d.mistake(
    "bias-per-place", "b was added along the places, or didn't fit there. It belongs to the filters: b[:, None]."
)
def bias_along_places(X, W, b, stride, padding):
    out = W.reshape(len(W), -1) @ columns_of(X, W, stride, padding) + b * 1.0
    return out.reshape(len(X), len(W), *sizes(X, W, stride, padding))


@conv2d.mistake(
    "bias-along-width", "b was added along the width of the result. It belongs to the filters: shape (c_out, 1, 1)."
)
def bias_on_the_last_axis(X, W, b, stride, padding):
    return convolved(X, W, np.zeros(len(b)), stride, padding) + b


@conv2d.mistake("bias-of-first-filter", "Every map got the bias of filter 0. Each filter has its own: b[:, None].")
def one_bias(X, W, b, stride, padding):
    return convolved(X, W, np.full(len(b), b[0]), stride, padding)


@conv2d.mistake(
    "pictures-mixed",
    "The pictures are mixed up: the product was (c_out, n, places), and reshape doesn't move axes. Transpose first.",
)
def blended(X, W, b, stride, padding):
    columns = columns_of(X, W, stride, padding)
    out = W.reshape(len(W), -1) @ columns.transpose(1, 0, 2).reshape(W[0].size, -1) + np.reshape(b, (-1, 1)) * 1.0
    return out.reshape(len(X), len(W), *sizes(X, W, stride, padding))


@conv2d.mistake(
    "weight-order", "The filters' numbers stand in another order than the columns'. Reshape W as it is: c, kh, kw."
)
def other_order(X, W, b, stride, padding):
    rows = W.transpose(0, 2, 3, 1).reshape(len(W), -1)
    out = rows @ columns_of(X, W, stride, padding) + np.reshape(b, (-1, 1)) * 1.0
    return out.reshape(len(X), len(W), *sizes(X, W, stride, padding))


@conv2d.mistake(
    "filters-cut-as-columns",
    "W.reshape(…, c_out) cuts the filters to pieces. One row per filter: W.reshape(c_out, −1).",
)
def cut_to_pieces(X, W, b, stride, padding):
    rows = W.reshape(-1, len(W)).T
    out = rows @ columns_of(X, W, stride, padding) + np.reshape(b, (-1, 1)) * 1.0
    return out.reshape(len(X), len(W), *sizes(X, W, stride, padding))


@conv2d.mistake(
    "height-and-width-swapped", "The places are cut into w_out rows of h_out. Reshape to (n, c_out, h_out, w_out)."
)
def cut_the_other_way(X, W, b, stride, padding):
    right = convolved(X, W, b, stride, padding)
    return right.reshape(*right.shape[:2], *right.shape[:1:-1])


@conv2d.mistake("places-not-cut", "The places are still in one row. Reshape them to (n, c_out, h_out, w_out).")
def in_one_row(X, W, b, stride, padding):
    right = convolved(X, W, b, stride, padding)
    return right.reshape(*right.shape[:2], -1)


@conv2d.mistake(
    "filters-and-places-mixed",
    "Your product has the places before the filters, and reshape doesn't move axes. Transpose.",
)
def places_first(X, W, b, stride, padding):
    right = convolved(X, W, b, stride, padding)
    return right.transpose(0, 2, 3, 1).reshape(right.shape)


@conv2d.mistake("stride-lost", "The stride doesn't reach im2col, or is 1 there: hand it on.")
def stride_not_handed_on(X, W, b, stride, padding):
    return convolved(X, W, b, 1, padding)


@conv2d.mistake("padding-lost", "The padding doesn't reach im2col, or is 0 there: hand it on.")
def padding_not_handed_on(X, W, b, stride, padding):
    return convolved(X, W, b, stride, 0)


@conv2d.mistake("kernel-turned", "Your kernel is turned by half a turn. Networks lay it on as it is: no [::-1].")
def turned_kernel(X, W, b, stride, padding):
    return convolved(X, W[:, :, ::-1, ::-1], b, stride, padding)


@conv2d.mistake(
    "whole-numbers-kept", "From whole numbers you return whole numbers. A layer returns floats: multiply by 1.0."
)
def never_floats(X, W, b, stride, padding):
    out = W.reshape(len(W), -1) @ columns_of(X, W, stride, padding) + b[:, None]
    return out.reshape(len(X), len(W), *sizes(X, W, stride, padding))


@conv2d.mistake(
    "type-of-the-picture", "The result has the picture's type, where −198 becomes 58. Leave it as floats: no astype."
)
def back_to_bytes(X, W, b, stride, padding):
    right = convolved(X, W, b, stride, padding)
    return right.astype(np.int64).astype(X.dtype) if X.dtype.kind in "iu" else right.astype(X.dtype)


@conv2d.mistake("batch-added-up", "The pictures were added up. Each has its own result.")
def sum_over_the_batch(X, W, b, stride, padding):
    right = convolved(X, W, np.zeros(len(b)), stride, padding)
    return right.sum(axis=0, keepdims=True) + np.reshape(b, (1, -1, 1, 1)) + np.zeros(right.shape)


@conv2d.mistake("mean-for-sum", "You took the mean of the products. A convolution sums them.")
def averaged(X, W, b, stride, padding):
    return convolved(X, W / W[0].size, b, stride, padding)


@conv2d.variant
def entry_by_entry_of_the_kernel(X, W, b, stride, padding):
    P, (h_out, w_out) = padded(X, padding), sizes(X, W, stride, padding)
    out = np.zeros((len(X), len(W), h_out, w_out)) + np.reshape(b, (1, -1, 1, 1))
    for u, v in np.ndindex(W.shape[2:]):
        moved = P[:, :, u : u + stride * h_out : stride, v : v + stride * w_out : stride]
        out += np.einsum("ncyx,oc->noyx", moved, W[:, :, u, v])
    return out


@conv2d.variant
def by_einsum(X, W, b, stride, padding):
    windows = all_windows(X, *W.shape[2:], stride, padding)
    return np.einsum("ncyxuv,ocuv->noyx", windows, W * 1.0) + b[:, None, None]


@conv2d.variant
def by_tensordot_of_windows(X, W, b, stride, padding):
    windows = all_windows(X, *W.shape[2:], stride, padding)
    return (np.tensordot(windows, W, axes=([1, 4, 5], [1, 2, 3])) + 1.0 * b).transpose(0, 3, 1, 2)


@conv2d.variant
def picture_by_picture(X, W, b, stride, padding):
    rows, shape = W.reshape(len(W), -1).astype(float), sizes(X, W, stride, padding)
    maps = [(rows @ columns + b[:, np.newaxis]).reshape(-1, *shape) for columns in columns_of(X, W, stride, padding)]
    return np.stack(maps)


@conv2d.variant
def by_fourier_transform(X, W, b, stride, padding):
    P = padded(X, padding).astype(float)
    spectrum = np.einsum("ncyx,ocyx->noyx", np.fft.rfft2(P), np.conj(np.fft.rfft2(W, P.shape[2:])))
    full, (h_out, w_out) = np.fft.irfft2(spectrum, P.shape[2:]), sizes(X, W, stride, padding)
    return full[:, :, : stride * h_out : stride, : stride * w_out : stride] + b[None, :, None, None]


conv2d.equivalent("L5 constant -1→-2", "reshape works out the size that is negative, whichever negative number it is.")
