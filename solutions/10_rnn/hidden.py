"""What stays with the author of lesson 10: held-out cases, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

# --- rnn_step -----------------------------------------------------------------------------------------------------

rnn_step = exercise("rnn_step")


def weights_of(name, d, hidden):
    """Wx, Wh, b."""
    return [inputs(f"{name} {i}", shape, -0.7, 0.7) for i, shape in enumerate([(d, hidden), (hidden, hidden), hidden])]


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


def summed(x, h, Wx, Wh, b):
    """What goes into the tanh."""
    return x @ Wx + h @ Wh + b


def stepped(x, h, Wx, Wh, b):
    """rnn_step, done right."""
    new = np.tanh(summed(x, h, Wx, Wh, b))
    return new, (x, h, Wx, Wh, new)


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


@rnn_step.mistake("pair-swapped", "The cache comes first in your pair. It is (h, cache): the new state, then the cache.")
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


# --- rnn_forward --------------------------------------------------------------------------------------------------

rnn_forward = exercise("rnn_forward")


@rnn_forward.held_out
def forty_steps_of_one_sample(rnn_forward):
    return rnn_forward(inputs("forty X", (1, 40, 2)), inputs("forty h0", (1, 3)), *weights_of("forty", 2, 3))[0]


@rnn_forward.held_out
def a_second_sequence_begins_anew(rnn_forward):
    weights = weights_of("anew", 2, 4)
    found = []
    for i in range(2):
        H, _ = rnn_forward(inputs(f"anew X {i}", (3, 5, 2)), inputs(f"anew h0 {i}", (3, 4)), *weights)
        found.append(np.copy(H))
    return found


def walked(X, h, Wx, Wh, b):
    """The states after each step as a list, and the caches, done right."""
    states, caches = [], []
    for t in range(X.shape[1]):
        h, cache = stepped(X[:, t], h, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return states, caches


def wrong_states(states):
    """A mistake in H alone: states(X, h0, Wx, Wh, b) makes it; the caches are right."""

    def forward(X, h0, *weights):
        return states(X, h0, *weights), walked(X, h0, *weights)[1]

    return forward


def H_of(X, h0, *weights):
    """H, done right."""
    return np.stack(walked(X, h0, *weights)[0], axis=1)


def each_from(state):
    """H where every step starts from state(h0)."""

    def states(X, h0, *weights):
        return np.stack([stepped(X[:, t], state(h0), *weights)[0] for t in range(X.shape[1])], axis=1)

    return states


def over_samples(X, h0, *weights):
    """A loop over axis 0, with one state for all rows of a sequence."""
    h, states = h0, []
    for i in range(len(X)):
        h = stepped(X[i], h, *weights)[0]
        states.append(h)
    return np.stack(states)


def in_place_of_zeros(X, h0, *weights):
    """H[:, t − 1] as the state before: at t = 0 that is the last column."""
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    for t in range(X.shape[1]):
        H[:, t] = stepped(X[:, t], H[:, t - 1], *weights)[0]
    return H


def only_first_filled(X, h0, *weights):
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    H[:, 0] = stepped(X[:, 0], h0, *weights)[0]
    return H


def last_not_filled(X, h0, *weights):
    H = H_of(X, h0, *weights)
    H[:, -1] = 0
    return H


def first_not_read(X, h0, *weights):
    H = np.zeros((*X.shape[:2], h0.shape[1]))
    if X.shape[1] > 1:
        H[:, 1:] = H_of(X[:, 1:], h0, *weights)
    return H


WRONG_H = {
    "h0-not-used": (
        "h0 never enters, so you begin with zeros (at t = 0, H[:, t − 1] is the last column). Begin with h = h0.",
        in_place_of_zeros,
    ),
    "h0-for-every-step": (
        "Every step starts from h0. Replace h by the new state, so that the next step gets it.",
        each_from(lambda h0: h0),
    ),
    "zeros-for-every-step": (
        "Every step starts from zeros. Begin with h0, and hand the new state on to the next step.",
        each_from(np.zeros_like),
    ),
    "state-before-each-step": (
        "Your H holds the state before each step, beginning with h0. Keep the state after each step.",
        lambda X, h0, *w: np.concatenate([h0[:, None], H_of(X, h0, *w)[:, :-1]], axis=1),
    ),
    "h0-kept-too": (
        "H has one state too many: h0 is in it. There is one state after each of the t steps.",
        lambda X, h0, *w: np.concatenate([h0[:, None], H_of(X, h0, *w)], axis=1),
    ),
    "only-last-state": (
        "You return the last state alone. H holds the state after every step: (n, t, hidden).",
        lambda X, h0, *w: H_of(X, h0, *w)[:, -1],
    ),
    "last-state-at-every-step": (
        "All states in your H are the last one: the same array is appended and overwritten. Append new ones.",
        lambda X, h0, *w: np.repeat(H_of(X, h0, *w)[:, -1:], X.shape[1], axis=1),
    ),
    "time-as-axis-0": (
        "Your H is (t, n, hidden). Stack the states along axis 1: (n, t, hidden).",
        lambda X, h0, *w: np.stack(walked(X, h0, *w)[0]),
    ),
    "reshaped-for-stacked": (
        "reshape doesn't exchange axes, so samples are mixed up. Stack the states along axis 1.",
        lambda X, h0, *w: np.array(walked(X, h0, *w)[0]).reshape(len(X), X.shape[1], -1),
    ),
    "joined-along-hidden": (
        "You joined the states along the hidden numbers. np.stack with axis=1 makes an axis for time.",
        lambda X, h0, *w: np.concatenate(walked(X, h0, *w)[0], axis=1),
    ),
    "read-backwards": (
        "You read the sequence from its end. Begin with X[:, 0].",
        lambda X, h0, *w: H_of(X[:, ::-1], h0, *w),
    ),
    "states-backwards": (
        "Your states are in reverse order. The state after step t is H[:, t]: append, don't put in front.",
        lambda X, h0, *w: H_of(X, h0, *w)[:, ::-1],
    ),
    "batch-for-time": (
        "Your loop steps through the samples. Time is axis 1: each step reads X[:, t].",
        over_samples,
    ),
    "first-input-at-every-step": (
        "Every step reads X[:, 0]. Step t reads X[:, t].",
        lambda X, h0, *w: H_of(np.repeat(X[:, :1], X.shape[1], axis=1), h0, *w),
    ),
    "returns-inside-loop": (
        "You return after the first step, so the others stay 0. Move return out of the loop.",
        only_first_filled,
    ),
    "only-first-state": (
        "H ends after the first step: return stands inside the loop. Move it to the left.",
        lambda X, h0, *w: H_of(X[:, :1], h0, *w),
    ),
    "last-step-missing": (
        "The last step isn't taken: the loop has to reach step t − 1, and range(t) does.",
        lambda X, h0, *w: H_of(X, h0, *w)[:, :-1] if X.shape[1] > 1 else np.zeros((len(X), 0, h0.shape[1])),
    ),
    "last-step-zero": ("The last step isn't taken and stays 0: range(t) ends with t − 1 already.", last_not_filled),
    "first-step-zero": ("The first step isn't taken and stays 0. Begin with t = 0, which reads X[:, 0].", first_not_read),
    "type-of-X": (
        "States were cut to whole numbers: zeros_like(X) or dtype=X.dtype takes over their type. Make H of floats.",
        lambda X, h0, *w: H_of(X, h0, *w).astype(X.dtype),
    ),
}

for name, (message, wrong) in WRONG_H.items():
    rnn_forward.mistake(name, message, value=wrong_states(wrong))


@rnn_forward.mistake("only-H", "You return H alone. Return a pair: H, and the caches for the way back.")
def no_caches(X, h0, Wx, Wh, b):
    return H_of(X, h0, Wx, Wh, b)


@rnn_forward.mistake("pair-swapped", "The caches come first in your pair. It is (H, caches).")
def caches_first(X, h0, Wx, Wh, b):
    return walked(X, h0, Wx, Wh, b)[1], H_of(X, h0, Wx, Wh, b)


@rnn_forward.mistake("nothing-returned", "Nothing is returned. Add a return with the pair: H, and the caches.")
def walks_only(X, h0, Wx, Wh, b):
    walked(X, h0, Wx, Wh, b)


@rnn_forward.mistake("h0-changed", "You wrote into the caller's h0. Give the new state to the name h instead of h[:] = ….")
def into_h0(X, h0, Wx, Wh, b):
    states, caches = walked(X, h0.copy(), Wx, Wh, b)
    h0[:] = states[-1]
    return np.stack(states, axis=1), caches


@rnn_forward.mistake(
    "cache-carried", "h is the pair that `rnn_step` returns. Unpack it: h, cache = rnn_step(…), and hand on h alone."
)
def pair_as_state(X, h0, Wx, Wh, b):
    h, states = h0, []
    for t in range(X.shape[1]):
        h = stepped(X[:, t], h, Wx, Wh, b)
        states.append(h)
    return np.stack(states, axis=1), None


@rnn_forward.variant
def with_a_slot_for_h0(X, h0, Wx, Wh, b):
    H, caches = np.zeros((len(X), X.shape[1] + 1, len(Wh))), []
    H[:, 0] = h0
    for t in range(X.shape[1]):
        H[:, t + 1], cache = stepped(X[:, t], H[:, t], Wx, Wh, b)
        caches.append(cache)
    return H[:, 1:], caches


@rnn_forward.variant
def inputs_first(X, h0, Wx, Wh, b):
    """All that is read is multiplied at once, and H is turned in the end."""
    read, h, H = X @ Wx + b, h0, []
    for z in read.swapaxes(0, 1):
        h = np.tanh(z + h @ Wh)
        H += [h]
    return np.array(H).transpose(1, 0, 2), (X, h0, Wx, Wh, H)


@rnn_forward.variant
def with_the_column_before(X, h0, Wx, Wh, b):
    H, caches = np.empty((X.shape[0], X.shape[1], h0.shape[1])), {}
    for t in range(X.shape[1]):
        H[:, t], caches[t] = stepped(X[:, t], H[:, t - 1] if t else h0, Wx, Wh, b)
    return [H, caches]


for order in ("h, x, Wx, Wh, new", "x, Wx, h, Wh, new", "x, h, Wh, Wx, new", "x, h, Wx, new, Wh"):
    rnn_step.equivalent(
        f"L2 swapped elements x, h, Wx, Wh, new→{order}", "What the cache holds, and where, is its author's business."
    )

# --- rnn_step_backward --------------------------------------------------------------------------------------------

rnn_step_backward = exercise("rnn_step_backward")


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


@rnn_step_backward.held_out
def as_nudging_says(rnn_step, rnn_step_backward):
    """The gradients against slopes found by nudging, with your own `rnn_step`."""
    x, h, dh = inputs("nudged x", (3, 5), -1, 1), inputs("nudged h", (3, 4), -0.9, 0.9), inputs("nudged dh", (3, 4))
    arrays = [x, h, *weights_of("nudged", 5, 4)]
    found = rnn_step_backward(dh, rnn_step(*arrays)[1])
    return agrees_with_nudging(lambda *given: np.sum(dh * rnn_step(*given)[0]), arrays, found)


@rnn_step_backward.held_out
def one_sample_and_whole_numbers(rnn_step, rnn_step_backward):
    x, h = np.array([[0, 1, 0]]), np.array([[0, 1]])
    return rnn_step_backward(np.array([[3, -2]]), rnn_step(x, h, *weights_of("whole", 3, 2))[1])


def sent_back(dz, cache):
    """What the three parts of the sum get, done right."""
    x, h, Wx, Wh, _ = cache
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def stepped_back(dh, cache):
    """rnn_step_backward, done right."""
    return sent_back(dh * (1 - cache[-1] ** 2), cache)


def pre_activation(cache):
    """What went into the tanh, from the reference's cache."""
    x, h, Wx, Wh, _ = cache
    return x @ Wx + h @ Wh + layer_bias(cache)


def layer_bias(cache):
    """The bias, which the reference's cache doesn't hold: found from the new state."""
    x, h, Wx, Wh, new = cache
    return (np.arctanh(new) - x @ Wx - h @ Wh).mean(axis=0)


def wrong_slope(bent):
    """A mistake in dz alone: bent(dh, cache)."""
    return lambda dh, cache: sent_back(bent(dh, cache), cache)


WRONG_SLOPES = {
    "slope-missing": (
        "The slope of tanh is missing: multiply dh by 1 − h² with the new state h.",
        lambda dh, cache: dh,
    ),
    "message-missing": (
        "dh isn't used: the slope has to be multiplied by the message that arrives.",
        lambda dh, cache: 1 - cache[-1] ** 2 + 0 * dh,
    ),
    "of-pre-activation": (
        "You squared z, the sum before the bend. The slope is 1 − tanh(z)², and tanh(z) is the new state.",
        lambda dh, cache: dh * (1 - pre_activation(cache) ** 2),
    ),
    "tanh-twice": (
        "The new state is tanh(z) already; you take its tanh once more. The slope is 1 − h².",
        lambda dh, cache: dh * (1 - np.tanh(cache[-1]) ** 2),
    ),
    "of-the-old-state": (
        "The slope was taken at the state before the step. Take it at the new state.",
        lambda dh, cache: dh * (1 - cache[1] ** 2),
    ),
    "sigmoid-slope": (
        "h(1 − h) is the slope of a sigmoid. That of tanh is 1 − h².",
        lambda dh, cache: dh * cache[-1] * (1 - cache[-1]),
    ),
    "not-squared": ("The square is missing: the slope of tanh is 1 − h².", lambda dh, cache: dh * (1 - cache[-1])),
    "tan-slope": ("1 + h² is the slope of tan. That of tanh is 1 − h².", lambda dh, cache: dh * (1 + cache[-1] ** 2)),
    "divided-by-slope": (
        "You divided by the slope. On the way back the message is multiplied by it.",
        lambda dh, cache: dh / (1 - cache[-1] ** 2),
    ),
    "brackets-missing": (
        "dh * 1 - h**2 multiplies first. Put the slope in brackets: dh * (1 - h**2).",
        lambda dh, cache: dh * 1 - cache[-1] ** 2,
    ),
    "minus-one": (
        "The sign is turned round: the slope is 1 − h², not h² − 1.",
        lambda dh, cache: dh * (cache[-1] ** 2 - 1),
    ),
    "root-of-slope": (
        "You took the root of the slope. It is 1 − h² as it stands.",
        lambda dh, cache: dh * np.sqrt(1 - cache[-1] ** 2),
    ),
    "square-outside": (
        "The square includes the 1: (1 − h)². Only h is squared: 1 − h².",
        lambda dh, cache: dh * (1 - cache[-1]) ** 2,
    ),
    "slope-twice": (
        "The slope was multiplied in twice. Once is enough: dz = dh · (1 − h²).",
        lambda dh, cache: dh * (1 - cache[-1] ** 2) ** 2,
    ),
    "tanh-of-message": (
        "The message went through tanh itself. On the way back it is multiplied by the slope, 1 − h².",
        lambda dh, cache: np.tanh(dh),
    ),
}

for name, (message, wrong) in WRONG_SLOPES.items():
    rnn_step_backward.mistake(name, message, value=wrong_slope(wrong))


def wrong_gradient(position, make):
    """A mistake in one of the five gradients: make(dz, dh, cache); the others are right."""

    def backward(dh, cache):
        parts = list(stepped_back(dh, cache))
        parts[position] = make(dh * (1 - cache[-1] ** 2), dh, cache)
        return tuple(parts)

    return backward


DX, DH_PREV, DWX, DWH, DB = range(5)
WRONG_GRADIENTS = {
    "Wx-not-transposed": (
        DX,
        "dx goes back through Wx transposed: dz @ Wx.T.",
        lambda dz, dh, cache: dz @ cache[2],
    ),
    "Wh-not-transposed": (
        DH_PREV,
        "dh_prev goes back through Wh transposed: dz @ Wh.T.",
        lambda dz, dh, cache: dz @ cache[3],
    ),
    "slope-missing-in-dx": (DX, "dx is made from dh. Take dz, the message behind the tanh.", lambda dz, dh, c: dh @ c[2].T),
    "slope-missing-in-dh-prev": (
        DH_PREV,
        "dh_prev is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: dh @ cache[3].T,
    ),
    "dh-prev-not-through-Wh": (
        DH_PREV,
        "dh_prev is dz itself. The old state was multiplied by Wh, so send dz back through it: dz @ Wh.T.",
        lambda dz, dh, cache: dz,
    ),
    "dWh-with-new-state": (
        DWH,
        "dWh pairs dz with the state that was multiplied by Wh, the one before the step. You took the new one.",
        lambda dz, dh, cache: cache[-1].T @ dz,
    ),
    "dWh-from-dh": (
        DWH,
        "dWh is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: cache[1].T @ dh,
    ),
    "dWx-from-dh": (
        DWX,
        "dWx is made from dh. Take dz, the message behind the tanh.",
        lambda dz, dh, cache: cache[0].T @ dh,
    ),
    "dWx-turned": (
        DWX,
        "dWx lies on its side. It has the shape of Wx: x transposed, times dz.",
        lambda dz, dh, cache: dz.T @ cache[0],
    ),
    "dWh-turned": (
        DWH,
        "dWh is transposed. It is the old state transposed, times dz: h.T @ dz.",
        lambda dz, dh, cache: dz.T @ cache[1],
    ),
    "db-from-dh": (
        DB,
        "db is made from dh. The bias is inside the tanh, so it gets dz, summed over the samples.",
        lambda dz, dh, cache: dh.sum(axis=0),
    ),
    "db-not-summed": (
        DB,
        "All samples share one bias: sum dz over them, with axis=0.",
        lambda dz, dh, cache: dz,
    ),
    "db-over-hidden": (
        DB,
        "You summed over the hidden numbers. db has one entry per hidden number: sum over the samples, axis=0.",
        lambda dz, dh, cache: dz.sum(axis=1),
    ),
    "db-over-everything": (
        DB,
        "Your db is a single number. Each hidden number has its own bias: sum over axis 0 only.",
        lambda dz, dh, cache: dz.sum(),
    ),
    "db-averaged": (
        DB,
        "db is a sum over the samples, not a mean: dh says already how much each counts.",
        lambda dz, dh, cache: dz.mean(axis=0),
    ),
}

for name, (position, message, wrong) in WRONG_GRADIENTS.items():
    rnn_step_backward.mistake(name, message, value=wrong_gradient(position, wrong))


@rnn_step_backward.mistake(
    "both-not-transposed", "dx and dh_prev go back through the matrices transposed: dz @ Wx.T and dz @ Wh.T."
)
def as_forwards(dh, cache):
    x, h, Wx, Wh, new = cache
    dz = dh * (1 - new**2)
    return dz @ Wx, dz @ Wh, x.T @ dz, h.T @ dz, dz.sum(axis=0)


@rnn_step_backward.mistake(
    "slope-only-for-states", "dWx, dWh and db are made from dh. All five get dz, the message behind the tanh."
)
def weights_from_dh(dh, cache):
    return *stepped_back(dh, cache)[:2], *sent_back(dh, cache)[2:]


@rnn_step_backward.mistake(
    "slope-only-for-weights", "dx and dh_prev are made from dh. All five get dz, the message behind the tanh."
)
def states_from_dh(dh, cache):
    return *sent_back(dh, cache)[:2], *stepped_back(dh, cache)[2:]


@rnn_step_backward.mistake(
    "divided-by-n", "You divided by the number of samples. The loss has done that, if it is a mean: dh holds it already."
)
def means_of_samples(dh, cache):
    dx, dh_prev, *weights = stepped_back(dh, cache)
    return dx, dh_prev, *(part / len(dh) for part in weights)


@rnn_step_backward.mistake("dx-and-dh-prev-swapped", "The first two are exchanged. The order is dx, dh_prev, dWx, dWh, db.")
def states_swapped(dh, cache):
    dx, dh_prev, *weights = stepped_back(dh, cache)
    return dh_prev, dx, *weights


@rnn_step_backward.mistake("dWx-and-dWh-swapped", "dWx and dWh are exchanged. The order is dx, dh_prev, dWx, dWh, db.")
def matrices_swapped(dh, cache):
    dx, dh_prev, dWx, dWh, db = stepped_back(dh, cache)
    return dx, dh_prev, dWh, dWx, db


@rnn_step_backward.mistake("pairs-of-parts", "The order of the five is dx, dh_prev, dWx, dWh, db; yours is dx, dWx, dh_prev, dWh, db.")
def part_by_part(dh, cache):
    dx, dh_prev, dWx, dWh, db = stepped_back(dh, cache)
    return dx, dWx, dh_prev, dWh, db


@rnn_step_backward.mistake("nothing-returned", "Nothing is returned. Add a return with the five gradients.")
def returns_nothing(dh, cache):
    stepped_back(dh, cache)


@rnn_step_backward.mistake("dh-changed", "You changed the caller's dh (`*=` does). Make a new array: dz = dh * ….")
def dh_in_place(dh, cache):
    parts = stepped_back(dh, cache)
    dh *= 1 - cache[-1] ** 2
    return parts


EMPTY = "The cache is None: your `rnn_step` keeps nothing. Return (h, cache) there, with all that the way back needs."


@rnn_step_backward.mistake("cache-none", EMPTY)
def unpacks_nothing(dh, cache):
    x, h, Wx, Wh, new = None
    return stepped_back(dh, (x, h, Wx, Wh, new))


@rnn_step_backward.mistake("cache-none-indexed", EMPTY)
def looks_into_nothing(dh, cache):
    nothing = None
    return nothing[0]


@rnn_step_backward.variant
def bent_again(dh, cache):
    """The slope from z, worked out once more."""
    x, h, Wx, Wh, _ = cache
    dz = dh * (1 - np.tanh(pre_activation(cache)) ** 2)
    return [np.einsum("nk,dk->nd", dz, Wx), (Wh @ dz.T).T, (dz.T @ x).T, np.tensordot(h, dz, (0, 0)), sum(dz)]


@rnn_step_backward.variant
def as_one_matrix(dh, cache):
    x, h, Wx, Wh, new = cache
    dz = (1 + new) * (1 - new) * dh
    both = dz @ np.vstack([Wx, Wh]).T
    dW, d = np.hstack([x, h]).T @ dz, x.shape[1]
    return both[:, :d], both[:, d:], dW[:d], dW[d:], np.ones(len(dz)) @ dz


# --- rnn_backward -------------------------------------------------------------------------------------------------

rnn_backward = exercise("rnn_backward")


@rnn_backward.held_out
def as_nudging_says_through_time(rnn_forward, rnn_backward):
    """The gradients against slopes found by nudging, with your own `rnn_forward`."""
    X, h0, dH = inputs("nudged X", (2, 5, 3), -1, 1), inputs("nudged h0", (2, 4), -0.9, 0.9), inputs("nudged dH", (2, 5, 4))
    arrays = [X, h0, *weights_of("nudged", 3, 4)]
    found = rnn_backward(dH, rnn_forward(*arrays)[1])
    return agrees_with_nudging(lambda *given: np.sum(dH * rnn_forward(*given)[0]), arrays, found)


@rnn_backward.held_out
def two_sequences_at_a_time(rnn_forward, rnn_backward):
    """Both go forwards before either goes back."""
    weights = weights_of("two", 2, 3)
    caches = [
        rnn_forward(inputs(f"two X {t}", (2, t, 2), -1, 1), inputs(f"two h0 {t}", (2, 3), -1, 1), *weights)[1]
        for t in (6, 3)
    ]
    dHs = inputs("two dH 6", (2, 6, 3)), inputs("two dH 3", (2, 3, 3))
    return [rnn_backward(dHs[i], caches[i]) for i in (1, 0)]


@rnn_backward.held_out
def letters_and_a_message_of_whole_numbers(rnn_forward, rnn_backward):
    X, h0 = np.eye(4, dtype=int)[[[0, 3, 1, 2, 2]]], np.zeros((1, 3), dtype=int)
    dH = np.array([[[1, 0, -2], [0, 0, 0], [0, 3, 0], [1, 1, 1], [-1, 0, 2]]])
    return rnn_backward(dH, rnn_forward(X, h0, *weights_of("letters", 4, 3))[1])


def went_back(dH, caches, message=None, step=stepped_back):
    """rnn_backward, step by step; message(dH, t, from_later) may be another one than the right one."""
    dX, later, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        arrived = message(dH, t, later) if message else dH[:, t] + later
        dx, later, *shares = step(arrived, caches[t])
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def messages(dH, caches):
    """What arrives at each step, and each step's five gradients, first step first; done right."""
    arrived, found, later = [], [], 0
    for t in reversed(range(len(caches))):
        arrived.insert(0, dH[:, t] + later)
        found.insert(0, stepped_back(arrived[0], caches[t]))
        later = found[0][1]
    return arrived, found


def from_parts(make):
    """A mistake made from what arrives at each step and its gradients: make(right, arrived, found, dH, caches)."""

    def backward(dH, caches):
        arrived, found = messages(dH, caches)
        return make(went_back(dH, caches), arrived, found, dH, caches)

    return backward


def forwards_in_time(dH, caches):
    later, dX, weights = 0, [], [0, 0, 0]
    for t in range(len(caches)):
        dx, later, *shares = stepped_back(dH[:, t] + later, caches[t])
        dX.append(dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def piling_up(dH, caches):
    dX, carry, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, dh_prev, *shares = stepped_back(dH[:, t] + carry, caches[t])
        carry = carry + dh_prev
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), carry, *weights


def one_step_back(dH, caches):
    """Each step hears of the next step's own message only."""
    dX, from_next, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, _, *shares = stepped_back(dH[:, t] + from_next, caches[t])
        from_next = stepped_back(dH[:, t], caches[t])[1]
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), from_next, *weights


def with_dx_carried(dH, caches):
    dX, later, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        later, _, *shares = stepped_back(dH[:, t] + later, caches[t])
        dX.insert(0, later)
        weights = [total + share for total, share in zip(weights, shares, strict=True)]
    return np.stack(dX, axis=1), later, *weights


def first_step_left_out(dH, caches):
    """The loop ends before step 0."""
    found = messages(dH, caches)[1]
    dX = np.stack([np.zeros_like(found[0][0]), *(step[0] for step in found[1:])], axis=1)
    later = found[1][1] if len(found) > 1 else 0
    return dX, later, *(sum(step[i] for step in found[1:]) for i in (2, 3, 4))


def last_step_left_out(dH, caches):
    """The loop begins one step too early."""
    dX, later, *weights = went_back(dH, caches[:-1]) if len(caches) > 1 else (None, 0, 0, 0, 0)
    blank = np.zeros((len(dH), 1, caches[0][0].shape[1]))
    return blank if dX is None else np.concatenate([dX, blank], axis=1), later, *weights


def returned_inside_the_loop(dH, caches):
    """After the first round, which is the last step."""
    dx, *others = stepped_back(dH[:, -1], caches[-1])
    dX = np.zeros((len(dH), len(caches), dx.shape[1]))
    dX[:, -1] = dx
    return dX, *others


def with_zeros_as_h0(dH, caches):
    x, h0, *others = caches[0]
    return went_back(dH, [(x, np.zeros_like(h0), *others), *caches[1:]])


def with_new_states(dH, caches):
    return went_back(dH, [(x, new, Wx, Wh, new) for x, _, Wx, Wh, new in caches])


def without_slope(dH, caches):
    return went_back(dH, caches, step=sent_back)


def samples_for_steps(dH, caches):
    """Step t gets the message of sample t."""
    return went_back(dH, caches, message=lambda dH, t, later: dH[t] + later)


ORDER = "The order of the five is dX, dh0, dWx, dWh, db."
WRONG_WAYS_BACK = {
    "carry-dropped": (
        "What comes back from step t + 1 is lost. The message of step t is dH[:, t] + dh_prev.",
        lambda dH, caches: went_back(dH, caches, message=lambda dH, t, later: dH[:, t]),
    ),
    "output-gradient-dropped": (
        "dH is used at the last step only. Each step gets its own dH[:, t], and what comes back from the next.",
        lambda dH, caches: went_back(
            dH, caches, message=lambda dH, t, later: dH[:, t] if t == len(caches) - 1 else later
        ),
    ),
    "carry-piles-up": (
        "dh_prev holds all that comes from later already. Replace the carry by it, don't add it to the carry.",
        piling_up,
    ),
    "carry-subtracted": (
        "What comes back from the next step is subtracted. Messages that meet are added.",
        lambda dH, caches: went_back(dH, caches, message=lambda dH, t, later: dH[:, t] - later),
    ),
    "one-step-back": (
        "Your carry comes from dH of the next step alone. Send the whole message back: dH[:, t] and the carry.",
        one_step_back,
    ),
    "dx-carried": (
        "You hand dx on to the step before. It is dh_prev, the second of the five, that travels through time.",
        with_dx_carried,
    ),
    "weights-overwritten": (
        "dWx, dWh and db are those of the first step alone. Add the shares of all steps up.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *found[0][2:])),
    ),
    "weights-of-the-last-step": (
        "dWx, dWh and db are those of the last step alone. Add the shares of all steps up.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *found[-1][2:])),
    ),
    "db-overwritten": (
        "db is that of the first step alone. Add it up over all steps, like dWx and dWh.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:4], found[0][4])),
    ),
    "averaged-over-steps": (
        "You divided by the number of steps. The gradients of shared weights are sums over the steps.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *(w / len(caches) for w in right[2:]))),
    ),
    "divided-by-n": (
        "You divided by the number of samples. If the loss is a mean, dH holds that already.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], *(w / len(dH) for w in right[2:]))),
    ),
    "forward-order": (
        "You go from the first step to the last. Go backwards: a step's message comes from the step after it.",
        forwards_in_time,
    ),
    "dh0-zero": (
        "dh0 is 0 in your answer. It is the dh_prev that comes back from the first step.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], np.zeros_like(right[1]), *right[2:])),
    ),
    "dh0-none": (
        "dh0 is None. It is the dh_prev that comes back from the first step.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], None, *right[2:])),
    ),
    "dh0-before-the-step": (
        "Your dh0 is the message that arrives at the first step. It has to go back through that step, too.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], arrived[0], *right[2:])),
    ),
    "dh0-of-the-last-step": (
        "Your dh0 is the dh_prev of the last step. It is what comes back from the first one.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], found[-1][1], *right[2:])),
    ),
    "dX-backwards": (
        "dX is in the order of the loop, the last step first. Put each dx in front, or at dX[:, t].",
        from_parts(lambda right, arrived, found, dH, caches: (right[0][:, ::-1], *right[1:])),
    ),
    "dX-time-first": (
        "Your dX is (t, n, d). Stack along axis 1: (n, t, d), like X.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0].swapaxes(0, 1), *right[1:])),
    ),
    "dX-of-the-first-step": (
        "Your dX is dx of the first step alone. X has t steps, and each has its own dx.",
        from_parts(lambda right, arrived, found, dH, caches: (found[0][0], *right[1:])),
    ),
    "dX-summed": (
        "You added the dx of all steps. Each belongs to an x of its own: keep them apart, only weights are shared.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0].sum(axis=1), *right[1:])),
    ),
    "first-step-left-out": (
        "The first step is left out: range(t − 1, 0, −1) ends at 1. Use reversed(range(t)).",
        first_step_left_out,
    ),
    "last-step-left-out": (
        "The last step is left out. Its number is t − 1, and the way back begins there.",
        last_step_left_out,
    ),
    "returns-inside-loop": (
        "You return after one step back, so the rest stays 0. Move return out of the loop.",
        returned_inside_the_loop,
    ),
    "samples-for-steps": (
        "Step t gets dH[t], the message of sample t. Time is axis 1: dH[:, t].",
        samples_for_steps,
    ),
    "h0-zero-in-dWh": (
        "dWh takes 0 as the state before the first step. It was h0.",
        with_zeros_as_h0,
    ),
    "dWh-with-new-state": (
        "dWh pairs each message with the state after the step. It was the state before it that met Wh.",
        with_new_states,
    ),
    "slope-missing": ("The slope of tanh is missing: on the way back each step multiplies by 1 − h².", without_slope),
    "steps-back-at-the-wrong-cache": (
        "Messages and caches don't match: with caches[t] goes dH[:, t], and both run backwards.",
        lambda dH, caches: went_back(dH, caches[::-1]),
    ),
    "dWx-and-dWh-swapped": (
        ORDER + " Yours has dWx and dWh exchanged.",
        from_parts(lambda right, arrived, found, dH, caches: (*right[:2], right[3], right[2], right[4])),
    ),
    "dX-and-dh0-swapped": (
        ORDER + " Yours has dX and dh0 exchanged.",
        from_parts(lambda right, arrived, found, dH, caches: (right[1], right[0], *right[2:])),
    ),
    "dh0-last": (
        ORDER + " Yours has dh0 at the end.",
        from_parts(lambda right, arrived, found, dH, caches: (right[0], *right[2:], right[1])),
    ),
    "dh0-left-out": (
        "Four gradients are returned, and dh0 isn't among them. " + ORDER,
        from_parts(lambda right, arrived, found, dH, caches: (right[0], *right[2:])),
    ),
    "nothing-returned": (
        "Nothing is returned. Add a return with the five gradients.",
        from_parts(lambda *parts: None),
    ),
}

for name, (message, wrong) in WRONG_WAYS_BACK.items():
    rnn_backward.mistake(name, message, value=wrong)


@rnn_backward.mistake("dH-changed", "You added to the caller's dH (`+=` does). Add to a new array: dH[:, t] + carry.")
def into_dH(dH, caches):
    found = went_back(dH, caches)
    dH[:] = np.stack(messages(dH, caches)[0], axis=1)
    return found


CACHES_EMPTY = "The caches are None: your `rnn_forward` keeps nothing. Return (H, caches) there, one cache per step."


@rnn_backward.mistake("caches-none", CACHES_EMPTY)
def counts_nothing(dH, caches):
    return went_back(dH, None)


@rnn_backward.mistake("caches-none-indexed", CACHES_EMPTY)
def looks_into_no_caches(dH, caches):
    nothing = None
    return nothing[0]


@rnn_backward.variant
def with_arrays_prepared(dH, caches):
    x, h, Wx, Wh, _ = caches[0]
    dX, dWx, dWh, db = np.zeros((*dH.shape[:2], x.shape[1])), np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    carry = np.zeros(h.shape)
    for t in range(dH.shape[1] - 1, -1, -1):
        dX[:, t], carry, dWx_t, dWh_t, db_t = stepped_back(dH[:, t] + carry, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dX, carry, dWx, dWh, db


@rnn_backward.variant
def weights_at_once(dH, caches):
    """First all messages, then one product over samples and steps."""
    dZ, later = np.array(dH, dtype=float), 0
    for t in reversed(range(dH.shape[1])):
        dZ[:, t] = (dZ[:, t] + later) * (1 - caches[t][4] ** 2)
        later = dZ[:, t] @ caches[t][3].T
    X, before = (np.stack([cache[i] for cache in caches], axis=1) for i in (0, 1))
    dWx, dWh = np.einsum("ntd,ntk->dk", X, dZ), np.einsum("ntj,ntk->jk", before, dZ)
    return [dZ @ caches[0][2].T, later, dWx, dWh, dZ.sum(axis=(0, 1))]


@rnn_backward.variant
def on_a_copy_of_the_messages(dH, caches):
    waiting, dX, weights = dH.astype(float), [], np.zeros(3, dtype=object)
    for t, cache in reversed(list(enumerate(caches))):
        dx, dh_prev, *shares = stepped_back(waiting[:, t], cache)
        if t > 0:
            waiting[:, t - 1] += dh_prev
        dX.append(dx)
        for i, share in enumerate(shares):
            weights[i] = weights[i] + share
    return np.stack(dX[::-1], axis=1), dh_prev, *weights
