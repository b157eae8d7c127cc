"""Held-out cases of `cross_entropy`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import between, exercise, inputs, integer_inputs, with_inputs

cross_entropy = exercise("cross_entropy")


def rows_that_add_up_to_1(name, shape):
    positive = np.exp(inputs(name, shape))
    return positive / positive.sum(axis=1, keepdims=True)


@cross_entropy.held_out
def a_random_batch(cross_entropy):
    probs, labels = rows_that_add_up_to_1("cross entropy", (7, 5)), integer_inputs("cross entropy labels", 7, 5)
    return with_inputs(cross_entropy, probs, labels)


@cross_entropy.held_out
def more_classes_than_samples_and_one_label_twice(cross_entropy):
    return cross_entropy(rows_that_add_up_to_1("cross entropy wide", (3, 6)), np.array([5, 0, 5]))


@cross_entropy.held_out
def guessing_evenly_costs_the_logarithm_of_k(cross_entropy):
    return cross_entropy(np.full((4, 10), 0.1), np.array([9, 0, 3, 3]))


@cross_entropy.held_out(part="stays finite", judge=between(10, 40, "loss"))
def one_sample_with_no_chance(cross_entropy):
    return {"loss": cross_entropy(np.array([[0.3, 0.0, 0.7]]), np.array([1]))}


@cross_entropy.mistake(
    "all-pairs",
    "`probs[:, labels]` picks all those columns in every row. Pair row i with its label: `probs[np.arange(n), labels]`.",
)
def every_label_for_every_row(probs, labels):
    return -np.mean(np.log(np.maximum(probs[:, labels], 1e-12)))


@cross_entropy.mistake(
    "indices-swapped", "The indices are the wrong way round: rows first, then labels, probs[np.arange(n), labels]."
)
def labels_as_rows(probs, labels):
    return -np.mean(np.log(np.maximum(probs[labels, np.arange(len(labels))], 1e-12)))


@cross_entropy.mistake("sum-not-mean", "That is the sum over the samples. Take the mean, so that n doesn't matter.")
def summed(probs, labels):
    return -np.sum(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake(
    "minus-missing", "Logarithms of probabilities are negative, a loss isn't: the minus in front is missing."
)
def negative(probs, labels):
    return np.mean(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake("log2", "You took the logarithm to base 2. Here it is the natural one: np.log.")
def in_bits(probs, labels):
    return -np.mean(np.log2(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake("log10", "You took the logarithm to base 10. Here it is the natural one: np.log.")
def in_tens(probs, labels):
    return -np.mean(np.log10(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake(
    "log-of-zero",
    "The values are right, but −ln 0 is infinite. Let no probability be below 1e-12 before the logarithm.",
)
def unclipped(probs, labels):
    return -np.mean(np.log(probs[np.arange(len(labels)), labels]))


@cross_entropy.mistake(
    "one-hot-times-infinity",
    "0 times ln 0 is nan. Let no probability be below 1e-12 before the logarithm, then multiply.",
)
def one_hot_unclipped(probs, labels):
    return -np.mean(np.sum(np.eye(probs.shape[1])[labels] * np.log(probs), axis=1))


@cross_entropy.mistake(
    "nan-to-num", "`nan_to_num` makes a giant number of infinity. Lift the probabilities to at least 1e-12 instead."
)
def patched_afterwards(probs, labels):
    return np.nan_to_num(-np.mean(np.log(probs[np.arange(len(labels)), labels])))


@cross_entropy.mistake(
    "binary-per-class",
    "You counted every class, with ln(1 − p) for the wrong ones. Only the probability of the true class counts.",
)
def yes_or_no_for_each_class(probs, labels):
    truth, p = np.eye(probs.shape[1])[labels], np.clip(probs, 1e-12, 1 - 1e-12)
    return -np.mean(truth * np.log(p) + (1 - truth) * np.log(1 - p))


@cross_entropy.mistake(
    "mean-over-classes", "You divided by the number of samples times classes. Only n numbers count: divide by n."
)
def divided_by_all_entries(probs, labels):
    return -np.mean(np.eye(probs.shape[1])[labels] * np.log(np.maximum(probs, 1e-12)))


@cross_entropy.mistake(
    "labels-as-factors",
    "You multiplied by the class numbers. They aren't amounts, they say which column to look at: use them as an index.",
)
def class_numbers_times_logarithms(probs, labels):
    return -np.mean(labels * np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake(
    "largest-not-truth", "You took the largest probability of each row. It is the one given to the truth that counts."
)
def of_the_largest(probs, labels):
    return -np.mean(np.log(np.maximum(probs.max(axis=1), 1e-12)))


@cross_entropy.mistake(
    "log-of-mean", "You averaged the probabilities first. Take the logarithm of each, then the mean."
)
def logarithm_of_the_mean(probs, labels):
    return -np.log(np.maximum(np.mean(probs[np.arange(len(labels)), labels]), 1e-12))


@cross_entropy.mistake("log-missing", "The logarithm is missing: you averaged the probabilities of the truth.")
def without_logarithm(probs, labels):
    return -np.mean(probs[np.arange(len(labels)), labels])


@cross_entropy.mistake(
    "softmax-inside",
    "You sent the probabilities through softmax, but they are probabilities already. Use them as they are.",
)
def softmax_again(probs, labels):
    e = np.exp(probs)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake("mean-missing", "Those are the losses sample by sample. Return one number: their mean.")
def sample_by_sample(probs, labels):
    return -np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12))


@cross_entropy.mistake(
    "probs-changed",
    "You changed the caller's probabilities. Lift the small ones in a new array: `np.maximum(…, 1e-12)`.",
)
def lifted_in_place(probs, labels):
    probs[probs < 1e-12] = 1e-12
    return -np.mean(np.log(probs[np.arange(len(labels)), labels]))


@cross_entropy.mistake(
    "minimum-for-maximum", "`np.minimum` cuts the large probabilities off. Lift the small ones: `np.maximum(…, 1e-12)`."
)
def cut_from_above(probs, labels):
    return -np.mean(np.log(np.minimum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.variant
def clipped_on_both_sides(probs, labels):
    safe = np.clip(probs, 1e-12, 1 - 1e-12)
    return -np.log(safe[range(len(probs)), labels]).mean()


@cross_entropy.variant
def with_a_tiny_number_added(probs, labels):
    return float(np.mean([-np.log(row[label] + 1e-15) for row, label in zip(probs, labels, strict=True)]))


@cross_entropy.variant
def by_one_hot_rows(probs, labels):
    truth = np.eye(probs.shape[1])[labels]
    return -(truth * np.log(np.maximum(probs, 1e-12))).sum() / len(probs)


@cross_entropy.variant
def by_taking_along_the_axis(probs, labels):
    truth = np.take_along_axis(probs, labels[:, None], axis=1)
    return np.mean(-np.log(np.where(truth < 1e-12, 1e-12, truth)))


@cross_entropy.variant
def a_larger_smallest_probability(probs, labels):
    return -np.mean(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-7)))
