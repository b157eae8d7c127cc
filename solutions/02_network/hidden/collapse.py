"""Held-out cases of `collapse`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, with_inputs

from .shared import random_layers

collapse = exercise("collapse")


@collapse.held_out
def random_layers_of_other_sizes(collapse):
    (W1, b1), (W2, b2) = random_layers("collapse", [5, 2, 6])
    return collapse(W1, b1, W2, b2)


@collapse.held_out
def inputs_left_alone(collapse):
    (W1, b1), (W2, b2) = random_layers("collapse 2", [2, 3, 2])
    return with_inputs(collapse, W1, b1, W2, b2)


@collapse.mistake(
    "bias-not-through-second-layer",
    "You added the two biases. But what the first layer adds, b1, passes through the second layer too.",
)
def biases_added(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


@collapse.mistake(
    "first-bias-forgotten",
    "The first bias got lost. It passes through the second layer, and what comes out of there counts.",
)
def second_bias_only(W1, b1, W2, b2):
    return W1 @ W2, b2


@collapse.mistake("second-bias-forgotten", "The second bias got lost: add b2 at the end.")
def without_second_bias(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@collapse.mistake("collapse-order", "Samples are rows here, so the first layer stands first: W1 @ W2.")
def other_order(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


@collapse.mistake(
    "everything-in-the-other-order",
    "Samples are rows here, so the first layer stands first, in the weights and in the bias.",
)
def second_layer_first(W1, b1, W2, b2):
    return W2 @ W1, b2 @ W1 + b1


@collapse.mistake(
    "bias-times-weights", "`*` multiplies entry by entry. The bias passes through the layer: matrix product, `@`."
)
def bias_entry_by_entry(W1, b1, W2, b2):
    return W1 @ W2, b1 * W2 + b2


@collapse.mistake(
    "bias-through-first-layer", "b1 went through the first layer, but it comes after it: multiply b1 by W2."
)
def wrong_layer(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W1 + b2


@collapse.mistake(
    "sum-for-pair", "You added weights and biases into one. Return two things, with a comma: the new W, and the new b."
)
def one_sum(W1, b1, W2, b2):
    return W1 @ W2 + b1 @ W2 + b2


@collapse.mistake(
    "weights-added", "The weights of the two layers were added. One after the other means product: W1 @ W2."
)
def sums(W1, b1, W2, b2):
    return W1 + W2, b1 @ W2 + b2


@collapse.variant
def by_probing(W1, b1, W2, b2):
    def two_layers(X):
        return (X @ W1 + b1) @ W2 + b2

    b = two_layers(np.zeros((1, W1.shape[0])))[0]
    return two_layers(np.eye(W1.shape[0])) - b, b


@collapse.variant
def with_an_extra_row(W1, b1, W2, b2):
    both = np.vstack([W1, b1]) @ W2
    return both[:-1], both[-1] + b2
