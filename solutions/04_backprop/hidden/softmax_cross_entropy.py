"""Held-out cases of `softmax_cross_entropy`, known mistakes with their diagnosis, other right answers."""

import math

import numpy as np

from autograder import between, exercise, inputs, integer_inputs, with_inputs, with_warnings

from .shared import one_hot, probabilities

softmax_cross_entropy = exercise("softmax_cross_entropy")


@softmax_cross_entropy.held_out
def a_random_batch(softmax_cross_entropy):
    logits, labels = inputs("softmax logits", (7, 4), -3, 3), integer_inputs("softmax labels", 7, 4)
    return with_inputs(softmax_cross_entropy, logits, labels)


@softmax_cross_entropy.held_out
def two_classes_and_one_label_for_all(softmax_cross_entropy):
    return softmax_cross_entropy(inputs("softmax two", (3, 2)), np.array([1, 1, 1]))


@softmax_cross_entropy.held_out(part="large logits")
def rows_very_far_apart(softmax_cross_entropy):
    logits = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -999.5, -1000.0], [0.3, 1.0, 0.5]])
    return with_warnings(softmax_cross_entropy, logits, np.array([0, 2, 1]))


@softmax_cross_entropy.held_out(part="large logits", after=["a_random_batch"])
def the_gradient_where_the_truth_has_no_chance(softmax_cross_entropy):
    return softmax_cross_entropy(np.array([[800.0, -900.0, 0.0], [1.0, 2.0, 0.5]]), np.array([1, 1]))[1]


@softmax_cross_entropy.held_out(part="large logits", judge=between(10, 2000, "loss"), after=["a_random_batch"])
def the_loss_where_the_truth_has_no_chance(softmax_cross_entropy):
    return {"loss": softmax_cross_entropy(np.array([[0.0, -1000.0, 1000.0]]), np.array([1]))[0]}


def mean_loss(probs, labels):
    """A right cross-entropy, for the mistakes below."""
    return -np.mean(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


def with_gradient(gradient):
    """The right loss, with a gradient made from probabilities, true classes (one-hot) and n."""

    def loss_and_gradient(logits, labels):
        probs = probabilities(logits)
        return mean_loss(probs, labels), gradient(probs, one_hot(probs, labels), len(labels))

    return loss_and_gradient


softmax_cross_entropy.mistake(
    "no-minus-one",
    "The gradient is p − one-hot: subtract 1 at the true class of each row.",
    with_gradient(lambda p, truth, n: p / n),
)
softmax_cross_entropy.mistake(
    "mean-forgotten",
    "The loss is a mean over n samples, and so is its gradient: divide by n.",
    with_gradient(lambda p, truth, n: p - truth),
)
softmax_cross_entropy.mistake(
    "gradient-reversed",
    "The gradient has the wrong sign: p − one-hot. (Only the step goes the other way.)",
    with_gradient(lambda p, truth, n: (truth - p) / n),
)
softmax_cross_entropy.mistake(
    "divided-by-entries",
    "You divided by the number of all entries. The loss is a mean over the samples: divide by n.",
    with_gradient(lambda p, truth, n: (p - truth) / p.size),
)
softmax_cross_entropy.mistake(
    "divided-by-classes",
    "You divided by the number of classes. The loss is a mean over the samples: divide by n.",
    with_gradient(lambda p, truth, n: (p - truth) / p.shape[1]),
)
softmax_cross_entropy.mistake(
    "divided-twice",
    "You divided by n twice. Once is enough: (p − one-hot) / n.",
    with_gradient(lambda p, truth, n: (p - truth) / n**2),
)
softmax_cross_entropy.mistake(
    "softmax-diagonal",
    "You multiplied by p · (1 − p), as if each probability depended on its own logit alone. It is just p − one-hot.",
    with_gradient(lambda p, truth, n: (p - truth) * p * (1 - p) / n),
)
softmax_cross_entropy.mistake(
    "gradient-of-probabilities",
    "That is the gradient with respect to the probabilities, −1/p. Asked for is that of the logits, p − one-hot.",
    with_gradient(lambda p, truth, n: -truth / np.maximum(p, 1e-12) / n),
)
softmax_cross_entropy.mistake(
    "true-class-only",
    "Only the true class got a gradient. The other logits get their probability: p − one-hot.",
    with_gradient(lambda p, truth, n: (p - truth) * truth / n),
)


@softmax_cross_entropy.mistake(
    "minus-one-everywhere",
    "`[:, labels]` subtracts in every row at all those columns. Pair row i with its label: [np.arange(n), labels].",
)
def every_label_in_every_row(logits, labels):
    probs = probabilities(logits)
    gradient = probs.copy()
    gradient[:, labels] -= 1
    return mean_loss(probs, labels), gradient / len(labels)


@softmax_cross_entropy.mistake(
    "probs-overwritten",
    "You subtracted 1 from the probabilities before the loss was taken: without a copy it is the same array.",
)
def loss_after_the_subtraction(logits, labels):
    probs = probabilities(logits)
    gradient = probs
    gradient[np.arange(len(labels)), labels] -= 1
    return mean_loss(probs, labels), gradient / len(labels)


@softmax_cross_entropy.mistake("loss-summed", "The loss is the sum over the samples. It should be their mean.")
def summed(logits, labels):
    probs = probabilities(logits)
    return mean_loss(probs, labels) * len(labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake("loss-negative", "The loss is negative: the minus before the logarithm is missing.")
def minus_missing(logits, labels):
    probs = probabilities(logits)
    return -mean_loss(probs, labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "softmax-missing", "The logits aren't probabilities yet. Send them through softmax first, for loss and gradient."
)
def without_softmax(logits, labels):
    return mean_loss(logits, labels), (logits - one_hot(logits, labels)) / len(labels)


@softmax_cross_entropy.mistake("softmax-twice", "The logits went through softmax twice. Once makes them probabilities.")
def softmax_of_softmax(logits, labels):
    probs = probabilities(probabilities(logits))
    return mean_loss(probs, labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "logits-in-gradient", "The gradient uses the logits. It is made of the probabilities: p − one-hot."
)
def logits_for_probabilities(logits, labels):
    return mean_loss(probabilities(logits), labels), (logits - one_hot(logits, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "overflow",
    "The values are right, but e^1000 overflows. Use your `softmax`, which subtracts each row's maximum first.",
)
def plain_powers(logits, labels):
    e = np.exp(logits)
    probs = e / e.sum(axis=1, keepdims=True)
    return mean_loss(probs, labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "log-of-zero", "−ln 0 is infinite. Use your `cross_entropy`, which lets no probability be below 1e-12."
)
def unclipped(logits, labels):
    probs = probabilities(logits)
    loss = -np.mean(np.log(probs[np.arange(len(labels)), labels]))
    return loss, (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake("order-swapped", "First the loss, then the gradient: return loss, dlogits.")
def gradient_first(logits, labels):
    probs = probabilities(logits)
    return (probs - one_hot(probs, labels)) / len(labels), mean_loss(probs, labels)


@softmax_cross_entropy.mistake("loss-missing", "Return both, the loss and its gradient: `return loss, dlogits`.")
def gradient_only(logits, labels):
    probs = probabilities(logits)
    return (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "logits-changed", "You changed the caller's logits (`logits -= …` does). Make a new array."
)
def shifted_in_place(logits, labels):
    logits -= logits.max(axis=1, keepdims=True)
    probs = probabilities(logits)
    return mean_loss(probs, labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.variant
def by_log_sum_exp(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(labels)), labels].mean(), (np.exp(logs) - np.eye(logits.shape[1])[labels]) / len(labels)


@softmax_cross_entropy.variant
def through_the_whole_table_of_slopes(logits, labels):
    probs, n = probabilities(logits), len(labels)
    gradient = np.zeros(logits.shape)
    for i, (p, label) in enumerate(zip(probs, labels, strict=True)):
        slopes = np.diag(p) - np.outer(p, p)
        gradient[i] = slopes[:, label] * (-1 / p[label] if p[label] > 1e-300 else 0.0) / n
        if p[label] <= 1e-300:
            gradient[i] = (p - np.eye(len(p))[label]) / n
    return float(mean_loss(probs, labels)), gradient


@softmax_cross_entropy.variant
def row_by_row(logits, labels):
    loss, rows = 0.0, []
    for row, label in zip(logits, labels, strict=True):
        e = np.exp(row - max(row))
        p = e / sum(e)
        loss -= math.log(max(p[label], 1e-12)) / len(labels)
        p[label] -= 1
        rows.append(p / len(labels))
    return loss, np.array(rows)


softmax_cross_entropy.equivalent(
    "L5 dropped function probs.copy()→probs", "The loss is known by then, and the probabilities aren't needed again."
)
