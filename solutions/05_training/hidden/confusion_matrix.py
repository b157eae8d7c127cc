"""Held-out cases of `confusion_matrix`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs_after, integer_inputs

confusion_matrix = exercise("confusion_matrix")


@confusion_matrix.held_out
def many_answers(confusion_matrix):
    return confusion_matrix(integer_inputs("matrix truth", 80, 5), integer_inputs("matrix said", 80, 5), 6)


@confusion_matrix.held_out
def a_second_call_starts_from_zero(confusion_matrix):
    labels, predictions = np.array([1, 1, 0]), np.array([0, 1, 0])
    first = confusion_matrix(labels, predictions, 2)
    return first, confusion_matrix(labels, predictions, 2), inputs_after(confusion_matrix, labels, predictions, 2)


@confusion_matrix.mistake(
    "matrix-transposed", "Truth belongs in the rows, predictions in the columns: yours is turned around."
)
def truth_in_columns(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    np.add.at(counts, (predictions, labels), 1)
    return counts


@confusion_matrix.mistake(
    "adds-only-once",
    "A pair that comes several times was counted once: `C[…] += 1` adds once per entry. Use np.add.at or a loop.",
)
def counted_once(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    counts[labels, predictions] += 1
    return counts


@confusion_matrix.mistake(
    "matrix-too-small", "The table has only the classes that occur. Make it (k, k), whatever occurs."
)
def only_what_occurs(labels, predictions, k):
    size = max(labels.max(), predictions.max()) + 1
    counts = np.zeros((size, size), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


@confusion_matrix.mistake("shares", "These are shares of each row. Asked for are counts.")
def shares_per_row(labels, predictions, k):
    counts = np.zeros((k, k))
    np.add.at(counts, (labels, predictions), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@confusion_matrix.mistake("shares-of-all", "These are shares of all samples. Asked for are counts.")
def shares_of_everything(labels, predictions, k):
    counts = np.zeros((k, k))
    np.add.at(counts, (labels, predictions), 1)
    return counts / len(labels)


@confusion_matrix.mistake("errors-only", "The diagonal is missing: right answers are counted too.")
def without_diagonal(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    for t, p in zip(labels, predictions, strict=True):
        if t != p:
            counts[t, p] += 1
    return counts


@confusion_matrix.mistake(
    "right-ones-only", "Only right answers are counted. Each sample adds 1, at (truth, prediction)."
)
def diagonal_only(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    for t, p in zip(labels, predictions, strict=True):
        if t == p:
            counts[t, p] += 1
    return counts


@confusion_matrix.mistake(
    "chained-index", "`C[labels][predictions]` first makes a copy and adds to that. Use one pair of brackets: C[t, p]."
)
def adds_to_a_copy(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    counts[labels][np.arange(len(labels)), predictions] += 1
    return counts


@confusion_matrix.mistake(
    "one-count-too-many", "Every entry is one too large: the counting starts at 1. Begin with zeros."
)
def starts_at_one(labels, predictions, k):
    counts = np.ones((k, k), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


@confusion_matrix.mistake(
    "returns-inside-loop", "You return inside the loop, after one sample. `return` belongs below it."
)
def after_one_sample(labels, predictions, k):
    counts = np.zeros((k, k), dtype=int)
    for t, p in zip(labels, predictions, strict=True):
        counts[t, p] += 1
        return counts


@confusion_matrix.mistake(
    "list-of-lists", "The counts are right, but in a list of lists. Return an array, so that counts[t, p] works."
)
def in_lists(labels, predictions, k):
    counts = [[0] * k for _ in range(k)]
    for t, p in zip(labels, predictions, strict=True):
        counts[t][p] += 1
    return counts


@confusion_matrix.mistake(
    "one-row-for-all", "All rows are the same list: `[[0] * k] * k` repeats one row. Use np.zeros."
)
def shared_rows(labels, predictions, k):
    counts = [[0] * k] * k
    for t, p in zip(labels, predictions, strict=True):
        counts[t][p] += 1
    return np.array(counts)


@confusion_matrix.variant
def by_loop_over_pairs(labels, predictions, k):
    counts = np.zeros((k, k))
    for t, p in zip(labels, predictions, strict=True):
        counts[t, p] += 1
    return counts


@confusion_matrix.variant
def by_bincount(labels, predictions, k):
    return np.bincount(k * labels + predictions, minlength=k * k).reshape(k, k)


@confusion_matrix.variant
def by_indicators(labels, predictions, k):
    return np.eye(k)[labels].T @ np.eye(k)[predictions]


confusion_matrix.equivalent("L2 dropped keyword dtype=int", "Counts may be floats: 2.0 is 2.")
