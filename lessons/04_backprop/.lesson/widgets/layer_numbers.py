"""A network of two layers in whole numbers, small enough to check by hand, and the message on its way back through it.

The arrays, for n samples: X (n, 5) → Z (n, 3) by W1, b1 → A (n, 3) by ReLU → S (n, 2) by W2, b2. The message dS about S
is given, as the loss would send it. In the products a bias is a row, (1, k), so that its sum is a product like any other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

INPUTS, HIDDEN, OUTPUTS, MOST_SAMPLES = 5, 3, 2, 4  # all different, so that a wrong product has a wrong shape
FORWARDS, BACKWARDS = ("dense", "relu"), ("dense_backward", "relu_backward")
USES = FORWARDS + BACKWARDS
TINY = 1e-30j


@dataclass(frozen=True)
class Step:
    """One array that is worked out, and the two it is made of: rows of the one at the left, columns of that above.

    name; node: of the network, the array that it is the gradient of; axes: of its shape; by: the function whose result
    it is; left, top: from all arrays; formula, why: in words; `entrywise` multiplies entry by entry.
    """

    name: str
    node: str
    axes: tuple[str, str]
    by: str
    left: Callable
    top: Callable
    names: tuple[str, str]
    along: str
    why: str
    entrywise: bool = False

    @property
    def formula(self):
        left, top = self.names
        sign = "·" if self.entrywise else "@"
        return f"{self.name} = {left} {sign} {top}" + (" + b2" if self.name == "S" else "")

    def whose(self, functions):
        return f"{functions.whose(self.by)} {self.by}"

    def added(self, arrays):
        """What is added to each entry of the product: the bias on the way forwards, nothing on the way back."""
        return arrays["b2"] if self.name == "S" else np.zeros((1, 1))

    def worked_out(self, arrays):
        left, top = self.left(arrays), self.top(arrays)
        return left * top if self.entrywise else left @ top + self.added(arrays)

    def fitting(self, arrays):
        """Why the shapes fit, as shapes."""
        shapes = [shape(part) for part in (self.left(arrays), self.top(arrays), arrays[self.name])]
        return "{} {} {} → {}".format(shapes[0], "·" if self.entrywise else "@", *shapes[1:])


def ones(arrays):
    return np.ones((1, len(arrays["X"])))


SUMMED = "Every sample has a share, so the samples are what is added up."
STEPS = (
    Step("S", "S", ("n", "out"), "dense", lambda a: a["A"], lambda a: a["W2"], ("A", "W2"), "neuron",
         "Then the message dS arrives: how the loss changes with each entry of S."),
    Step("dW2", "W2", ("hidden", "out"), "dense_backward", lambda a: a["A"].T, lambda a: a["dS"], ("Aᵀ", "dS"), "sample",
         f"{SUMMED} What is left has the shape of W2."),
    Step("db2", "b2", ("1", "out"), "dense_backward", ones, lambda a: a["dS"], ("ones", "dS"), "sample",
         "A bias counts once for each sample: a column of dS, added up."),
    Step("dA", "A", ("n", "hidden"), "dense_backward", lambda a: a["dS"], lambda a: a["W2"].T, ("dS", "W2ᵀ"), "output",
         "A neuron reaches all outputs, so the outputs are what is added up; each sample keeps its row."),
    Step("dZ", "Z", ("n", "hidden"), "relu_backward", lambda a: a["dA"], lambda a: 1.0 * (a["Z"] > 0), ("dA", "(Z > 0)"),
         "", "Entry by entry: where Z was positive the message passes, elsewhere it dies.", entrywise=True),
    Step("dW1", "W1", ("in", "hidden"), "dense_backward", lambda a: a["X"].T, lambda a: a["dZ"], ("Xᵀ", "dZ"), "sample",
         f"{SUMMED} What is left has the shape of W1."),
    Step("db1", "b1", ("1", "hidden"), "dense_backward", ones, lambda a: a["dZ"], ("ones", "dZ"), "sample",
         "A bias counts once for each sample: a column of dZ, added up."),
    Step("dX", "X", ("n", "in"), "dense_backward", lambda a: a["dZ"], lambda a: a["W1"].T, ("dZ", "W1ᵀ"), "neuron",
         "An input reaches all hidden neurons, so they are what is added up; each sample keeps its row."),
)  # fmt: skip


def drawn(seed, samples):
    """X, W1, b1, W2, b2, dS of whole numbers, with so many samples."""
    return {name: array[:samples] if name in ("X", "dS") else array for name, array in _drawn(seed).items()}


@lru_cache(maxsize=64)
def _drawn(seed):
    """The numbers of a seed, with all samples: just one hidden neuron is silent for each of them."""
    for attempt in range(1000):
        rng = np.random.default_rng([seed, attempt])
        X = rng.integers(-1, 3, (MOST_SAMPLES, INPUTS)).astype(float)
        W1, b1 = rng.integers(-1, 2, (INPUTS, HIDDEN)).astype(float), rng.integers(-1, 2, (1, HIDDEN)).astype(float)
        W2, b2 = rng.integers(-2, 3, (HIDDEN, OUTPUTS)).astype(float), rng.integers(-1, 2, (1, OUTPUTS)).astype(float)
        dS = rng.integers(-2, 3, (MOST_SAMPLES, OUTPUTS)).astype(float)
        active = (X @ W1 + b1 > 0).sum(axis=0)
        alive = active[active > 0]
        one_silent = len(alive) == HIDDEN - 1 and active[0] > 0  # and not the one that is shown first
        enough = (alive >= 2).all() and (dS @ W2.T != 0).sum() >= 9 and W2.any(axis=1).all()
        if one_silent and enough and (alive < MOST_SAMPLES).all():
            break
    return {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "dS": dS}


def forwards(given, functions):
    """Z, A and S, by the reader's functions."""
    X, W1, b1, W2, b2 = (given[name] for name in ("X", "W1", "b1", "W2", "b2"))
    Z = functions.call("dense", X, W1, b1[0], shape=(len(X), HIDDEN))
    A = functions.call("relu", Z, shape=Z.shape)
    return {"Z": Z, "A": A, "S": functions.call("dense", A, W2, b2[0], shape=(len(X), OUTPUTS))}


def backwards(given, functions):
    """All gradients, by the reader's functions; given: with what `forwards` returns."""
    X, W1, b1, Z, A, W2, b2, dS = (given[name] for name in ("X", "W1", "b1", "Z", "A", "W2", "b2", "dS"))
    dA, dW2, db2 = functions.call("dense_backward", dS, A, W2, b2[0], shape=[A.shape, W2.shape, (OUTPUTS,)])
    dZ = functions.call("relu_backward", dA, Z, shape=Z.shape)
    dX, dW1, db1 = functions.call("dense_backward", dZ, X, W1, b1[0], shape=[X.shape, W1.shape, (HIDDEN,)])
    return {"dW2": dW2, "db2": db2[None], "dA": dA, "dZ": dZ, "dW1": dW1, "db1": db1[None], "dX": dX}


def nudged(given):
    """The same as `backwards` gives, the figure's own way: each entry is nudged and the whole network run anew.

    Nudged along the imaginary axis, by so little that nothing is lost: the slope is what turns imaginary.
    """
    arrays, found = given | run(given), {}
    for name in ("W2", "b2", "A", "Z", "W1", "b1", "X"):
        gradient = found["d" + name] = np.zeros(arrays[name].shape)
        for place in np.ndindex(gradient.shape):
            gradient[place] = np.sum(given["dS"] * run(given, name, place)["S"]).imag / TINY.imag
    return found


def run(given, name="", place=None):
    """Z, A and S, with one entry of one array nudged."""

    def moved(key, array):
        if key == name:
            array = array.astype(complex)
            array[place] += TINY
        return array

    X, W1, b1, W2, b2 = (moved(key, given[key]) for key in ("X", "W1", "b1", "W2", "b2"))
    Z = moved("Z", X @ W1 + b1)
    A = moved("A", np.where(Z.real > 0, Z, 0.0))
    return {"Z": Z, "A": A, "S": A @ W2 + b2}


def shape(array):
    """A shape as the lesson writes it."""
    rows, columns = array.shape
    return f"({rows}, {columns})"


def same(one, other):
    return bool(np.allclose(one, other, rtol=1e-6, atol=1e-9))
