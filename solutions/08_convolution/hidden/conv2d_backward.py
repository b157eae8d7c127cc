"""Held-out cases of `conv2d_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import close, exercise, inputs

from .shared import all_windows, columns_of, convolved, padded, plain_start

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
