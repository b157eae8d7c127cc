"""Held-out cases of `weighted_sum`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

weighted_sum = exercise("weighted_sum")


@weighted_sum.held_out
def a_random_batch_of_batches(weighted_sum):
    return weighted_sum(inputs("weighted sum x", (3, 5, 4)), inputs("weighted sum w", 4), 0.875)


@weighted_sum.held_out
def whole_numbers_and_inputs_left_alone(weighted_sum):
    return with_inputs(weighted_sum, np.array([[1, 2], [3, 4], [5, 7]]), np.array([2, -1]), 3)


@weighted_sum.mistake(
    "product-without-sum",
    "You multiplied but never added up. One neuron gives one number per sample: sum over the last axis, or use `@`.",
)
def only_products(x, w, b):
    return x * w + b


@weighted_sum.mistake("sum-over-batch", "You summed over the samples. Sum over the inputs: the last axis, `axis=-1`.")
def sum_over_the_samples(x, w, b):
    return (x * w).sum(axis=0) + b


@weighted_sum.mistake("sum-over-everything", "You added up all samples together. Each sample needs its own sum.")
def one_sum_for_all(x, w, b):
    return np.sum(x * w) + b


@weighted_sum.mistake(
    "operands-swapped", "`w @ x` sums over the samples instead of the inputs. Put the samples first: `x @ w`."
)
def weights_first(x, w, b):
    return w @ x + b


@weighted_sum.mistake(
    "bias-forgotten", "The bias is missing: without it the decision line always passes through the origin."
)
def no_bias(x, w, b):
    return x @ w


@weighted_sum.mistake(
    "bias-before-product",
    "The bias was added to the inputs, so it got multiplied by the weights too. Add it once, after the sum.",
)
def bias_on_the_inputs(x, w, b):
    return (x + b) @ w


@weighted_sum.mistake(
    "bias-to-each-product", "The bias went into every product before the sum, so it counts once per input. Add it once."
)
def bias_inside_the_sum(x, w, b):
    return (x * w + b).sum(axis=-1)


@weighted_sum.mistake(
    "bias-as-threshold", "You subtracted the bias. A bias is minus the threshold: it is added to the sum."
)
def bias_subtracted(x, w, b):
    return x @ w - b


@weighted_sum.mistake("mean-for-sum", "You took the mean of the products. A neuron adds its evidence up: use the sum.")
def mean_of_products(x, w, b):
    return (x * w).mean(axis=-1) + b


@weighted_sum.variant
def by_dot(x, w, b):
    return np.dot(x, w) + b


@weighted_sum.variant
def by_einsum(x, w, b):
    return b + np.einsum("...d,d->...", x, w)


@weighted_sum.variant
def by_a_loop_over_inputs(x, w, b):
    z = np.full(np.shape(x)[:-1], float(b))
    for i in range(len(w)):
        z = z + x[..., i] * w[i]
    return z
