"""Held-out cases of `batchnorm_backward`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

batchnorm_backward = exercise("batchnorm_backward")


def slope(f, array, h=1e-5):
    """All slopes of f, by nudging each entry to both sides."""
    slopes = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


@batchnorm_backward.held_out
def as_nudging_says(batchnorm, batchnorm_backward):
    """The largest differences from slopes found by nudging, with your own `batchnorm`."""
    X, dout = inputs("nudged X", (6, 4)), inputs("nudged dout", (6, 4))
    gamma, beta = inputs("nudged gamma", 4), inputs("nudged beta", 4)
    found = batchnorm_backward(dout, batchnorm(X, gamma, beta, 0.1)[1])
    nudged = [
        slope(lambda A: np.sum(dout * batchnorm(A, gamma, beta, 0.1)[0]), X),
        slope(lambda g: np.sum(dout * batchnorm(X, g, beta, 0.1)[0]), gamma),
        slope(lambda b: np.sum(dout * batchnorm(X, gamma, b, 0.1)[0]), beta),
    ]
    return [bool(np.abs(a - b).max() < 1e-6) for a, b in zip(found, nudged, strict=True)]


@batchnorm_backward.held_out
def two_caches_at_a_time(batchnorm, batchnorm_backward):
    """Two layers go forward before either goes back."""
    batches = [inputs(f"two caches {i}", (4, 2)) for i in range(2)]
    caches = [batchnorm(X, np.array([1.5, -0.5]) * (i + 1), np.zeros(2), 1e-3)[1] for i, X in enumerate(batches)]
    return [batchnorm_backward(inputs(f"two caches dout {i}", (4, 2)), caches[i]) for i in (1, 0)]


@batchnorm_backward.held_out
def a_message_that_all_samples_share(batchnorm, batchnorm_backward):
    X = inputs("shared X", (5, 3))
    dX = batchnorm_backward(np.tile([1.0, -2.0, 0.5], (5, 1)), batchnorm(X, np.ones(3), np.zeros(3), 1e-5)[1])[0]
    return np.round(np.abs(dX).max(), 8)


def three_terms(dout, cache):
    """The right answer, for the mistakes below."""
    X_hat, spread, gamma = cache
    d = dout * gamma
    dX = (d - d.mean(axis=0) - X_hat * (d * X_hat).mean(axis=0)) / spread
    return dX, (dout * X_hat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake(
    "moments-constant",
    "You treat mean and variance as constants. They depend on X too: two more terms, for the mean and for x̂.",
)
def one_term(dout, cache):
    _, dgamma, dbeta = three_terms(dout, cache)
    return dout * cache[2] / cache[1], dgamma, dbeta


@batchnorm_backward.mistake(
    "variance-term-missing", "The term through the variance is missing: subtract x̂ · mean(dx̂ · x̂)."
)
def mean_term_only(dout, cache):
    d = dout * cache[2]
    return (d - d.mean(axis=0)) / cache[1], *three_terms(dout, cache)[1:]


@batchnorm_backward.mistake("mean-term-missing", "The term through the mean is missing: subtract mean(dx̂).")
def variance_term_only(dout, cache):
    X_hat, spread, gamma = cache
    d = dout * gamma
    return (d - X_hat * (d * X_hat).mean(axis=0)) / spread, *three_terms(dout, cache)[1:]


def over_samples(array):
    """The mean of each column."""
    return array.mean(axis=0)


def terms(d, x):
    """What dX is before it is divided by the root, from dx̂ and x̂."""
    return d - over_samples(d) - x * over_samples(d * x)


def in_dX(wrong):
    """A mistake in dX alone, made from dx̂, x̂, the root and gamma; the other two gradients are right."""

    def backward(dout, cache):
        X_hat, spread, gamma = cache
        return wrong(dout * gamma, X_hat, spread, gamma), *three_terms(dout, cache)[1:]

    return backward


def along_rows(array):
    """The mean of each row, as a column."""
    return array.mean(axis=1, keepdims=True)


def root_without_eps(x, spread):
    """The plain root of the variance: the mean of x̂² falls short of 1 by eps."""
    return spread * np.sqrt(over_samples(x**2))


WRONG_DX = {
    "means-over-the-table": (
        "Both means run over the whole table. In batch norm each column has its own: mean(axis=0).",
        lambda d, x, s, g: (d - d.mean() - x * (d * x).mean()) / s,
    ),
    "mean-term-over-the-table": (
        "mean(dx̂) runs over the whole table. Each column has its own: mean(axis=0).",
        lambda d, x, s, g: (d - d.mean() - x * over_samples(d * x)) / s,
    ),
    "variance-term-over-the-table": (
        "mean(dx̂ · x̂) runs over the whole table. Each column has its own: mean(axis=0).",
        lambda d, x, s, g: (d - over_samples(d) - x * (d * x).mean()) / s,
    ),
    "means-along-rows": (
        "The means in dX run along the rows. They are over the samples, column by column: axis=0.",
        lambda d, x, s, g: (d - along_rows(d) - x * along_rows(d * x)) / s,
    ),
    "x-hat-missing": (
        "x̂ is missing in the last term: multiply mean(dx̂ · x̂) by x̂ before you subtract it.",
        lambda d, x, s, g: (d - over_samples(d) - over_samples(d * x)) / s,
    ),
    "x-hat-missing-in-the-mean": (
        "In the last term you took mean(dx̂). It is the mean of the product: x̂ · mean(dx̂ · x̂).",
        lambda d, x, s, g: (d - over_samples(d) - x * over_samples(d)) / s,
    ),
    "product-not-averaged": (
        "The last term lacks its mean: x̂ · mean(dx̂ · x̂), where the mean runs over the samples.",
        lambda d, x, s, g: (d - over_samples(d) - x * (d * x)) / s,
    ),
    "sum-in-mean-term": (
        "You subtract the sum of dx̂. It is its mean over the samples: mean(axis=0).",
        lambda d, x, s, g: (d - d.sum(axis=0) - x * over_samples(d * x)) / s,
    ),
    "sum-in-variance-term": (
        "The last term has the sum of dx̂ · x̂. It is the mean over the samples: mean(axis=0).",
        lambda d, x, s, g: (d - over_samples(d) - x * (d * x).sum(axis=0)) / s,
    ),
    "plus-in-variance-term": (
        "The last term has the wrong sign: x̂ · mean(dx̂ · x̂) is subtracted.",
        lambda d, x, s, g: (d - over_samples(d) + x * over_samples(d * x)) / s,
    ),
    "plus-in-mean-term": (
        "The term of the mean has the wrong sign: mean(dx̂) is subtracted.",
        lambda d, x, s, g: (d + over_samples(d) - x * over_samples(d * x)) / s,
    ),
    "plus-in-both-terms": (
        "Both terms have the wrong sign: mean(dx̂) and x̂ · mean(dx̂ · x̂) are subtracted.",
        lambda d, x, s, g: (d + over_samples(d) + x * over_samples(d * x)) / s,
    ),
    "gamma-missing-in-variance-term": (
        "gamma is missing in the last term: take dx̂ = dout · gamma there too, not dout.",
        lambda d, x, s, g: (d - over_samples(d) - x * over_samples(d / g * x)) / s,
    ),
    "gamma-missing-in-mean-term": (
        "gamma is missing in the term of the mean: take dx̂ = dout · gamma there too, not dout.",
        lambda d, x, s, g: (d - over_samples(d / g) - x * over_samples(d * x)) / s,
    ),
    "gamma-missing-in-both-terms": (
        "gamma is missing in both means: take dx̂ = dout · gamma in all three terms, not dout.",
        lambda d, x, s, g: (d - over_samples(d / g) - x * over_samples(d / g * x)) / s,
    ),
    "multiplied-by-root": (
        "You multiply by the root. The three terms are divided by it: / √(variance + eps).",
        lambda d, x, s, g: terms(d, x) * s,
    ),
    "only-last-term-divided": (
        "Only the last term is divided by the root. Put all three terms in a bracket, then divide.",
        lambda d, x, s, g: d - over_samples(d) - x * over_samples(d * x) / s,
    ),
    "only-first-term-divided": (
        "Only the first term is divided by the root. Put all three terms in a bracket, then divide.",
        lambda d, x, s, g: d / s - over_samples(d) - x * over_samples(d * x),
    ),
    "eps-forgotten": (
        "You divide by the root of the variance alone. eps belongs under it, as on the way there.",
        lambda d, x, s, g: terms(d, x) / root_without_eps(x, s),
    ),
    "divided-by-plain-variance": (
        "You divide by the variance itself, and eps is missing. Divide by √(variance + eps).",
        lambda d, x, s, g: terms(d, x) / root_without_eps(x, s) ** 2,
    ),
    "last-mean-over-x-hat-squared": (
        "The last mean has x̂ twice. It is the mean of dx̂ · x̂, and x̂ multiplies it once.",
        lambda d, x, s, g: (d - over_samples(d) - x * over_samples(d * x**2)) / s,
    ),
    "divided-by-n": (
        "dX is too small by the number of samples. The means divide by n already.",
        lambda d, x, s, g: terms(d, x) / s / len(d),
    ),
}

for name, (message, wrong) in WRONG_DX.items():
    batchnorm_backward.mistake(name, message, value=in_dX(wrong))


@batchnorm_backward.mistake(
    "eps-forgotten-in-x-hat", "You worked out x̂ and the root again without eps. It is √(variance + eps) here too."
)
def worked_out_without_eps(dout, cache):
    X_hat, spread, gamma = cache
    root = root_without_eps(X_hat, spread)
    return three_terms(dout, (X_hat * spread / root, root, gamma))


def went_forward(X_hat, spread):
    """The X that a case sent forwards, which the reference's cache doesn't hold."""
    batch = inputs("batchnorm X", (5, 3)) * np.array([1.0, 10.0, 0.1]) + np.array([0.0, 30.0, -2.0])
    known = [batch, batch[1:4], inputs("batchnorm eps", (4, 2)), inputs("nudged X", (6, 4)), inputs("shared X", (5, 3))]
    known += [inputs(f"two caches {i}", (4, 2)) for i in range(2)]
    centred = X_hat * spread
    return next(X for X in known if X.shape == centred.shape and np.allclose(X - X.mean(axis=0), centred))


@batchnorm_backward.mistake(
    "x-for-x-hat", "You use X where x̂ belongs. Keep the standardised x̂ in the cache: (X − mean) / √(variance + eps)."
)
def with_x_everywhere(dout, cache):
    X_hat, spread, gamma = cache
    return three_terms(dout, (went_forward(X_hat, spread), spread, gamma))


@batchnorm_backward.mistake("x-for-x-hat-in-dx", "In dX you use X where x̂ belongs: x̂ · mean(dx̂ · x̂).")
def with_x_in_dx(dout, cache):
    return with_x_everywhere(dout, cache)[0], *three_terms(dout, cache)[1:]


@batchnorm_backward.mistake("x-for-x-hat-in-dgamma", "dgamma pairs dout with x̂, which is standardised; you used X.")
def with_x_in_dgamma(dout, cache):
    dX, _, dbeta = three_terms(dout, cache)
    return dX, with_x_everywhere(dout, cache)[1], dbeta


@batchnorm_backward.mistake(
    "centred-for-x-hat", "You use X − mean where x̂ belongs. x̂ is divided by √(variance + eps) as well."
)
def with_centred_everywhere(dout, cache):
    X_hat, spread, gamma = cache
    return three_terms(dout, (X_hat * spread, spread, gamma))


EMPTY = (
    "The cache is None: your `batchnorm` keeps nothing. Return (out, cache) there, with x̂, the root and gamma in it."
)


@batchnorm_backward.mistake("cache-none", EMPTY)
def unpacks_nothing(dout, cache):
    X_hat, spread, gamma = None
    return three_terms(dout, (X_hat, spread, gamma))


@batchnorm_backward.mistake("cache-none-indexed", EMPTY)
def looks_into_nothing(dout, cache):
    nothing = None
    return nothing[0]


@batchnorm_backward.mistake("gamma-forgotten", "gamma is missing in dX: the message to x̂ is dout · gamma.")
def without_gamma(dout, cache):
    X_hat, spread, gamma = cache
    return three_terms(dout, (X_hat, spread, np.ones_like(gamma)))


@batchnorm_backward.mistake("spread-forgotten", "dX isn't divided by the root of variance + eps.")
def not_divided(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX * cache[1], dgamma, dbeta


@batchnorm_backward.mistake("divided-by-variance", "dX was divided by variance + eps. Divide by its root.")
def divided_twice(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX / cache[1], dgamma, dbeta


@batchnorm_backward.mistake("sums-for-means", "In dX you subtract sums. Both terms are means over the samples.")
def sums(dout, cache):
    X_hat, spread, gamma = cache
    d = dout * gamma
    return (d - d.sum(axis=0) - X_hat * (d * X_hat).sum(axis=0)) / spread, *three_terms(dout, cache)[1:]


@batchnorm_backward.mistake(
    "dgamma-not-standardised", "dgamma pairs dout with x̂, which is divided by the spread; you used X − mean."
)
def with_centred_x(dout, cache):
    dX, _, dbeta = three_terms(dout, cache)
    return dX, (dout * cache[0] * cache[1]).sum(axis=0), dbeta


@batchnorm_backward.mistake("dgamma-without-x", "dgamma must be paired with what gamma multiplies: Σ dout · x̂.")
def without_x_hat(dout, cache):
    dX, _, dbeta = three_terms(dout, cache)
    return dX, dout.sum(axis=0), dbeta


@batchnorm_backward.mistake(
    "means-for-sums", "dgamma and dbeta are sums over the samples: dout says already what each sample counts."
)
def averaged_gradients(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dgamma / len(dout), dbeta / len(dout)


@batchnorm_backward.mistake("not-summed", "gamma and beta are shared by all samples: sum their gradients over axis=0.")
def one_per_sample(dout, cache):
    return three_terms(dout, cache)[0], dout * cache[0], dout


@batchnorm_backward.mistake(
    "summed-over-the-table", "dgamma and dbeta need one number per column. Your sums run over everything: sum(axis=0)."
)
def single_numbers(dout, cache):
    return three_terms(dout, cache)[0], (dout * cache[0]).sum(), dout.sum()


@batchnorm_backward.mistake(
    "axis-nowhere", "Your sums and means run over the whole table. All of them are taken column by column: axis=0."
)
def without_any_axis(dout, cache):
    X_hat, spread, gamma = cache
    d = dout * gamma
    return (d - d.mean() - X_hat * (d * X_hat).mean()) / spread, (dout * X_hat).sum(), dout.sum()


@batchnorm_backward.mistake("summed-along-rows", "You summed along the rows. The sums run over the samples: axis=0.")
def along_axis_1(dout, cache):
    return three_terms(dout, cache)[0], (dout * cache[0]).sum(axis=1), dout.sum(axis=1)


@batchnorm_backward.mistake("dbeta-times-gamma", "dbeta is the sum of dout alone: gamma doesn't multiply beta.")
def gamma_in_dbeta(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dgamma, dbeta * cache[2]


@batchnorm_backward.mistake("dgamma-times-gamma", "dgamma is Σ dout · x̂, without gamma: only dx̂ is dout · gamma.")
def gamma_in_dgamma(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dgamma * cache[2], dbeta


@batchnorm_backward.mistake(
    "both-times-gamma", "You summed dx̂. dgamma and dbeta are sums of dout, which isn't multiplied by gamma."
)
def gamma_in_both(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dgamma * cache[2], dbeta * cache[2]


@batchnorm_backward.mistake("gradients-swapped", "The order is dX, dgamma, dbeta: the last two are exchanged.")
def beta_before_gamma(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dbeta, dgamma


@batchnorm_backward.mistake("only-dx", "You return dX alone. gamma and beta learn too: return dX, dgamma, dbeta.")
def input_gradient_alone(dout, cache):
    return three_terms(dout, cache)[0]


@batchnorm_backward.mistake("dbeta-left-out", "dbeta is missing. Return three gradients: dX, dgamma, dbeta.")
def without_dbeta(dout, cache):
    return three_terms(dout, cache)[:2]


@batchnorm_backward.mistake("upstream-ignored", "dout isn't used: every gradient starts with the message from above.")
def as_if_all_ones(dout, cache):
    return three_terms(np.ones_like(dout), cache)


@batchnorm_backward.mistake(
    "dout-changed", "You changed the caller's dout (`*=` does). Make a new array: dout * gamma."
)
def changes_dout(dout, cache):
    found = three_terms(dout, cache)
    dout *= cache[2]
    return found


@batchnorm_backward.variant
def by_the_long_chain(dout, cache):
    X_hat, spread, gamma = cache
    n, centred = len(dout), X_hat * spread
    dX_hat = dout * gamma
    dvariance = np.sum(dX_hat * centred, axis=0) * -0.5 * spread**-3
    dmean = -np.sum(dX_hat, axis=0) / spread + dvariance * np.mean(-2 * centred, axis=0)
    return dX_hat / spread + dvariance * 2 * centred / n + dmean / n, np.sum(dout * X_hat, axis=0), np.sum(dout, axis=0)


@batchnorm_backward.variant
def by_sums_times_n(dout, cache):
    X_hat, spread, gamma = cache
    n, dbeta, dgamma = dout.shape[0], np.sum(dout, axis=0), np.einsum("nd,nd->d", dout, X_hat)
    return [gamma / (n * spread) * (n * dout - dbeta - X_hat * dgamma), dgamma, dbeta]


for where in ("L4", "L5", "L6"):
    batchnorm_backward.equivalent(f"{where} axis axis=0→axis=-2", "dout has two axes: axis 0 is the last but one.")
batchnorm_backward.equivalent("L6 axis axis=0→axis=-2 #2", "dout has two axes: axis 0 is the last but one.")
