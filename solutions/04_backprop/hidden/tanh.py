"""Held-out cases of `tanh`, known mistakes with their diagnosis, other right answers."""

import math

import numpy as np

from autograder import exercise, inputs

from .shared import has_the_mistakes_of_any_operation, ignores_the_message, operation, takes_a_bare_parent

tanh = exercise("tanh")


@tanh.held_out
def many_numbers(tanh, Value):
    results = []
    for number in inputs("tanh numbers", 8, -4, 4):
        a = Value(number)
        a.grad = 0.5
        out = tanh(a)
        out.grad = 1.5
        out.local_backward()
        results.append((out.data, a.grad, len(out.parents)))
    return results


@tanh.held_out
def bent_three_times(tanh, Value):
    a = Value(-0.9)
    first = tanh(a)
    second = tanh(first)
    third = tanh(second)
    third.grad = 4.0
    for node in (third, second, first):
        node.local_backward()
    return [third.data, second.grad, first.grad, a.grad]


def slope_of_tanh(a):
    return (1 - math.tanh(a) ** 2,)


has_the_mistakes_of_any_operation(tanh, math.tanh, slope_of_tanh)
takes_a_bare_parent(tanh, math.tanh)
ignores_the_message(tanh, math.tanh, slope_of_tanh)
tanh.mistake(
    "input-in-slope",
    "1 − t² needs the output t, out.data. You used the input.",
    operation(math.tanh, lambda a: (1 - a**2,)),
)
tanh.mistake(
    "tanh-of-output",
    "You applied tanh once more in the slope: out.data is tanh(a) already, so the slope is 1 − out.data².",
    operation(math.tanh, lambda a: (1 - math.tanh(math.tanh(a)) ** 2,)),
)
tanh.mistake(
    "square-missing", "The slope is 1 − t², with a square.", operation(math.tanh, lambda a: (1 - math.tanh(a),))
)
tanh.mistake("one-minus-missing", "The slope is 1 − t², not t².", operation(math.tanh, lambda a: (math.tanh(a) ** 2,)))
tanh.mistake(
    "slope-of-a-sigmoid",
    "t · (1 − t) is the slope of a sigmoid. That of tanh is 1 − t².",
    operation(math.tanh, lambda a: (math.tanh(a) * (1 - math.tanh(a)),)),
)
tanh.mistake(
    "one-minus-square-squared",
    "You squared the whole of 1 − t. Square t alone: 1 − t².",
    operation(math.tanh, lambda a: ((1 - math.tanh(a)) ** 2,)),
)
tanh.mistake(
    "tan-for-tanh",
    "math.tan is the tangent of an angle. Use math.tanh.",
    operation(math.tan, lambda a: (1 - math.tan(a) ** 2,)),
)


@tanh.variant
def by_numpy(a):
    t = np.tanh(a.data)
    out = type(a)(t, (a,))

    def send():
        a.grad += (1 - t * t) * out.grad

    out.local_backward = send
    return out


@tanh.variant
def by_powers_of_e(a):
    e = math.exp(2 * a.data)
    out = type(a)((e - 1) / (e + 1), [a])

    def send():
        a.grad = a.grad + out.grad / math.cosh(a.data) ** 2

    out.local_backward = send
    return out
