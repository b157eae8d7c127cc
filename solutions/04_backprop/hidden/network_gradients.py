"""Held-out cases of `network_gradients`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, integer_inputs, with_inputs

from .shared import one_hot, probabilities

network_gradients = exercise("network_gradients")


def random_layers(name, sizes):
    """Random parameters for a network of these sizes."""
    return [
        (inputs(f"{name} W{i}", (n_in, n_out), -1, 1), inputs(f"{name} b{i}", n_out, -1, 1))
        for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:], strict=False))
    ]


@network_gradients.held_out
def four_layers_with_random_weights(network_gradients):
    X, labels = inputs("gradients X", (6, 5)), integer_inputs("gradients labels", 6, 4)
    return with_inputs(network_gradients, X, labels, random_layers("gradients", [5, 8, 3, 6, 4]))


@network_gradients.held_out
def a_unit_that_is_never_active(network_gradients):
    params = random_layers("silent", [2, 3, 2])
    params[0][1][1] = -50.0
    return network_gradients(inputs("silent X", (4, 2)), np.array([1, 0, 0, 1]), params)


@network_gradients.held_out
def parameters_as_a_tuple_of_lists(network_gradients):
    X, params = inputs("gradients X2", (3, 2)), random_layers("gradients 2", [2, 4, 3])
    return network_gradients(X, np.array([2, 0, 1]), tuple([W, b] for W, b in params))


def there_and_back(
    X,
    labels,
    params,
    *,
    start=lambda p, truth: (p - truth) / len(p),
    mask=lambda i, dX, sums, outputs: dX * (sums[i - 1] > 0),
    upstream=lambda dout, W: dout @ W.T,
    met=lambda i, fed, outputs: fed[i],
    bend=lambda z: np.maximum(z, 0),
    last=lambda z: z,
):
    """The gradients of a network, right unless told otherwise, first layer first.

    start: the first message; mask: what becomes of it at a ReLU; upstream: how it goes through a layer; met: which
    numbers the weights of a layer met; bend, last: what happens after the hidden layers and after the last one.
    """
    fed, sums, outputs = [X], [], []
    for W, b in params:
        sums.append(fed[-1] @ W + b)
        outputs.append(bend(sums[-1]))
        fed.append(outputs[-1])
    probs = probabilities(last(sums[-1]))
    dout, grads = start(probs, one_hot(probs, labels)), []
    for i in reversed(range(len(params))):
        grads.insert(0, (met(i, fed, outputs).T @ dout, dout.sum(axis=0)))
        if i:
            dout = mask(i, upstream(dout, params[i][0]), sums, outputs)
    return grads


def network_mistake(name, message, **changed):
    network_gradients.mistake(name, message, lambda X, labels, params: there_and_back(X, labels, params, **changed))


network_mistake(
    "relu-backward-missing",
    "The messages pass through silent neurons. Send dX through relu_backward, with the z of the layer before.",
    mask=lambda i, dX, sums, outputs: dX,
)
network_mistake(
    "mask-from-message",
    "The mask is taken from the message. It is the z of the forward pass that decides what passes.",
    mask=lambda i, dX, sums, outputs: dX * (dX > 0),
)
network_mistake(
    "mask-of-first-layer",
    "Every message meets the mask of the first layer. Use the z of the layer that it comes back to.",
    mask=lambda i, dX, sums, outputs: dX * (sums[0] > 0),
)
network_mistake(
    "output-for-slope",
    "You multiplied by what the ReLU returned. Its slope is 1 where z was positive: use relu_backward.",
    mask=lambda i, dX, sums, outputs: dX * outputs[i - 1],
)
network_mistake(
    "same-message-for-all",
    "Every layer got the message of the last one. Each needs the one that came back: dX of the layer after it.",
    upstream=lambda dout, W: dout,
)
network_mistake(
    "w-not-transposed",
    "On the way back the message goes through W turned over. dense_backward does it.",
    upstream=lambda dout, W: dout @ W,
)
network_mistake(
    "inputs-not-stacked",
    "Each layer's dW uses the network's input X. Use what went into that layer.",
    met=lambda i, fed, outputs: fed[0],
)
network_mistake(
    "output-for-input",
    "dW uses what came out of the layer. It is what went *in* that its weights met.",
    met=lambda i, fed, outputs: outputs[i],
)
network_mistake(
    "mean-forgotten",
    "All gradients are n times too large: the loss is a mean. softmax_cross_entropy divides by n.",
    start=lambda p, truth: p - truth,
)
network_mistake(
    "divided-twice",
    "All gradients are n times too small: you divided by n once more. dlogits carries the 1/n already.",
    start=lambda p, truth: (p - truth) / len(p) ** 2,
)
network_mistake(
    "starts-with-probabilities",
    "The message starts with the probabilities. It starts with dlogits, (p − one-hot) / n.",
    start=lambda p, truth: p / len(p),
)
network_mistake(
    "uphill",
    "All gradients have the wrong sign. The minus belongs to the step, not to the gradient.",
    start=lambda p, truth: (truth - p) / len(p),
)
network_mistake(
    "no-relu-forward",
    "The forward pass has no ReLU between the layers, so this is the gradient of another network.",
    bend=lambda z: z,
    mask=lambda i, dX, sums, outputs: dX,
)
network_mistake(
    "relu-missing-forward-only",
    "On the way forward the ReLU is missing, on the way back it is there. Feed the next layer with relu(z).",
    bend=lambda z: z,
)
network_mistake(
    "relu-on-last",
    "The last layer's scores went through a ReLU. Only the layers before it have one.",
    last=lambda z: np.maximum(z, 0),
)
network_mistake(
    "softmax-twice",
    "softmax_cross_entropy got probabilities. It takes the scores, what the last dense returns: softmax is inside it.",
    last=probabilities,
)


@network_gradients.mistake(
    "relu-on-last-both-ways",
    "The last layer has a ReLU, on the way there and back. Only the layers before it have one: its scores stay as they are.",
)
def bent_to_the_end_and_back(X, labels, params):
    fed, sums = [X], []
    for W, b in params:
        sums.append(fed[-1] @ W + b)
        fed.append(np.maximum(sums[-1], 0))
    probs, grads = probabilities(fed[-1]), []
    dout = (probs - one_hot(probs, labels)) / len(probs)
    for i in reversed(range(len(params))):
        dout = dout * (sums[i] > 0)
        grads.insert(0, (fed[i].T @ dout, dout.sum(axis=0)))
        dout = dout @ params[i][0].T
    return grads


@network_gradients.mistake(
    "gradients-reversed",
    "The list begins with the last layer. Put each new pair at the front, or reverse it at the end.",
)
def last_layer_first(X, labels, params):
    return there_and_back(X, labels, params)[::-1]


@network_gradients.mistake("pairs-swapped", "The pairs are turned around: (dW, db), as in params.")
def bias_first(X, labels, params):
    return [(db, dW) for dW, db in there_and_back(X, labels, params)]


@network_gradients.mistake("last-layer-only", "Only the last layer has gradients. Go on backwards to the first one.")
def stops_at_once(X, labels, params):
    return there_and_back(X, labels, params)[-1:]


@network_gradients.mistake("not-in-pairs", "The gradients lie in one long list. Return pairs (dW, db), one per layer.")
def flat_list(X, labels, params):
    return [array for pair in there_and_back(X, labels, params) for array in pair]


@network_gradients.mistake(
    "params-changed", "You changed the caller's weights. Gradients only say where down is; the step comes later."
)
def steps_at_once(X, labels, params):
    grads = there_and_back(X, labels, params)
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        W -= 0.1 * dW
        b -= 0.1 * db
    return grads


@network_gradients.mistake("weights-returned", "Those are weights after a step. Return the gradients themselves.")
def after_a_step(X, labels, params):
    grads = there_and_back(X, labels, params)
    return [(W - dW, b - db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@network_gradients.variant
def by_recursion(X, labels, params):
    def gradients(A, rest):
        """The message to A, and the gradients of the layers that follow."""
        W, b = rest[0]
        z = A @ W + b
        if len(rest) == 1:
            probs = probabilities(z)
            dz, later = (probs - one_hot(probs, labels)) / len(labels), []
        else:
            message, later = gradients(np.maximum(z, 0), rest[1:])
            dz = np.where(z > 0, message, 0)
        return dz @ W.T, [(A.T @ dz, dz.sum(axis=0)), *later]

    return gradients(X, list(params))[1]


@network_gradients.variant
def with_a_cache(X, labels, params):
    A, cache = X, []
    for i, (W, b) in enumerate(params):
        z = A @ W + b
        cache.append((A, W))
        A = np.maximum(z, 0) if i < len(params) - 1 else probabilities(z)
    A[np.arange(len(labels)), labels] -= 1
    message, grads = A / len(labels), []
    while cache:
        fed, W = cache.pop()
        grads.append([fed.T @ message, message.sum(axis=0)])
        message = (message @ W.T) * (fed > 0)
    return grads[::-1]
