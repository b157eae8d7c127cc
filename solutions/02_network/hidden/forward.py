"""Held-out cases of `forward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import bend, random_layers

forward = exercise("forward")


@forward.held_out
def four_layers_with_random_weights(forward):
    return forward(inputs("forward X", (6, 5)), random_layers("forward", [5, 8, 3, 6, 4]))


@forward.held_out
def parameters_as_a_tuple_of_lists(forward):
    return forward(inputs("forward X2", (3, 2)), tuple([W, b] for W, b in random_layers("forward 2", [2, 4, 3])))


def exact_softmax(z):
    """A right softmax, for the mistakes below."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@forward.mistake(
    "layers-not-stacked", "Every layer reads the original input. Feed each layer with what the one before it returned."
)
def all_read_x(X, params):
    A = X
    for W, b in params[:-1]:
        A = bend(X @ W + b)
    W, b = params[-1]
    return exact_softmax(A @ W + b)


@forward.mistake(
    "result-not-handed-on",
    "The result of a layer gets another name than the next one reads, so every layer reads X. Use one name for both.",
)
def another_name(X, params):
    for W, b in params[:-1]:
        h = bend(X @ W + b)
    W, b = params[-1]
    return exact_softmax(h @ W + b)


@forward.mistake(
    "hidden-layers-unused", "The last layer reads the original input. Feed it with what the hidden layers returned."
)
def last_reads_x(X, params):
    W, b = params[-1]
    return exact_softmax(X @ W + b)


@forward.mistake(
    "relu-on-last-only", "The ReLU stands after the last layer, and none in between. It is the other way round."
)
def bent_at_the_end(X, params):
    for W, b in params:
        X = X @ W + b
    return exact_softmax(bend(X))


@forward.mistake(
    "returns-inside-loop", "You return inside the loop, after the first layer. `return` belongs below the loop."
)
def returns_after_the_first(X, params):
    for W, b in params[:-1]:
        return bend(X @ W + b)
    W, b = params[-1]
    return exact_softmax(X @ W + b)


@forward.mistake(
    "params-changed", "You took layers out of the caller's list (`pop` does). Read them: params[:-1] and params[-1]."
)
def takes_layers_out(X, params):
    params = params if isinstance(params, list) else list(params)
    W, b = params.pop()
    for V, c in params:
        X = bend(X @ V + c)
    return exact_softmax(X @ W + b)


@forward.mistake(
    "relu-on-last", "The last layer must stay linear before softmax: a ReLU there removes every negative score."
)
def bent_to_the_end(X, params):
    for W, b in params:
        X = bend(X @ W + b)
    return exact_softmax(X)


@forward.mistake(
    "no-relu-between", "There is no bend between your layers, so together they are only one layer. Add ReLU."
)
def all_linear(X, params):
    for W, b in params:
        X = X @ W + b
    return exact_softmax(X)


@forward.mistake("softmax-missing", "You return the logits. Send the last layer's output through softmax.")
def logits_only(X, params):
    for W, b in params[:-1]:
        X = bend(X @ W + b)
    W, b = params[-1]
    return X @ W + b


@forward.mistake(
    "softmax-everywhere", "You used softmax after every layer. Between layers it is ReLU, softmax only at the end."
)
def competes_everywhere(X, params):
    for W, b in params:
        X = exact_softmax(X @ W + b)
    return X


@forward.mistake("sigmoid-between", "You bend with a sigmoid between the layers. Here it is ReLU.")
def soft_bends(X, params):
    for W, b in params[:-1]:
        X = 1 / (1 + np.exp(-(X @ W + b)))
    W, b = params[-1]
    return exact_softmax(X @ W + b)


@forward.mistake("last-layer-skipped", "The last pair in params isn't used: the loop ends one layer too early.")
def one_too_few(X, params):
    for W, b in params[:-1]:
        X = bend(X @ W + b)
    return exact_softmax(X)


@forward.mistake("relu-on-input", "The inputs themselves were bent. Start with X as it is.")
def input_bent(X, params):
    X = bend(X)
    for W, b in params[:-1]:
        X = bend(X @ W + b)
    W, b = params[-1]
    return exact_softmax(X @ W + b)


@forward.mistake("bias-forgotten", "The biases are not used: each layer is dense(A, W, b).")
def no_biases(X, params):
    for W, _ in params[:-1]:
        X = bend(X @ W)
    return exact_softmax(X @ params[-1][0])


@forward.variant
def with_an_index(X, params):
    A = X
    for i, (W, b) in enumerate(params):
        z = A @ W + b
        A = exact_softmax(z) if i == len(params) - 1 else z * (z > 0)
    return A


@forward.variant
def unpacked(X, params):
    *hidden, last = params
    for layer in hidden:
        X = bend(np.dot(X, layer[0]) + layer[1])
    return exact_softmax(np.dot(X, last[0]) + last[1])
