"""What happens in every unit at every letter: c and h by your lstm_step, the gates worked out beside it.

Beside it means by PyTorch's own cell, which also stands in for your lstm_step in a copy of the course without
solutions.
"""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import torch

from course.figures import LearnerError

ROWS = ("i", "f", "g", "o", "c", "h")
CLOSE = 1e-6  # how far your c and h may lie from what the gates give
KEPT = 4
STEP, FORWARD = "lstm_step", "lstm_forward"
FAR = 1e9  # a bias that holds a gate at its end, whatever the rest of the sum


@dataclass(frozen=True, eq=False)
class Trace:
    """All numbers of one LSTM over a batch of texts. c, h (n, t + 1, k) begin with the zero state."""

    X: np.ndarray  # (n, t, d)
    c: np.ndarray
    h: np.ndarray
    gates: np.ndarray  # (4, n, t, k) in the order i, f, g, o
    off: np.ndarray  # (t,) the largest difference between your c or h and those of torch's cell, at each letter
    apart: float = 0.0  # the largest difference between your lstm_forward and your lstm_step

    @property
    def gap(self):
        """The largest of these differences, and the first letter at which there is one."""
        return (float(self.off.max()), int((self.off > CLOSE).argmax())) if len(self.off) else (0.0, 0)

    @property
    def length(self):
        return self.X.shape[1]

    def rows(self, unit, text=0):
        """(6, t) of one unit: i, f, g, o, c, h."""
        return np.stack([*self.gates[:, text, :, unit], self.c[text, 1:, unit], self.h[text, 1:, unit]])

    def values(self, row):
        """(n, t, k) of one row for all units."""
        place = ROWS.index(row)
        return self.gates[place] if place < 4 else (self.c if row == "c" else self.h)[:, 1:]


class Traces:
    """Traces by weights and functions. A longer or edited text is read on from the first letter that differs."""

    def __init__(self):
        self._kept = OrderedDict()

    def trace(self, X, weights, key, functions):
        """The trace of inputs X (n, t, d); `key` stands for the weights."""
        theirs = functions.theirs(STEP), functions.theirs(FORWARD)
        key = (key, *map(id, theirs), functions.have(STEP), functions.have(FORWARD))
        before, _, used, own = self._kept.get(key, (None, None, {}, ()))
        functions.used.update(used)
        functions.own(*own)
        trace, own = go_on(before, own, X, weights, functions)
        used = {name: functions.used[name] for name in (STEP, FORWARD) if name in functions.used}
        self._kept[key] = trace, theirs, used, own  # while they are kept, their ids are theirs alone
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return trace


def go_on(before, own, X, weights, functions):
    """(trace of X, names of the functions in whose place it ran on the figure's own code), with what is known already."""
    n, t, k = *X.shape[:2], weights[1].shape[0]
    same = agreeing(before, X)
    if before is not None and same == t == before.length:
        return before, own
    c, h = np.zeros((2, n, t + 1, k))
    if same:
        c[:, : same + 1], h[:, : same + 1] = before.c[:, : same + 1], before.h[:, : same + 1]
    own = steps(X, h, c, same, weights, functions)
    apart = before.apart if same else 0.0
    if same < t and FORWARD not in own:
        H, _ = _two(functions.call(FORWARD, X[:, same:], h[:, same], c[:, same], *weights), FORWARD)
        H = _numbers(H, (n, t - same, k), FORWARD)
        apart = max(apart, float(np.abs(H - h[:, same + 1 :]).max()))
    gates, off = beside(X[:, same:], h[:, same:], c[:, same:], weights)
    if same:
        gates = np.concatenate([before.gates[:, :, :same], gates], axis=2)
        off = np.concatenate([before.off[:same], off])
    return Trace(X, c, h, gates, off, apart), own


def agreeing(before, X):
    """How many letters from the start have the same inputs as before."""
    if before is None or before.X.shape[0] != len(X) or before.X.shape[2] != X.shape[2]:
        return 0
    most = min(before.length, X.shape[1])
    differs = (before.X[:, :most] != X[:, :most]).any(axis=(0, 2))
    return int(differs.argmax()) if differs.any() else most


def steps(X, h, c, first, weights, functions):
    """Your lstm_step over the letters from `first` on; fills h and c. Returns the names of what the figure did itself."""
    if FORWARD not in functions.reference:
        functions.written(FORWARD, X[:, :1], h[:, 0], c[:, 0], *weights)  # finds out before all letters are read
    own = () if functions.have(STEP, FORWARD) else (FORWARD,) if functions.have(STEP) else (STEP, FORWARD)
    functions.own(*own)
    if STEP in own:
        for t in range(first, X.shape[1]):
            h[:, t + 1], c[:, t + 1] = by_torch(X[:, t], h[:, t], c[:, t], weights)
        return own
    shape = h[:, 0].shape
    given = tuple(values.copy() for values in weights)
    with functions.together() as quick:
        step = quick(STEP)
        for t in range(first, X.shape[1]):
            result = step(X[:, t].copy(), h[:, t].copy(), c[:, t].copy(), *given)
            if not isinstance(result, tuple | list) or len(result) != 3:
                raise LearnerError("Your lstm_step must return three values: h, c and a cache.")
            h[:, t + 1] = _numbers(result[0], shape, STEP)
            c[:, t + 1] = _numbers(result[1], shape, STEP)
    if any((one != other).any() for one, other in zip(given, weights, strict=True)):
        raise LearnerError("Your lstm_step changed the weights it was given; work on a copy instead.")
    return own


def by_torch(X, h, c, weights, held=(0, 0, 0, 0)):
    """(h, c) one letter later by torch's cell, at any number of letters at once; `held` is added to i, f, g and o."""
    Wx, Wh, b = weights
    b = torch.from_numpy(b + np.repeat(np.array(held, dtype=float), c.shape[-1]))
    x, h, before, Wx, Wh = (torch.from_numpy(np.ascontiguousarray(values)) for values in (X, h, c, Wx, Wh))
    x, h, before = (values.flatten(0, -2) for values in (x, h, before))
    after = torch.lstm_cell(x, (h, before), Wx.T, Wh.T, b, torch.zeros_like(b))
    return tuple(values.numpy().reshape(c.shape) for values in after)


def beside(X, h, c, weights):
    """(gates (4, n, t, k), differences (t,)) of letters X (n, t, d), with h and c (n, t + 1, k) as you got them.

    A gate alone is what c becomes (for o: what h becomes) while the others are held open or shut.
    """
    before, zero = h[:, :-1], np.zeros_like(c[:, :-1])
    _, i = by_torch(X, before, zero, weights, (0, -FAR, FAR, 0))
    _, f = by_torch(X, before, zero + 1, weights, (-FAR, 0, 0, 0))
    _, g = by_torch(X, before, zero, weights, (FAR, -FAR, 0, 0))
    o, _ = by_torch(X, before, zero + FAR, weights, (-FAR, FAR, 0, 0))
    there = np.stack(by_torch(X, before, c[:, :-1], weights))
    off = np.abs(there - np.stack([h[:, 1:], c[:, 1:]])).max(axis=(0, 1, 3))
    return np.stack([i, f, g, o]), np.where(np.isfinite(off), off, np.inf)


def _two(result, name):
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise LearnerError(f"Your {name} must return two values: H and the caches.")
    return result


def _numbers(values, shape, name):
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:  # RuntimeError: a tensor that records gradients
        raise LearnerError(f"Your {name} must return arrays; it returned {type(values).__name__}.") from error
    if array.shape != shape:
        raise LearnerError(f"Your {name} returned shape {array.shape}; this figure needs {shape}.")
    return array
