"""Held-out cases of `rnn_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import stepped, summed, weights_of

rnn_step = exercise("rnn_step")


@rnn_step.held_out
def many_numbers_read(rnn_step):
    x, h = inputs("many x", (4, 7), -1, 1), inputs("many h", (4, 2), -0.9, 0.9)
    return rnn_step(x, h, *weights_of("many", 7, 2))[0]


@rnn_step.held_out
def five_steps_of_one_sample(rnn_step):
    h, weights = np.array([[0, 1, 0]]), weights_of("walk", 2, 3)
    walked = []
    for i in range(5):
        h, _ = rnn_step(inputs(f"walk x {i}", (1, 2)), h, *weights)
        walked.append(np.copy(h))
    return walked


def wrong_state(state):
    """A mistake in the state alone: state(x, h, Wx, Wh, b)."""

    def step(x, h, Wx, Wh, b):
        new = state(x, h, Wx, Wh, b)
        return new, (x, h, Wx, Wh, new)

    return step


WRONG_STATES = {
    "tanh-missing": ("The bend is missing: take np.tanh of the whole sum.", summed),
    "sigmoid-for-tanh": (
        "Your states lie between 0 and 1, as a sigmoid's do. A recurrent layer bends with np.tanh.",
        lambda *given: 1 / (1 + np.exp(-summed(*given))),
    ),
    "relu-for-tanh": (
        "Your bend cuts off what is negative. It is np.tanh here, between −1 and 1.",
        lambda *given: np.maximum(summed(*given), 0),
    ),
    "tan-for-tanh": ("np.tan belongs to angles. The bend is np.tanh.", lambda *given: np.tan(summed(*given))),
    "two-tanh": (
        "There is one tanh, around the whole sum: input, state and bias.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b) + np.tanh(h @ Wh),
    ),
    "tanh-of-the-input-part": (
        "Only the part of x is bent. The state's part belongs inside the tanh, too.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b) + h @ Wh,
    ),
    "bias-outside-tanh": (
        "The bias was added after the tanh. It belongs inside, to the sum.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh) + b,
    ),
    "bias-forgotten": (
        "The bias is missing: add b to the sum, inside the tanh.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh),
    ),
    "bias-twice": (
        "The bias was added to both products. Once is enough: x Wx + h Wh + b.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b + h @ Wh + b),
    ),
    "state-forgotten": (
        "The state before isn't used: add h @ Wh inside the tanh, or the network has no memory.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + b),
    ),
    "input-forgotten": (
        "What is read isn't used: add x @ Wx inside the tanh.",
        lambda x, h, Wx, Wh, b: np.tanh(h @ Wh + b),
    ),
    "Wh-forgotten": (
        "The state is added as it is. Multiply it by Wh first: h @ Wh.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h + b),
    ),
    "state-added": (
        "You add the new state to the old one. The new one is the tanh alone and replaces it.",
        lambda x, h, *weights: h + np.tanh(summed(x, h, *weights)),
    ),
    "Wh-transposed": (
        "Wh was transposed. Here it is applied as it stands: h @ Wh. (PyTorch keeps it the other way round.)",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx + h @ Wh.T + b),
    ),
    "Wx-transposed": (
        "Wx was transposed. It is (d, hidden), applied as it stands: x @ Wx.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx.T + h @ Wh + b),
    ),
    "both-transposed": (
        "Both matrices were transposed. They are applied as they stand: x @ Wx and h @ Wh.",
        lambda x, h, Wx, Wh, b: np.tanh(x @ Wx.T + h @ Wh.T + b),
    ),
    "matrices-first": (
        "The samples are rows, so they stand before the matrices: x @ Wx and h @ Wh, not Wx @ x.",
        lambda x, h, Wx, Wh, b: np.tanh(Wx @ x + Wh @ h + b),
    ),
    "element-by-element": (
        "* multiplies number by number. Both products are matrix products: x @ Wx and h @ Wh.",
        lambda x, h, Wx, Wh, b: np.tanh(x * Wx + h * Wh + b),
    ),
    "tanh-by-exp": (
        "e to a large power overflows, and ∞/∞ is nan. np.tanh takes care of that.",
        lambda *given: (
            (np.exp(summed(*given)) - np.exp(-summed(*given))) / (np.exp(summed(*given)) + np.exp(-summed(*given)))
        ),
    ),
}

for name, (message, wrong) in WRONG_STATES.items():
    rnn_step.mistake(name, message, value=wrong_state(wrong))


@rnn_step.mistake("only-the-state", "You return the state alone. Return a pair: the new state, and the cache.")
def no_cache(x, h, Wx, Wh, b):
    return stepped(x, h, Wx, Wh, b)[0]


@rnn_step.mistake(
    "pair-swapped", "The cache comes first in your pair. It is (h, cache): the new state, then the cache."
)
def cache_first(x, h, Wx, Wh, b):
    return stepped(x, h, Wx, Wh, b)[::-1]


@rnn_step.mistake("old-state-returned", "You return the state you were given. Return the new one, the tanh of the sum.")
def nothing_new(x, h, Wx, Wh, b):
    return h, stepped(x, h, Wx, Wh, b)[1]


@rnn_step.mistake("nothing-returned", "Nothing is returned. Add a return with the pair: the new state, and the cache.")
def without_return(x, h, Wx, Wh, b):
    stepped(x, h, Wx, Wh, b)


@rnn_step.mistake("input-changed", "You wrote into the caller's h. Make a new array: new = np.tanh(…).")
def into_h(x, h, Wx, Wh, b):
    h[:] = np.tanh(summed(x, h, Wx, Wh, b))
    return h, (x, Wx, Wh)


@rnn_step.variant
def one_product(x, h, Wx, Wh, b):
    both = np.concatenate([x, h], axis=1)
    return np.tanh(both @ np.vstack([Wx, Wh]) + b), {"both": both, "Wx": Wx, "Wh": Wh}


@rnn_step.variant
def by_einsum(x, h, Wx, Wh, b):
    z = np.einsum("nd,dk->nk", x, Wx) + np.einsum("nj,jk->nk", h, Wh) + np.reshape(b, (1, -1))
    return [np.tanh(z), None]


@rnn_step.variant
def by_sigmoid_of_twice(x, h, Wx, Wh, b):
    """tanh(z) = 2 σ(2z) − 1, with an exponential that can't overflow."""
    z = x @ Wx + h @ Wh + b
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e), (x, h)


for order in ("h, x, Wx, Wh, new", "x, Wx, h, Wh, new", "x, h, Wh, Wx, new", "x, h, Wx, new, Wh"):
    rnn_step.equivalent(
        f"L3 swapped elements x, h, Wx, Wh, new→{order}", "What the cache holds, and where, is its author's business."
    )
