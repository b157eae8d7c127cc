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


@weighted_sum.mistake(
    "one-sample-only",
    "For one sample this is right. But x[i] of a table is a whole row: sample i, not input i. The inputs lie along the "
    "last axis, so take x[..., i], or no loop at all: multiply by w and sum over `axis=-1`.",
)
def entries_by_number(x, w, b):
    z = b
    for i in range(len(w)):
        z = z + x[i] * w[i]
    return z


@weighted_sum.mistake(
    "one-sample-only-in-pairs",
    "For one sample this is right. But a loop over a table hands out whole rows: samples, not inputs. The inputs lie "
    "along the last axis: multiply by w without a loop and sum over `axis=-1`.",
)
def entries_in_pairs(x, w, b):
    z = b
    for entry, weight in zip(x, w, strict=False):
        z = z + entry * weight
    return z


@weighted_sum.mistake(
    "one-sample-only-as-long-as-x",
    "For one sample this is right. But len(x) of a table is its number of samples, and x[i] a whole sample. The inputs "
    "lie along the last axis: multiply by w without a loop and sum over `axis=-1`.",
)
def as_many_as_x_is_long(x, w, b):
    z = b
    for i in range(len(x)):
        z = z + x[i] * w[i]
    return z


@weighted_sum.mistake(
    "returns-inside-loop",
    "You return inside the loop, after the first product: `return` ends a function at once. Move it out, so that it "
    "stands below the loop and not in it.",
)
def leaves_after_one_entry(x, w, b):
    return x[0] * w[0] + b


@weighted_sum.mistake(
    "returns-inside-loop-over-inputs",
    "You return inside the loop, after the first input: `return` ends a function at once. Move it out, so that it "
    "stands below the loop and not in it.",
)
def leaves_after_one_input(x, w, b):
    return x[..., 0] * w[0] + b


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
