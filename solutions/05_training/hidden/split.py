"""Held-out cases of `split`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

split = exercise("split")


@split.held_out
def pictures_keep_their_labels(split):
    """X of shape (21, 2, 3), every entry of a picture its number; the sizes for three fractions."""
    y = np.arange(21)
    X = y[:, None, None] + np.zeros((21, 2, 3))
    facts = []
    for fraction in (0.1, 0.5, 1):
        X_train, X_val, y_train, y_val = split(X, y, fraction, np.random.default_rng(11))
        own = all(np.array_equal(A[:, 1, 2], b) for A, b in ((X_train, y_train), (X_val, y_val)))
        everything = sorted(np.concatenate([y_train, y_val]).tolist()) == list(range(21))
        facts.append((np.shape(X_train), np.shape(X_val), own, everything))
    return facts


@split.held_out
def chance_is_fair_to_every_row(split):
    """Over 400 splits each of five rows is put aside about as often as the others."""
    rng = np.random.default_rng(12)
    aside = np.concatenate([split(np.arange(5.0), np.arange(5), 0.4, rng)[3] for _ in range(400)])
    return bool(np.all(np.abs(np.bincount(aside, minlength=5) / 400 - 0.4) < 0.13))


@split.mistake(
    "shuffled-apart",
    "X and y were shuffled differently, so most samples have a wrong label. Make one permutation and index both with it.",
)
def shuffled_apart(X, y, fraction, rng):
    X, y, cut = X[rng.permutation(len(X))], y[rng.permutation(len(y))], round(fraction * len(X))
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.mistake(
    "labels-not-shuffled",
    "X was shuffled, y wasn't, so the labels belong to other samples. Index y with the same order.",
)
def labels_left_in_order(X, y, fraction, rng):
    X, cut = X[rng.permutation(len(X))], round(fraction * len(X))
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.mistake(
    "shuffle-returns-none",
    "rng.shuffle works in place and returns None, and X[None] only adds an axis. Use order = rng.permutation(len(X)).",
)
def shuffle_used_for_its_result(X, y, fraction, rng):
    order, cut = rng.shuffle(np.arange(len(X))), round(fraction * len(X))
    X, y = X[order], y[order]
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.mistake("not-shuffled", "The first rows are put aside, in the order of the table. Shuffle before you cut.")
def first_rows_aside(X, y, fraction, rng):
    cut = round(fraction * len(X))
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.mistake("not-shuffled-last", "The last rows are put aside, in the order of the table. Shuffle before you cut.")
def last_rows_aside(X, y, fraction, rng):
    kept = len(X) - round(fraction * len(X))
    return X[:kept], X[kept:], y[:kept], y[kept:]


@split.mistake(
    "shuffled-after-the-cut",
    "You cut first and then shuffle each part, so the same rows are always put aside. Shuffle before you cut.",
)
def cut_then_shuffled(X, y, fraction, rng):
    cut = round(fraction * len(X))
    aside, kept = rng.permutation(cut), cut + rng.permutation(len(X) - cut)
    return X[kept], X[aside], y[kept], y[aside]


@split.mistake(
    "with-replacement",
    "Rows were drawn with replacement: some come several times, others never. Use rng.permutation, which has each once.",
)
def drawn_with_replacement(X, y, fraction, rng):
    order, cut = rng.integers(0, len(X), len(X)), round(fraction * len(X))
    return X[order[cut:]], X[order[:cut]], y[order[cut:]], y[order[:cut]]


@split.mistake(
    "two-permutations",
    "Each part was cut from a permutation of its own, so they share samples. Cut one permutation in two.",
)
def two_orders(X, y, fraction, rng):
    cut = round(fraction * len(X))
    aside, kept = rng.permutation(len(X))[:cut], rng.permutation(len(X))[cut:]
    return X[kept], X[aside], y[kept], y[aside]


@split.mistake(
    "nothing-removed",
    "The samples put aside are still in the training part, so they are not unseen. Train only on the others.",
)
def training_keeps_all(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return X[order], X[order[:cut]], y[order], y[order[:cut]]


@split.mistake("fraction-swapped", "`fraction` is the share that is put aside; you gave it to the training part.")
def fraction_for_training(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return X[order[:cut]], X[order[cut:]], y[order[:cut]], y[order[cut:]]


@split.mistake("cut-off", "int() cuts 3.9 down to 3. The number put aside is round(fraction · n).")
def rounded_down(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), int(fraction * len(X))
    return X[order[cut:]], X[order[:cut]], y[order[cut:]], y[order[:cut]]


@split.mistake("wrong-order", "You return X_train, y_train, X_val, y_val. Asked for is X_train, X_val, y_train, y_val.")
def sample_and_label_together(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return X[order[cut:]], y[order[cut:]], X[order[:cut]], y[order[:cut]]


@split.mistake(
    "two-pairs", "You return two pairs. Return four arrays, with commas between: X_train, X_val, y_train, y_val."
)
def in_pairs(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return (X[order[cut:]], y[order[cut:]]), (X[order[:cut]], y[order[:cut]])


@split.mistake(
    "minus-zero",
    "If nothing is put aside, [-0:] is everything and [:-0] nothing. Count from the front: order[:cut] and order[cut:].",
)
def counted_from_the_end(X, y, fraction, rng):
    order, cut = rng.permutation(len(X)), round(fraction * len(X))
    return X[order[:-cut]], X[order[-cut:]], y[order[:-cut]], y[order[-cut:]]


@split.mistake(
    "training-in-order",
    "Only the samples put aside are drawn by lot; the others stand in the old order. Shuffle all rows, then cut.",
)
def rest_in_old_order(X, y, fraction, rng):
    aside = rng.choice(len(X), round(fraction * len(X)), replace=False)
    return np.delete(X, aside, axis=0), X[aside], np.delete(y, aside, axis=0), y[aside]


@split.mistake(
    "same-seed-every-call",
    "Two calls put the same samples aside: you make a new generator inside. Use the rng you were handed.",
)
def own_generator(X, y, fraction, rng):
    order, cut = np.random.default_rng(0).permutation(len(X)), round(fraction * len(X))
    return X[order[cut:]], X[order[:cut]], y[order[cut:]], y[order[:cut]]


@split.mistake(
    "global-random",
    "You drew from another generator than rng, so nobody can repeat your split. Use rng.permutation.",
)
def somebody_elses(X, y, fraction, rng):
    order, cut = np.random.permutation(len(X)), round(fraction * len(X))
    return X[order[cut:]], X[order[:cut]], y[order[cut:]], y[order[:cut]]


@split.mistake(
    "input-changed",
    "You shuffled the caller's X and y themselves. Shuffle row numbers instead, and pick rows with them.",
)
def shuffled_in_place(X, y, fraction, rng):
    state = rng.bit_generator.state
    rng.shuffle(X)
    rng.bit_generator.state = state
    rng.shuffle(y)
    cut = round(fraction * len(X))
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.variant
def last_of_the_order_aside(X, y, fraction, rng):
    order = np.arange(len(X))
    rng.shuffle(order)
    kept = len(X) - round(fraction * len(X))
    return [X[order[:kept]].copy(), X[order[kept:]].copy(), y[order[:kept]], y[order[kept:]]]


@split.variant
def by_one_seed_for_both(X, y, fraction, rng):
    seed, cut = int(rng.integers(2**31)), round(fraction * len(X))
    X, y = np.random.default_rng(seed).permutation(X), np.random.default_rng(seed).permutation(y)
    return X[cut:], X[:cut], y[cut:], y[:cut]


@split.variant
def by_sorting_random_numbers(X, y, fraction, rng):
    order = np.argsort(rng.random(len(y)))
    parts = np.split(order, [round(fraction * len(y))])
    return np.take(X, parts[1], axis=0), np.take(X, parts[0], axis=0), y[parts[1]], y[parts[0]]
