"""What several exercises of lesson 03 use in their held-out cases, mistakes and other right answers."""

import numpy as np


def walk(gradient, start, lr, steps):
    """A right path as a list of arrays, for the mistakes below."""
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return path


def certainty(z):
    """A right sigmoid, for the mistakes below."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def right_gradient(X, y, w, b):
    """The right gradient, for the mistakes below."""
    errors = certainty(X @ w + b) - y
    return X.T @ errors / len(y), errors.mean()
