import numpy as np
from autograder import exercise, inputs

norm = exercise("norm")


@norm.held_out
def of_many_numbers(norm):
    return norm(inputs("norm", 50))


@norm.held_out
def of_one_number(norm):
    return norm(np.array([-2.5]))


def reference_answer(x):
    """A helper of a variant, which must not leave this file."""
    return np.linalg.norm(x)


@norm.mistake("no-root", "The square root is missing.")
def no_root(x):
    return np.sum(x * x), 4 * np.sum(x * x)


@norm.mistake("sum-of-absolutes", "You added up the sizes; square them first.")
def absolutes(x):
    return np.sum(np.abs(x)), 2 * np.sum(np.abs(x))


@norm.mistake("mean", "You took the mean instead of the sum.")
def mean(x):
    return np.sqrt(np.mean(x * x)), 2 * np.sqrt(np.mean(x * x))


@norm.mistake("not-doubled", "The second number is the length of double(x).")
def not_doubled(x):
    return reference_answer(x), reference_answer(x)


@norm.variant
def by_linalg(x):
    return reference_answer(x), 2 * reference_answer(x)


@norm.variant
def as_a_list(x):
    return [np.linalg.norm(x), np.linalg.norm(2 * x)]
