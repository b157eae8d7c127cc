"""Cells that have learned nothing yet: what they would keep, and a plain recurrent one beside them."""

from functools import cache

import numpy as np

CELLS = ("trained LSTM", "new LSTM", "new RNN")


@cache
def new_weights(d, k, blocks, forget_bias):
    """Wx (d, blocks · k), Wh, b as torch draws them, uniform within 1/√k; b of the second block is `forget_bias`."""
    rng = np.random.default_rng(0)
    most = 1 / np.sqrt(k)
    Wx, Wh, b = (rng.uniform(-most, most, shape) for shape in ((d, blocks * k), (k, blocks * k), (blocks * k,)))
    if blocks > 1:
        b[k : 2 * k] = forget_bias
    return Wx, Wh, b


def rnn(X, Wx, Wh, b):
    """h (1, t + 1, k) of a plain recurrent cell over X (1, t, d); h₀ is 0."""
    h = np.zeros((len(X), X.shape[1] + 1, len(b)))
    for t in range(X.shape[1]):
        h[:, t + 1] = np.tanh(X[:, t] @ Wx + h[:, t] @ Wh + b)
    return h


def kept_shares(factors, most):
    """What is left of a value after 0, 1, … letters, each of which multiplies it by a factor; mean over all starts.

    factors (t,) → (n + 1,) with n at most `most`.
    """
    most = min(most, len(factors) - 1)
    left, shares = np.ones(len(factors)), [1.0]
    for n in range(most):
        left = left[: len(factors) - n] * factors[n:]
        shares.append(float(np.abs(left).mean()))
    return np.array(shares)
