"""What happens in every unit at every letter: c and h by your lstm_step, the gates worked out beside it."""

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np

from course.figures import LearnerError

ROWS = ("i", "f", "g", "o", "c", "h")
CLOSE = 1e-6  # how far your c and h may lie from what the gates give
KEPT = 4


@dataclass(frozen=True, eq=False)
class Trace:
    """All numbers of one LSTM over a batch of texts. c, h (n, t + 1, k) begin with the zero state."""

    X: np.ndarray  # (n, t, d)
    c: np.ndarray
    h: np.ndarray
    gates: np.ndarray  # (4, n, t, k) in the order i, f, g, o
    gap: tuple = (0.0, 0)  # the largest difference between your c or h and the gates', and at which letter
    apart: float = 0.0  # the largest difference between your lstm_forward and your lstm_step

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
        theirs = functions.theirs("lstm_step"), functions.theirs("lstm_forward")
        key = (key, *map(id, theirs))
        before, _, used = self._kept.get(key, (None, None, {}))
        functions.used.update(used)
        trace = go_on(before, X, weights, functions)
        used = {name: functions.used[name] for name in ("lstm_step", "lstm_forward") if name in functions.used}
        self._kept[key] = trace, theirs, used  # while they are kept, their ids are theirs alone
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return trace


def go_on(before, X, weights, functions):
    n, t, k = *X.shape[:2], weights[1].shape[0]
    same = agreeing(before, X)
    if before is not None and same == t == before.length:
        return before
    c, h = np.zeros((2, n, t + 1, k))
    if same:
        c[:, : same + 1], h[:, : same + 1] = before.c[:, : same + 1], before.h[:, : same + 1]
    steps(X, h, c, same, weights, functions)
    apart = before.apart if same else 0.0
    if same < t:
        H, _ = _two(functions.call("lstm_forward", X[:, same:], h[:, same], c[:, same], *weights), "lstm_forward")
        H = _numbers(H, (n, t - same, k), "lstm_forward")
        apart = max(apart, float(np.abs(H - h[:, same + 1 :]).max()))
    return checked(Trace(X, c, h, gates_of(X, h, weights), apart=apart))


def agreeing(before, X):
    """How many letters from the start have the same inputs as before."""
    if before is None or before.X.shape[0] != len(X) or before.X.shape[2] != X.shape[2]:
        return 0
    most = min(before.length, X.shape[1])
    differs = (before.X[:, :most] != X[:, :most]).any(axis=(0, 2))
    return int(differs.argmax()) if differs.any() else most


def steps(X, h, c, first, weights, functions):
    """Your lstm_step over the letters from `first` on; fills h and c."""
    shape = h[:, 0].shape
    given = tuple(values.copy() for values in weights)
    with functions.together() as quick:
        step = quick("lstm_step")
        for t in range(first, X.shape[1]):
            result = step(X[:, t].copy(), h[:, t].copy(), c[:, t].copy(), *given)
            if not isinstance(result, tuple | list) or len(result) != 3:
                raise LearnerError("Your lstm_step must return three things: h, c and a cache.")
            h[:, t + 1] = _numbers(result[0], shape, "lstm_step")
            c[:, t + 1] = _numbers(result[1], shape, "lstm_step")
    if any((one != other).any() for one, other in zip(given, weights, strict=True)):
        raise LearnerError("Your lstm_step changed the weights it was given; work on a copy instead.")


def gates_of(X, h, weights):
    """The four gates at each letter (4, n, t, k), worked out from the weights, its input and the h before it."""
    Wx, Wh, b = weights
    n, t, k = *X.shape[:2], Wh.shape[0]
    with np.errstate(over="ignore"):
        z = (X @ Wx + h[:, :-1] @ Wh + b).reshape(n, t, 4, k).transpose(2, 0, 1, 3)
        gates = 1 / (1 + np.exp(-z))
    gates[2] = np.tanh(z[2])
    return gates


def checked(trace):
    """The trace with how well its gates reproduce c and h."""
    i, f, g, o = trace.gates
    c = f * trace.c[:, :-1] + i * g
    off = np.maximum(np.abs(c - trace.c[:, 1:]), np.abs(o * np.tanh(c) - trace.h[:, 1:]))
    off = np.where(np.isfinite(off), off, np.inf).max(axis=(0, 2)) if trace.length else np.zeros(1)
    return replace(trace, gap=(float(off.max()), int((off > CLOSE).argmax())))


def _two(result, name):
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise LearnerError(f"Your {name} must return two things: H and the caches.")
    return result


def _numbers(values, shape, name):
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:  # RuntimeError: a tensor that records gradients
        raise LearnerError(f"Your {name} must return arrays; it returned {type(values).__name__}.") from error
    if array.shape != shape:
        raise LearnerError(f"Your {name} returned shape {array.shape}; this figure needs {shape}.")
    return array
