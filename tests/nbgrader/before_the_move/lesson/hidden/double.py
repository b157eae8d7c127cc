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
