"""Held-out cases of `gradient_descent`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

from .shared import walk

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
