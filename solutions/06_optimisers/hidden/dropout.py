"""Held-out cases of `dropout`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, inputs_after

dropout = exercise("dropout")


@dropout.held_out
def pictures_and_a_large_share(dropout):
    """X of shape (50, 4, 20, 20), p = 0.7."""
    X = np.full((50, 4, 20, 20), 2.0)
    out, mask = dropout(X, 0.7, np.random.default_rng(11), True)
    values = sorted({round(float(value), 6) for value in np.unique(out)})
    share = round(float(np.mean(mask)), 1)
    return np.shape(out), values, share, bool(np.array_equal(out != 0, np.asarray(mask) != 0))


@dropout.held_out
def nothing_to_drop(dropout):
    """p = 0, when training and when not; a single row; whole numbers."""
    X = np.array([[1, 2, -3, 0]])
    return [dropout(X, 0.0, np.random.default_rng(12), training) for training in (True, False)]


@dropout.held_out
def every_entry_has_the_same_chance(dropout):
    rng = np.random.default_rng(13)
    kept = np.mean([dropout(np.ones((3, 4)), 0.3, rng, True)[1] for _ in range(2000)], axis=0)
    return bool(np.all(np.abs(kept - 0.7) < 0.06))


@dropout.held_out
def in_use_no_number_is_drawn_that_matters(dropout):
    X, rng = inputs("dropout use", (5, 4)), np.random.default_rng(14)
    return [dropout(X, 0.9, rng, False) for _ in range(2)], inputs_after(
        lambda A: dropout(A, 0.9, rng, False) and None, X.copy()
    )


def kept_at_random(X, p, rng):
    """A right mask, for the mistakes below."""
    return rng.random(X.shape) >= p


def in_use(X):
    """What is right when not training, for the mistakes below."""
    return X.copy(), np.ones(X.shape, dtype=bool)


@dropout.mistake(
    "p-is-kept", "p is the share that is dropped; you keep that share. Keep where the random number is at least p."
)
def p_kept(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random(X.shape) < p
    return X * mask / p, mask


@dropout.mistake(
    "p-is-kept-scaled-by-rest",
    "You keep the share p instead of dropping it. Keep where the random number is at least p.",
)
def p_kept_other_scale(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random(X.shape) < p
    return X * mask / (1 - p), mask


@dropout.mistake("not-rescaled", "The average of out falls by p. Divide what is kept by 1 − p.")
def without_rescaling(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask, mask


@dropout.mistake("divided-by-p", "You divided by p. What is kept is divided by the share that is kept, 1 − p.")
def scaled_by_dropped_share(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask / p, mask


@dropout.mistake("multiplied", "You multiplied by 1 − p, so the average falls twice. Divide by it.")
def scaled_down(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask * (1 - p), mask


@dropout.mistake("drops-in-use", "You drop when not training as well. Then out is X and the mask all True.")
def always(X, p, rng, training):
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "scaled-in-use", "When not training you multiply by 1 − p. It was divided in training already: return X as it is."
)
def scaled_at_the_end(X, p, rng, training):
    if not training:
        return X * (1 - p), np.ones(X.shape, dtype=bool)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "scaled-up-in-use", "When not training you divide by 1 − p. Nothing was dropped, so return X as it is."
)
def scaled_up_at_the_end(X, p, rng, training):
    if not training:
        return X / (1 - p), np.ones(X.shape, dtype=bool)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "mask-false-in-use", "When not training your mask is all False. True means kept, and everything is kept then."
)
def nothing_kept_in_use(X, p, rng, training):
    if not training:
        return X.copy(), np.zeros(X.shape, dtype=bool)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "training-reversed", "You drop when training is False, and not when it is True. Turn the condition around."
)
def the_other_way_round(X, p, rng, training):
    if training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "no-mask-in-use", "When not training, the mask is missing. Return both: X and a mask that is all True."
)
def nothing_but_x(X, p, rng, training):
    if not training:
        return X
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "mask-none-in-use", "When not training you return None for the mask. Nothing is dropped, so it is all True."
)
def none_for_mask(X, p, rng, training):
    if not training:
        return X, None
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake("mask-inverted", "Your mask is True where an entry was dropped. It should be True where it was kept.")
def true_where_dropped(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), ~mask


@dropout.mistake("mask-scaled", "Your mask holds 1/(1 − p). It should be boolean: True where an entry was kept.")
def scaled_mask(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng) / (1 - p)
    return X * mask, mask


@dropout.mistake(
    "mask-of-numbers", "Your mask holds the numbers 0 and 1. It should be boolean, as a comparison gives it."
)
def mask_as_numbers(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng).astype(float)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "mask-from-out", "You made the mask from out, but a 0 in X can be kept as well. Return the mask you drew."
)
def looked_up_in_out(X, p, rng, training):
    if not training:
        return in_use(X)
    out = X * kept_at_random(X, p, rng) / (1 - p)
    return out, out != 0


@dropout.mistake("one-coin-per-column", "Whole columns are dropped. Each entry gets its own coin: draw the shape of X.")
def columns_together(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = np.broadcast_to(rng.random(X.shape[-1]) >= p, X.shape)
    return X * mask / (1 - p), mask


@dropout.mistake("one-coin-per-row", "Whole samples are dropped. Each entry gets its own coin: draw the shape of X.")
def rows_together(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = np.broadcast_to((rng.random(len(X)) >= p)[:, None], X.shape)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "one-coin-per-column-drawn",
    "You drew one coin per column: your mask has shape (3,), expected (4, 3). Draw rng.random(X.shape).",
)
def coins_for_columns(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random(X.shape[-1]) >= p
    return X * mask / (1 - p), mask


@dropout.mistake(
    "one-coin-per-row-drawn",
    "You drew one coin per sample: your mask has shape (4, 1), expected (4, 3). Draw rng.random(X.shape).",
)
def coins_for_rows(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random((len(X), 1)) >= p
    return X * mask / (1 - p), mask


@dropout.mistake(
    "one-coin-per-row-flat",
    "You drew one coin per sample, `X.shape[0]` of them. Each entry gets its own: rng.random(X.shape).",
)
def flat_coins_for_rows(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random(X.shape[0]) >= p
    return X * mask / (1 - p), mask


@dropout.mistake(
    "one-coin-for-all", "You drew a single coin for the whole of X. Each entry gets its own: rng.random(X.shape)."
)
def a_single_coin(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random() >= p
    return X * mask / (1 - p), mask


@dropout.mistake(
    "dropped-left-out",
    "`X[mask]` leaves dropped entries out: out has shape (12,), expected (4, 3). They become 0: X * mask.",
)
def only_the_survivors(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X[mask] / (1 - p), mask


@dropout.mistake(
    "fixed-number", "Always the same number of entries is dropped. Each has its own coin, so the number varies."
)
def exactly_so_many(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = np.ones(X.size, dtype=bool)
    mask[rng.permutation(X.size)[: round(p * X.size)]] = False
    mask = mask.reshape(X.shape)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "same-mask-each-call", "Two calls drop the same entries: you make a generator inside. Use the rng handed in."
)
def own_generator(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, np.random.default_rng(0))
    return X * mask / (1 - p), mask


@dropout.mistake("global-random", "You drew from another generator than rng, so nobody can repeat it. Use rng.random.")
def somebody_elses(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = np.random.random(X.shape) >= p
    return X * mask / (1 - p), mask


@dropout.mistake("input-changed", "You changed the caller's X (`X[…] = 0` or `X *= …`). Make a new array: X * mask.")
def in_place_dropout(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    X[~mask] = 0
    X /= 1 - p
    return X, mask


@dropout.mistake("only-out", "You return out alone. The way back needs the mask too: return out, mask.")
def without_mask(X, p, rng, training):
    return X * kept_at_random(X, p, rng) / (1 - p) if training else X


@dropout.mistake("pair-swapped", "The pair is turned around: out comes first, then the mask.")
def mask_first(X, p, rng, training):
    if not training:
        return in_use(X)[::-1]
    mask = kept_at_random(X, p, rng)
    return mask, X * mask / (1 - p)


@dropout.variant
def kept_below(X, p, rng, training):
    if training:
        mask = rng.random(np.shape(X)) < 1 - p
        return np.where(mask, X / (1 - p), 0.0), mask
    return X, np.full(np.shape(X), True)


@dropout.variant
def by_binomial_draws(X, p, rng, training):
    mask = rng.binomial(1, 1 - p if training else 1.0, X.shape).astype(bool)
    return X * (mask / (1 - p) if training else 1), mask


@dropout.variant
def by_uniform_numbers_above(X, p, rng, training):
    mask = np.ones_like(X, dtype=bool)
    out = X + 0.0
    if training:
        mask = rng.uniform(size=X.shape) > p
        out[~mask] = 0.0
        out /= 1 - p
    return [out, mask]


dropout.equivalent("L3 dropped function X.copy()→X", "out may be X itself: nothing is changed in it.")
dropout.equivalent(
    "L4 comparison rng.random(X.shape) >= p→rng.random(X.shape) > p",
    "A random number is never exactly p, or hardly ever.",
)
