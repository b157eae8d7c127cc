"""Held-out cases of `logistic_gradient`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, integer_inputs

from .shared import certainty, right_gradient

logistic_gradient = exercise("logistic_gradient")


@logistic_gradient.held_out
def a_random_table(logistic_gradient):
    X, w = inputs("logistic X", (8, 5)), inputs("logistic w", 5)
    return logistic_gradient(X, integer_inputs("logistic y", 8, 2), w, -0.3)


@logistic_gradient.held_out
def one_input_all_of_class_1_and_large_sums(logistic_gradient):
    return logistic_gradient(np.array([[300.0], [-400.0], [1.0]]), np.array([1, 1, 1]), np.array([2.0]), 1.5)


@logistic_gradient.mistake(
    "not-divided-by-n", "You summed over the samples. The loss is a mean, so divide the gradient by n."
)
def summed_over_samples(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return X.T @ errors, errors.sum()


@logistic_gradient.mistake("dw-not-divided-by-n", "dw is the sum over the samples. The loss is a mean: divide by n.")
def dw_summed(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return X.T @ errors, errors.mean()


@logistic_gradient.mistake("db-not-divided-by-n", "db is the sum of the errors. The loss is a mean: take their mean.")
def db_summed(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return X.T @ errors / len(y), errors.sum()


@logistic_gradient.mistake("divided-by-d", "You divided dw by the number of inputs. It is the number of samples, n.")
def over_inputs(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return X.T @ errors / len(w), errors.mean()


@logistic_gradient.mistake(
    "error-reversed", "The sign is turned around: the error is p − y. (y − p is for those who add instead of subtract.)"
)
def truth_minus_guess(X, y, w, b):
    dw, db = right_gradient(X, y, w, b)
    return -dw, -db


@logistic_gradient.mistake("bias-forgotten", "The bias is missing in the weighted sum: z = X @ w + b.")
def without_bias(X, y, w, b):
    return right_gradient(X, y, w, 0.0)


@logistic_gradient.mistake(
    "sigmoid-missing", "You compared y with the weighted sum itself. Send it through the sigmoid first."
)
def sums_for_probabilities(X, y, w, b):
    errors = X @ w + b - y
    return X.T @ errors / len(y), errors.mean()


@logistic_gradient.mistake(
    "hard-decision", "You turned p into 0 or 1, as the perceptron does. Here the error is p − y with p as it is."
)
def decisions(X, y, w, b):
    errors = (certainty(X @ w + b) > 0.5) - y
    return X.T @ errors / len(y), errors.mean()


@logistic_gradient.mistake(
    "extra-sigmoid-slope",
    "p · (1 − p) is too much: the slope of the sigmoid cancels against the logarithm's. The error is just p − y.",
)
def slope_twice(X, y, w, b):
    p = certainty(X @ w + b)
    errors = (p - y) * p * (1 - p)
    return X.T @ errors / len(y), errors.mean()


@logistic_gradient.mistake("factor-2", "There is a factor 2 too much. It belongs to squares; this loss is a logarithm.")
def doubled(X, y, w, b):
    dw, db = right_gradient(X, y, w, b)
    return 2 * dw, 2 * db


@logistic_gradient.mistake(
    "elementwise-dw", "dw has one row per sample: the mean over the samples is missing. `X.T @ errors / n` does both."
)
def one_row_per_sample(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return X * errors[:, None], errors.mean()


@logistic_gradient.mistake(
    "errors-times-table",
    "errors is (n,), X is (n, d): `*` lines the errors up with the inputs. Use X.T @ errors, or errors[:, None] * X.",
)
def errors_along_the_inputs(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return np.mean(errors * X, axis=0), errors.mean()


@logistic_gradient.mistake(
    "table-times-errors",
    "X is (n, d), errors is (n,): `*` lines the errors up with the inputs. Use X.T @ errors, or X * errors[:, None].",
)
def the_inputs_along_the_errors(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return np.mean(X * errors, axis=0), errors.mean()


@logistic_gradient.mistake(
    "mean-over-everything", "You averaged dw to a single number. Average over the samples only: axis=0, shape (d,)."
)
def one_number(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return np.mean(X * errors[:, None]), errors.mean()


@logistic_gradient.mistake(
    "transpose-missing", "`X @ errors` lines the errors up with the inputs. They belong to the samples: X.T @ errors."
)
def not_turned(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return X @ errors / len(y), errors.mean()


@logistic_gradient.mistake(
    "input-forgotten", "Every weight got the same share. Each one's share is error times *its input*."
)
def same_share(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return np.full(len(w), errors.mean()), errors.mean()


@logistic_gradient.mistake(
    "db-not-summed", "db has one entry per sample. There is one bias: take the mean of the errors."
)
def a_bias_per_sample(X, y, w, b):
    errors = certainty(X @ w + b) - y
    return X.T @ errors / len(y), errors


@logistic_gradient.mistake(
    "loss-of-squares", "That is the gradient of the squared error. Asked for is the cross-entropy's: error times input."
)
def of_squares(X, y, w, b):
    p = certainty(X @ w + b)
    errors = 2 * (p - y) * p * (1 - p)
    return X.T @ errors / len(y), errors.mean()


@logistic_gradient.mistake("order-swapped", "The order of what you return is the other way round: first dw, then db.")
def bias_first(X, y, w, b):
    return right_gradient(X, y, w, b)[::-1]


@logistic_gradient.mistake("db-missing", "Return both, dw and db: `return dw, db`.")
def weights_only(X, y, w, b):
    return right_gradient(X, y, w, b)[0]


@logistic_gradient.variant
def sample_by_sample_(X, y, w, b):
    dw, db = np.zeros(len(w)), 0.0
    for x, truth in zip(X, y, strict=True):
        error = float(certainty(x @ w + b)) - truth
        dw, db = dw + error * x / len(y), db + error / len(y)
    return dw, db


@logistic_gradient.variant
def by_mean_of_products(X, y, w, b):
    errors = certainty(np.dot(X, w) + b) - y
    return (X * errors[:, np.newaxis]).mean(axis=0), np.mean(errors)


@logistic_gradient.variant
def errors_first(X, y, w, b):
    n = X.shape[0]
    errors = (certainty(X @ w + b) - y) / n
    return errors @ X, errors.sum()


@logistic_gradient.variant
def with_a_column_of_ones(X, y, w, b):
    wider = np.hstack([X, np.ones((len(X), 1))])
    both = wider.T @ (certainty(wider @ np.append(w, b)) - y) / len(y)
    return both[:-1], both[-1]
