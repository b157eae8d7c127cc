import numpy as np

from autograder import exercise, inputs

distance = exercise("distance")


@distance.held_out
def many_numbers(distance):
    return distance(inputs("distance a", (3, 4)), inputs("distance b", (3, 4)))


@distance.held_out
def whole_numbers(distance):
    return distance(np.array([1, -7, 3]), np.array([4, 2, 3]))


@distance.mistake("sign-kept", "The sign is still there: a distance is never negative. Take the absolute value.")
def signed(a, b):
    return a - b


@distance.mistake("squared", "That is the distance squared. Take the absolute value instead of the square.")
def squared(a, b):
    return (a - b) ** 2


@distance.mistake("each-made-positive", "You dropped the signs before subtracting. Subtract first, then take the size.")
def signs_dropped_first(a, b):
    return np.abs(np.abs(a) - np.abs(b))


@distance.mistake("summed", "You added all distances up. Each pair of entries has its own.")
def summed(a, b):
    return np.abs(a - b).sum()


@distance.variant
def by_square_root(a, b):
    return np.sqrt((a - b) ** 2.0)


@distance.variant
def larger_minus_smaller(a, b):
    return np.maximum(a, b) - np.minimum(a, b)


distance.equivalent("L2 swapped operands a - b→b - a", "|a − b| = |b − a|.")
