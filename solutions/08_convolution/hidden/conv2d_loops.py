"""Held-out cases of `conv2d_loops`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import close, exercise, inputs

from .shared import convolved, padded, right_value, sizes, slid

conv2d_loops = exercise("conv2d_loops")


@conv2d_loops.held_out(judge=close(1e-4, 1e-4))
def a_turned_picture_of_float32(conv2d_loops):
    X = inputs("loops turned", (4, 2, 9, 6)).astype(np.float32).transpose(0, 1, 3, 2)[::2]
    W, b = inputs("loops float W", (3, 2, 2, 4)), inputs("loops float b", 3)
    return conv2d_loops(X, W.astype(np.float32), b.astype(np.float32), 2, 2)


@conv2d_loops.held_out
def kernels_of_one_pixel_and_of_the_whole_picture(conv2d_loops):
    X, b = inputs("loops whole X", (2, 3, 4, 5)), inputs("loops whole b", 2)
    shapes = (2, 3, 1, 1), (2, 3, 4, 5)
    return [conv2d_loops(X, inputs(f"loops whole {shape}", shape), b, 2, 0) for shape in shapes]


@conv2d_loops.mistake("stride-not-in-start", "Your windows start at y and x. They start at y·stride and x·stride.")
def start_at_the_place(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, right_value, start=lambda y, x, s: (y, x))


@conv2d_loops.mistake("column-from-row", "The column of your window's start is y·stride: it must move with x.")
def same_start(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, right_value, start=lambda y, x, s: (y * s, y * s))


@conv2d_loops.mistake("rows-and-columns-swapped", "Row and column are exchanged: y goes down, x goes across.")
def swapped_start(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, right_value, start=lambda y, x, s: (x * s, y * s))


@conv2d_loops.mistake(
    "window-as-big-as-stride",
    "A window is as large as the kernel: it ends at its start plus kh or kw, not plus stride.",
)
def ends_after_a_stride(X, W, b, stride, padding):
    P, (h_out, w_out) = padded(X, padding), sizes(X, W, stride, padding)
    out = np.zeros((len(X), len(W), h_out, w_out))
    for i, o, y, x in np.ndindex(out.shape):
        top, left = y * stride, x * stride
        out[i, o, y, x] = np.sum(P[i, :, top : top + stride, left : left + stride] * W[o]) + b[o]
    return out


@conv2d_loops.mistake(
    "return-inside-loop", "You return inside the loops, so most of the result stays 0. Move return out of all four."
)
def returns_early(X, W, b, stride, padding):
    out = np.zeros((len(X), len(W), *sizes(X, W, stride, padding)))
    out[0, 0] = convolved(X[:1], W[:1], b[:1], stride, padding)
    return out


@conv2d_loops.mistake(
    "return-in-first-loop", "You return after the first picture, so the others stay 0. Move return out of the loops."
)
def first_picture(X, W, b, stride, padding):
    out = np.zeros((len(X), len(W), *sizes(X, W, stride, padding)))
    out[:1] = convolved(X[:1], W, b, stride, padding)
    return out


@conv2d_loops.mistake(
    "returns-after-one-place", "You return after the first place. Move return out of all loops, to the very left."
)
def one_place(X, W, b, stride, padding):
    out = np.zeros((len(X), len(W), *sizes(X, W, stride, padding)))
    out[0, 0, 0, 0] = convolved(X[:1], W[:1], b[:1], stride, padding)[0, 0, 0, 0]
    return out


@conv2d_loops.mistake(
    "steps-over-the-result",
    "Your loops go through the result in steps of stride. Visit every place, and use stride to find its window.",
)
def result_in_steps(X, W, b, stride, padding):
    P = padded(X, padding)
    out = np.zeros((len(X), len(W), *sizes(X, W, stride, padding)))
    for i, o, y, x in np.ndindex(out.shape):
        if y % stride == 0 and x % stride == 0:
            out[i, o, y, x] = np.sum(P[i, :, y : y + W.shape[2], x : x + W.shape[3]] * W[o]) + b[o]
    return out


@conv2d_loops.mistake(
    "index-past-the-result",
    "You write to out at the row where the window starts. Rows of the result are y and x, starts are y·s and x·s.",
)
def writes_where_windows_start(X, W, b, stride, padding):
    P = padded(X, padding)
    out = np.zeros((len(X), len(W), *sizes(X, W, stride, padding)))
    for i, o in np.ndindex(out.shape[:2]):
        for top in range(0, P.shape[2] - W.shape[2] + 1, stride):
            for left in range(0, P.shape[3] - W.shape[3] + 1, stride):
                window = P[i, :, top : top + W.shape[2], left : left + W.shape[3]]
                out[i, o, top, left] = np.sum(window * W[o]) + b[o]
    return out


@conv2d_loops.mistake(
    "first-channel-only", "Only channel 0 is read. Take the window through all channels, P[i, :, …], and sum over all."
)
def one_channel(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p[0] * w[0]) + b[o])


@conv2d_loops.mistake(
    "one-slice-for-all-channels", "Each channel has its own slice of the filter. Multiply by W[o], not by W[o, 0]."
)
def one_slice(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p * w[0]) + b[o])


@conv2d_loops.mistake(
    "channels-kept", "You kept a result for each channel. A filter adds over its channels: one map per filter."
)
def map_per_pair(X, W, b, stride, padding):
    n, c, c_out = *X.shape[:2], len(W)
    maps = np.zeros((n, c_out, c, *sizes(X, W, stride, padding)))
    for channel in range(c):
        maps[:, :, channel] = convolved(X[:, [channel]], W[:, [channel]], b, stride, padding)
    return maps.reshape(n, c_out * c, *maps.shape[3:])


@conv2d_loops.mistake("first-filter-only", "Every map is made by filter 0. The filter of map o is W[o].")
def first_filter(X, W, b, stride, padding):
    return slid(X, np.repeat(W[:1], len(W), axis=0), b, stride, padding, right_value)


@conv2d_loops.mistake("first-picture-for-all", "Every result is made from picture 0. The window is cut from P[i].")
def always_picture_0(X, W, b, stride, padding):
    return slid(np.repeat(X[:1], len(X), axis=0), W, b, stride, padding, right_value)


@conv2d_loops.mistake("bias-forgotten", "The bias is missing: add b[o] to each number of map o.")
def no_bias(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p * w))


@conv2d_loops.mistake(
    "bias-inside-sum", "The bias was added to each product. It is added once per place, after the sum."
)
def bias_in_each_product(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p * w + b[o]))


@conv2d_loops.mistake(
    "bias-per-channel", "The bias was added once per channel. It is added once per place, after the sum over channels."
)
def bias_for_each_channel(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p * w) + len(w) * b[o])


@conv2d_loops.mistake("bias-of-first-filter", "Every map got the bias of filter 0. Each filter has its own: b[o].")
def bias_0(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p * w) + b[0])


@conv2d_loops.mistake(
    "all-biases", "You added the whole array b to one number or summed it. The bias of filter o is b[o]."
)
def sum_of_biases(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p * w) + np.sum(b))


@conv2d_loops.mistake(
    "kernel-turned",
    "Your kernel is turned by half a turn. Networks lay it on as it is: no [::-1], and not SciPy's convolve2d but correlate2d.",
)
def half_a_turn(X, W, b, stride, padding):
    return slid(X, W[:, :, ::-1, ::-1], b, stride, padding, right_value)


@conv2d_loops.mistake(
    "window-transposed",
    "Rows of the window meet columns of the filter. Multiply both as they are, without .T or swapaxes.",
)
def rows_meet_columns(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p.swapaxes(1, 2) * w) + b[o])


@conv2d_loops.mistake(
    "filter-turned-through-channels",
    "All three axes of your filter are turned around, the channels too. Use it as it is.",
)
def everything_turned(X, W, b, stride, padding):
    return slid(X, W[:, ::-1, ::-1, ::-1], b, stride, padding, right_value)


@conv2d_loops.mistake("mean-for-sum", "You took the mean of the products. A convolution sums them.")
def mean_of_products(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.mean(p * w) + b[o])


@conv2d_loops.mistake(
    "height-and-width-swapped", "Height and width are exchanged: the shapes are (n, c, h, w) and (c_out, c_in, kh, kw)."
)
def swapped_shape(X, W, b, stride, padding):
    P, (w_out, h_out) = padded(X, padding), sizes(X, W, stride, padding)
    out = np.zeros((len(X), len(W), h_out, w_out))
    for i, o, y, x in np.ndindex(out.shape):
        top, left = y * stride, x * stride
        out[i, o, y, x] = np.sum(P[i, :, top : top + W.shape[2], left : left + W.shape[3]] * W[o]) + b[o]
    return out


@conv2d_loops.mistake("last-window-dropped", "The last window is missing: a start of n − k is allowed, too.")
def one_too_few(X, W, b, stride, padding):
    P = padded(X, padding)
    starts = [range(0, n - k, stride) for n, k in zip(P.shape[2:], W.shape[2:], strict=True)]
    return convolved(X, W, b, stride, padding)[:, :, : len(starts[0]), : len(starts[1])]


@conv2d_loops.mistake("padding-forgotten", "You cut windows from X. Cut them from the padded picture, pad(X, padding).")
def windows_of_x(X, W, b, stride, padding):
    (h_out, w_out), out = sizes(X, W, stride, padding), []
    for i in range(len(X)):
        out.append(np.zeros((len(W), h_out, w_out)))
        for o, y, x in np.ndindex(out[-1].shape):
            top, left = y * stride, x * stride
            out[-1][o, y, x] = np.sum(X[i, :, top : top + W.shape[2], left : left + W.shape[3]] * W[o]) + b[o]
    return np.array(out)


@conv2d_loops.mistake(
    "padding-ignored", "The padding has no effect: pad the pictures, and hand padding to output_size."
)
def never_padded(X, W, b, stride, padding):
    return slid(X, W, b, stride, 0, right_value)


@conv2d_loops.mistake(
    "type-of-the-picture",
    "The result has the picture's type, where −2 becomes 254. Make it of floats: np.zeros without dtype.",
)
def kept_in_bytes(X, W, b, stride, padding):
    wide = slid(X, W, b, stride, padding, right_value)
    return wide.astype(np.int64).astype(X.dtype) if X.dtype.kind in "iu" else wide.astype(X.dtype)


@conv2d_loops.mistake(
    "window-not-reset", "Your sum goes on from place to place. It starts anew, at 0, in each of them."
)
def running_sum(X, W, b, stride, padding):
    right = convolved(X, W, np.zeros(len(W)), stride, padding)
    return np.cumsum(right).reshape(right.shape) + np.reshape(b, (1, -1, 1, 1))


@conv2d_loops.mistake(
    "only-the-last-channel",
    "Each channel overwrites the one before. Add them up: +=, or one sum over the whole window.",
)
def overwritten_by_the_last(X, W, b, stride, padding):
    return slid(X, W, b, stride, padding, lambda p, w, b, o: np.sum(p[-1] * w[-1]) + b[o])


@conv2d_loops.variant
def with_seven_loops(X, W, b, stride, padding):
    P = padded(X, padding).tolist()
    out = np.zeros((len(X), len(W), *sizes(X, W, stride, padding)))
    for i, o, y, x in np.ndindex(out.shape):
        total = float(b[o])
        for c, u, v in np.ndindex(W.shape[1:]):
            total += P[i][c][y * stride + u][x * stride + v] * W[o, c, u, v]
        out[i, o, y, x] = total
    return out


@conv2d_loops.variant
def by_tensordot(X, W, b, stride, padding):
    P, (h_out, w_out) = padded(X, padding), sizes(X, W, stride, padding)
    kh, kw = W.shape[2:]
    rows = []
    for y in range(h_out):
        places = (P[:, :, y * stride : y * stride + kh, x * stride : x * stride + kw] for x in range(w_out))
        rows.append([np.tensordot(p, W, axes=([1, 2, 3], [1, 2, 3])) + b * 1.0 for p in places])
    return np.array(rows).transpose(2, 3, 0, 1)


@conv2d_loops.variant
def by_matrix_product(X, W, b, stride, padding):
    return convolved(X, W, b, stride, padding)


conv2d_loops.equivalent(
    "L6 sibling function np.zeros→np.ones",
    "Each number of the result is written, so it doesn't matter what it was before.",
)
