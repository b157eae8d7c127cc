"""Held-out cases of `mse`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

mse = exercise("mse")


@mse.held_out
def three_axes(mse):
    return mse(inputs("mse y_hat", (3, 2, 4)), inputs("mse y", (3, 2, 4)))


@mse.held_out
def one_number_each_and_a_large_error(mse):
    return [mse(np.array([1e6]), np.array([-1e6])), mse(np.array([0.25]), np.array([0.25]))]


@mse.mistake("sum-not-mean", "That is the sum: it grows with the number of entries. Take the mean of the squares.")
def summed_squares(y_hat, y):
    return np.sum((y_hat - y) ** 2)


@mse.mistake("half", "You halved the mean. Some books do, to cancel a 2 later; here it is the mean of the squares.")
def halved(y_hat, y):
    return np.mean((y_hat - y) ** 2) / 2


@mse.mistake("root", "You took the root at the end. Leave it out: the mean of the squares is asked for.")
def root_of_mean(y_hat, y):
    return np.sqrt(np.mean((y_hat - y) ** 2))


@mse.mistake("absolute", "You averaged the absolute errors. Square them instead, so that large errors count more.")
def mean_of_sizes(y_hat, y):
    return np.mean(np.abs(y_hat - y))


@mse.mistake("square-missing", "Errors of both signs cancel each other. Square each one before you take the mean.")
def mean_of_errors(y_hat, y):
    return np.mean(y_hat - y)


@mse.mistake("mean-before-square", "You squared the mean. Square each error first, then take the mean.")
def square_of_mean(y_hat, y):
    return np.mean(y_hat - y) ** 2


@mse.mistake(
    "square-of-y-only", "`y_hat - y ** 2` squares y alone: the power binds tighter. Put the difference in brackets."
)
def without_brackets(y_hat, y):
    return np.mean(y_hat - y**2)


@mse.mistake(
    "n-by-n-broadcast",
    "One of the two became a column, so every prediction met every truth. Leave both in the same shape.",
)
def all_against_all(y_hat, y):
    return np.mean((y_hat.reshape(-1, 1) - y.reshape(-1)) ** 2)


@mse.mistake("mean-per-column", "You took the mean of each column. One number for the whole table: no axis in np.mean.")
def column_by_column(y_hat, y):
    return np.mean((y_hat - y) ** 2, axis=0)


@mse.mistake(
    "divided-by-rows", "You divided by the number of rows. In a table the mean is over all entries: divide by y.size."
)
def by_rows(y_hat, y):
    return np.sum((y_hat - y) ** 2) / len(y)


@mse.mistake("mean-missing", "Those are the squared errors, one by one. The loss is a single number: their mean.")
def squares_only(y_hat, y):
    return (y_hat - y) ** 2


@mse.mistake("caret", "In Python `^` isn't a power. Write `** 2`.")
def with_a_caret(y_hat, y):
    return np.mean((y_hat - y) ^ 2)


@mse.mistake("return-missing", "The function computes something but returns nothing. Write `return` before the result.")
def says_nothing(y_hat, y):
    np.mean((y_hat - y) ** 2)


@mse.variant
def entry_by_entry(y_hat, y):
    total = 0.0
    for guess, truth in zip(y_hat.ravel(), y.ravel(), strict=True):
        total += float(guess - truth) ** 2
    return total / y.size


@mse.variant
def by_the_dot_product(y_hat, y):
    errors = (y - y_hat).astype(float).ravel()
    return errors @ errors / errors.size


@mse.variant
def by_numpys_square(y_hat, y):
    return np.square(np.subtract(y_hat, y)).mean()


mse.equivalent("L2 swapped operands y_hat - y→y - y_hat", "(ŷ − y)² = (y − ŷ)².")
