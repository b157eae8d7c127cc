"""Held-out cases of `exp`, known mistakes with their diagnosis, other right answers."""

import math

import numpy as np

from autograder import exercise, inputs

from .shared import has_the_mistakes_of_any_operation, ignores_the_message, operation, takes_a_bare_parent

exp = exercise("exp")


@exp.held_out
def several_numbers(exp, Value):
    results = []
    for number in inputs("exp numbers", 6, -3, 3):
        a = Value(number)
        a.grad = -1.0
        out = exp(a)
        out.grad = 0.25
        out.local_backward()
        results.append((out.data, a.grad, len(out.parents)))
    return results


@exp.held_out
def three_powers_of_e(exp, Value):
    a = Value(-1.1)
    first = exp(a)
    second = exp(first)
    third = exp(second)
    third.grad = 0.3
    for node in (third, second, first):
        node.local_backward()
    return [third.data, second.grad, first.grad, a.grad]


def slope_of_exp(a):
    return (math.exp(a),)


has_the_mistakes_of_any_operation(exp, math.exp, slope_of_exp)
takes_a_bare_parent(exp, math.exp)
ignores_the_message(exp, math.exp, slope_of_exp)
exp.mistake(
    "exp-uses-input",
    "You used the input as slope. The slope of e^a is its own output: out.data.",
    operation(math.exp, lambda a: (a,)),
)
exp.mistake(
    "exp-of-output",
    "You took e to the power of the output once more. The slope is out.data as it is.",
    operation(math.exp, lambda a: (math.exp(math.exp(a)),)),
)
exp.mistake(
    "power-rule",
    "The rule n · aⁿ⁻¹ is for powers of a. Here a is the exponent, and the slope is out.data.",
    operation(math.exp, lambda a: (a * math.exp(a - 1),)),
)
exp.mistake(
    "slope-missing",
    "You passed the message on unchanged. Multiply it by the slope, out.data.",
    operation(math.exp, lambda a: (1.0,)),
)
exp.mistake(
    "two-for-e", "You raised 2 to the power a. math.exp raises e.", operation(lambda a: 2**a, lambda a: (2**a,))
)


@exp.variant
def e_by_numpy(a):
    e = float(np.exp(a.data))
    out = type(a)(e, (a,))

    def send():
        a.grad += e * out.grad

    out.local_backward = send
    return out


@exp.variant
def e_to_the_power(a):
    out = type(a)(math.e**a.data, [a])

    def send():
        (parent,) = out.parents
        parent.grad += math.exp(parent.data) * out.grad

    out.local_backward = send
    return out
