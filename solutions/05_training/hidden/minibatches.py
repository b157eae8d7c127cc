"""Held-out cases of `minibatches`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

minibatches = exercise("minibatches")


@minibatches.held_out
def sizes_of_all_kinds(minibatches):
    """Portions of 1, of all, and larger than all; pictures of shape (2, 3)."""
    X, y = np.arange(42.0).reshape(7, 2, 3), np.arange(7)
    facts = []
    for size in (1, 3, 7, 9):
        batches = list(minibatches(X, y, size, np.random.default_rng(11)))
        own = all(np.array_equal(np.asarray(A)[:, 0, 0], 6 * np.asarray(b)) for A, b in batches)
        everything = sorted(int(i) for _, b in batches for i in b) == list(range(7))
        facts.append(([np.shape(A) for A, _ in batches], own, everything))
    return facts


@minibatches.held_out
def every_sample_may_come_last(minibatches):
    """Over 300 epochs each of five samples is in the small last portion about equally often."""
    rng = np.random.default_rng(12)
    last = [int(list(minibatches(np.arange(5.0), np.arange(5), 2, rng))[-1][1][0]) for _ in range(300)]
    return bool(np.all(np.abs(np.bincount(last, minlength=5) / 300 - 0.2) < 0.12))


@minibatches.mistake(
    "last-batch-dropped",
    "The last samples are missing: what doesn't fill a whole portion counts too. The last portion is just smaller.",
)
def whole_portions_only(X, y, size, rng):
    order = rng.permutation(len(X))
    for i in range(len(X) // size):
        rows = order[i * size : (i + 1) * size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "empty-portion", "When the samples divide evenly, an empty portion comes last. Go over range(0, n, size) instead."
)
def one_portion_too_many(X, y, size, rng):
    order = rng.permutation(len(X))
    for i in range(len(X) // size + 1):
        rows = order[i * size : (i + 1) * size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "sliding-window", "Your portions overlap: the next one starts one sample later. Jump by `size`: range(0, n, size)."
)
def one_sample_further(X, y, size, rng):
    order = rng.permutation(len(X))
    for start in range(len(X)):
        rows = order[start : start + size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "only-the-first",
    "You give one portion and leave: `return` ends the function. Use `yield`, or collect pairs in a list.",
)
def returns_inside_the_loop(X, y, size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        return X[rows], y[rows]


@minibatches.mistake("not-shuffled", "The samples come in the order of the table. Shuffle the row numbers first.")
def in_table_order(X, y, size, rng):
    for start in range(0, len(X), size):
        yield X[start : start + size], y[start : start + size]


@minibatches.mistake(
    "only-portions-shuffled",
    "Neighbours in the table always share a portion: you shuffle the portions only. Shuffle the rows, then cut.",
)
def blocks_in_random_order(X, y, size, rng):
    starts = list(range(0, len(X), size))
    shortest_last = [*rng.permutation(starts[:-1]).tolist(), starts[-1]]
    for start in shortest_last:
        rows = rng.permutation(np.arange(start, min(start + size, len(X))))
        yield X[rows], y[rows]


@minibatches.mistake(
    "shuffled-apart",
    "X and y were shuffled differently, so most samples have a wrong label. Make one permutation and index both with it.",
)
def two_shuffles(X, y, size, rng):
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    for start in range(0, len(X), size):
        yield X[start : start + size], y[start : start + size]


@minibatches.mistake(
    "labels-not-shuffled",
    "X was shuffled, y wasn't, so the labels belong to other samples. Index y with the same rows.",
)
def labels_in_table_order(X, y, size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        yield X[order[start : start + size]], y[start : start + size]


@minibatches.mistake(
    "order-in-the-loop",
    "You draw a new order for each portion, so some samples come twice and others never. Draw it once, before the loop.",
)
def new_order_for_each_portion(X, y, size, rng):
    for start in range(0, len(X), size):
        rows = rng.permutation(len(X))[start : start + size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "with-replacement",
    "Each portion is drawn with replacement: some samples come several times, others never. Cut one permutation.",
)
def drawn_anew(X, y, size, rng):
    for start in range(0, len(X), size):
        rows = rng.integers(0, len(X), min(size, len(X) - start))
        yield X[rows], y[rows]


@minibatches.mistake(
    "with-replacement-whole-portions",
    "Every portion is drawn with replacement: some samples come several times, others never. Cut one permutation.",
)
def whole_portions_drawn_anew(X, y, size, rng):
    for _ in range(0, len(X), size):
        rows = rng.integers(0, len(X), size)
        yield X[rows], y[rows]


@minibatches.mistake("size-is-a-count", "You made `size` portions. `size` is the number of samples in each of them.")
def as_many_as_size(X, y, size, rng):
    for rows in np.array_split(rng.permutation(len(X)), size):
        yield X[rows], y[rows]


@minibatches.mistake(
    "cut-evenly", "You made the portions equally large. All have `size` samples, only the last one has fewer."
)
def equal_portions(X, y, size, rng):
    for rows in np.array_split(rng.permutation(len(X)), -(-len(X) // size)):
        yield X[rows], y[rows]


@minibatches.mistake(
    "same-order-each-epoch",
    "Every call gives the same order: you make a new generator inside. Use the rng you were handed.",
)
def own_generator_each_time(X, y, size, rng):
    order = np.random.default_rng(0).permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "global-random",
    "You drew from another generator than rng, so nobody can repeat your training. Use rng.permutation.",
)
def from_another_generator(X, y, size, rng):
    order = np.random.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "input-changed",
    "You shuffled the caller's X and y themselves. Shuffle row numbers instead, and pick rows with them.",
)
def both_shuffled_in_place(X, y, size, rng):
    state = rng.bit_generator.state
    rng.shuffle(X)
    rng.bit_generator.state = state
    rng.shuffle(y)
    for start in range(0, len(X), size):
        yield X[start : start + size].copy(), y[start : start + size].copy()


@minibatches.mistake(
    "shuffled-apart-in-place",
    "You shuffled the caller's X and y, each for itself, so labels are mixed up. Shuffle row numbers once, for both.",
)
def each_shuffled_in_place(X, y, size, rng):
    rng.shuffle(X)
    rng.shuffle(y)
    for start in range(0, len(X), size):
        yield X[start : start + size].copy(), y[start : start + size].copy()


@minibatches.mistake("pair-swapped", "Your pairs are turned around: X_batch comes first, then y_batch.")
def labels_first(X, y, size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield y[rows], X[rows]


@minibatches.variant
def as_a_list(X, y, size, rng):
    order, batches = rng.permutation(len(y)), []
    while len(order):
        batches.append((X[order[:size]], y[order[:size]]))
        order = order[size:]
    return batches


@minibatches.variant
def as_a_tuple_of_lists(X, y, size, rng):
    order = np.arange(len(X))
    rng.shuffle(order)
    X, y = X[order], y[order]
    return tuple([X[i : i + size], y[i : i + size]] for i in range(0, len(X), size))


@minibatches.variant
def by_cutting_at_multiples(X, y, size, rng):
    order = rng.permutation(len(X))
    pieces = np.split(order, range(size, len(X), size))
    return ((X[rows], y[rows]) for rows in pieces)
