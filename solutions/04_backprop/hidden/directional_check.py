"""Held-out cases of `directional_check`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, reduced

from .shared import magnitudes, nudged, slopes_of_winding, winding

directional_check = exercise("directional_check")


@directional_check.held_out(judge=reduced(magnitudes))
def several_shapes_right_and_wrong(directional_check):
    found = []
    for shape in ((5,), (3, 2), (2, 1, 3)):
        x, way = inputs(f"direction {shape}", shape), inputs(f"way {shape}", shape)
        wrong = slopes_of_winding(x)
        wrong.flat[-1] += 1.5
        found += [directional_check(winding, x, a, way) for a in (slopes_of_winding(x), wrong)]
    return found


@directional_check.held_out(judge=reduced(magnitudes))
def a_square_table(directional_check):
    x, way = inputs("direction square", (3, 3)), inputs("way square", (3, 3))
    return [directional_check(winding, x, a, way) for a in (slopes_of_winding(x), np.zeros((3, 3)))]


@directional_check.held_out(judge=reduced(magnitudes))
def no_slope_although_one_is_claimed(directional_check):
    x, way = np.array([3.0, 5.0]), np.array([0.0, 1.0])
    return directional_check(lambda x: float(x[0] ** 2), x, np.array([6.0, 4.0]), way)


def along(f, x, direction, h=1e-5):
    """The right slope along a direction, for the mistakes below."""
    return (f(x + h * direction) - f(x - h * direction)) / (2 * h)


def relative(claimed, numerical):
    """The right relative error of two numbers."""
    return abs(claimed - numerical) / max(abs(claimed) + abs(numerical), 1e-8)


@directional_check.mistake(
    "sum-missing", "You compared entry by entry. Along one direction there is one slope: sum the products."
)
def products_only(f, x, analytic, direction):
    claimed, numerical = analytic * direction, along(f, x, direction)
    return np.abs(claimed - numerical) / np.maximum(np.abs(claimed) + abs(numerical), 1e-8)


@directional_check.mistake(
    "mean-for-sum", "You took the mean of the products. The slope along a direction is their sum."
)
def averaged(f, x, analytic, direction):
    return relative(np.mean(analytic * direction), along(f, x, direction))


@directional_check.mistake(
    "direction-forgotten", "The claimed slope doesn't use the direction: sum up gradient times direction."
)
def gradient_alone(f, x, analytic, direction):
    return relative(np.sum(analytic), along(f, x, direction))


@directional_check.mistake(
    "every-entry-nudged", "You nudged every entry. Here f is called twice: move all of x along the direction."
)
def all_entries(f, x, analytic, direction):
    return relative(np.sum(analytic * direction), np.sum(nudged(f, x) * direction))


@directional_check.mistake("one-sided", "You stepped to one side only. Take the central difference, to both sides.")
def forwards_only(f, x, analytic, direction):
    return relative(np.sum(analytic * direction), (f(x + 1e-5 * direction) - f(x)) / 1e-5)


@directional_check.mistake("not-halved", "From one side to the other it is 2h: divide by 2h.")
def over_h(f, x, analytic, direction):
    return relative(np.sum(analytic * direction), 2 * along(f, x, direction))


@directional_check.mistake(
    "absolute-error", "That is the absolute difference. Divide by the size of the two, no smaller than 1e-8."
)
def difference_only(f, x, analytic, direction):
    return abs(np.sum(analytic * direction) - along(f, x, direction))


@directional_check.mistake(
    "zero-by-zero", "Where both slopes are 0 you computed 0/0. Let the denominator be at least 1e-8."
)
def no_floor(f, x, analytic, direction):
    claimed, numerical = np.sum(analytic * direction), np.float64(along(f, x, direction))
    with np.errstate(invalid="ignore"):
        return abs(claimed - numerical) / (abs(claimed) + abs(numerical))


@directional_check.mistake("x-changed", "You moved the caller's x (`x += …` does). Make new points: x + h * direction.")
def moves_x(f, x, analytic, direction):
    numerical = along(f, x.copy(), direction)
    x += 1e-3 * direction
    return relative(np.sum(analytic * direction), numerical)


@directional_check.mistake("sign-kept", "Errors of one sign get lost: take the absolute value of the difference.")
def signed_error(f, x, analytic, direction):
    claimed, numerical = np.sum(analytic * direction), along(f, x, direction)
    return (claimed - numerical) / max(abs(claimed) + abs(numerical), 1e-8)


@directional_check.variant
def by_the_dot_product(f, x, analytic, direction):
    h = 1e-5
    claimed = np.dot(analytic.ravel(), direction.ravel())
    numerical = (f(x + h * direction) - f(x - h * direction)) / h / 2
    return np.abs(claimed - numerical) / np.maximum(np.abs(claimed) + np.abs(numerical), 1e-8)


@directional_check.variant
def with_the_larger_of_the_two(f, x, analytic, direction):
    claimed, numerical = np.vdot(analytic, direction), along(f, x, direction)
    return abs(claimed - numerical) / max(abs(claimed), abs(numerical), 1e-8)


directional_check.equivalent("L2 constant 1e-05→-1e-05", "A step of −h gives the same central difference.")
directional_check.equivalent(
    "L5 swapped operands claimed - numerical→numerical - claimed", "The absolute value is the same."
)
