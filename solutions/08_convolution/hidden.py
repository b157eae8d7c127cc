"""What stays with the author of lesson 08: held-out cases, known mistakes with their diagnosis, other right answers."""

import math

import numpy as np

from autograder import close, exercise, inputs, integer_inputs

# --- output_size --------------------------------------------------------------------------------------------------

output_size = exercise("output_size")


@output_size.held_out
def many_sizes(output_size):
    sizes = range(1, 12)
    return [output_size(n, k, s, p) for n in sizes for k in (1, 2, 5) for s in (1, 2, 3) for p in (0, 2) if k <= n]


@output_size.held_out
def large_sizes_and_strides(output_size):
    found = [output_size(64, 5, 2, 2), output_size(48, 5, 2, 2), output_size(1001, 11, 4, 0), output_size(3, 2, 7, 0)]
    return {"found": found, "hold": [type(size).__name__.strip("_0123456789") for size in map(int, found)]}


@output_size.mistake(
    "ceil-for-floor", "A window that sticks out of the picture isn't used: round down with //, then add 1."
)
def rounded_up(n, k, stride, padding):
    return -(-(n + 2 * padding - k) // stride) + 1


@output_size.mistake(
    "plus-one-forgotten", "You counted the steps between windows. There is one window more than steps: add 1."
)
def steps(n, k, stride, padding):
    return (n + 2 * padding - k) // stride


@output_size.mistake(
    "one-before-dividing", "The 1 is divided, too. First divide by the stride and round down, then add 1."
)
def one_divided(n, k, stride, padding):
    return (n + 2 * padding - k + 1) // stride


@output_size.mistake(
    "same-rule", "This ignores kernel and padding, and holds for one choice of padding only: (n + 2p − k)//s + 1."
)
def by_stride_alone(n, k, stride, padding):
    return -(-n // stride)


@output_size.mistake(
    "not-rounded", "Your number of places has decimals. Divide with //, which rounds down, and then add 1."
)
def with_decimals(n, k, stride, padding):
    return (n + 2 * padding - k) / stride + 1


@output_size.mistake(
    "float-returned", "The value is right, but a float. A number of places is an int: divide with //, or use int(…)."
)
def floor_of_numpy(n, k, stride, padding):
    return float(np.floor((n + 2 * padding - k) / stride) + 1)


@output_size.mistake(
    "rounded-to-nearest", "round goes up from one half on. Windows that stick out don't count: use //."
)
def nearest(n, k, stride, padding):
    return math.floor((n + 2 * padding - k) / stride + 0.5) + 1


@output_size.mistake("padding-once", "The padding is added at both ends of the axis: 2·padding.")
def one_end(n, k, stride, padding):
    return (n + padding - k) // stride + 1


@output_size.mistake("padding-forgotten", "The padding is missing: the axis is n + 2·padding long.")
def unpadded(n, k, stride, padding):
    return (n - k) // stride + 1


@output_size.mistake("padding-subtracted", "The padding makes the picture larger: add 2·padding.")
def smaller(n, k, stride, padding):
    return (n - 2 * padding - k) // stride + 1


@output_size.mistake("stride-forgotten", "The stride is missing: divide n + 2·padding − k by it and round down.")
def stride_of_1(n, k, stride, padding):
    return n + 2 * padding - k + 1


@output_size.mistake("kernel-forgotten", "The last window has to fit in: subtract k before dividing by the stride.")
def k_of_0(n, k, stride, padding):
    return (n + 2 * padding) // stride + 1


@output_size.variant
def by_counting_starts(n, k, stride, padding):
    return len(range(0, n + 2 * padding - k + 1, stride))


@output_size.variant
def by_int(n, k, stride, padding):
    return int((n + 2 * padding - k) / stride) + 1


@output_size.variant
def a_numpy_integer(n, k, stride, padding):
    return np.int64((n + 2 * padding - k + stride) // stride)


# --- pad ----------------------------------------------------------------------------------------------------------

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
    "There are new pictures and channels, all black. Pad the last two axes only: the first two pairs are (0, 0).",
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


# --- what mistakes and variants below are made of -----------------------------------------------------------------


def padded(X, p):
    return np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))


def sizes(X, W, stride, padding):
    """h_out and w_out."""
    return [(n + 2 * padding - k) // stride + 1 for n, k in zip(X.shape[2:], W.shape[2:], strict=True)]


def plain_start(y, x, stride):
    return y * stride, x * stride


def slid(X, W, b, stride, padding, value, start=plain_start, dtype=float):
    """The four loops: value(window, w, b, o) for each place, with windows that begin where `start` says."""
    P, (h_out, w_out) = padded(X, padding), sizes(X, W, stride, padding)
    out = np.zeros((len(X), len(W), h_out, w_out), dtype=dtype)
    for i, o, y, x in np.ndindex(out.shape):
        top, left = start(y, x, stride)
        window = P[i, :, top : top + W.shape[2], left : left + W.shape[3]]
        out[i, o, y, x] = value(window, W[o], b, o)
    return out


def right_value(window, w, b, o):
    return np.sum(window * w) + b[o]


def all_windows(X, kh, kw, stride, padding):
    """(n, c, h_out, w_out, kh, kw)."""
    windows = np.lib.stride_tricks.sliding_window_view(padded(X, padding), (kh, kw), axis=(2, 3))
    return windows[:, :, ::stride, ::stride]


def columns_of(X, W, stride, padding):
    """im2col, done right."""
    windows = all_windows(X, *W.shape[2:], stride, padding)
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(len(X), W[0].size, -1)


def convolved(X, W, b, stride, padding):
    """conv2d, done right."""
    out = W.reshape(len(W), -1) @ columns_of(X, W, stride, padding) + np.reshape(b, (-1, 1)) * 1.0
    return out.reshape(len(X), len(W), *sizes(X, W, stride, padding))


# --- conv2d_loops -------------------------------------------------------------------------------------------------

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

# --- edge_kernels -------------------------------------------------------------------------------------------------

edge_kernels = exercise("edge_kernels")

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
RIGHT = {
    "vertical": SOBEL,
    "horizontal": SOBEL.T,
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1.0, 0], [-1, 5, -1], [0, -1, 0]]),
}
PREWITT, SCHARR = np.array([[-1, 0, 1]] * 3), np.array([[-3.0, 0, 3], [-10, 0, 10], [-3, 0, 3]])
GAUSS, GAUSS_5 = np.outer([1, 2, 1], [1, 2, 1]) / 16, np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
ONE = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])


@edge_kernels.held_out
def from_bright_to_dark_and_from_grey_to_grey(edge_kernels):
    kernels = {name: np.asarray(edge_kernels[name], dtype=float) for name in ("vertical", "horizontal")}
    found = {}
    for left, right in ((1.0, 0.0), (0.3, 0.8)):
        size = max(max(kernel.shape) for kernel in kernels.values())
        edge = np.repeat([[left] * size + [right] * size], 2 * size, axis=0)
        for name, kernel in kernels.items():
            views = [np.lib.stride_tricks.sliding_window_view(at, kernel.shape) for at in (edge, edge.T)]
            down, across = (float(np.abs(np.einsum("yxuv,uv->yx", view, kernel)).max()) for view in views)
            own, other = (down, across) if name == "vertical" else (across, down)
            found[f"{name} {left}"] = own > 1e-9 and own >= 3.999 * other
    return found


@edge_kernels.held_out
def in_the_dark_and_in_bright_light(edge_kernels):
    sums = {name: float(np.sum(np.asarray(kernel, dtype=float))) for name, kernel in edge_kernels.items()}
    wanted = {"vertical": 0, "horizontal": 0, "blur": 1, "sharpen": 1}
    return {f"{name} {grey}": abs(sums[name] - wanted[name]) * grey < 1e-5 for name in wanted for grey in (0.05, 0.95)}


WRONG_KERNELS = {
    "direction-swapped": (
        "The two directions are exchanged. A vertical edge lies between left and right: compare columns there.",
        {"vertical": SOBEL.T, "horizontal": SOBEL},
    ),
    "twice-vertical": (
        "Both edge kernels answer to vertical edges. The horizontal one compares above with below: transpose one.",
        {"horizontal": SOBEL},
    ),
    "twice-horizontal": (
        "Both edge kernels answer to horizontal edges. The vertical one compares left with right: transpose one.",
        {"vertical": SOBEL.T},
    ),
    "edges-in-all-directions": (
        "Your edge kernels answer to edges of both kinds. Let one compare columns only, the other rows only.",
        dict.fromkeys(("vertical", "horizontal"), np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]])),
    ),
    "edges-not-zero-sum": (
        "Both edge kernels answer where nothing happens. Their weights must sum to 0: the two sides cancel.",
        {"vertical": np.array([[-1.0, 0, 2]] * 3), "horizontal": np.array([[-1.0, 0, 2]] * 3).T},
    ),
    "vertical-not-zero-sum": (
        "The vertical kernel answers where nothing happens. Its weights must sum to 0: left and right cancel.",
        {"vertical": np.array([[0.0, 0, 1]] * 3)},
    ),
    "horizontal-not-zero-sum": (
        "The horizontal kernel answers where nothing happens. Its weights must sum to 0: above and below cancel.",
        {"horizontal": np.array([[0.0, 0, 1]] * 3).T},
    ),
    "silent-edges": (
        "Your edge kernels answer to no edge at all. One side must count positive, the other negative.",
        dict.fromkeys(("vertical", "horizontal"), np.zeros((3, 3))),
    ),
    "blur-not-normalised": (
        "Your blur makes the picture brighter: its weights sum to more than 1. Divide by their sum, as a mean does.",
        {"blur": np.ones((3, 3))},
    ),
    "blur-too-dark": (
        "Your blur makes the picture darker: its weights sum to less than 1. Divide by their sum, nine ones by 9.",
        {"blur": np.full((3, 3), 0.1)},
    ),
    "blur-of-nothing": (
        "The weights of your blur sum to 0, so it forgets the brightness. A mean has positive weights that sum to 1.",
        {"blur": np.zeros((3, 3))},
    ),
    "blur-too-weak": (
        "Your blur hardly blurs: the middle counts too much. Let the neighbours count as much as the middle.",
        {"blur": 0.8 * ONE + 0.2 * RIGHT["blur"]},
    ),
    "sharpen-without-picture": (
        "You kept the edges and lost the picture: the weights sum to 0. Add 1 to the middle one, the picture itself.",
        {"sharpen": np.array([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]])},
    ),
    "sharpen-too-bright": (
        "Sharpening makes the picture brighter: its weights sum to more than 1. Make the middle one smaller.",
        {"sharpen": np.array([[0.0, -1, 0], [-1, 9, -1], [0, -1, 0]])},
    ),
    "sharpen-too-dark": (
        "Sharpening makes the picture darker: its weights sum to less than 1. Make the middle one larger.",
        {"sharpen": np.array([[-1.0, -1, -1], [-1, 5, -1], [-1, -1, -1]])},
    ),
    "sharpen-too-weak": (
        "Sharpening changes too little. Subtract more from the neighbours, and add as much to the middle.",
        {"sharpen": 1.2 * ONE - 0.2 * RIGHT["blur"]},
    ),
    "blur-and-sharpen-exchanged": (
        "Blur and sharpen are exchanged: the mean of the neighbourhood blurs.",
        {"blur": RIGHT["sharpen"], "sharpen": RIGHT["blur"]},
    ),
    "even-size": (
        "The edge kernels have an even size, so they have no middle. Make them 3 by 3.",
        {"vertical": np.array([[-1.0, 1], [-1, 1]]), "horizontal": np.array([[-1.0, -1], [1, 1]])},
    ),
    "single-row": (
        "Your edge kernels are one row and one column. Both sizes must be at least 3: repeat it three times.",
        {"vertical": np.array([[-1.0, 0, 1]]), "horizontal": np.array([[-1.0], [0], [1]])},
    ),
    "flat": (
        "Your kernels have a single axis. Each is a table: np.array of a list of rows.",
        {name: kernel.ravel() for name, kernel in RIGHT.items()},
    ),
    "four-axes": (
        "Your kernels have four axes already. Here each is a table (kh, kw); the demo adds the other two.",
        {name: kernel[None, None] for name, kernel in RIGHT.items()},
    ),
    "lists": (
        "Your kernels are lists. Put np.array(…) around each.",
        {name: kernel.tolist() for name, kernel in RIGHT.items()},
    ),
}
for wrong, (message, changed) in WRONG_KERNELS.items():
    edge_kernels.mistake(wrong, message, value=RIGHT | changed)

for other, kernels in {
    "prewitt, a gaussian and eight neighbours": {
        "vertical": PREWITT,
        "horizontal": -PREWITT.T,
        "blur": GAUSS,
        "sharpen": 9 * ONE - (np.ones((3, 3)) - ONE),
    },
    "scharr, the other sign, five by five": {
        "vertical": -SCHARR,
        "horizontal": SCHARR.T / 16,
        "blur": GAUSS_5,
        "sharpen": 2 * np.pad(ONE, 1) - GAUSS_5,
    },
    "one row of weights, a cross, away from the mean": {
        "vertical": np.array([[0, 0, 0], [-1, 1, 0], [0, 0, 0]]),
        "horizontal": np.array([[0, 1, 0], [0, 0, 0], [0, -1, 0]]),
        "blur": np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]) / 5,
        "sharpen": 2 * ONE - RIGHT["blur"],
    },
    "oblong kernels": {
        "vertical": np.array([[-2.0, -1, 0, 1, 2]] * 3),
        "horizontal": np.array([[-2.0, -1, 0, 1, 2]] * 7).T,
        "blur": np.full((3, 5), 1 / 15),
        "sharpen": 3 * ONE - 2 * GAUSS,
    },
    "slightly bent": {
        "vertical": SOBEL + 0.2 * SOBEL.T,
        "horizontal": SOBEL.T - 0.2 * SOBEL,
        "blur": np.full((5, 5), 1 / 25),
        "sharpen": 2 * ONE - GAUSS,
    },
}.items():
    edge_kernels.variant(name=other, value=kernels)


# --- im2col -------------------------------------------------------------------------------------------------------

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


# --- conv2d -------------------------------------------------------------------------------------------------------

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


# --- conv2d_backward ----------------------------------------------------------------------------------------------

conv2d_backward = exercise("conv2d_backward")


@conv2d_backward.held_out(judge=close(1e-4, 1e-4))
def back_through_float32(conv2d_backward):
    X = inputs("back turned", (4, 2, 9, 6)).astype(np.float32).transpose(0, 1, 3, 2)[::2]
    W, b = inputs("back float W", (3, 2, 2, 4)).astype(np.float32), inputs("back float b", 3).astype(np.float32)
    return conv2d_backward(inputs("back float dout", (2, 3, 5, 5)).astype(np.float32), X, W, b, 2, 2)


@conv2d_backward.held_out
def back_through_kernels_of_one_pixel_and_of_the_whole_picture(conv2d_backward):
    X, b, results = inputs("back whole X", (2, 3, 4, 5)), inputs("back whole b", 2), []
    for kernel, places in (((1, 1), (4, 5)), ((4, 5), (1, 1))):
        W = inputs(f"back whole {kernel}", (2, 3, *kernel))
        results += conv2d_backward(inputs(f"back whole dout {kernel}", (2, 2, *places)), X, W, b, 1, 0)
    return results


@conv2d_backward.held_out
def back_through_a_wide_edge(conv2d_backward):
    X, W, b = inputs("back edge X", (2, 2, 6, 7)), inputs("back edge W", (3, 2, 4, 3)), inputs("back edge b", 3)
    return conv2d_backward(inputs("back edge dout", (2, 3, 5, 6)), X, W, b, 2, 3)


def messages_to_pixels(dout, X, W, stride, padding, add=True):
    """The gradient of the padded pictures, entry by entry of the kernel."""
    dP, (h_out, w_out) = np.zeros(padded(X, padding).shape), dout.shape[2:]
    for u, v in np.ndindex(W.shape[2:]):
        shares = np.einsum("noyx,oc->ncyx", dout, W[:, :, u, v])
        at = np.s_[:, :, u : u + stride * h_out : stride, v : v + stride * w_out : stride]
        dP[at] = dP[at] + shares if add else shares
    return dP


def messages_to_weights(dout, X, W, stride, padding):
    windows = all_windows(X, *W.shape[2:], stride, padding)
    return np.einsum("noyx,ncyxuv->ocuv", dout, windows)


def backwards(dout, X, W, stride, padding):
    """conv2d_backward, done right."""
    p, (h, w) = padding, X.shape[2:]
    dX = messages_to_pixels(dout, X, W, stride, padding)[:, :, p : p + h, p : p + w]
    return dX, messages_to_weights(dout, X, W, stride, padding), dout.sum(axis=(0, 2, 3))


def place_by_place_back(dout, X, W, stride, padding, share, start=plain_start):
    """The three gradients in four loops: share(dP, dW, db, window, w, message, o) does what is done at a place."""
    P = padded(X, padding)
    dP, dW, db = np.zeros(P.shape), np.zeros(W.shape), np.zeros(len(W))
    for i, o, y, x in np.ndindex(dout.shape):
        top, left = start(y, x, stride)
        at = np.s_[i, :, top : top + W.shape[2], left : left + W.shape[3]]
        share(dP[at], dW, db, P[at], W[o], dout[i, o, y, x], o)
    return dP[:, :, padding : padding + X.shape[2], padding : padding + X.shape[3]], dW, db


def right_share(dwindow, dW, db, window, w, message, o):
    dwindow += w * message
    dW[o] += window * message
    db[o] += message


@conv2d_backward.mistake(
    "stride-not-in-backward", "The way back uses other windows than the way there: they start at y·stride and x·stride."
)
def stride_forgotten_on_the_way_back(dout, X, W, b, stride, padding):
    return place_by_place_back(dout, X, W, stride, padding, right_share, start=lambda y, x, s: (y, x))


@conv2d_backward.mistake(
    "overlap-overwritten", "A pixel in several windows keeps only its last message. It gets the sum: +=, not =."
)
def last_message_only(dout, X, W, b, stride, padding):
    p, (h, w) = padding, X.shape[2:]
    dX = messages_to_pixels(dout, X, W, stride, padding, add=False)[:, :, p : p + h, p : p + w]
    return dX, *backwards(dout, X, W, stride, padding)[1:]


@conv2d_backward.mistake(
    "window-overwritten",
    "Each place overwrites its window of dX. A pixel in several windows, or seen by several filters, gets the sum: +=.",
)
def last_window_only(dout, X, W, b, stride, padding):
    def share(dwindow, dW, db, window, w, message, o):
        right_share(dwindow, dW, db, window, w, message, o)
        dwindow[:] = w * message

    return place_by_place_back(dout, X, W, stride, padding, share)


@conv2d_backward.mistake("dw-overwritten", "dW keeps only the last place. Each place adds its share: +=, not =.")
def last_place_only(dout, X, W, b, stride, padding):
    def share(dwindow, dW, db, window, w, message, o):
        right_share(dwindow, dW, db, window, w, message, o)
        dW[o] = window * message

    return place_by_place_back(dout, X, W, stride, padding, share)


@conv2d_backward.mistake("db-overwritten", "db keeps only the last message. Each place adds its own: +=, not =.")
def last_bias_only(dout, X, W, b, stride, padding):
    dX, dW, _ = backwards(dout, X, W, stride, padding)
    return dX, dW, dout[-1, :, -1, -1]


@conv2d_backward.mistake(
    "kernel-turned",
    "Your kernel is turned on the way back. Where messages are added window by window it stays as it is.",
)
def turned_in_dx(dout, X, W, b, stride, padding):
    return backwards(dout, X, W[:, :, ::-1, ::-1], stride, padding)


@conv2d_backward.mistake(
    "dw-turned", "dW is turned by half a turn. Each window is added as it is, multiplied by its message."
)
def turned_dw(dout, X, W, b, stride, padding):
    dX, dW, db = backwards(dout, X, W, stride, padding)
    return dX, dW[:, :, ::-1, ::-1], db


@conv2d_backward.mistake(
    "upstream-ignored", "dout isn't used, as if it were 1. Multiply each share by dout[i, o, y, x]."
)
def ones_for_dout(dout, X, W, b, stride, padding):
    return backwards(np.ones(dout.shape), X, W, stride, padding)


@conv2d_backward.mistake("upstream-ignored-in-dx", "dX doesn't use dout. Each window gets W[o] times its message.")
def ones_in_dx(dout, X, W, b, stride, padding):
    dX = backwards(np.ones(dout.shape), X, W, stride, padding)[0]
    return dX, *backwards(dout, X, W, stride, padding)[1:]


@conv2d_backward.mistake("upstream-ignored-in-dw", "dW doesn't use dout. Each window is multiplied by its message.")
def ones_in_dw(dout, X, W, b, stride, padding):
    dX, _, db = backwards(dout, X, W, stride, padding)
    return dX, messages_to_weights(np.ones(dout.shape), X, W, stride, padding), db


@conv2d_backward.mistake(
    "crop-minus-zero", "With padding 0 the slice p:−p is 0:0, which is empty. Cut from p to p + h, and from p to p + w."
)
def cut_up_to_minus_p(dout, X, W, b, stride, padding):
    dP = messages_to_pixels(dout, X, W, stride, padding)
    return dP[:, :, padding:-padding, padding:-padding], *backwards(dout, X, W, stride, padding)[1:]


@conv2d_backward.mistake(
    "crop-forgotten", "dX still has the edge of zeros around it. Cut it off: dX has the shape of X."
)
def with_its_edge(dout, X, W, b, stride, padding):
    return messages_to_pixels(dout, X, W, stride, padding), *backwards(dout, X, W, stride, padding)[1:]


@conv2d_backward.mistake(
    "crop-from-corner", "dX begins in the corner of the padded picture. Its part is from p to p + h, and p to p + w."
)
def cut_from_the_corner(dout, X, W, b, stride, padding):
    dP = messages_to_pixels(dout, X, W, stride, padding)
    return dP[:, :, : X.shape[2], : X.shape[3]], *backwards(dout, X, W, stride, padding)[1:]


@conv2d_backward.mistake(
    "unseen-pixels-missing",
    "dX is too small: pixels that no window has seen belong to it, with 0. Begin with zeros of the shape of the picture.",
)
def only_what_was_seen(dout, X, W, b, stride, padding):
    (kh, kw), (h_out, w_out), p = W.shape[2:], dout.shape[2:], padding
    seen = [(out - 1) * stride + k for out, k in ((h_out, kh), (w_out, kw))]
    dP = messages_to_pixels(dout, X, W, stride, padding)[:, :, : seen[0], : seen[1]]
    return dP[:, :, p : seen[0] - p, p : seen[1] - p], *backwards(dout, X, W, stride, padding)[1:]


@conv2d_backward.mistake(
    "output-channel-for-input",
    "dX is indexed by the filter o. Its second axis is the channels of the picture: a window goes through all of them.",
)
def to_the_channel_of_the_filter(dout, X, W, b, stride, padding):
    p, (h, w), dP = padding, X.shape[2:], np.zeros(padded(X, padding).shape)
    for i, o, y, x in np.ndindex(dout.shape):
        top, left = y * stride, x * stride
        dP[i, o, top : top + W.shape[2], left : left + W.shape[3]] += W[o].sum(axis=0) * dout[i, o, y, x]
    return dP[:, :, p : p + h, p : p + w], *backwards(dout, X, W, stride, padding)[1:]


@conv2d_backward.mistake(
    "reshape-for-transpose", "W.reshape(…, c_out) isn't the filters turned over, it cuts them to pieces. Use .T."
)
def reshape_for_transpose(dout, X, W, b, stride, padding):
    pieces = W.reshape(W[0].size, len(W)).T.reshape(W.shape)
    return backwards(dout, X, pieces, stride, padding)[0], *backwards(dout, X, W, stride, padding)[1:]


@conv2d_backward.mistake("dw-mean", "dW is a mean over the batch. The messages carry their factor already: sum them.")
def dw_of_a_mean(dout, X, W, b, stride, padding):
    dX, dW, db = backwards(dout, X, W, stride, padding)
    return dX, dW / len(X), db


@conv2d_backward.mistake(
    "all-over-n", "dW and db are divided by the number of pictures. The messages are summed, no more."
)
def both_over_n(dout, X, W, b, stride, padding):
    dX, dW, db = backwards(dout, X, W, stride, padding)
    return dX, dW / len(X), db / len(X)


@conv2d_backward.mistake("dw-per-picture", "dW has a filter set per picture. Sum it over the batch, axis=0.")
def unsummed_dw(dout, X, W, b, stride, padding):
    dX, _, db = backwards(dout, X, W, stride, padding)
    windows = all_windows(X, *W.shape[2:], stride, padding)
    return dX, np.einsum("noyx,ncyxuv->nocuv", dout, windows), db


@conv2d_backward.mistake("dw-of-first-picture", "dW comes from picture 0 alone. All pictures add their shares.")
def dw_from_one(dout, X, W, b, stride, padding):
    dX, _, db = backwards(dout, X, W, stride, padding)
    return dX, messages_to_weights(dout[:1], X[:1], W, stride, padding), db


@conv2d_backward.mistake(
    "dw-without-padding", "dW was made from X without its edge. Use the windows of the padded picture."
)
def dw_from_x(dout, X, W, b, stride, padding):
    dX, _, db = backwards(dout, X, W, stride, padding)
    return dX, np.einsum("noyx,ncyxuv->ocuv", dout, all_windows(X, *W.shape[2:], stride, 0)), db


@conv2d_backward.mistake("db-mean", "db is a mean. The bias was added at each place: sum dout over the axes (0, 2, 3).")
def mean_db(dout, X, W, b, stride, padding):
    return *backwards(dout, X, W, stride, padding)[:2], dout.mean(axis=(0, 2, 3))


@conv2d_backward.mistake("db-scalar", "db is a single number. Each filter has a bias: sum over the axes (0, 2, 3).")
def one_db(dout, X, W, b, stride, padding):
    return *backwards(dout, X, W, stride, padding)[:2], dout.sum()


@conv2d_backward.mistake(
    "db-first-picture", "db comes from picture 0 alone. Sum over the pictures, too: axes (0, 2, 3)."
)
def db_of_one(dout, X, W, b, stride, padding):
    return *backwards(dout, X, W, stride, padding)[:2], dout[0].sum(axis=(1, 2))


@conv2d_backward.mistake("db-per-picture", "db has a row per picture. Sum over the pictures as well: axes (0, 2, 3).")
def db_of_each(dout, X, W, b, stride, padding):
    return *backwards(dout, X, W, stride, padding)[:2], dout.sum(axis=(2, 3))


@conv2d_backward.mistake("db-axis", "db is summed over the filters. They are what stays: sum over the axes (0, 2, 3).")
def over_the_filters(dout, X, W, b, stride, padding):
    return *backwards(dout, X, W, stride, padding)[:2], dout.sum(axis=(0, 1, 2))


@conv2d_backward.mistake("order-of-results", "The three are in another order: return dX, dW, db.")
def weights_first(dout, X, W, b, stride, padding):
    dX, dW, db = backwards(dout, X, W, stride, padding)
    return dW, db, dX


@conv2d_backward.mistake("only-dx", "You return dX alone. dW and db are wanted as well: return dX, dW, db.")
def pictures_alone(dout, X, W, b, stride, padding):
    return backwards(dout, X, W, stride, padding)[0]


@conv2d_backward.mistake(
    "gradients-of-whole-numbers",
    "Your gradients have the type of X or W, and fractions are cut off. Begin with np.zeros.",
)
def zeros_like_the_inputs(dout, X, W, b, stride, padding):
    dX, dW, db = backwards(dout, X, W, stride, padding)
    return dX.astype(np.int64 if X.dtype.kind in "iu" else X.dtype).astype(X.dtype), dW.astype(W.dtype), db


@conv2d_backward.mistake("arrays-changed", "You changed the caller's arrays. Add up in new ones, made with np.zeros.")
def dout_scaled_in_place(dout, X, W, b, stride, padding):
    result = backwards(dout, X, W, stride, padding)
    dout *= 0
    return result


@conv2d_backward.variant
def with_four_loops(dout, X, W, b, stride, padding):
    return place_by_place_back(dout, X, W, stride, padding, right_share)


@conv2d_backward.variant
def by_full_correlation(dout, X, W, b, stride, padding):
    """dX as a convolution of dout, pulled apart by the stride, with the turned kernels."""
    (n, c_out, h_out, w_out), (kh, kw) = dout.shape, W.shape[2:]
    h, w = (size + 2 * padding for size in X.shape[2:])
    apart = np.zeros((n, c_out, h + kh - 1, w + kw - 1))
    at = np.s_[:, :, kh - 1 : kh - 1 + stride * h_out : stride, kw - 1 : kw - 1 + stride * w_out : stride]
    apart[at] = dout
    turned = W[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    dP = convolved(apart, turned, np.zeros(len(turned)), 1, 0)
    dX = dP[:, :, padding : h - padding, padding : w - padding]
    return [dX, messages_to_weights(dout, X, W, stride, padding), np.einsum("noyx->o", dout)]


@conv2d_backward.variant
def by_matrix_products(dout, X, W, b, stride, padding):
    n, c_out, h_out, w_out = dout.shape
    messages = dout.reshape(n, c_out, -1)
    dW = np.einsum("nop,nmp->om", messages, columns_of(X, W, stride, padding)).reshape(W.shape)
    shares = np.einsum("om,nop->nmp", W.reshape(c_out, -1), messages)
    shares = shares.reshape(n, *W.shape[1:], h_out, w_out)
    dP = np.zeros(padded(X, padding).shape)
    for y, x in np.ndindex(h_out, w_out):
        top, left = y * stride, x * stride
        dP[:, :, top : top + W.shape[2], left : left + W.shape[3]] += shares[..., y, x]
    p, (h, w) = padding, X.shape[2:]
    return dP[:, :, p : p + h, p : p + w], dW, messages.sum(axis=(0, 2))


SIZE_LEFT_OPEN = "reshape works out the size that is negative, whichever negative number it is."
LARGER_THAN_NEEDED = "The padded gradient only gets longer: what is more at its end is never read, and is cut off."
conv2d_backward.equivalent("L5 constant -1→-2", SIZE_LEFT_OPEN)
conv2d_backward.equivalent("L8 constant -1→-2", SIZE_LEFT_OPEN)
conv2d_backward.equivalent("L9 constant 2→3", LARGER_THAN_NEEDED)
conv2d_backward.equivalent("L9 constant 2→3 #2", LARGER_THAN_NEEDED)
conv2d_backward.equivalent("L16 constant 2→-2", "dout has four axes: number 2 is number −2 counted from the end.")


# --- max_pool -----------------------------------------------------------------------------------------------------

max_pool = exercise("max_pool")


@max_pool.held_out
def a_turned_map_of_whole_numbers(max_pool):
    X = integer_inputs("pool turned", (4, 2, 9, 8), 90).transpose(0, 1, 3, 2)[::2] - 100
    return [max_pool(X, 3, 3), max_pool(X, 2, 1), max_pool(X, 4, 3)]


@max_pool.held_out
def windows_of_one_pixel_and_of_the_whole_map(max_pool):
    X = inputs("pool whole", (2, 3, 4, 4)) - 3
    return [max_pool(X, 1, 1), max_pool(X, 4, 2), max_pool(X, 1, 3)]


def pooled(X, size, stride):
    return all_windows(X, size, size, stride, 0).max(axis=(4, 5))


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


# --- max_pool_backward --------------------------------------------------------------------------------------------

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


# --- dilate -------------------------------------------------------------------------------------------------------

dilate = exercise("dilate")


@dilate.held_out
def far_apart(dilate):
    return [dilate(inputs(f"dilate {d}", (3, 1, 3, 2)), d) for d in (2, 4, 7)]


@dilate.held_out
def one_entry_has_no_neighbours(dilate):
    return [dilate(inputs("dilate one entry", (2, 2, 1, 1)), 3), dilate(inputs("dilate row", (1, 2, 1, 4)), 2)]


def pulled(W, down, across):
    c_out, c_in, kh, kw = W.shape
    apart = np.zeros((c_out, c_in, (kh - 1) * down + 1, (kw - 1) * across + 1))
    apart[:, :, ::down, ::across] = W
    return apart


@dilate.mistake("one-too-far", "There is a zero too many between neighbours: a dilation of 1 changes nothing.")
def one_more(W, dilation):
    return pulled(W, dilation + 1, dilation + 1)


@dilate.mistake(
    "zeros-behind-the-last", "There are zeros behind the last row and column. The size is (k − 1)·dilation + 1."
)
def k_times_dilation(W, dilation):
    c_out, c_in, kh, kw = W.shape
    apart = np.zeros((c_out, c_in, kh * dilation, kw * dilation))
    apart[:, :, ::dilation, ::dilation] = W
    return apart


@dilate.mistake("repeated", "You repeated the entries. The gaps are filled with zeros, so there are no more weights.")
def made_larger(W, dilation):
    return W.repeat(dilation, axis=2).repeat(dilation, axis=3)


@dilate.mistake("height-only", "Only the rows are pulled apart. The columns are as well.")
def rows_apart(W, dilation):
    return pulled(W, dilation, 1)


@dilate.mistake("width-only", "Only the columns are pulled apart. The rows are as well.")
def columns_apart(W, dilation):
    return pulled(W, 1, dilation)


@dilate.mistake("edge-for-gaps", "The zeros are around the kernel. They belong between its entries.")
def edge_of_zeros(W, dilation):
    kh, kw = W.shape[2:]
    right = np.zeros((*W.shape[:2], (kh - 1) * dilation + 1, (kw - 1) * dilation + 1))
    right[:, :, :kh, :kw] = W
    return right


@dilate.mistake("all-axes-apart", "Filters and channels are pulled apart, too. Only the last two axes are.")
def four_axes_apart(W, dilation):
    apart = np.zeros([(k - 1) * dilation + 1 for k in W.shape])
    apart[::dilation, ::dilation, ::dilation, ::dilation] = W
    return apart


@dilate.variant
def entry_by_entry(W, dilation):
    kh, kw = W.shape[2:]
    apart = np.zeros((*W.shape[:2], (kh - 1) * dilation + 1, (kw - 1) * dilation + 1))
    for u, v in np.ndindex(kh, kw):
        apart[:, :, u * dilation, v * dilation] = W[:, :, u, v]
    return apart


@dilate.variant
def by_kron(W, dilation):
    kh, kw = W.shape[2:]
    one = np.zeros((1, 1, dilation, dilation))
    one[0, 0, 0, 0] = 1
    return np.kron(W, one)[:, :, : (kh - 1) * dilation + 1, : (kw - 1) * dilation + 1]
