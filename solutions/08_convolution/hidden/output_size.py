"""Held-out cases of `output_size`, known mistakes with their diagnosis, other right answers."""

import math

import numpy as np

from autograder import exercise

output_size = exercise("output_size")


@output_size.held_out
def many_sizes(output_size):
    sizes = range(1, 12)
    return [output_size(n, k, s, p) for n in sizes for k in (1, 2, 5) for s in (1, 2, 3) for p in (0, 2) if k <= n]


@output_size.held_out
def large_sizes_and_strides(output_size):
    found = [output_size(64, 5, 2, 2), output_size(48, 5, 2, 2), output_size(1001, 11, 4, 0), output_size(3, 2, 7, 0)]
    return {"found": found, "hold": [type(size).__name__.strip("_0123456789") for size in map(int, found)]}


@output_size.mistake(
    "ceil-for-floor", "A window that sticks out of the picture isn't used: round down with //, then add 1."
)
def rounded_up(n, k, stride, padding):
    return -(-(n + 2 * padding - k) // stride) + 1


@output_size.mistake(
    "plus-one-forgotten", "You counted the steps between windows. There is one window more than steps: add 1."
)
def steps(n, k, stride, padding):
    return (n + 2 * padding - k) // stride


@output_size.mistake(
    "one-before-dividing", "The 1 is divided, too. First divide by the stride and round down, then add 1."
)
def one_divided(n, k, stride, padding):
    return (n + 2 * padding - k + 1) // stride


@output_size.mistake(
    "same-rule", "This ignores kernel and padding, and holds for one choice of padding only: (n + 2p − k)//s + 1."
)
def by_stride_alone(n, k, stride, padding):
    return -(-n // stride)


@output_size.mistake(
    "not-rounded", "Your number of places has decimals. Divide with //, which rounds down, and then add 1."
)
def with_decimals(n, k, stride, padding):
    return (n + 2 * padding - k) / stride + 1


@output_size.mistake(
    "float-returned", "The value is right, but a float. A number of places is an int: divide with //, or use int(…)."
)
def floor_of_numpy(n, k, stride, padding):
    return float(np.floor((n + 2 * padding - k) / stride) + 1)


@output_size.mistake(
    "rounded-to-nearest", "round goes up from one half on. Windows that stick out don't count: use //."
)
def nearest(n, k, stride, padding):
    return math.floor((n + 2 * padding - k) / stride + 0.5) + 1


@output_size.mistake("padding-once", "The padding is added at both ends of the axis: 2·padding.")
def one_end(n, k, stride, padding):
    return (n + padding - k) // stride + 1


@output_size.mistake("padding-forgotten", "The padding is missing: the axis is n + 2·padding long.")
def unpadded(n, k, stride, padding):
    return (n - k) // stride + 1


@output_size.mistake("padding-subtracted", "The padding makes the picture larger: add 2·padding.")
def smaller(n, k, stride, padding):
    return (n - 2 * padding - k) // stride + 1


@output_size.mistake("stride-forgotten", "The stride is missing: divide n + 2·padding − k by it and round down.")
def stride_of_1(n, k, stride, padding):
    return n + 2 * padding - k + 1


@output_size.mistake("kernel-forgotten", "The last window has to fit in: subtract k before dividing by the stride.")
def k_of_0(n, k, stride, padding):
    return (n + 2 * padding) // stride + 1


@output_size.variant
def by_counting_starts(n, k, stride, padding):
    return len(range(0, n + 2 * padding - k + 1, stride))


@output_size.variant
def by_int(n, k, stride, padding):
    return int((n + 2 * padding - k) / stride) + 1


@output_size.variant
def a_numpy_integer(n, k, stride, padding):
    return np.int64((n + 2 * padding - k + stride) // stride)
