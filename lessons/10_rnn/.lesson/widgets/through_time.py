"""A recurrent network of sixteen units: its numbers, and one way there and back through time."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course.figures.functions import shaped

UNITS, INPUTS, LONGEST = 16, 14, 100
IDENTITY, TANH = "identity", "tanh"
STEPS = {TANH: ("rnn_step", "rnn_step_backward"), IDENTITY: ("linear_step", "linear_step_backward")}
MATRICES = ("orthogonal", "random", "diagonal")
STATE = (1, UNITS)  # one sequence at a time


@dataclass(frozen=True, eq=False)
class Numbers:
    """What a seed draws: each kind of Wh at scale 1, Wx, the inputs of LONGEST steps, and dL/dh at the loss (length 1)."""

    matrices: dict[str, np.ndarray]
    Wx: np.ndarray
    X: np.ndarray
    upstream: np.ndarray


@lru_cache(maxsize=8)
def numbers(seed):
    """Inputs of spread 1 add sums of spread 1 to the units. A short sequence is the beginning of a longer one."""
    rng = np.random.default_rng(seed)
    gaussian = rng.standard_normal((UNITS, UNITS))
    turned, upper = np.linalg.qr(gaussian)
    signs = np.where(np.diag(gaussian) < 0, -1.0, 1.0)
    matrices = {
        "orthogonal": turned * np.where(np.diag(upper) < 0, -1.0, 1.0),
        "random": gaussian / np.sqrt(UNITS),
        "diagonal": np.diag(np.linspace(1.0, 0.5, UNITS) * signs),
    }
    Wx = rng.standard_normal((INPUTS, UNITS)) / np.sqrt(INPUTS)
    X = rng.standard_normal((LONGEST, INPUTS))
    upstream = rng.standard_normal(STATE)
    return Numbers(matrices, Wx, X, upstream / np.linalg.norm(upstream))


@dataclass(frozen=True, eq=False)
class Passage:
    """One way there and back: `states` (steps + 1, units), the first of them before any input; `norms` (loss + 1,),
    the length of dL/dh at step 0 … loss; `grads`, dWx, dWh and db added up over the steps."""

    states: np.ndarray
    norms: np.ndarray
    grads: list[np.ndarray]


def there_and_back(state, scale, functions):
    """The network of a figure's state with Wh at that scale, on the reader's rnn_step and rnn_step_backward."""
    drawn = numbers(state["seed"])
    weights = [drawn.Wx.copy(), scale * drawn.matrices[state["matrix"]], np.zeros(UNITS)]
    kept = [array.copy() for array in weights]
    inputs = state["input"] * drawn.X[: state["steps"], None]
    step, step_backward = STEPS[state["bend"]]
    with functions.together() as quick:
        states, caches = _forwards(quick(step), step, inputs, weights)
        # A cache can be read only by whoever wrote it. Ours is made of the states, whoever worked them out.
        if functions.whose(step) == "Our" or not functions.written(step_backward, drawn.upstream, caches[0]):
            functions.stand_in(step_backward)
            caches = [(x, h, *kept[:2], out) for x, h, out in zip(inputs, states, states[1:], strict=False)]
        norms, grads = _backwards(
            quick(step_backward), step_backward, drawn.upstream.copy(), caches[: state["loss"]], kept
        )
    if any(not np.array_equal(one, other) for one, other in zip(weights, kept, strict=True)):
        functions.note(f"Your {step} or {step_backward} changed the weights it was given; work on copies instead.")
    return Passage(np.concatenate(states), norms, grads)


def _forwards(step, name, inputs, weights):
    states, caches = [np.zeros(STATE)], []
    for x in inputs:
        h, cache = shaped(step(x.copy(), states[-1].copy(), *weights), [STATE, None], name)
        states.append(h.copy())
        caches.append(cache)
    return states, caches


def _backwards(step_backward, name, dh, caches, weights):
    shapes = [(1, INPUTS), STATE, *(array.shape for array in weights)]
    norms, grads = [np.linalg.norm(dh)], [np.zeros_like(array) for array in weights]
    for cache in reversed(caches):
        _, dh, *parts = shaped(step_backward(dh, cache), shapes, name)
        norms.append(np.linalg.norm(dh))
        grads = [total + part for total, part in zip(grads, parts, strict=True)]
    return np.array(norms[::-1]), grads


@dataclass(frozen=True)
class Clipped:
    """Lengths of the gradient of all weights together before and after clipping; `straight` unless it was turned."""

    before: float
    after: float
    straight: bool

    @property
    def factor(self):
        return self.after / self.before if self.before else 1.0


def clip(grads, max_norm, functions):
    shapes = [array.shape for array in grads]
    given, cut = (
        np.concatenate([array.ravel() for array in arrays])
        for arrays in (grads, functions.call("clip_gradients", grads, max_norm, shape=shapes))
    )
    before, after = np.linalg.norm(given), np.linalg.norm(cut)
    turned = np.isfinite(before) and not np.linalg.norm(before * cut - after * given) <= 1e-6 * before * after
    return Clipped(float(before), float(after), not turned)
