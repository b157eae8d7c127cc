"""Held-out cases of `dense`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

dense = exercise("dense")


@dense.held_out
def a_random_layer(dense):
    return with_inputs(dense, inputs("dense X", (5, 4)), inputs("dense W", (4, 7)), inputs("dense b", 7))


@dense.held_out
def one_neuron_and_whole_numbers(dense):
    return dense(np.array([[1, 2], [3, 4], [5, 6]]), np.array([[2], [-1]]), np.array([3]))


@dense.mistake("w-transposed", "W already has one column per neuron, shape (d_in, d_out): X @ W needs no transpose.")
def transposed(X, W, b):
    return X @ W.T + b


@dense.mistake(
    "elementwise-product", "`*` multiplies entry by entry. A layer needs the matrix product, which adds up: `@`."
)
def entry_by_entry(X, W, b):
    return X * W + b


@dense.mistake(
    "bias-per-row",
    "You added one bias to each row. The biases belong to the neurons, that is the columns: add b as it is.",
)
def bias_down_the_rows(X, W, b):
    return X @ W + b[:, None]


@dense.mistake("one-bias-for-all", "Every neuron has its own bias; your layer uses the first one for all of them.")
def first_bias_only(X, W, b):
    return X @ W + b[0]


@dense.mistake("bias-forgotten", "The biases are missing: add b after the product.")
def without_bias(X, W, b):
    return X @ W


@dense.mistake("bias-before-product", "The bias was added to W, so it got multiplied by the inputs. Add it to X @ W.")
def bias_into_weights(X, W, b):
    return X @ (W + b)


@dense.mistake(
    "relu-inside", "Your layer bends as well. `dense` is the weighted sums only; the ReLU comes in `forward`."
)
def bends(X, W, b):
    return np.maximum(0, X @ W + b)


@dense.mistake(
    "list-of-lists", "The numbers are right, but they are in a list of lists. Return an array: np.array(…), or use `@`."
)
def in_lists(X, W, b):
    return [[float(row @ column + c) for column, c in zip(W.T, b, strict=True)] for row in X]


@dense.mistake("operands-swapped", "The order of a matrix product matters: samples first, X @ W.")
def weights_first(X, W, b):
    return W @ X + b


@dense.variant
def by_einsum(X, W, b):
    return np.einsum("nd,dk->nk", X, W) + b


@dense.variant
def neuron_by_neuron(X, W, b):
    return np.stack([X @ W[:, j] + b[j] for j in range(W.shape[1])], axis=1)


@dense.variant
def with_a_bias_row(X, W, b):
    return np.dot(X, W) + np.reshape(b, (1, -1))
