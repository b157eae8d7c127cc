"""Held-out cases of `multiply`, known mistakes with their diagnosis, other right answers."""

from autograder import exercise

from .shared import (
    hands_over_parents_one_by_one,
    has_the_mistakes_of_any_operation,
    ignores_the_message,
    operation,
    plus,
    times,
    two_deep,
)

multiply = exercise("multiply")


@multiply.held_out
def a_diamond_of_products(multiply, Value):
    a, b = Value(0.7), Value(-4)
    p = multiply(a, b)
    return two_deep(p, multiply(p, p), 1.75, [a, b])


@multiply.held_out
def two_factors_of_0(multiply, Value):
    a, b = Value(0), Value(0)
    out = multiply(a, b)
    out.grad, a.grad = 2.0, 1.5
    out.local_backward()
    return {"data": out.data, "grads": (a.grad, b.grad), "factors": (a.data, b.data)}


def slopes_of_times(a, b):
    return b, a


has_the_mistakes_of_any_operation(multiply, times, slopes_of_times)
hands_over_parents_one_by_one(multiply, times)
ignores_the_message(multiply, times, slopes_of_times)
multiply.mistake(
    "own-factor",
    "Each factor got its own number as slope. The slope of a · b is b for a, and a for b.",
    operation(times, lambda a, b: (a, b)),
)
multiply.mistake(
    "slopes-of-a-sum",
    "You passed the message on unchanged, as a sum does. In a product each factor's slope is the other factor.",
    operation(times, lambda a, b: (1.0, 1.0)),
)
multiply.mistake(
    "output-as-slope",
    "You multiplied by the product itself. The slope for a factor is the *other* factor alone.",
    operation(times, lambda a, b: (a * b, a * b)),
)
multiply.mistake(
    "first-factor-only",
    "Only a gets a message. b needs its own: a times what arrived.",
    operation(times, lambda a, b: (b, 0.0)),
)
multiply.mistake(
    "second-factor-only",
    "Only b gets a message. a needs its own: b times what arrived.",
    operation(times, lambda a, b: (0.0, a)),
)
multiply.mistake("added", "You added the numbers. Asked for is a · b.", operation(plus, slopes_of_times))
multiply.mistake(
    "divided-by-factor",
    "You divided the product by the factor to get the other one, which fails for 0. Use the other factor's data.",
    operation(times, lambda a, b: (a * b / a, a * b / b)),
)


@multiply.mistake(
    "upstream-forgotten-for-b", "b gets its slope alone. Multiply it by the message too: a.data * out.grad."
)
def second_message_unmultiplied(a, b):
    out = type(a)(a.data * b.data, (a, b))

    def local_backward():
        a.grad += b.data * out.grad
        b.grad += a.data

    out.local_backward = local_backward
    return out


@multiply.mistake(
    "upstream-forgotten-for-a", "a gets its slope alone. Multiply it by the message too: b.data * out.grad."
)
def first_message_unmultiplied(a, b):
    out = type(a)(a.data * b.data, (a, b))

    def local_backward():
        a.grad += b.data
        b.grad += a.data * out.grad

    out.local_backward = local_backward
    return out


@multiply.mistake("a-changed", "You changed a itself and returned it. Make a new Value.")
def product_into_a(a, b):
    a.data *= b.data
    return a


@multiply.variant
def with_a_tuple_of_shares(a, b):
    out = type(a)(b.data * a.data, (b, a))

    def send():
        for parent, slope in ((a, b.data), (b, a.data)):
            parent.grad += out.grad * slope

    out.local_backward = send
    return out


@multiply.variant
def with_both_messages_beforehand(a, b):
    out = type(a)(a.data * b.data, {id(a): a, id(b): b}.values())

    def send():
        to_a, to_b = out.grad * b.data, out.grad * a.data
        a.grad = a.grad + to_a
        b.grad = b.grad + to_b

    out.local_backward = send
    return out


multiply.equivalent("L2 swapped elements a, b→b, a", "The order of the parents doesn't matter.")
