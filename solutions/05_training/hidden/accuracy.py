"""Held-out cases of `accuracy`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, integer_inputs

accuracy = exercise("accuracy")


@accuracy.held_out
def many_samples(accuracy):
    return accuracy(inputs("accuracy probs", (40, 4), 0, 1), integer_inputs("accuracy labels", 40, 4))


@accuracy.held_out
def all_right_and_all_wrong(accuracy):
    probs = np.eye(4)[[2, 0, 3]] * 0.7 + 0.05
    return (
        accuracy(probs, np.array([2, 0, 3])),
        accuracy(probs, np.array([1, 2, 0])),
        accuracy(probs[:1], np.array([2])),
    )


@accuracy.mistake(
    "accuracy-axis", "You took the largest entry of each column. Each row is a sample: argmax along axis=1."
)
def down_the_columns(probs, labels):
    return np.mean(probs.argmax(axis=0) == labels)


@accuracy.mistake(
    "argmax-of-all", "argmax without an axis looks at the whole table at once. Take it in each row: axis=1."
)
def one_for_all(probs, labels):
    return np.mean(probs.argmax() == labels)


@accuracy.mistake("counted", "That is how many are right. The share is asked for: divide by the number of samples.")
def how_many(probs, labels):
    return np.sum(probs.argmax(axis=1) == labels)


@accuracy.mistake("error-rate", "That is the share of wrong answers. Count those that are equal to the label.")
def wrong_share(probs, labels):
    return np.mean(probs.argmax(axis=1) != labels)


@accuracy.mistake("percent", "That is in percent. The share goes from 0 to 1.")
def in_percent(probs, labels):
    return 100 * np.mean(probs.argmax(axis=1) == labels)


@accuracy.mistake("one-by-one", "You return True or False for each sample. Their mean is the share of right answers.")
def each_by_itself(probs, labels):
    return probs.argmax(axis=1) == labels


@accuracy.mistake(
    "largest-entry-not-class",
    "You compare the largest probability with the label. Compare its column: argmax, not max.",
)
def by_value(probs, labels):
    return np.mean(probs.max(axis=1) == labels)


@accuracy.mistake(
    "every-pair",
    "You compared each prediction with each label, and divided by n. Both must have shape (n,): no keepdims here.",
)
def all_pairs(probs, labels):
    return np.sum(probs.argmax(axis=1)[:, None] == labels) / len(labels)


@accuracy.mistake(
    "every-pair-averaged", "You compared each prediction with each label. Both must have shape (n,): no keepdims here."
)
def mean_over_all_pairs(probs, labels):
    return np.mean(probs.argmax(axis=1, keepdims=True) == labels)


@accuracy.mistake(
    "divided-by-all-entries", "You divided by the number of entries in probs. Divide by the number of samples."
)
def over_all_entries(probs, labels):
    return np.sum(probs.argmax(axis=1) == labels) / probs.size


@accuracy.mistake(
    "more-than-half",
    "You ask for a probability above 0.5. The answer is the largest entry of the row, however small it is.",
)
def majority(probs, labels):
    return np.mean(probs[np.arange(len(labels)), labels] > 0.5)


@accuracy.mistake(
    "mean-probability",
    "That is the mean probability of the true class. Accuracy counts: an answer is right or wrong, however sure.",
)
def how_sure(probs, labels):
    return np.mean(probs[np.arange(len(labels)), labels])


@accuracy.mistake(
    "loss", "That is the cross-entropy. Accuracy is the share of rows whose largest entry is the label's."
)
def the_loss(probs, labels):
    return -np.mean(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@accuracy.mistake("smallest-entry", "You took the smallest entry of each row. The answer is the largest one: argmax.")
def least_probable(probs, labels):
    return np.mean(probs.argmin(axis=1) == labels)


@accuracy.variant
def by_loop(probs, labels):
    right = 0
    for row, label in zip(probs, labels, strict=True):
        if np.argmax(row) == label:
            right += 1
    return right / len(labels)


@accuracy.variant
def by_counting(probs, labels):
    return np.count_nonzero(np.argsort(probs, axis=-1)[:, -1] == labels) / probs.shape[0]


accuracy.equivalent("L2 axis axis=1→axis=-1", "probs has two axes: axis 1 is the last one.")
