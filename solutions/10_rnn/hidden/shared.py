"""What several exercises of lesson 10 use in their held-out cases, mistakes and other right answers."""

import numpy as np

from autograder import inputs


def weights_of(name, d, hidden):
    """Wx, Wh, b."""
    return [inputs(f"{name} {i}", shape, -0.7, 0.7) for i, shape in enumerate([(d, hidden), (hidden, hidden), hidden])]


def summed(x, h, Wx, Wh, b):
    """What goes into the tanh."""
    return x @ Wx + h @ Wh + b


def stepped(x, h, Wx, Wh, b):
    """rnn_step, done right."""
    new = np.tanh(summed(x, h, Wx, Wh, b))
    return new, (x, h, Wx, Wh, new)


def slope(f, array, h=1e-5):
    """All slopes of f, by nudging each entry to both sides."""
    slopes = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


def agrees_with_nudging(f, arrays, gradients):
    """For each array whether its gradient is the slope of f by nudging."""
    agree = []
    for i, gradient in enumerate(gradients):
        nudged = slope(lambda changed, i=i: f(*arrays[:i], changed, *arrays[i + 1 :]), arrays[i])
        agree.append(bool(np.shape(gradient) == nudged.shape and np.abs(gradient - nudged).max() < 1e-6))
    return agree


def sent_back(dz, cache):
    """What the three parts of the sum get, done right."""
    x, h, Wx, Wh, _ = cache
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def stepped_back(dh, cache):
    """rnn_step_backward, done right."""
    return sent_back(dh * (1 - cache[-1] ** 2), cache)
