"""Held-out cases of `gradient_check`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, reduced

from .shared import magnitudes, nudged, slopes_of_winding, winding

gradient_check = exercise("gradient_check")


@gradient_check.held_out(judge=reduced(magnitudes))
def right_ones_of_several_shapes(gradient_check):
    points = [inputs(f"check {shape}", shape) for shape in ((4,), (3, 2), (2, 1, 3))]
    return [gradient_check(winding, x, slopes_of_winding(x)) for x in points]


@gradient_check.held_out(judge=reduced(magnitudes))
def each_entry_in_turn_is_wrong(gradient_check):
    x = inputs("check each", (2, 3))
    found = []
    for index in np.ndindex(x.shape):
        analytic = slopes_of_winding(x)
        analytic[index] += 0.5
        found.append(gradient_check(winding, x, analytic))
    return found


@gradient_check.held_out(judge=reduced(magnitudes))
def whole_numbers_and_a_tiny_wrong_slope_beside_large_ones(gradient_check):
    def f(x):
        return float(1e3 * x[0] ** 2 + 1e-3 * x[1])

    x = np.array([3, 4])
    return [gradient_check(f, x, np.array(a)) for a in ([6e3, 1e-3], [6e3, 2e-3], [6.5e3, 1e-3])]


def compared(analytic, numerical):
    """Right relative errors, entry by entry."""
    return np.abs(analytic - numerical) / np.maximum(np.abs(analytic) + np.abs(numerical), 1e-8)


@gradient_check.mistake(
    "check-against-itself", "Your check finds every gradient right. Compare it with numbers from f alone, by nudging."
)
def with_itself(f, x, analytic):
    return np.max(compared(analytic, analytic))


@gradient_check.mistake(
    "absolute-error", "That is the absolute difference. 0.001 may be a lot or nothing: divide by the size of the two."
)
def differences_only(f, x, analytic):
    return np.max(np.abs(analytic - nudged(f, x)))


@gradient_check.mistake(
    "one-size-for-all",
    "You divided all differences by one size, so a small slope can be quite wrong. Divide each entry by its own size.",
)
def by_the_largest(f, x, analytic):
    n = nudged(f, x)
    return np.max(np.abs(analytic - n)) / max(np.max(np.abs(analytic)) + np.max(np.abs(n)), 1e-8)


@gradient_check.mistake(
    "sum-cancels",
    "You divided by |a + n|, which is nearly 0 when the sign is wrong. Add the absolute values: |a| + |n|.",
)
def by_the_sum(f, x, analytic):
    n = nudged(f, x)
    return np.max(np.abs(analytic - n) / np.maximum(np.abs(analytic + n), 1e-8))


@gradient_check.mistake(
    "zero-by-zero", "Where both are 0 you computed 0/0. Let the denominator be at least 1e-8: that is agreement."
)
def without_a_floor(f, x, analytic):
    n = nudged(f, x)
    return np.max(np.abs(analytic - n) / (np.abs(analytic) + np.abs(n)))


@gradient_check.mistake(
    "numerical-size-only", "You divided by the numerical gradient alone, which may be 0. Use the sum of both sizes."
)
def by_the_numerical(f, x, analytic):
    n = nudged(f, x)
    return np.max(np.abs(analytic - n) / np.maximum(np.abs(n), 1e-8))


@gradient_check.mistake(
    "analytic-size-only", "You divided by the analytic gradient alone, which may be 0. Use the sum of both sizes."
)
def by_the_analytic(f, x, analytic):
    n = nudged(f, x)
    return np.max(np.abs(analytic - n) / np.maximum(np.abs(analytic), 1e-8))


@gradient_check.mistake("sign-kept", "Errors of one sign get lost: take the absolute value of the difference.")
def signed(f, x, analytic):
    n = nudged(f, x)
    return np.max((analytic - n) / np.maximum(np.abs(analytic) + np.abs(n), 1e-8))


@gradient_check.mistake(
    "smallest-error", "You returned the smallest error. One wrong entry is enough to be wrong: return the largest."
)
def the_smallest(f, x, analytic):
    return np.min(compared(analytic, nudged(f, x)))


@gradient_check.mistake("first-entry-only", "You looked at the first entry only. Return the largest of all errors.")
def of_the_first(f, x, analytic):
    return compared(analytic, nudged(f, x)).ravel()[0]


@gradient_check.mistake("errors-as-array", "You returned all errors. Return one number: the largest.")
def one_by_one(f, x, analytic):
    return compared(analytic, nudged(f, x))


@gradient_check.mistake(
    "verdict-for-number", "You returned True or False. Return the largest relative error, a number."
)
def yes_or_no(f, x, analytic):
    return bool(np.allclose(analytic, nudged(f, x)))


@gradient_check.mistake(
    "one-sided", "You nudged to one side only, and that error hides small mistakes. Use central differences."
)
def to_the_right(f, x, analytic):
    n = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right = x.astype(float)
        right[index] += 1e-5
        n[index] = (f(right) - f(x)) / 1e-5
    return np.max(compared(analytic, n))


@gradient_check.mistake("step-too-large", "Your nudges are too large: take h = 1e-5.")
def in_large_steps(f, x, analytic):
    return np.max(compared(analytic, nudged(f, x, 0.1)))


@gradient_check.mistake("step-too-small", "Your nudges are so small that rounding eats the difference: take h = 1e-5.")
def in_tiny_steps(f, x, analytic):
    return np.max(compared(analytic, nudged(f, x, 1e-13)))


@gradient_check.mistake("x-changed", "You moved the caller's x or its gradient. Work on copies.")
def in_place_comparison(f, x, analytic):
    n = nudged(f, x)
    error = np.max(compared(analytic, n))
    analytic -= n
    return error


@gradient_check.variant
def by_the_larger_of_the_two(f, x, analytic):
    n = nudged(f, x)
    return float(np.max(np.abs(analytic - n) / np.maximum(np.maximum(np.abs(analytic), np.abs(n)), 1e-8)))


@gradient_check.variant
def with_a_tiny_number_added(f, x, analytic):
    n = nudged(f, x)
    return (abs(analytic - n) / (abs(analytic) + abs(n) + 1e-8)).max()


@gradient_check.variant
def entry_by_entry(f, x, analytic):
    n, worst = nudged(f, x), 0.0
    for index in np.ndindex(x.shape):
        size = max(abs(analytic[index]) + abs(n[index]), 1e-8)
        worst = max(worst, abs(analytic[index] - n[index]) / size)
    return worst


gradient_check.equivalent("L2 constant 1e-05→-1e-05", "A step of −h gives the same central difference.")
gradient_check.equivalent(
    "L4 swapped operands analytic - numerical→numerical - analytic", "The absolute value is the same."
)
