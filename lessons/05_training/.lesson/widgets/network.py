"""The playground's network: its inputs, its weights, one pass through it and its gradients.

It runs on your functions. A ReLU network that classifies, without dropout, is literally your `forward` and
your `network_gradients`; with other activations, for a regression or with dropout your `dense` and
`dense_backward` are put together here, with our activations between them. Where neither yours nor a reference
is there, the figure goes a way of its own: here through the network, in `own.py` back.
"""

from itertools import pairwise
from string import ascii_uppercase

import numpy as np
from scipy import special

from course.figures import LearnerError

from .data import CLASSIFICATION, EDGE

INPUTS = {
    "x1": lambda a, b: a,
    "x2": lambda a, b: b,
    "x1²": lambda a, b: a * a,
    "x2²": lambda a, b: b * b,
    "x1x2": lambda a, b: a * b,
    "sin x1": lambda a, b: np.sin(a),
    "sin x2": lambda a, b: np.sin(b),
}
STARTS = ("random", "He", "zeros", "too big")
MOST_LAYERS, MOST_NEURONS = 6, 8


# --- activations and the loss of a regression -----------------------------------------------------------

ACTIVATIONS = {  # the function, and its slope from weighted sum and value; for the ReLU your relu and relu_backward
    "tanh": (np.tanh, lambda z, a: 1 - a * a),
    "relu": (None, None),
    "sigmoid": (special.expit, lambda z, a: a * (1 - a)),
    "linear": (lambda z: z, lambda z, a: np.ones_like(z)),
}


def half_squares(outputs, targets):
    """Mean of ½ (output − target)² and its gradient by the outputs (n, 1)."""
    error = outputs - targets[:, None]
    return 0.5 * np.mean(error**2), error / max(1, len(targets))


# --- inputs and shape -----------------------------------------------------------------------------------


def features(X, inputs):
    """What goes into the network (n, d): the chosen inputs, worked out from x1 and x2."""
    return np.stack([INPUTS[name](X[:, 0], X[:, 1]) for name in inputs], axis=1)


def square(points):
    """A grid over the square, (points², 2), row by row from below."""
    across = np.linspace(-EDGE, EDGE, points)
    return np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)


def sizes(state):
    """Neurons per layer: inputs, hidden layers, and two outputs to classify or one for a regression."""
    return [len(state["inputs"]), *state["layers"], 2 if state["task"] == CLASSIFICATION else 1]


def part_names(state):
    """Names of the neurons, layer by layer. All seven inputs are named, also those that are off."""
    hidden = [[f"{ascii_uppercase[k]}{i + 1}" for i in range(n)] for k, n in enumerate(state["layers"])]
    return [list(INPUTS), *hidden, ["orange", "blue"] if state["task"] == CLASSIFICATION else ["output"]]


def place_in_weights(part, state):
    """Where a line's weight or a neuron's bias stands in the flat list of weights; None if it has none."""
    source, arrow, target = (part or "").partition("→")
    layers = [list(state["inputs"]), *part_names(state)[1:]]
    at = 0
    for before, after in pairwise(layers):
        if arrow and source in before and target in after:
            return at + before.index(source) * len(after) + after.index(target)
        at += len(before) * len(after)
        if not arrow and source in after:
            return at + after.index(source)
        at += len(after)
    return None


def number_of_weights(state):
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes(state)))


# --- weights --------------------------------------------------------------------------------------------


def first_params(state):
    """The weights before training, of the chosen start; the same for the same seed."""
    rng = np.random.default_rng([state["start_seed"], 3])
    params = []
    for n_in, n_out in pairwise(sizes(state)):
        uniform, normal = rng.uniform(-0.5, 0.5, (n_in, n_out)), rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))
        W = {"random": uniform, "He": normal, "zeros": 0 * uniform, "too big": 10 * normal}[state["start"]]
        params.append((W, np.full(n_out, 0.1 if state["start"] == "random" else 0.0)))
    return params


def params_of(state):
    """The weights as they are now: list of (W, b)."""
    if state["weights"] is None:
        return first_params(state)
    flat, at, params = np.array(state["weights"], dtype=float), 0, []
    for n_in, n_out in pairwise(sizes(state)):
        W = flat[at : at + n_in * n_out].reshape(n_in, n_out)
        at += n_in * n_out
        params.append((W, flat[at : at + n_out]))
        at += n_out
    return params


def flat(params):
    """All weights and biases as one list: W row by row, then b, layer by layer."""
    return np.concatenate([np.ravel(part) for pair in params for part in pair]).tolist()


# --- through the network --------------------------------------------------------------------------------


def literal(state):
    """Whether your `forward` and `network_gradients` do all the work."""
    return state["task"] == CLASSIFICATION and state["activation"] == "relu" and state["dropout"] == 0


def through(F, params, activation, functions):
    """Values of all neurons (n, width), layer by layer; the last are the outputs, without activation."""
    needed = ("dense", "relu") if activation == "relu" and len(params) > 1 else ("dense",)
    own = not functions.have(*needed)
    if own:
        functions.own(*needed)
    values = []
    with np.errstate(all="ignore"):
        for W, b in params:
            before = values[-1] if values else F
            z = before @ W + b if own else functions.call("dense", before, W, b, shape=(len(F), W.shape[1]))
            last = len(values) == len(params) - 1
            if activation != "relu" or last:
                values.append(z if last else ACTIVATIONS[activation][0](z))
            else:
                values.append(z.clip(min=0) if own else functions.call("relu", z, shape=z.shape))
    return values


def probabilities(F, outputs, params, state, functions):
    """Of the two classes (n, 2): your forward where it can, else softmax of the outputs."""
    name = "forward" if literal(state) else "softmax"
    if not functions.have(name):
        functions.own(name)
        blue = special.expit(outputs[:, 1] - outputs[:, 0])
        return np.stack([1 - blue, blue], axis=1)
    given = (F, params) if literal(state) else (outputs,)
    return functions.call(name, *given, shape=outputs.shape)


def loss_of(outputs, y, state, functions):
    """Mean cross-entropy, or mean of half the squared error; None without points."""
    if len(y) == 0:
        return None
    if state["task"] != CLASSIFICATION:
        return float(half_squares(outputs, y)[0])
    if not functions.have(LOSS[0]):
        functions.own(LOSS[0])
        ahead = outputs[:, 1] - outputs[:, 0]
        return float(np.logaddexp(0, np.where(y == 1, -ahead, ahead)).clip(max=MOST).mean())
    loss, _ = unpacked(functions.call("softmax_cross_entropy", outputs, y.astype(int)), *LOSS)
    try:
        return float(loss)
    except (TypeError, ValueError) as error:
        raise LearnerError("Your softmax_cross_entropy must return the loss as one number.") from error


def needed_for_gradients(state):
    """The names of your functions that `gradients` calls."""
    if literal(state):
        return ("network_gradients",)
    loss = LOSS[:1] if state["task"] == CLASSIFICATION else ()
    bends = ("relu", "relu_backward") if state["activation"] == "relu" and state["layers"] else ()
    return ("dense", "dense_backward", *loss, *bends)


def gradients(F, y, params, state, rng, quick):
    """Gradients [(dW, db), …] of one batch. `quick` gives the functions, `rng` draws what dropout drops."""
    if literal(state):
        return quick("network_gradients")(F, y, params)
    relu = state["activation"] == "relu"
    bend, slope = ACTIVATIONS[state["activation"]]
    inputs, sums, masks = [F], [], []
    for W, b in params:
        z = quick("dense")(inputs[-1], W, b)
        sums.append(z)
        if len(sums) < len(params):
            a = quick("relu")(z) if relu else bend(z)
            masks.append(kept(a.shape, state["dropout"], rng))
            inputs.append(a if masks[-1] is None else a * masks[-1])
    classify = state["task"] == CLASSIFICATION
    if classify:
        _, dout = unpacked(quick("softmax_cross_entropy")(sums[-1], y), *LOSS)
    else:
        _, dout = half_squares(sums[-1], y)
    grads = []
    for layer in reversed(range(len(params))):
        dX, dW, db = unpacked(quick("dense_backward")(dout, inputs[layer], *params[layer]), *BACKWARD)
        grads.append((dW, db))
        if layer:
            dX = dX if masks[layer - 1] is None else dX * masks[layer - 1]
            z = sums[layer - 1]
            dout = quick("relu_backward")(dX, z) if relu else dX * slope(z, bend(z))
    return grads[::-1]


MOST = -np.log(1e-12)  # where the course's cross-entropy of a sample is cut off
LOSS = ("softmax_cross_entropy", "loss, dlogits")
BACKWARD = ("dense_backward", "dX, dW, db")


def unpacked(result, name, parts):
    """The result of your function if it is a tuple with these parts."""
    if not isinstance(result, tuple | list) or len(result) != parts.count(",") + 1:
        raise LearnerError(f"Your {name} must return {parts}.")
    return result


def kept(shape, dropout, rng):
    """Inverted dropout's factors: 0 with probability `dropout` (in percent), else 1 / (1 − p)."""
    if dropout == 0:
        return None
    p = dropout / 100
    return (rng.random(shape) >= p) / (1 - p)
