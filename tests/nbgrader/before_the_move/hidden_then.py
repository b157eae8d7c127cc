import numpy as np

from autograder import exercise, inputs

double = exercise("double")
SECRET = inputs("secret of the held-out case", 4)


def twisted(x):
    return x[::-1]


@double.held_out(part="arrays")
def a_batch(double):
    return double(twisted(SECRET))


@double.held_out
def a_large_number(double):
    return double(123456.0)


@double.mistake("squared", "That is the square.")
def squared(x):
    return x * x


@double.mistake("plus-two", "You added 2 instead of multiplying by it.")
def plus_two(x):
    return x + 2


@double.mistake("changes-input", "You changed the array you were given.")
def in_place(x):
    x *= 2
    return x


@double.mistake("tripled", "That is three times x.")
def tripled(x):
    return 3 * x


@double.variant
def by_adding(x):
    return x + x


@double.variant
def by_numpy(x):
    return np.multiply(x, 2)


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


limit = exercise("limit")


@limit.held_out
def half_the_number(limit):
    return limit / 2


@limit.held_out
def its_negative(limit):
    return -limit


limit.mistake("four", "That is one too many.", value=4.0)
limit.mistake("three", "That is too little.", value=3)
limit.mistake("negative", "The sign is wrong.", value=-3.5)
limit.mistake("percent", "Not in per cent.", value=350)
limit.variant(name="a fraction", value=7 / 2)
limit.variant(name="a NumPy number", value=np.float64(3.5))
