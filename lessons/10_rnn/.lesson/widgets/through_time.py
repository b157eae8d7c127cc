"""One way there and back through time, on the reader's functions."""

from dataclasses import dataclass

import numpy as np

from course.figures.functions import shaped

from .numbers import IDENTITY, INPUTS, STATE, UNITS, numbers
from .own import gradients, reach

STEP, STEP_BACKWARD = "rnn_step", "rnn_step_backward"


@dataclass(frozen=True, eq=False)
class Passage:
    """One way there and back: `states` (steps + 1, units), the first of them before any input; `norms` (loss + 1,),
    the length of dL/dh at step 0 … loss; `grads`, dWx, dWh and db added up over the steps."""

    states: np.ndarray
    norms: np.ndarray
    grads: list[np.ndarray]


def there_and_back(state, scale, functions):
    """The network of a figure's state with Wh at that scale, on the reader's rnn_step and rnn_step_backward."""
    if state["bend"] == IDENTITY:
        functions.used["step without a bend"] = "the figure's own"
        return Passage(*gradients(state, scale))
    if not functions.have(STEP):
        functions.written(STEP_BACKWARD, numbers(state["seed"]).upstream, None)  # so that the badge knows
        functions.own(STEP, STEP_BACKWARD)
        return Passage(*gradients(state, scale))
    drawn = numbers(state["seed"])
    weights = [drawn.Wx.copy(), scale * drawn.matrices[state["matrix"]], np.zeros(UNITS)]
    kept = [array.copy() for array in weights]
    inputs = state["input"] * drawn.X[: state["steps"], None]
    with functions.together() as quick:
        states, caches = _forwards(quick(STEP), inputs, weights)
        # A cache can be read only by whoever wrote it. The reference's is made of the states, whoever worked them out.
        theirs = functions.whose(STEP) == "Your"
        if not theirs or not functions.written(STEP_BACKWARD, drawn.upstream, caches[0]):
            functions.stand_in(STEP_BACKWARD)
            if theirs and functions.have(STEP_BACKWARD):
                step = functions.reference[STEP]
                caches = [step(x, h, *kept)[1] for x, h in zip(inputs, states[:-1], strict=True)]
        if functions.have(STEP_BACKWARD):
            norms, grads = _backwards(quick(STEP_BACKWARD), drawn.upstream.copy(), caches[: state["loss"]], kept)
        else:
            functions.own(STEP_BACKWARD)
            _, norms, grads = gradients(state, scale)
    if any(not np.array_equal(one, other) for one, other in zip(weights, kept, strict=True)):
        functions.note(f"Your {STEP} or {STEP_BACKWARD} changed the weights it was given; work on copies instead.")
    return Passage(np.concatenate(states), norms, grads)


def _forwards(step, inputs, weights):
    states, caches = [np.zeros(STATE)], []
    for x in inputs:
        h, cache = shaped(step(x.copy(), states[-1].copy(), *weights), [STATE, None], STEP)
        states.append(h.copy())
        caches.append(cache)
    return states, caches


def _backwards(step_backward, dh, caches, weights):
    shapes = [(1, INPUTS), STATE, *(array.shape for array in weights)]
    norms, grads = [np.linalg.norm(dh)], [np.zeros_like(array) for array in weights]
    for cache in reversed(caches):
        _, dh, *parts = shaped(step_backward(dh, cache), shapes, STEP_BACKWARD)
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
    """What clipping does to the gradient of all weights; without a function to run, what it ought to do."""
    given = np.concatenate([array.ravel() for array in grads])
    before = np.linalg.norm(given)
    if not functions.have("clip_gradients"):
        functions.own("clip_gradients")
        return Clipped(float(before), float(min(before, max_norm)), True)
    shapes = [array.shape for array in grads]
    clipped = functions.call("clip_gradients", grads, max_norm, shape=shapes)
    cut = np.concatenate([array.ravel() for array in clipped])
    after = np.linalg.norm(cut)
    turned = np.isfinite(before) and not np.linalg.norm(before * cut - after * given) <= 1e-6 * before * after
    return Clipped(float(before), float(after), not turned)


def spans(state, functions):
    """What memory_span says of 1, 2, … loss steps: the dashed line."""
    loss = state["loss"]
    if not functions.have("memory_span"):
        functions.own("memory_span")
        return reach(state)
    Wh = state["scale"] * numbers(state["seed"]).matrices[state["matrix"]]
    return functions.call("memory_span", Wh, loss, shape=(loss,))
