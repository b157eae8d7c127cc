"""Held-out cases of `neuron`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

neuron = exercise("neuron")


@neuron.held_out
def a_random_batch_with_a_wavy_activation(neuron):
    return neuron(inputs("neuron x", (6, 4)), inputs("neuron w", 4), -0.3, np.sin)


@neuron.held_out
def leading_axes_and_an_activation_that_keeps_the_sign(neuron):
    return neuron(inputs("neuron x2", (2, 3, 2)), inputs("neuron w2", 2), 0.6, lambda z: z**3)


@neuron.mistake("activation-missing", "You return z, the weighted sum. Hand it to the activation: activation(z).")
def without_activation(x, w, b, activation):
    return x @ w + b


@neuron.mistake("activation-twice", "The activation was applied twice. Once is enough: activation(z).")
def twice(x, w, b, activation):
    return activation(activation(x @ w + b))


@neuron.mistake(
    "sum-missing",
    "The sum is missing: x · w means multiply *and* add up. Your own `weighted_sum` does it, bias included.",
)
def products_only(x, w, b, activation):
    return activation(x * w + b)


@neuron.mistake("bias-forgotten", "The bias is missing in the sum that goes into the activation.")
def neuron_without_bias(x, w, b, activation):
    return activation(x @ w)


@neuron.mistake(
    "bias-after-activation", "The bias was added after the activation. It belongs inside: activation(x·w + b)."
)
def bias_outside(x, w, b, activation):
    return activation(x @ w) + b


@neuron.mistake(
    "activation-on-inputs", "You bent the inputs and then summed. First the weighted sum, then the activation."
)
def inputs_bent(x, w, b, activation):
    return activation(x) @ w + b


@neuron.mistake(
    "activation-ignored", "Your neuron always uses the sigmoid. Use the function that is passed in as `activation`."
)
def always_sigmoid(x, w, b, activation):
    return 1 / (1 + np.exp(-(x @ w + b)))


def weighted_sum(x, w, b):
    """A right weighted sum, for the mistake below."""
    return x @ w + b


@neuron.mistake(
    "function-for-its-result",
    "You handed the function `weighted_sum` itself to the activation. Call it first, with x, w and b in brackets, and "
    "hand over the number that it returns.",
)
def sum_not_called(x, w, b, activation):
    return activation(weighted_sum)


@neuron.mistake("activation-not-called", "You return the function itself. Call it with z: activation(z).")
def not_called(x, w, b, activation):
    return activation


@neuron.variant
def in_two_lines(x, w, b, activation):
    z = np.sum(x * w, axis=-1) + b
    return activation(z)


@neuron.variant
def bias_as_one_more_weight(x, w, b, activation):
    ones = np.ones((*np.shape(x)[:-1], 1))
    return activation(np.concatenate([x, ones], axis=-1) @ np.append(w, b))
