"""What several exercises of lesson 08 use in their held-out cases, mistakes and other right answers."""

import numpy as np


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


def pooled(X, size, stride):
    return all_windows(X, size, size, stride, 0).max(axis=(4, 5))
