"""What is asked of each exercise of lesson 10, and its hints."""

import numpy as np

from autograder import exercise, inputs, inputs_after, integer_inputs

TORCHS_LAYERS = [
    "torch.nn.RNN",
    "torch.nn.RNNCell",
    "torch.rnn_tanh",
    "torch.rnn_tanh_cell",
]
TORCHS_GRADIENTS = [
    "torch.Tensor.backward",
    "torch.autograd.backward",
    "torch.autograd.grad",
    "torch.autograd.functional.vjp",
    "torch.autograd.functional.jacobian",
    "torch.func.grad",
    "torch.func.vjp",
    "torch.func.jacrev",
]


def kind(array):
    """What an array holds, in a word."""
    kinds = {"f": "floats", "i": "whole numbers", "u": "whole numbers", "b": "True and False"}
    return kinds.get(np.asarray(array).dtype.kind, "something else")


def first_of_two(result):
    """The first entry of a pair; anything else as it is."""
    return result[0] if isinstance(result, tuple | list) and len(result) == 2 else result


def is_pair(result):
    return isinstance(result, tuple | list) and len(result) == 2


# --- rnn_step -----------------------------------------------------------------------------------------------------

rnn_step = exercise(
    "rnn_step",
    points=2,
    returns="(h, cache), with h of the shape (n, hidden)",
    forbids=TORCHS_LAYERS,
    instead="Write the two products, the sum and the tanh.",
    hints=[
        "A dense layer with a bend has one input. What is added here before the bend?",
        "tanh(x Wx + h Wh + b): (n, d) @ (d, hidden) and (n, hidden) @ (hidden, hidden) are both (n, hidden).",
        "Multiply x by Wx and the old state by Wh, add both and the bias, and take np.tanh of the whole sum. Return it, "
        "and with it a tuple of whatever the way back needs.",
    ],
)


def layer(name, d, hidden):
    """Wx, Wh, b: none of them symmetric, none of them 0."""
    shapes = {"Wx": (d, hidden), "Wh": (hidden, hidden), "b": hidden}
    return [inputs(f"{name} {part}", shape, -0.7, 0.7) for part, shape in shapes.items()]


def step_inputs(name, n, d, hidden):
    """x, h, Wx, Wh, b for one step."""
    return [inputs(f"{name} x", (n, d), -1, 1), inputs(f"{name} h", (n, hidden), -0.9, 0.9), *layer(name, d, hidden)]


BY_HAND = [
    np.array([[1, 0]]),
    np.array([[0.2, -0.4]]),
    np.array([[0.5, -0.3], [0.1, 0.7]]),
    np.array([[0.6, 0.1], [-0.2, 0.5]]),
    np.array([0.1, 0]),
]
MIXED, EQUAL = step_inputs("step", 3, 2, 4), step_inputs("equal step", 3, 3, 3)


@rnn_step.case
def the_step_of_section_2(rnn_step):
    """x = (1, 0), h = (0.2, −0.4): the sums are 0.8 and −0.48, the new state is (0.664, −0.446)."""
    return first_of_two(rnn_step(*BY_HAND))


@rnn_step.case
def three_samples(rnn_step):
    """x (3, 2), h (3, 4): the new state has the shape (3, 4)."""
    return first_of_two(rnn_step(*MIXED))


@rnn_step.case
def all_sizes_equal(rnn_step):
    """3 samples, 3 numbers read, 3 hidden ones: here no shape gives a mix-up away."""
    return first_of_two(rnn_step(*EQUAL))


@rnn_step.case
def two_steps(rnn_step):
    """x (3, 2), twice the same; the second step begins with the state after the first."""
    x, h, *weights = MIXED
    return first_of_two(rnn_step(x, first_of_two(rnn_step(x, h, *weights)), *weights))


@rnn_step.case
def large_sums(rnn_step):
    """x = (1000, −1000) and weights of 1: the new state is (1, −1), as near to both as floats are."""
    x, Wx = np.array([[1000.0, -1000.0]]), np.eye(2)
    return first_of_two(rnn_step(x, np.array([[0.5, 0.5]]), Wx, np.eye(2), np.array([0.25, -0.25])))


@rnn_step.case
def a_pair_is_returned(rnn_step):
    """The new state and a cache. x, h, Wx, Wh and b of the caller stay as they are."""
    pair = is_pair(rnn_step(*MIXED))
    return {"a pair": pair, "what it was given": inputs_after(rnn_step, *(array.copy() for array in MIXED))}


# --- rnn_forward --------------------------------------------------------------------------------------------------

rnn_forward = exercise(
    "rnn_forward",
    points=2,
    needs=["rnn_step"],
    returns="(H, caches), with H of the shape (n, t, hidden): samples, steps, hidden numbers",
    forbids=TORCHS_LAYERS,
    instead="Take one step after another with your `rnn_step`.",
    hints=[
        "Which state goes into the first step, and which one into the second?",
        "For each step: h, cache = rnn_step(X[:, t], h, Wx, Wh, b), and h begins as h0. Time is axis 1, of X and of H.",
        "Let h be h0. Walk over axis 1 of X; in each step replace h by the new state, and append it and the cache to two "
        "lists. In the end stack the states along axis 1.",
    ],
)


def sequence(name, n, t, d, hidden):
    """X, h0, Wx, Wh, b for a sequence."""
    X, h0 = inputs(f"{name} X", (n, t, d), -1, 1), inputs(f"{name} h0", (n, hidden), -0.9, 0.9)
    return [X, h0, *layer(name, d, hidden)]


LONG, CUBE = sequence("sequence", 2, 4, 3, 5), sequence("cube", 3, 3, 3, 3)


@rnn_forward.case
def a_sequence_of_one_step(rnn_forward):
    """The numbers of section 2 with t = 1: H has the shape (1, 1, 2)."""
    x, h, *weights = BY_HAND
    return first_of_two(rnn_forward(x[:, None], h, *weights))


@rnn_forward.case
def four_steps(rnn_forward):
    """X (2, 4, 3), h0 (2, 5) and not 0: H has the shape (2, 4, 5)."""
    return first_of_two(rnn_forward(*LONG))


@rnn_forward.case
def four_steps_from_zeros(rnn_forward):
    """The same with h0 = 0. If only this passes, h0 isn't used, or not where it should be."""
    X, h0, *weights = LONG
    return first_of_two(rnn_forward(X, np.zeros_like(h0), *weights))


@rnn_forward.case
def more_samples_than_steps(rnn_forward):
    """X (5, 2, 3), h0 (5, 4): the loop runs over axis 1, which is time."""
    return first_of_two(rnn_forward(*sequence("wide", 5, 2, 3, 4)))


@rnn_forward.case
def all_sizes_of_the_sequence_equal(rnn_forward):
    """3 samples, 3 steps, 3 numbers read, 3 hidden ones: here no shape gives a mix-up away."""
    return first_of_two(rnn_forward(*CUBE))


@rnn_forward.case
def letters_as_whole_numbers(rnn_forward):
    """X is one-hot, in int64, and so is h0: H holds floats all the same."""
    X, h0 = np.eye(3, dtype=int)[[[0, 2, 1, 1], [2, 2, 0, 1]]], np.array([[1, 0, -1, 0, 0], [0, 1, 0, 0, 0]])
    H = first_of_two(rnn_forward(X, h0, *LONG[2:]))
    return {"H": H, "holds": kind(H)}


@rnn_forward.case
def the_pair_of_states_and_caches(rnn_forward):
    """H and caches. X, h0, Wx, Wh and b of the caller stay as they are."""
    pair = is_pair(rnn_forward(*LONG))
    return {"a pair": pair, "what it was given": inputs_after(rnn_forward, *(array.copy() for array in LONG))}


# --- rnn_step_backward --------------------------------------------------------------------------------------------

rnn_step_backward = exercise(
    "rnn_step_backward",
    points=3,
    needs=["rnn_step"],
    labels=["dx", "dh_prev", "dWx", "dWh", "db"],
    returns="(dx, dh_prev, dWx, dWh, db), of the shapes of x, h, Wx, Wh and b",
    forbids=TORCHS_GRADIENTS,
    instead="Send the message back through the tanh and the sum yourself.",
    hints=[
        "What is the slope of tanh, written with the new state alone? And what does each part of a sum get?",
        "dz = dh · (1 − h²) with the new state h. Then dx = dz Wxᵀ, dh_prev = dz Whᵀ, dWx = xᵀ dz, dWh = h_prevᵀ dz, and "
        "db is dz summed over the samples.",
        "Let your cache hold x, the old state, both matrices and the new state. Multiply dh by the slope at the new "
        "state. Then send that back through two dense layers and a bias, as in lesson 4.",
    ],
)


def step_and_back(rnn_step, rnn_step_backward, arrays, dh):
    """Your own `rnn_step`, then your way back with its cache."""
    return rnn_step_backward(dh, rnn_step(*arrays)[1])


@rnn_step_backward.case
def the_step_of_section_4(rnn_step, rnn_step_backward):
    """The message (1, 0): dz is (0.559, 0), and dh_prev is (0.335, −0.112). The cache is your `rnn_step`'s."""
    return step_and_back(rnn_step, rnn_step_backward, BY_HAND, np.array([[1.0, 0.0]]))


@rnn_step_backward.case
def back_with_three_samples(rnn_step, rnn_step_backward):
    """x (3, 2), dh (3, 4): each gradient has the shape of what it belongs to."""
    return step_and_back(rnn_step, rnn_step_backward, MIXED, inputs("step dh", (3, 4)))


@rnn_step_backward.case
def back_with_all_sizes_equal(rnn_step, rnn_step_backward):
    """3 samples, 3 numbers read, 3 hidden ones: here no shape gives a mix-up away."""
    return step_and_back(rnn_step, rnn_step_backward, EQUAL, inputs("equal dh", (3, 3)))


@rnn_step_backward.case
def states_near_1(rnn_step, rnn_step_backward):
    """New states of up to 0.999999, where the slope is nearly 0, and messages of up to a million."""
    x, h, Wx, Wh, b = step_inputs("steep", 4, 2, 3)
    arrays = [x, h, 3 * np.sign(Wx) + Wx, Wh, b]
    return step_and_back(rnn_step, rnn_step_backward, arrays, inputs("steep dh", (4, 3), -1e6, 1e6))


@rnn_step_backward.case
def two_caches_at_a_time(rnn_step, rnn_step_backward):
    """Two steps forwards, then back, the second first: each cache belongs to its own step."""
    x, h, *weights = MIXED
    h, first = rnn_step(x, h, *weights)
    _, second = rnn_step(-x, h, *weights)
    return [rnn_step_backward(inputs("step dh", (3, 4)), cache) for cache in (second, first)]


@rnn_step_backward.case
def dh_stays(rnn_step, rnn_step_backward):
    """The dh of the caller, and all that went in. A second call with the same cache gives the same."""
    arrays = [array.copy() for array in MIXED]
    cache, dh = rnn_step(*arrays)[1], inputs("step dh", (3, 4))
    first, second = ([np.copy(part) for part in rnn_step_backward(dh, cache)] for _ in range(2))
    kept = zip([dh, *arrays], [inputs("step dh", (3, 4)), *MIXED], strict=True)
    return {
        "what it was given": "unchanged" if all(np.array_equal(a, b) for a, b in kept) else "changed",
        "the same again": all(np.array_equal(a, b) for a, b in zip(first, second, strict=True)),
    }


# --- rnn_backward -------------------------------------------------------------------------------------------------

rnn_backward = exercise(
    "rnn_backward",
    points=3,
    needs=["rnn_forward", "rnn_step_backward"],
    labels=["dX", "dh0", "dWx", "dWh", "db"],
    returns="(dX, dh0, dWx, dWh, db), of the shapes of X, h0, Wx, Wh and b",
    forbids=[*TORCHS_LAYERS, *TORCHS_GRADIENTS],
    instead="Go back step by step with your `rnn_step_backward`.",
    hints=[
        "A state in the middle is read by two. Who are they, and what does each of them send back?",
        "From the last step to the first: the message is dH[:, t] + dh_prev of step t + 1, which is 0 at the end. dWx, dWh "
        "and db are sums over all steps, and the last dh_prev is dh0.",
        "Begin with nothing from later. Walk the steps backwards; add what came from later to dH[:, t], call "
        "`rnn_step_backward` with this step's cache, keep dx for its place in dX, keep dh_prev for the next round, add "
        "the three others up.",
    ],
)


def through_time(rnn_forward, rnn_backward, arrays, dH):
    """Your own `rnn_forward`, then your way back with its caches."""
    return rnn_backward(dH, rnn_forward(*arrays)[1])


def only_at(t):
    """A message to the four steps of LONG that is 0 but for step t."""
    dH = np.zeros((2, 4, 5))
    dH[:, t] = inputs("through time dH", (2, 4, 5))[:, t]
    return dH


@rnn_backward.case
def back_through_one_step(rnn_forward, rnn_backward):
    """The numbers of section 4 with t = 1: there is no later step."""
    x, h, *weights = BY_HAND
    return through_time(rnn_forward, rnn_backward, [x[:, None], h, *weights], np.array([[[1.0, 0.0]]]))


@rnn_backward.case
def a_message_at_the_first_step_alone(rnn_forward, rnn_backward):
    """X (2, 4, 3), and dH is 0 after the first step: later steps get nothing, h0 gets something."""
    return through_time(rnn_forward, rnn_backward, LONG, only_at(0))


@rnn_backward.case
def a_message_at_the_last_step_alone(rnn_forward, rnn_backward):
    """X (2, 4, 3), and dH is 0 before the last step: what arrives at earlier steps has come through time."""
    return through_time(rnn_forward, rnn_backward, LONG, only_at(3))


@rnn_backward.case
def a_message_at_every_step(rnn_forward, rnn_backward):
    """X (2, 4, 3), h0 (2, 5), dH (2, 4, 5), all of them not 0."""
    return through_time(rnn_forward, rnn_backward, LONG, inputs("through time dH", (2, 4, 5)))


@rnn_backward.case
def back_with_more_samples_than_steps(rnn_forward, rnn_backward):
    """X (5, 2, 3), dH (5, 2, 4): time is axis 1 of both."""
    arrays = sequence("wide", 5, 2, 3, 4)
    return through_time(rnn_forward, rnn_backward, arrays, inputs("wide dH", (5, 2, 4)))


@rnn_backward.case
def back_with_all_sizes_of_the_sequence_equal(rnn_forward, rnn_backward):
    """3 samples, 3 steps, 3 numbers read, 3 hidden ones: here no shape gives a mix-up away."""
    return through_time(rnn_forward, rnn_backward, CUBE, inputs("cube dH", (3, 3, 3)))


@rnn_backward.case
def dh_of_the_whole_sequence_stays(rnn_forward, rnn_backward):
    """The dH of the caller, and all that went in. A second call with the same caches gives the same."""
    arrays = [array.copy() for array in LONG]
    caches, dH = rnn_forward(*arrays)[1], inputs("through time dH", (2, 4, 5))
    first, second = ([np.copy(part) for part in rnn_backward(dH, caches)] for _ in range(2))
    kept = zip([dH, *arrays], [inputs("through time dH", (2, 4, 5)), *LONG], strict=True)
    return {
        "what it was given": "unchanged" if all(np.array_equal(a, b) for a, b in kept) else "changed",
        "the same again": all(np.array_equal(a, b) for a, b in zip(first, second, strict=True)),
    }
