"""Held-out cases of `k_folds`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

k_folds = exercise("k_folds")


@k_folds.held_out
def several_sizes(k_folds):
    facts = []
    for n, k in ((7, 1), (7, 7), (23, 5), (12, 3)):
        parts = k_folds(n, k, np.random.default_rng(11))
        numbers = sorted(int(i) for part in parts for i in part)
        facts.append((sorted(len(part) for part in parts), numbers == list(range(n))))
    return facts


@k_folds.held_out
def each_row_may_come_into_each_part(k_folds):
    rng = np.random.default_rng(12)
    seen = {(i, int(row)) for _ in range(150) for i, part in enumerate(k_folds(6, 3, rng)) for row in part}
    return len(seen)


@k_folds.mistake("not-shuffled", "The parts are runs of neighbours. Shuffle the row numbers before you cut.")
def runs_of_neighbours(n, k, rng):
    return np.array_split(np.arange(n), k)


@k_folds.mistake(
    "dealt-in-order", "The rows are dealt in their old order, so part 0 is every k-th row. Shuffle them first."
)
def every_kth(n, k, rng):
    return [np.arange(n)[i::k] for i in range(k)]


@k_folds.mistake("rest-in-last", "The last part takes all that is left over. Spread it: sizes differ by at most 1.")
def last_takes_the_rest(n, k, rng):
    order, size = rng.permutation(n), n // k
    return [order[i * size : (i + 1) * size] for i in range(k - 1)] + [order[(k - 1) * size :]]


@k_folds.mistake("rest-dropped", "What doesn't divide evenly got lost. Every row is in exactly one part.")
def leaves_out_the_rest(n, k, rng):
    order, size = rng.permutation(n), n // k
    return [order[i * size : (i + 1) * size] for i in range(k)]


@k_folds.mistake("parts-of-size-k", "You made parts of k rows. k is the number of parts.")
def k_rows_each(n, k, rng):
    order = rng.permutation(n)
    return [order[i : i + k] for i in range(0, n, k)]


@k_folds.mistake(
    "order-in-the-loop", "Each part is cut from an order of its own, so parts share rows. Draw one order, then cut it."
)
def new_order_for_each_part(n, k, rng):
    return [np.array_split(rng.permutation(n), k)[i] for i in range(k)]


@k_folds.mistake("others-returned", "You return what is left for training. Return the parts that are put aside.")
def training_rows(n, k, rng):
    order = rng.permutation(n)
    return [np.setdiff1d(order, part) for part in np.array_split(order, k)]


@k_folds.mistake(
    "same-seed-every-call", "Two calls give the same parts: use the rng you were handed, not one of your own."
)
def generator_inside(n, k, rng):
    return np.array_split(np.random.default_rng(0).permutation(n), k)


@k_folds.variant
def dealt_like_cards(n, k, rng):
    order = rng.permutation(n)
    return [order[i::k] for i in range(k)]


@k_folds.variant
def cut_at_rounded_places(n, k, rng):
    order = np.arange(n)
    rng.shuffle(order)
    cuts = [round(i * n / k) for i in range(k + 1)]
    return [order[a:b].tolist() for a, b in zip(cuts, cuts[1:], strict=False)]
