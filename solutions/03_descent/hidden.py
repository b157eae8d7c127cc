"""What stays with the author of lesson 03: held-out cases, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import between, exercise, inputs, integer_inputs, labels_right, with_inputs
from course.data import breast_cancer

# --- mse ----------------------------------------------------------------------------------------------------------

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

# --- cross_entropy ------------------------------------------------------------------------------------------------

cross_entropy = exercise("cross_entropy")


def rows_that_add_up_to_1(name, shape):
    positive = np.exp(inputs(name, shape))
    return positive / positive.sum(axis=1, keepdims=True)


@cross_entropy.held_out
def a_random_batch(cross_entropy):
    probs, labels = rows_that_add_up_to_1("cross entropy", (7, 5)), integer_inputs("cross entropy labels", 7, 5)
    return with_inputs(cross_entropy, probs, labels)


@cross_entropy.held_out
def more_classes_than_samples_and_one_label_twice(cross_entropy):
    return cross_entropy(rows_that_add_up_to_1("cross entropy wide", (3, 6)), np.array([5, 0, 5]))


@cross_entropy.held_out
def guessing_evenly_costs_the_logarithm_of_k(cross_entropy):
    return cross_entropy(np.full((4, 10), 0.1), np.array([9, 0, 3, 3]))


@cross_entropy.held_out(part="stays finite", judge=between(10, 40, "loss"))
def one_sample_with_no_chance(cross_entropy):
    return {"loss": cross_entropy(np.array([[0.3, 0.0, 0.7]]), np.array([1]))}


@cross_entropy.mistake(
    "all-pairs",
    "`probs[:, labels]` picks all those columns in every row. Pair row i with its label: `probs[np.arange(n), labels]`.",
)
def every_label_for_every_row(probs, labels):
    return -np.mean(np.log(np.maximum(probs[:, labels], 1e-12)))


@cross_entropy.mistake(
    "indices-swapped", "The indices are the wrong way round: rows first, then labels, probs[np.arange(n), labels]."
)
def labels_as_rows(probs, labels):
    return -np.mean(np.log(np.maximum(probs[labels, np.arange(len(labels))], 1e-12)))


@cross_entropy.mistake("sum-not-mean", "That is the sum over the samples. Take the mean, so that n doesn't matter.")
def summed(probs, labels):
    return -np.sum(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake(
    "minus-missing", "Logarithms of probabilities are negative, a loss isn't: the minus in front is missing."
)
def negative(probs, labels):
    return np.mean(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake("log2", "You took the logarithm to base 2. Here it is the natural one: np.log.")
def in_bits(probs, labels):
    return -np.mean(np.log2(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake("log10", "You took the logarithm to base 10. Here it is the natural one: np.log.")
def in_tens(probs, labels):
    return -np.mean(np.log10(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake(
    "log-of-zero",
    "The values are right, but −ln 0 is infinite. Let no probability be below 1e-12 before the logarithm.",
)
def unclipped(probs, labels):
    return -np.mean(np.log(probs[np.arange(len(labels)), labels]))


@cross_entropy.mistake(
    "one-hot-times-infinity",
    "0 times ln 0 is nan. Let no probability be below 1e-12 before the logarithm, then multiply.",
)
def one_hot_unclipped(probs, labels):
    return -np.mean(np.sum(np.eye(probs.shape[1])[labels] * np.log(probs), axis=1))


@cross_entropy.mistake(
    "nan-to-num", "`nan_to_num` makes a giant number of infinity. Lift the probabilities to at least 1e-12 instead."
)
def patched_afterwards(probs, labels):
    return np.nan_to_num(-np.mean(np.log(probs[np.arange(len(labels)), labels])))


@cross_entropy.mistake(
    "binary-per-class",
    "You counted every class, with ln(1 − p) for the wrong ones. Only the probability of the true class counts.",
)
def yes_or_no_for_each_class(probs, labels):
    truth, p = np.eye(probs.shape[1])[labels], np.clip(probs, 1e-12, 1 - 1e-12)
    return -np.mean(truth * np.log(p) + (1 - truth) * np.log(1 - p))


@cross_entropy.mistake(
    "mean-over-classes", "You divided by the number of samples times classes. Only n numbers count: divide by n."
)
def divided_by_all_entries(probs, labels):
    return -np.mean(np.eye(probs.shape[1])[labels] * np.log(np.maximum(probs, 1e-12)))


@cross_entropy.mistake(
    "labels-as-factors",
    "You multiplied by the class numbers. They aren't amounts, they say which column to look at: use them as an index.",
)
def class_numbers_times_logarithms(probs, labels):
    return -np.mean(labels * np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake(
    "largest-not-truth", "You took the largest probability of each row. It is the one given to the truth that counts."
)
def of_the_largest(probs, labels):
    return -np.mean(np.log(np.maximum(probs.max(axis=1), 1e-12)))


@cross_entropy.mistake(
    "log-of-mean", "You averaged the probabilities first. Take the logarithm of each, then the mean."
)
def logarithm_of_the_mean(probs, labels):
    return -np.log(np.maximum(np.mean(probs[np.arange(len(labels)), labels]), 1e-12))


@cross_entropy.mistake("log-missing", "The logarithm is missing: you averaged the probabilities of the truth.")
def without_logarithm(probs, labels):
    return -np.mean(probs[np.arange(len(labels)), labels])


@cross_entropy.mistake(
    "softmax-inside",
    "You sent the probabilities through softmax, but they are probabilities already. Use them as they are.",
)
def softmax_again(probs, labels):
    e = np.exp(probs)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.mistake("mean-missing", "Those are the losses sample by sample. Return one number: their mean.")
def sample_by_sample(probs, labels):
    return -np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12))


@cross_entropy.mistake(
    "probs-changed",
    "You changed the caller's probabilities. Lift the small ones in a new array: `np.maximum(…, 1e-12)`.",
)
def lifted_in_place(probs, labels):
    probs[probs < 1e-12] = 1e-12
    return -np.mean(np.log(probs[np.arange(len(labels)), labels]))


@cross_entropy.mistake(
    "minimum-for-maximum", "`np.minimum` cuts the large probabilities off. Lift the small ones: `np.maximum(…, 1e-12)`."
)
def cut_from_above(probs, labels):
    return -np.mean(np.log(np.minimum(probs[np.arange(len(labels)), labels], 1e-12)))


@cross_entropy.variant
def clipped_on_both_sides(probs, labels):
    safe = np.clip(probs, 1e-12, 1 - 1e-12)
    return -np.log(safe[range(len(probs)), labels]).mean()


@cross_entropy.variant
def with_a_tiny_number_added(probs, labels):
    return float(np.mean([-np.log(row[label] + 1e-15) for row, label in zip(probs, labels, strict=True)]))


@cross_entropy.variant
def by_one_hot_rows(probs, labels):
    truth = np.eye(probs.shape[1])[labels]
    return -(truth * np.log(np.maximum(probs, 1e-12))).sum() / len(probs)


@cross_entropy.variant
def by_taking_along_the_axis(probs, labels):
    truth = np.take_along_axis(probs, labels[:, None], axis=1)
    return np.mean(-np.log(np.where(truth < 1e-12, 1e-12, truth)))


@cross_entropy.variant
def a_larger_smallest_probability(probs, labels):
    return -np.mean(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-7)))


# --- numerical_gradient -------------------------------------------------------------------------------------------

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

# --- gradient_descent ---------------------------------------------------------------------------------------------

gradient_descent = exercise("gradient_descent")


def swirl(x):
    """A gradient field in four dimensions without symmetry."""
    return np.sin(x) + np.array([0.5, -0.25, 1.0, 0.0]) * np.roll(x, 1) + 0.1


@gradient_descent.held_out
def four_dimensions(gradient_descent):
    return with_inputs(lambda start: gradient_descent(swirl, start, 0.3, 6), inputs("descent start", 4))


@gradient_descent.held_out
def one_step_and_a_rate_of_1(gradient_descent):
    return gradient_descent(lambda x: x**2 - 2, np.array([1.0, 2.0]), 1, 1)


@gradient_descent.held_out
def no_step_from_whole_numbers(gradient_descent):
    return gradient_descent(swirl, np.array([1, 2, 3, 4]), 0.5, 0)


def walk(gradient, start, lr, steps):
    """A right path as a list of arrays, for the mistakes below."""
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return path


@gradient_descent.mistake("uphill", "The gradient points uphill: subtract it.")
def climbs(gradient, start, lr, steps):
    return np.array(walk(gradient, start, -lr, steps))


@gradient_descent.mistake(
    "path-without-start", "The path begins with the start itself, before the first step: steps + 1 points."
)
def without_start(gradient, start, lr, steps):
    return np.array(walk(gradient, start, lr, steps)[1:])


@gradient_descent.mistake(
    "one-step-too-many", "You took one step too many: `steps` steps, which makes steps + 1 points."
)
def one_too_many(gradient, start, lr, steps):
    return np.array(walk(gradient, start, lr, steps + 1))


@gradient_descent.mistake("one-step-too-few", "You took one step too few: the start isn't a step, so steps + 1 points.")
def one_too_few(gradient, start, lr, steps):
    return np.array(walk(gradient, start, lr, max(steps - 1, 0)))


@gradient_descent.mistake("end-only", "You returned the last point. Return the whole path, with one row per point.")
def only_the_end(gradient, start, lr, steps):
    return walk(gradient, start, lr, steps)[-1]


@gradient_descent.mistake(
    "path-is-one-point",
    "All rows are the same point: `x -= …` changes the array already in the path. Write `x = x - …` instead.",
)
def the_same_array(gradient, start, lr, steps):
    x = np.array(start, dtype=float)
    path = [x]
    for _ in range(steps):
        x -= lr * gradient(x)
        path.append(x)
    return np.array(path)


@gradient_descent.mistake(
    "path-is-one-point-of-whole-numbers",
    "`x -= …` changes the one array that all rows are, and whole numbers can't take it. Make a new one, x = x − ….",
)
def the_same_array_of_the_starts_type(gradient, start, lr, steps):
    x = start.copy()
    path = [x]
    for _ in range(steps):
        x -= lr * gradient(x)
        path.append(x)
    return np.array(path)


@gradient_descent.mistake(
    "whole-numbers-in-place",
    "`x -= …` changes x in place, and an array of whole numbers can't take fractions. Make a new one: x = x − ….",
)
def in_place_in_the_starts_type(gradient, start, lr, steps):
    x = start.copy()
    path = [x.copy()]
    for _ in range(steps):
        x -= lr * gradient(x)
        path.append(x.copy())
    return np.array(path)


@gradient_descent.mistake(
    "start-changed",
    "You walked with the caller's array: `x = start` makes no copy, and `x -= …` changes it. Copy first.",
)
def walks_in_the_callers_array(gradient, start, lr, steps):
    x = start if start.dtype == float else start.astype(float)
    path = [x.copy()]
    for _ in range(steps):
        x -= lr * gradient(x)
        path.append(x.copy())
    return np.array(path)


@gradient_descent.mistake(
    "gradient-at-start",
    "Every step uses the gradient at the start. Ask for it anew in each step, at the present point.",
)
def one_gradient(gradient, start, lr, steps):
    return np.array([start - i * lr * gradient(np.array(start, float)) for i in range(steps + 1)])


@gradient_descent.mistake(
    "starts-over", "Every step begins at the start again. Begin each one where the last one ended."
)
def always_from_the_start(gradient, start, lr, steps):
    start = np.array(start, dtype=float)
    return np.array([start] + [start - lr * gradient(start) for _ in range(steps)])


@gradient_descent.mistake("rate-forgotten", "The learning rate is missing: a step is lr times the gradient.")
def full_steps(gradient, start, lr, steps):
    return np.array(walk(gradient, start, 1, steps))


@gradient_descent.mistake(
    "direction-only", "You gave every step the length lr. A step is lr times the gradient: shorter where it is flatter."
)
def steps_of_one_length(gradient, start, lr, steps):
    return np.array(walk(lambda x: gradient(x) / np.linalg.norm(gradient(x)), start, lr, steps))


@gradient_descent.mistake(
    "rate-shrinks", "You let the learning rate shrink. It stays the same: the steps get shorter with the gradient."
)
def ever_smaller_rate(gradient, start, lr, steps):
    path = [np.array(start, dtype=float)]
    for i in range(steps):
        path.append(path[-1] - lr / (i + 1) * gradient(path[-1]))
    return np.array(path)


@gradient_descent.mistake(
    "integer-path", "The start holds whole numbers, so the fractions were cut off. Keep the path in floats."
)
def path_of_the_starts_type(gradient, start, lr, steps):
    path = np.zeros((steps + 1, len(start)), dtype=start.dtype)
    path[0] = start
    for i in range(steps):
        path[i + 1] = path[i] - lr * gradient(path[i])
    return path


@gradient_descent.mistake("path-transposed", "The path lies on its side: one row per point, (steps + 1, d).")
def on_its_side(gradient, start, lr, steps):
    return np.array(walk(gradient, start, lr, steps)).T


@gradient_descent.mistake(
    "returns-inside-loop", "You return inside the loop, after the first step. `return` belongs below the loop."
)
def after_one_step(gradient, start, lr, steps):
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
        return np.array(path)
    return np.array(path)


@gradient_descent.variant
def into_an_array(gradient, start, lr, steps):
    path = np.empty((steps + 1, start.size))
    path[0] = start
    for i in range(1, steps + 1):
        path[i] = path[i - 1] - lr * gradient(path[i - 1])
    return path


@gradient_descent.variant
def a_list_of_copies(gradient, start, lr, steps):
    x = start.astype(float)
    path = [x.copy()]
    for _ in range(steps):
        x -= lr * np.asarray(gradient(x))
        path.append(x.copy())
    return path


@gradient_descent.variant
def stacked(gradient, start, lr, steps):
    return np.stack(walk(gradient, start, lr, steps), axis=0)


gradient_descent.equivalent(
    "L2 dropped keyword dtype=float",
    "Each step makes floats, and one array of all points turns the start into floats too.",
)

# --- standardise --------------------------------------------------------------------------------------------------

standardise = exercise("standardise")


@standardise.held_out
def many_rows_and_one_new_one(standardise):
    return with_inputs(standardise, inputs("standardise train", (9, 4), -5, 30), inputs("standardise test", (1, 4)))


@standardise.held_out
def whole_numbers_and_a_constant_first_column(standardise):
    return standardise(np.array([[5, 1], [5, 4], [5, 8], [5, 8]]), np.array([[6, 2], [5, 0], [4, 9]]))


def ruler(train, ddof=0):
    """Mean and spread of each column, 1 where it never varies."""
    spread = train.std(axis=0, ddof=ddof)
    return train.mean(axis=0), np.where(spread == 0, 1, spread)


def own_ruler(table):
    mean, spread = ruler(table)
    return (table - mean) / spread


@standardise.mistake(
    "test-own-statistics", "You measured test with a ruler of its own. Use the mean and standard deviation of train."
)
def each_its_own(train, test):
    return own_ruler(train), own_ruler(test)


@standardise.mistake(
    "test-own-statistics-unguarded",
    "You measured test with a ruler of its own, which for a single row is 0. Use mean and deviation of train.",
)
def its_own_even_if_0(train, test):
    return own_ruler(train), (test - test.mean(axis=0)) / test.std(axis=0)


@standardise.mistake(
    "statistics-of-all",
    "The test rows took part in mean and standard deviation: a leak. Compute both from train alone.",
)
def both_together(train, test):
    mean, spread = ruler(np.concatenate([train, test]))
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake(
    "statistics-of-test", "Mean and standard deviation come from test here. They must come from train."
)
def by_the_test(train, test):
    mean, spread = ruler(test)
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake(
    "one-mean-for-all",
    "You used one mean and one standard deviation for the whole table. Each column has its own: axis=0.",
)
def one_for_all(train, test):
    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()


@standardise.mistake(
    "rows-not-columns", "You took mean and standard deviation of the rows. Columns are what you rescale: axis=0."
)
def along_the_rows(train, test):
    mean, spread = train.mean(axis=1), train.std(axis=1)
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake(
    "constant-column",
    "A column of train never varies, so you divided by 0. Divide by 1 where the standard deviation is 0.",
)
def unguarded(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake(
    "tiny-number-added",
    "With a tiny number added, a column that never varies in train explodes in test. Divide by 1 there.",
)
def nearly_zero(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-8
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake("variance-not-std", "You divided by the variance. The standard deviation is its root: np.std.")
def by_variance(train, test):
    mean, spread = ruler(train)
    return (train - mean) / spread**2, (test - mean) / spread**2


@standardise.mistake(
    "divided-by-n-minus-1",
    "Your standard deviation divides by n − 1, as in statistics books. Here it is np.std as it is, which divides by n.",
)
def by_n_minus_1(train, test):
    mean, spread = ruler(train, ddof=1)
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake("not-divided", "The mean is 0 now, but the scales still differ. Divide by the standard deviation.")
def centred_only(train, test):
    return train - train.mean(axis=0), test - train.mean(axis=0)


@standardise.mistake("not-centred", "The scales agree now, but the mean isn't 0. Subtract it before you divide.")
def scaled_only(train, test):
    _, spread = ruler(train)
    return train / spread, test / spread


@standardise.mistake(
    "brackets-missing", "Division binds tighter than minus, so only the mean was divided. Bracket the difference."
)
def without_brackets_around(train, test):
    mean, spread = ruler(train)
    return train - mean / spread, test - mean / spread


@standardise.mistake("zero-to-one", "You brought each column to 0 … 1. Asked for are mean 0 and standard deviation 1.")
def by_smallest_and_largest(train, test):
    low, width = train.min(axis=0), np.ptp(train, axis=0)
    width = np.where(width == 0, 1, width)
    return (train - low) / width, (test - low) / width


@standardise.mistake(
    "test-unchanged",
    "test came back as it was. Rescale it too, with the mean and standard deviation that train had at first.",
)
def train_only(train, test):
    return own_ruler(train), test


@standardise.mistake("order-swapped", "The order of what you return is the other way round: first train, then test.")
def test_first(train, test):
    mean, spread = ruler(train)
    return (test - mean) / spread, (train - mean) / spread


@standardise.mistake(
    "inputs-changed", "You changed the caller's table (`train -= …` does). Make new arrays: `train = train - …`."
)
def in_place(train, test):
    mean, spread = ruler(train)
    train -= mean
    train /= spread
    test -= mean
    test /= spread
    return train, test


@standardise.variant
def by_root_of_mean_square(train, test):
    mean = np.mean(train, axis=0, keepdims=True)
    spread = np.sqrt(np.mean((train - mean) ** 2, axis=0, keepdims=True))
    spread[spread == 0] = 1
    return [(table - mean) / spread for table in (train, test)]


@standardise.variant
def column_by_column_(train, test):
    train, test = train.astype(float), test.astype(float)
    for j in range(train.shape[1]):
        mean, spread = train[:, j].mean(), train[:, j].std() or 1.0
        train[:, j] = (train[:, j] - mean) / spread
        test[:, j] = (test[:, j] - mean) / spread
    return train, test


@standardise.variant
def with_an_inner_function(train, test):
    mean, spread = ruler(train)

    def measured(table):
        return (table - mean) / spread

    return measured(train), measured(test)


for number in ("", " #2"):
    standardise.equivalent(f"L2 axis axis=0→axis=-2{number}", "train has two axes: axis −2 is the first one.")

# --- logistic_gradient --------------------------------------------------------------------------------------------

logistic_gradient = exercise("logistic_gradient")


@logistic_gradient.held_out
def a_random_table(logistic_gradient):
    X, w = inputs("logistic X", (8, 5)), inputs("logistic w", 5)
    return logistic_gradient(X, integer_inputs("logistic y", 8, 2), w, -0.3)


@logistic_gradient.held_out
def one_input_all_of_class_1_and_large_sums(logistic_gradient):
    return logistic_gradient(np.array([[300.0], [-400.0], [1.0]]), np.array([1, 1, 1]), np.array([2.0]), 1.5)


def certainty(z):
    """A right sigmoid, for the mistakes below."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def right_gradient(X, y, w, b):
    """The right gradient, for the mistakes below."""
    errors = certainty(X @ w + b) - y
    return X.T @ errors / len(y), errors.mean()


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


# --- train_logistic -----------------------------------------------------------------------------------------------

train_logistic = exercise("train_logistic")


@train_logistic.held_out
def a_random_table_for_a_few_steps(train_logistic):
    X, y = inputs("train logistic", (9, 2)), integer_inputs("train logistic y", 9, 2)
    return train_logistic(X, y, 0.7, 5)


@train_logistic.held_out
def a_second_call_starts_anew(train_logistic):
    X, y = inputs("train logistic again", (5, 4)), np.array([1, 0, 1, 1, 0])
    first = [np.array(part) for part in train_logistic(X, y, 0.3, 2)]
    return [first, train_logistic(X, y, 0.3, 2)]


def other_half():
    """As in the visible case, but learning from the other half: X and y to learn from, X and y to be judged by."""
    data = breast_cancer()
    X, y = data.X, (data.y == data.classes.index("malignant")).astype(int)
    mean, spread = X[1::2].mean(axis=0), X[1::2].std(axis=0)
    return (X[1::2] - mean) / spread, y[1::2], (X[::2] - mean) / spread, y[::2]


@train_logistic.held_out(judge=labels_right(other_half()[3], 0.95))
def the_other_half_of_the_tumours(train_logistic):
    X, y, X_unseen, _ = other_half()
    w, b = train_logistic(X, y, 0.5, 200)
    return (X_unseen @ np.asarray(w) + b > 0).astype(int)


def train(X, y, lr, steps, w=None, b=0.0):
    """Right training, from any start, for the mistakes below."""
    w = np.zeros(X.shape[1]) if w is None else w
    for _ in range(steps):
        dw, db = right_gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b


@train_logistic.mistake("uphill", "The loss grows: the gradient points uphill, so subtract it.")
def upwards(X, y, lr, steps):
    return train(X, y, -lr, steps)


@train_logistic.mistake("bias-uphill", "w goes downhill, but b goes up: subtract lr · db as well.")
def bias_upwards(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        dw, db = right_gradient(X, y, w, b)
        w, b = w - lr * dw, b + lr * db
    return w, b


@train_logistic.mistake("bias-never-updated", "The bias learns too: b ← b − lr · db.")
def bias_stays(X, y, lr, steps):
    w = np.zeros(X.shape[1])
    for _ in range(steps):
        w = w - lr * right_gradient(X, y, w, 0.0)[0]
    return w, 0.0


@train_logistic.mistake("rate-not-for-bias", "You left lr out for the bias: b ← b − lr · db.")
def bias_in_full_steps(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        dw, db = right_gradient(X, y, w, b)
        w, b = w - lr * dw, b - db
    return w, b


@train_logistic.mistake("rate-forgotten", "The learning rate is missing: a step is lr times the gradient.")
def in_full_steps(X, y, lr, steps):
    return train(X, y, 1.0, steps)


@train_logistic.mistake(
    "gradient-before-loop",
    "The gradient was computed once, before the loop. It changes with w and b: compute it in each step.",
)
def one_gradient_for_all(X, y, lr, steps):
    dw, db = right_gradient(X, y, np.zeros(X.shape[1]), 0.0)
    return -lr * steps * dw, -lr * steps * db


@train_logistic.mistake(
    "starts-over", "w and b are set back to zero in every step, so only the last one counts. Set them once, before."
)
def starts_over(X, y, lr, steps):
    return train(X, y, lr, min(steps, 1))


@train_logistic.mistake(
    "one-after-the-other",
    "w had moved already when you asked for db. Compute dw and db together, then change both.",
)
def weights_first(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        w = w - lr * right_gradient(X, y, w, b)[0]
        b = b - lr * right_gradient(X, y, w, b)[1]
    return w, b


@train_logistic.mistake(
    "sample-by-sample", "You took a step for every single sample. Here a step is made of all samples together."
)
def one_sample_at_a_time(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        for i in range(len(y)):
            w, b = train(X[i : i + 1], y[i : i + 1], lr, 1, w, b)
    return w, b


@train_logistic.mistake("starts-from-ones", "You started from ones. It should be w = zeros and b = 0.")
def from_ones(X, y, lr, steps):
    return train(X, y, lr, steps, np.ones(X.shape[1]))


@train_logistic.mistake("bias-starts-at-one", "Your bias starts at 1. It should start at 0, like the weights.")
def bias_from_one(X, y, lr, steps):
    return train(X, y, lr, steps, None, 1.0)


@train_logistic.mistake("one-step-too-many", "You took one step too many: range(steps) gives exactly `steps` of them.")
def one_more(X, y, lr, steps):
    return train(X, y, lr, steps + 1)


@train_logistic.mistake(
    "result-thrown-away", "w and b never change. Keep the new ones: w = w − lr · dw, and b likewise."
)
def never_changed(X, y, lr, steps):
    return np.zeros(X.shape[1]), 0.0


@train_logistic.mistake("bias-not-returned", "Return both, w and b: `return w, b`.")
def without_the_bias(X, y, lr, steps):
    return train(X, y, lr, steps)[0]


@train_logistic.mistake("order-swapped", "The order of what you return is the other way round: first w, then b.")
def the_bias_first(X, y, lr, steps):
    return train(X, y, lr, steps)[::-1]


@train_logistic.mistake(
    "returns-inside-loop", "You return inside the loop, after the first step. `return` belongs below the loop."
)
def returns_at_once(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        return train(X, y, lr, 1, w, b)


@train_logistic.mistake(
    "gradient-returned", "You returned the last gradient, (dw, db). Return what was learned: (w, b)."
)
def last_gradient(X, y, lr, steps):
    dw, db = np.zeros(X.shape[1]), 0.0
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        dw, db = right_gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return dw, db


@train_logistic.mistake("inputs-changed", "You changed the caller's X. Make a new array instead of writing into it.")
def divides_in_place(X, y, lr, steps):
    learned = train(X.copy(), y, lr, steps)
    X -= X.mean(axis=0)
    return learned


@train_logistic.variant
def in_one_array(X, y, lr, steps):
    wider, both = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    for _ in range(steps):
        both -= lr * wider.T @ (certainty(wider @ both) - y) / len(y)
    return both[:-1], both[-1]


@train_logistic.variant
def with_a_while(X, y, lr, steps):
    w, b, step = np.zeros(X.shape[1]), 0, 0
    while step < steps:
        dw, db = right_gradient(X, y, w, b)
        w -= lr * dw
        b -= lr * db
        step += 1
    return w, b


@train_logistic.variant
def by_gradient_descent(X, y, lr, steps):
    def gradient(both):
        return np.append(*right_gradient(X, y, both[:-1], both[-1]))

    end = walk(gradient, np.zeros(X.shape[1] + 1), lr, steps)[-1]
    return end[:-1], float(end[-1])


train_logistic.equivalent("L2 constant 1→-1", "X has two axes: axis 1 is the last one.")

# --- careful_step -------------------------------------------------------------------------------------------------

careful_step = exercise("careful_step")


def square(x):
    return float(x @ x)


@careful_step.held_out
def exactly_fifty_halvings(careful_step):
    return careful_step(square, np.array([1.0]), np.array([2.0]), 1.5 * 2.0**49)


@careful_step.held_out
def a_valley_with_walls(careful_step):
    def valley(x):
        return float(np.abs(x).sum() + 0.1 * np.prod(np.cos(x)))

    x = inputs("careful x", 3)
    return with_inputs(lambda x, g: careful_step(valley, x, g, 40.0), x, np.sign(x))


@careful_step.held_out
def on_a_plain_no_step_leads_lower(careful_step):
    return careful_step(lambda x: 3.0, np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.1)


def halve(f, x, gradient, lr, halvings=50):
    """A right careful step, for the mistakes below."""
    for k in range(halvings + 1):
        new = x - lr / 2**k * gradient
        if f(new) < f(x):
            return new
    return x.copy()


@careful_step.mistake("uphill", "You added the gradient, so the step leads up. Subtract it.")
def steps_up(f, x, gradient, lr):
    return halve(f, x, -gradient, lr)


@careful_step.mistake("never-halved", "You took the step whatever f says. Halve lr while f isn't smaller than at x.")
def careless(f, x, gradient, lr):
    return x - lr * gradient


@careful_step.mistake(
    "gives-up-at-once", "You stay at x when the first step fails. Halve lr and try again, up to 50 times."
)
def one_try(f, x, gradient, lr):
    return halve(f, x, gradient, lr, 0)


@careful_step.mistake("halved-once", "You halve once and take that step unseen. Go on until f is smaller than at x.")
def one_halving(f, x, gradient, lr):
    new = x - lr * gradient
    return new if f(new) < f(x) else x - lr / 2 * gradient


@careful_step.mistake(
    "equal-counts-as-lower", "You accept a step to a place that is just as high. f must be smaller there: `<`."
)
def or_equal(f, x, gradient, lr):
    for k in range(51):
        new = x - lr / 2**k * gradient
        if f(new) <= f(x):
            return new
    return x.copy()


@careful_step.mistake(
    "last-try-returned", "When no step leads lower, return a point equal to x, not the last one that was tried."
)
def ends_with_the_last_try(f, x, gradient, lr):
    for k in range(51):
        new = x - lr / 2**k * gradient
        if f(new) < f(x):
            break
    return new


@careful_step.mistake("tenth-for-half", "You shrink lr to a tenth. It should be halved each time.")
def divided_by_ten(f, x, gradient, lr):
    for k in range(51):
        new = x - lr / 10**k * gradient
        if f(new) < f(x):
            return new
    return x.copy()


@careful_step.mistake(
    "steps-pile-up", "Each try starts where the failed one ended. Start every try from x, with half the rate."
)
def from_where_it_failed(f, x, gradient, lr):
    new = x
    for k in range(51):
        new = new - lr / 2**k * gradient
        if f(new) < f(x):
            return new
    return x.copy()


@careful_step.mistake("rate-doubled", "You make lr larger when the step was too long. Halve it.")
def ever_longer(f, x, gradient, lr):
    for k in range(51):
        new = x - lr * 2**k * gradient
        if f(new) < f(x):
            return new
    return x.copy()


@careful_step.mistake("rate-returned", "You returned the learning rate that works. Return the new point.")
def the_rate(f, x, gradient, lr):
    for _ in range(51):
        if f(x - lr * gradient) < f(x):
            return lr
        lr /= 2
    return lr


@careful_step.mistake("x-changed", "You changed the caller's x (`x -= …` does). Make a new point: `new = x - …`.")
def moves_x(f, x, gradient, lr):
    x -= halve(f, x, gradient, lr) * 0 + x - halve(f, x, gradient, lr)
    return x


@careful_step.variant
def with_a_rate_that_shrinks(f, x, gradient, lr):
    here = f(x)
    for _ in range(51):
        new = x - lr * gradient
        if f(new) < here:
            return new
        lr = lr / 2
    return np.array(x)


@careful_step.variant
def with_a_while_loop(f, x, gradient, lr):
    new, halvings = x - lr * gradient, 0
    while not f(new) < f(x):
        if halvings == 50:
            return x + 0.0
        lr, halvings = lr * 0.5, halvings + 1
        new = x - lr * gradient
    return new


careful_step.equivalent("L6 dropped function x.copy()→x", "The result must equal x; it may be x itself.")
