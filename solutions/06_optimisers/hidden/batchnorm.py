"""Held-out cases of `batchnorm`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

batchnorm = exercise("batchnorm")


@batchnorm.held_out
def many_samples(batchnorm):
    X = inputs("batchnorm many", (12, 5)) * np.array([0.01, 1.0, 5.0, 100.0, 1.0]) + 7
    return batchnorm(X, inputs("batchnorm gamma", 5), inputs("batchnorm beta", 5), 1e-3)[0]


@batchnorm.held_out
def one_sample_and_whole_numbers(batchnorm):
    gamma, beta = np.array([2.0, 3.0]), np.array([0.5, -0.5])
    ones = batchnorm(np.array([[4.0, -300.0]]), gamma, beta, 1e-5)[0]
    return ones, batchnorm(np.array([[1, 2], [3, 10], [8, 3]]), gamma, beta, 0.25)[0]


@batchnorm.mistake("unbiased", "Your variance divides by n − 1. Batch norm divides by n, as np.var does.")
def divided_by_n_minus_1(X, gamma, beta, eps):
    with np.errstate(all="ignore"):
        spread = np.sqrt(X.var(axis=0, ddof=1) + eps)
    return gamma * (X - X.mean(axis=0)) / spread + beta, None


@batchnorm.mistake("eps-outside", "eps was added after the root. It goes under it: √(variance + eps).")
def eps_after_the_root(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / (np.sqrt(X.var(axis=0)) + eps) + beta, None


@batchnorm.mistake(
    "eps-after-division", "eps was added to the quotient. It goes under the root, so that nothing is divided by 0."
)
def eps_added_last(X, gamma, beta, eps):
    return gamma * ((X - X.mean(axis=0)) / np.sqrt(X.var(axis=0)) + eps) + beta, None


@batchnorm.mistake("eps-forgotten", "eps is missing: a column that never varies becomes 0/0. Add it under the root.")
def without_eps_at_all(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0)) + beta, None


@batchnorm.mistake("variance-for-spread", "You divided by the variance. Divide by its root.")
def no_root(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / (X.var(axis=0) + eps) + beta, None


@batchnorm.mistake(
    "std-for-variance", "np.std is the root already; you took another one of it. Under the root stands np.var."
)
def root_of_the_root(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.std(axis=0) + eps) + beta, None


@batchnorm.mistake(
    "bracket-missing", "A bracket is missing: only the mean was divided. x̂ is (X − mean) / √(variance + eps)."
)
def only_the_mean_divided(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0) / np.sqrt(X.var(axis=0) + eps)) + beta, None


@batchnorm.mistake(
    "rows-for-columns", "You measured the rows (axis=1) and used that for the columns. Each column has its own: axis=0."
)
def measured_along_the_rows(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=1)) / np.sqrt(X.var(axis=1) + eps) + beta, None


@batchnorm.mistake(
    "one-mean-for-all", "You used one mean and variance for the whole table. Each column has its own: axis=0."
)
def over_everything(X, gamma, beta, eps):
    return gamma * (X - X.mean()) / np.sqrt(X.var() + eps) + beta, None


@batchnorm.mistake(
    "each-sample", "You standardised each row. The columns are measured, over the samples of the batch: axis=0."
)
def along_the_rows(X, gamma, beta, eps):
    mean, variance = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    return gamma * (X - mean) / np.sqrt(variance + eps) + beta, None


@batchnorm.mistake("mean-not-subtracted", "The mean wasn't subtracted. x̂ is (X − mean) / √(variance + eps).")
def only_scaled(X, gamma, beta, eps):
    return gamma * X / np.sqrt(X.var(axis=0) + eps) + beta, None


@batchnorm.mistake("only-centred", "You didn't divide by the spread. x̂ is (X − mean) / √(variance + eps).")
def only_shifted(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) + beta, None


@batchnorm.mistake("no-gamma-beta", "gamma and beta aren't used: out = gamma · x̂ + beta.")
def x_hat_alone(X, gamma, beta, eps):
    return (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps), None


@batchnorm.mistake("beta-forgotten", "beta is missing: out = gamma · x̂ + beta.")
def without_shift(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps), None


@batchnorm.mistake("gamma-forgotten", "gamma is missing: out = gamma · x̂ + beta.")
def without_scale(X, gamma, beta, eps):
    return (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta, None


@batchnorm.mistake("gamma-and-beta-swapped", "gamma multiplies and beta is added; yours are exchanged.")
def exchanged(X, gamma, beta, eps):
    return beta * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + gamma, None


@batchnorm.mistake("beta-scaled-too", "beta was multiplied by gamma: first gamma · x̂, then add beta.")
def shifted_before_scaling(X, gamma, beta, eps):
    return gamma * ((X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta), None


@batchnorm.mistake("only-out", "You return out alone. Return a pair: out, and the cache for the way back.")
def no_cache(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta


@batchnorm.mistake("input-changed", "You changed the caller's X (`-=` and `/=` do). Make a new array: X_hat = …")
def in_place_norm(X, gamma, beta, eps):
    spread = np.sqrt(X.var(axis=0) + eps)
    X -= X.mean(axis=0)
    X /= spread
    return gamma * X + beta, None


@batchnorm.variant
def by_mean_of_squares(X, gamma, beta, eps):
    centred = X - np.sum(X, axis=0) / len(X)
    spread = (np.mean(centred**2, axis=0) + eps) ** 0.5
    return centred * (gamma / spread) + beta, {"centred": centred, "spread": spread, "gamma": gamma}


@batchnorm.variant
def column_by_column(X, gamma, beta, eps):
    out = np.empty(X.shape)
    for j in range(X.shape[1]):
        out[:, j] = gamma[j] * (X[:, j] - X[:, j].mean()) / np.sqrt(X[:, j].var() + eps) + beta[j]
    return [out, (X.copy(), gamma, eps)]


for line in (2, 3):
    batchnorm.equivalent(f"L{line} axis axis=0→axis=-2", "X has two axes: axis 0 is the last but one.")
for order in ("spread, X_hat, gamma", "X_hat, gamma, spread"):
    batchnorm.equivalent(
        f"L4 swapped elements X_hat, spread, gamma→{order}",
        "What the cache holds, and where, is its author's business.",
    )
