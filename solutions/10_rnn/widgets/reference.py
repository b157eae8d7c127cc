"""Our versions of what the unrolled network runs on; the first four stand in while yours aren't written.

The last two are the same step without its bend. They are always ours, since your rnn_step always bends.
"""

import numpy as np


def rnn_step(x, h, Wx, Wh, b):
    out = np.tanh(x @ Wx + h @ Wh + b)
    return out, (x, h, Wx, Wh, out)


def rnn_step_backward(dh, cache):
    return linear_step_backward(dh * (1 - cache[-1] ** 2), cache)


def clip_gradients(grads, max_norm):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [grad * factor for grad in grads]


def memory_span(Wh, steps):
    power, spans = np.eye(len(Wh)), np.empty(steps)
    for t in range(steps):
        power = power @ Wh
        spans[t] = np.linalg.norm(power, 2)
    return spans


def linear_step(x, h, Wx, Wh, b):
    out = x @ Wx + h @ Wh + b
    return out, (x, h, Wx, Wh, out)


def linear_step_backward(dh, cache):
    x, h, Wx, Wh, _ = cache
    return dh @ Wx.T, dh @ Wh.T, x.T @ dh, h.T @ dh, dh.sum(axis=0)


OURS = {
    "rnn_step": rnn_step,
    "rnn_step_backward": rnn_step_backward,
    "clip_gradients": clip_gradients,
    "memory_span": memory_span,
    "linear_step": linear_step,
    "linear_step_backward": linear_step_backward,
}
