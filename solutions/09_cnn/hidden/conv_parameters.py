"""Held-out cases of `conv_parameters`, known mistakes with their diagnosis, other right answers."""

import numpy as np
from torch import nn

from autograder import exercise

conv_parameters = exercise("conv_parameters")


@conv_parameters.held_out
def a_large_layer(conv_parameters):
    return conv_parameters(256, 512, 7)


@conv_parameters.held_out
def equal_numbers(conv_parameters):
    return [conv_parameters(n, n, n) for n in (1, 2, 3)]


@conv_parameters.mistake("bias-per-pair", "One bias per filter, however many channels it reads: add 1 after c_in · k².")
def bias_per_pair(c_in, c_out, k):
    return c_in * c_out * (k**2 + 1)


@conv_parameters.mistake("bias-on-wrong-side", "Each filter has a bias, not each channel: c_out biases.")
def bias_per_channel(c_in, c_out, k):
    return c_in * (c_out * k**2 + 1)


@conv_parameters.mistake("bias-forgotten", "The biases are missing: one more per filter.")
def without_bias(c_in, c_out, k):
    return c_in * c_out * k**2


@conv_parameters.mistake("one-bias", "You count a single bias. Each of the c_out filters has its own.")
def a_single_bias(c_in, c_out, k):
    return c_in * c_out * k**2 + 1


@conv_parameters.mistake("channels-forgotten", "A filter has a slice of k · k weights for each channel: times c_in.")
def one_slice(c_in, c_out, k):
    return c_out * (k**2 + 1)


@conv_parameters.mistake("filters-forgotten", "That is one filter. There are c_out of them.")
def one_filter(c_in, c_out, k):
    return c_in * k**2 + 1


@conv_parameters.mistake("kernel-not-squared", "A kernel has k rows of k weights: k · k.")
def one_row(c_in, c_out, k):
    return c_out * (c_in * k + 1)


@conv_parameters.mistake("doubled-for-squared", "You take two times k. A kernel has k · k weights.")
def twice_the_side(c_in, c_out, k):
    return c_out * (c_in * 2 * k + 1)


@conv_parameters.mistake(
    "float-returned", "The number is right, but a float. Count in whole numbers, without / or 2.0."
)
def with_decimals(c_in, c_out, k):
    return c_out * (c_in * k**2.0 + 1)


@conv_parameters.mistake("return-missing", "The number is worked out, but not returned.")
def nothing_returned(c_in, c_out, k):
    _ = c_out * (c_in * k * k + 1)


@conv_parameters.mistake("parts-returned", "These are weights and biases apart. Return one number, their sum.")
def in_two_parts(c_in, c_out, k):
    return c_out * c_in * k * k, c_out


@conv_parameters.variant
def by_asking_pytorch(c_in, c_out, k):
    return sum(parameter.numel() for parameter in nn.Conv2d(c_in, c_out, k).parameters())


@conv_parameters.variant
def with_numpy(c_in, c_out, k):
    return np.prod([c_out, c_in, k, k]) + c_out
