"""Held-out cases of `power`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

from .shared import (
    has_the_mistakes_of_any_operation,
    ignores_the_message,
    operation,
    takes_a_bare_parent,
    times,
    two_deep,
)

power = exercise("power")


@power.held_out
def exponents_of_all_kinds(power, Value):
    results = []
    for number, exponent in ((2.5, 1), (0.5, 4), (3, -2), (2, 0), (1.7, 2.5), (-2, -3)):
        a = Value(number)
        a.grad = 1.0
        out = power(a, exponent)
        out.grad = -0.5
        out.local_backward()
        results.append((out.data, a.grad))
    return results


@power.held_out
def a_power_of_a_power(power, Value):
    a = Value(-0.7)
    square = power(a, 2)
    return two_deep(square, power(square, -1), 1.75, [a])


def raised(a, n):
    return a**n


def slope_of_raised(a, n):
    return (n * a ** (n - 1),)


has_the_mistakes_of_any_operation(power, raised, slope_of_raised)
takes_a_bare_parent(power, raised)
ignores_the_message(power, raised, slope_of_raised)
power.mistake(
    "exponent-kept",
    "The exponent must be one less in the slope: n · aⁿ⁻¹.",
    operation(raised, lambda a, n: (n * a**n,)),
)
power.mistake(
    "factor-n-missing",
    "The factor n is missing: the slope is n · aⁿ⁻¹.",
    operation(raised, lambda a, n: (a ** (n - 1),)),
)
power.mistake(
    "factor-one-less",
    "The factor in front is n itself; only the exponent becomes one less: n · aⁿ⁻¹.",
    operation(raised, lambda a, n: ((n - 1) * a ** (n - 1),)),
)
power.mistake(
    "slope-of-a-square",
    "2a is the slope of a² only. In general it is n · aⁿ⁻¹.",
    operation(raised, lambda a, n: (2 * a,)),
)
power.mistake(
    "n-times-a",
    "You multiplied n by a. The power stays in the slope, with an exponent one less: n · aⁿ⁻¹.",
    operation(raised, lambda a, n: (n * a,)),
)
power.mistake(
    "divided-by-a",
    "n · out / a is right until a is 0. Compute n · aⁿ⁻¹ from a.data.",
    operation(raised, lambda a, n: (n * a**n / a,)),
)
power.mistake(
    "product-for-power", "You multiplied a by n. A power is written a.data ** n.", operation(times, slope_of_raised)
)


@power.variant
def by_pow(a, n):
    out = type(a)(pow(a.data, n), (a,))

    def send():
        a.grad = a.grad + out.grad * (n * pow(a.data, n - 1))

    out.local_backward = send
    return out


@power.variant
def with_the_slope_beforehand(a, n):
    out, slope = type(a)(np.power(a.data, float(n)), [a]), n * a.data ** (n - 1)

    def send():
        a.grad += slope * out.grad

    out.local_backward = send
    return out
