"""Our versions of what the kernel workbench runs on; they stand in while yours aren't written."""

import numpy as np


def output_size(n, k, stride, padding):
    return (n + 2 * padding - k) // stride + 1


def pad(X, p):
    return np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))


def conv2d_loops(X, W, b, stride, padding):
    (n, _, h, w), (c_out, _, kh, kw) = X.shape, W.shape
    h_out, w_out = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    X = pad(X, padding)
    out = np.empty((n, c_out, h_out, w_out))
    for row in range(h_out):
        for column in range(w_out):
            top, left = row * stride, column * stride
            window = X[:, None, :, top : top + kh, left : left + kw]
            out[:, :, row, column] = (window * W).sum(axis=(2, 3, 4)) + b
    return out


def conv2d(X, W, b, stride, padding):
    (n, _, h, w), (c_out, _, kh, kw) = X.shape, W.shape
    h_out, w_out = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    X = pad(X, padding)
    out = np.zeros((n, c_out, h_out, w_out)) + b[:, None, None]
    for i, j in np.argwhere(W.any(axis=(0, 1))).tolist():  # a dilated kernel has many zeros: cells that add nothing
        seen = X[:, :, i : i + stride * h_out : stride, j : j + stride * w_out : stride]
        out += np.einsum("oc,ncyx->noyx", W[:, :, i, j], seen)
    return out


def max_pool(X, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.max(axis=(4, 5))


OURS = {
    "output_size": output_size,
    "pad": pad,
    "conv2d_loops": conv2d_loops,
    "conv2d": conv2d,
    "max_pool": max_pool,
}
