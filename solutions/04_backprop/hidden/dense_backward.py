"""Held-out cases of `dense_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

dense_backward = exercise("dense_backward")


@dense_backward.held_out
def a_random_layer(dense_backward):
    return dense_backward(
        inputs("backward dout", (6, 4)), inputs("backward X", (6, 5)), inputs("backward W", (5, 4)), inputs("b", 4)
    )


@dense_backward.held_out
def one_input_and_as_many_samples_as_neurons(dense_backward):
    return dense_backward(
        inputs("backward dout 2", (4, 4)), inputs("backward X 2", (4, 1)), inputs("backward W 2", (1, 4)), np.zeros(4)
    )


@dense_backward.held_out
def whole_numbers(dense_backward):
    dout, X, W = np.array([[1, -2], [3, 4]]), np.array([[1, 2, 0], [-1, 5, 3]]), np.array([[1, 2], [0, -1], [4, 3]])
    return dense_backward(dout, X, W, np.array([1, 1]))


@dense_backward.mistake("dw-transposed", "dW is turned around. It must have the shape of W: X.T @ dout.")
def dw_turned(dout, X, W, b):
    return dout @ W.T, dout.T @ X, dout.sum(axis=0)


@dense_backward.mistake(
    "w-not-transposed", "dX needs W turned over: dout @ W.T, so that each input hears from all neurons it reached."
)
def w_as_it_is(dout, X, W, b):
    return dout @ W, X.T @ dout, dout.sum(axis=0)


@dense_backward.mistake("x-not-transposed", "dW needs X turned over: X.T @ dout, so that the samples are added up.")
def x_as_it_is(dout, X, W, b):
    return dout @ W.T, X @ dout, dout.sum(axis=0)


@dense_backward.mistake("dx-transposed", "dX is turned around. It must have the shape of X: dout @ W.T.")
def dx_turned(dout, X, W, b):
    return W @ dout.T, X.T @ dout, dout.sum(axis=0)


@dense_backward.mistake(
    "db-not-summed", "All samples share the biases: add their messages up, axis=0, to shape (d_out,)."
)
def db_per_sample(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout


@dense_backward.mistake(
    "db-along-rows", "db was summed over the neurons. Sum over the samples, axis=0: one number per neuron."
)
def db_across(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.sum(axis=1)


@dense_backward.mistake("db-keeps-axis", "db has two axes. b has one, shape (d_out,), so db must as well: no keepdims.")
def db_as_a_row(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.sum(axis=0, keepdims=True)


@dense_backward.mistake("db-one-number", "You summed all of dout. Each neuron has its own bias: sum over axis 0 only.")
def db_of_everything(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.sum()


@dense_backward.mistake("db-mean", "dout says already what each entry counts. For db add the samples up, no mean.")
def db_averaged(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.mean(axis=0)


@dense_backward.mistake(
    "divided-again", "You divided by n, but dout carries the 1/n already. Here everything is only added up."
)
def averaged_again(dout, X, W, b):
    return dout @ W.T, X.T @ dout / len(X), dout.mean(axis=0)


@dense_backward.mistake(
    "upstream-ignored-in-dw", "dW is only the sum of the inputs. Each input is multiplied by the message: X.T @ dout."
)
def dw_of_ones(dout, X, W, b):
    return dout @ W.T, X.T @ np.ones_like(dout), dout.sum(axis=0)


@dense_backward.mistake(
    "upstream-ignored", "dout isn't used: those are the gradients for a message of ones. Multiply by what arrived."
)
def message_of_ones(dout, X, W, b):
    ones = np.ones(dout.shape)
    return ones @ W.T, X.T @ ones, ones.sum(axis=0)


@dense_backward.mistake("order-w-b-x", "The order is that of the arguments of `dense`: (dX, dW, db).")
def x_last(dout, X, W, b):
    return X.T @ dout, dout.sum(axis=0), dout @ W.T


@dense_backward.mistake(
    "order-w-x-b", "dW and dX are swapped: the order is that of the arguments of `dense`, (dX, dW, db)."
)
def w_first(dout, X, W, b):
    return X.T @ dout, dout @ W.T, dout.sum(axis=0)


@dense_backward.mistake("dx-missing", "Return three gradients: dX is what the layer before will need.")
def without_dx(dout, X, W, b):
    return X.T @ dout, dout.sum(axis=0)


@dense_backward.mistake(
    "output-for-input", "dW uses the layer's output. It is the *input* that each weight met: X.T @ dout."
)
def with_the_output(dout, X, W, b):
    return dout @ W.T, (X @ W + b).T @ dout, dout.sum(axis=0)


@dense_backward.variant
def by_einsum(dout, X, W, b):
    return np.einsum("nk,dk->nd", dout, W), np.einsum("nd,nk->dk", X, dout), np.einsum("nk->k", dout)


@dense_backward.variant
def sample_by_sample(dout, X, W, b):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(len(b))
    for i, (message, x) in enumerate(zip(dout, X, strict=True)):
        dX[i] = W @ message
        dW += np.outer(x, message)
        db += message
    return dX, dW, db


@dense_backward.variant
def with_ones(dout, X, W, b):
    return [np.dot(W, dout.T).T, np.dot(dout.T, X).T, np.ones(len(X)) @ dout]


dense_backward.equivalent("L2 axis axis=0→axis=-2", "dout has two axes: axis −2 is the first one.")
