"""The playground's network: its inputs, its weights, one pass through it and its gradients.

It runs on your functions. A ReLU network that classifies, without dropout, is literally your `forward` and
your `network_gradients`; with other activations, for a regression or with dropout your `dense` and
`dense_backward` are put together here, with our activations between them.
"""

from itertools import pairwise
from string import ascii_uppercase

import numpy as np

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


# --- our versions of your functions ---------------------------------------------------------------------


def split(X, y, fraction, rng):
    order = rng.permutation(len(X))
    held_out = round(fraction * len(X))
    return X[order[held_out:]], X[order[:held_out]], y[order[held_out:]], y[order[:held_out]]


def minibatches(X, y, size, rng):
    order = rng.permutation(len(X))
    for first in range(0, len(X), size):
        batch = order[first : first + size]
        yield X[batch], y[batch]


def sgd_step(params, grads, lr):
    return [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


def accuracy(probs, labels):
    return np.mean(probs.argmax(axis=1) == labels)


def dense(X, W, b):
    return X @ W + b


def relu(z):
    return np.maximum(z, 0)


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def forward(X, params):
    for W, b in params[:-1]:
        X = relu(dense(X, W, b))
    return softmax(dense(X, *params[-1]))


def dense_backward(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def relu_backward(dout, z):
    return dout * (z > 0)


def softmax_cross_entropy(logits, labels):
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dlogits = np.exp(log_probs)
    dlogits[rows, labels] -= 1
    return -log_probs[rows, labels].mean(), dlogits / len(labels)


def network_gradients(X, labels, params):
    inputs, sums = [X], []
    for W, b in params:
        sums.append(dense(inputs[-1], W, b))
        inputs.append(relu(sums[-1]))
    _, dout = softmax_cross_entropy(sums[-1], labels)
    grads = []
    for layer in reversed(range(len(params))):
        dX, dW, db = dense_backward(dout, inputs[layer], *params[layer])
        grads.insert(0, (dW, db))
        if layer:
            dout = relu_backward(dX, sums[layer - 1])
    return grads


OURS = {
    function.__name__: function
    for function in (
        *(split, minibatches, sgd_step, accuracy, dense, relu, softmax, forward),
        *(dense_backward, relu_backward, softmax_cross_entropy, network_gradients),
    )
}


# --- activations and the loss of a regression: ours -----------------------------------------------------


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


ACTIVATIONS = {  # the function, and its slope from weighted sum and value; your relu has your relu_backward
    "tanh": (np.tanh, lambda z, a: 1 - a * a),
    "relu": (relu, lambda z, a: (z > 0).astype(float)),
    "sigmoid": (sigmoid, lambda z, a: a * (1 - a)),
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
    values = []
    for layer, (W, b) in enumerate(params):
        z = functions.call("dense", F, W, b, shape=(len(F), W.shape[1]))
        last = layer == len(params) - 1
        F = z if last else activated(z, activation, functions)
        values.append(F)
    return values


def activated(z, activation, functions):
    return functions.call("relu", z, shape=z.shape) if activation == "relu" else ACTIVATIONS[activation][0](z)


def probabilities(F, outputs, params, state, functions):
    """Of the two classes (n, 2): your forward where it can, else softmax of the outputs."""
    if literal(state):
        return functions.call("forward", F, params, shape=outputs.shape)
    return functions.call("softmax", outputs, shape=outputs.shape)


def loss_of(outputs, y, state, functions):
    """Mean cross-entropy, or mean of half the squared error; None without points."""
    if len(y) == 0:
        return None
    if state["task"] != CLASSIFICATION:
        return float(half_squares(outputs, y)[0])
    loss, _ = unpacked(functions.call("softmax_cross_entropy", outputs, y.astype(int)), *LOSS)
    try:
        return float(loss)
    except (TypeError, ValueError) as error:
        raise LearnerError("Your softmax_cross_entropy must return the loss as one number.") from error


def gradients(F, y, params, state, rng, quick):
    """Gradients [(dW, db), …] of one batch. `quick` gives the functions, `rng` draws what dropout drops."""
    if literal(state):
        return quick("network_gradients")(F, y, params)
    bend, slope = ACTIVATIONS[state["activation"]]
    inputs, sums, masks = [F], [], []
    for W, b in params:
        z = quick("dense")(inputs[-1], W, b)
        sums.append(z)
        if len(sums) < len(params):
            a = bend(z)
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
            dout = quick("relu_backward")(dX, z) if state["activation"] == "relu" else dX * slope(z, bend(z))
    return grads[::-1]


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
