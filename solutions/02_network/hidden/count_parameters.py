"""Held-out cases of `count_parameters`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

count_parameters = exercise("count_parameters")


@count_parameters.held_out
def a_wide_network(count_parameters):
    return count_parameters([64, 100, 50, 10])


@count_parameters.held_out
def sizes_as_a_tuple_with_single_neurons(count_parameters):
    return count_parameters((2, 1, 1, 3, 1))


@count_parameters.mistake("count-no-bias", "The biases are missing: each neuron has one, so add n_out per layer.")
def weights_only(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:], strict=False))


@count_parameters.mistake(
    "count-input-layer",
    "You gave the inputs biases too. They have no parameters: one bias per neuron of the later layers.",
)
def biases_for_inputs(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:], strict=False)) + sum(sizes)


@count_parameters.mistake(
    "bias-per-input", "You counted one bias per input of each layer. It is one per neuron: add n_out, not n_in."
)
def bias_for_each_input(sizes):
    return sum(a * b + a for a, b in zip(sizes, sizes[1:], strict=False))


@count_parameters.mistake(
    "neurons-not-weights", "That is the number of neurons. Count what can be set: weights and biases."
)
def neurons(sizes):
    return sum(sizes[1:])


@count_parameters.mistake("one-bias-per-layer", "You counted one bias per layer. Every neuron has its own.")
def a_bias_per_layer(sizes):
    return sum(a * b + 1 for a, b in zip(sizes, sizes[1:], strict=False))


@count_parameters.mistake("first-layer-only", "You counted the first layer only: add up all pairs of neighbours.")
def the_first_layer(sizes):
    return sizes[0] * sizes[1] + sizes[1]


@count_parameters.variant
def by_index(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += (sizes[i - 1] + 1) * sizes[i]
    return total


@count_parameters.variant
def by_making_them(sizes):
    arrays = [np.zeros((a + 1, b)) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    return np.sum([array.size for array in arrays])
