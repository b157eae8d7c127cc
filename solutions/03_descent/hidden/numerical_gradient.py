"""Held-out cases of `numerical_gradient`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

numerical_gradient = exercise("numerical_gradient")


def saddle(x):
    """Every entry has another slope, and h can be seen."""
    weights = np.cos(np.arange(x.size)).reshape(x.shape)
    return float((weights * x**3).sum() + np.prod(np.tanh(x)))


@numerical_gradient.held_out
def twelve_entries_along_three_axes(numerical_gradient):
    return with_inputs(lambda x: numerical_gradient(saddle, x, 0.05), inputs("numerical x", (2, 3, 2)))


@numerical_gradient.held_out
def a_column_of_whole_numbers_and_a_tiny_h(numerical_gradient):
    return numerical_gradient(saddle, np.array([[2], [-1], [3]]), 1e-5)


@numerical_gradient.held_out
def h_is_the_one_that_was_handed_in(numerical_gradient):
    x = inputs("numerical h", 3)
    return [numerical_gradient(saddle, x, h) for h in (1.0, 0.25)]


def differences(f, x, h, quotient):
    """Entry by entry what `quotient(right, here, left)` makes of f to the right, here and to the left."""
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right, left = x.astype(float), x.astype(float)
        right[index] += h
        left[index] -= h
        gradient[index] = quotient(f(right), f(x.astype(float)), f(left))
    return gradient


@numerical_gradient.mistake(
    "forward-difference", "You only looked to the right. Step to both sides: (f(x + h) − f(x − h)) / (2h)."
)
def to_the_right_only(f, x, h):
    return differences(f, x, h, lambda right, here, left: (right - here) / h)


@numerical_gradient.mistake(
    "backward-difference", "You only looked to the left. Step to both sides: (f(x + h) − f(x − h)) / (2h)."
)
def to_the_left_only(f, x, h):
    return differences(f, x, h, lambda right, here, left: (here - left) / h)


@numerical_gradient.mistake(
    "not-halved", "Your slopes are twice too large: from left to right it is 2h, so divide by 2h."
)
def over_h(f, x, h):
    return differences(f, x, h, lambda right, here, left: (right - left) / h)


@numerical_gradient.mistake("precedence-2h", "`/ 2 * h` divides by 2 and then multiplies by h. Write `/ (2 * h)`.")
def times_h(f, x, h):
    return differences(f, x, h, lambda right, here, left: (right - left) / 2 * h)


@numerical_gradient.mistake(
    "precedence-minus", "Division binds tighter than minus, so only the second f was divided. Bracket the difference."
)
def second_divided_only(f, x, h):
    return differences(f, x, h, lambda right, here, left: right - left / (2 * h))


@numerical_gradient.mistake("sides-swapped", "Your slopes have the wrong sign: f on the right minus f on the left.")
def left_minus_right(f, x, h):
    return differences(f, x, h, lambda right, here, left: (left - right) / (2 * h))


@numerical_gradient.mistake(
    "division-missing", "That is how much f changed. Divide by the distance, 2h, to get a slope."
)
def changes_only(f, x, h):
    return differences(f, x, h, lambda right, here, left: right - left)


@numerical_gradient.mistake("own-h", "You use a step of your own. Take the h that was handed in.")
def with_a_step_of_its_own(f, x, h):
    return differences(f, x, 1e-6, lambda right, here, left: (right - left) / 2e-6)


@numerical_gradient.mistake(
    "all-at-once", "You moved all entries together, so every slope is the same. Move one entry and leave the others."
)
def every_entry_together(f, x, h):
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


@numerical_gradient.mistake(
    "one-slope", "That is one slope for all entries moved together. Move one entry at a time: one slope per entry."
)
def a_single_slope(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@numerical_gradient.mistake(
    "not-restored", "After an entry was moved it stayed where it was. Put it back, or start from a new copy each time."
)
def moved_for_good(f, x, h):
    x = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        right = f(x)
        x[index] -= 2 * h
        gradient[index] = (right - f(x)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "left-is-x",
    "Half the slope: after `+= h`, `-= h` only brings you back to x. Go 2h to the left, or take a new copy.",
)
def only_back_to_x(f, x, h):
    moved, gradient = x.astype(float), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        moved[index] += h
        right = f(moved)
        moved[index] -= h
        gradient[index] = (right - f(moved)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "copies-pile-up",
    "Your two copies are made once, before the loop, so earlier entries stay moved. Make them inside it.",
)
def copied_before_the_loop(f, x, h):
    gradient, right, left = np.zeros(x.shape), x.astype(float), x.astype(float)
    for index in np.ndindex(x.shape):
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "one-array-twice",
    "`right = x` makes no copy: right, left and x are the same array, so the moves cancel. Use x.astype(float).",
)
def no_copies(f, x, h):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right, left = x, x
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "x-changed", "The caller's x was moved: without a copy `right = x` is x itself. Work on copies, x.astype(float)."
)
def one_side_without_a_copy(f, x, h):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        left = x.astype(float)
        right = x
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "integer-array", "x holds whole numbers, so what you added was cut off. Copy it as floats: x.astype(float)."
)
def copies_of_whole_numbers(f, x, h):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right, left = x.copy(), x.copy()
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "integer-result",
    "For whole numbers `np.zeros_like(x)` holds whole numbers, and the slopes were cut off. Use np.zeros(x.shape).",
)
def whole_slopes(f, x, h):
    gradient = np.zeros_like(x)
    gradient[...] = differences(f, x, h, lambda right, here, left: (right - left) / (2 * h))
    return gradient


@numerical_gradient.mistake(
    "one-d-only", "`range(len(x))` runs over rows, so whole rows were moved. np.ndindex(x.shape) visits every entry."
)
def row_by_row(f, x, h):
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        right, left = x.astype(float), x.astype(float)
        right[i] += h
        left[i] -= h
        gradient[i] = (f(right) - f(left)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "flat-result", "The slopes are right, but in one long row. The gradient has the shape of x."
)
def one_long_row(f, x, h):
    return differences(f, x, h, lambda right, here, left: (right - left) / (2 * h)).ravel()


@numerical_gradient.mistake(
    "returns-inside-loop", "You return inside the loop, after the first entry. `return` belongs below the loop."
)
def first_entry_only(f, x, h):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right, left = x.astype(float), x.astype(float)
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
        return gradient


@numerical_gradient.variant
def along_unit_vectors(f, x, h):
    moves = h * np.eye(x.size)
    slopes = [(f(x + m.reshape(x.shape)) - f(x - m.reshape(x.shape))) / (2 * h) for m in moves]
    return np.array(slopes).reshape(x.shape)


@numerical_gradient.variant
def moved_and_put_back(f, x, h):
    x = np.array(x, dtype=float)
    gradient = np.empty_like(x)
    for index, here in np.ndenumerate(x):
        x[index] = here + h
        right = f(x)
        x[index] = here - h
        left = f(x)
        x[index] = here
        gradient[index] = (right - left) / (2 * h)
    return gradient


@numerical_gradient.variant
def by_flat_indices(f, x, h):
    flat, slopes = x.astype(float).ravel(), []
    for i in range(flat.size):
        halves = []
        for sign in (1, -1):
            moved = flat.copy()
            moved[i] += sign * h
            halves.append(f(moved.reshape(x.shape)))
        slopes.append((halves[0] - halves[1]) / h / 2)
    return np.reshape(slopes, x.shape)


numerical_gradient.equivalent("L2 sibling function np.zeros→np.ones", "Every entry is written over.")
numerical_gradient.equivalent("L4 swapped elements right, left→left, right", "Both are equal copies at that point.")
