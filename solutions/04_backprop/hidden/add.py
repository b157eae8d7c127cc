"""Held-out cases of `add`, known mistakes with their diagnosis, other right answers."""

import functools

from autograder import exercise

from .shared import (
    hands_over_parents_one_by_one,
    has_the_mistakes_of_any_operation,
    ignores_the_message,
    operation,
    plus,
    two_deep,
)

add = exercise("add")


@add.held_out
def a_diamond_of_sums(add, Value):
    a, b = Value(0.7), Value(-4)
    s = add(a, b)
    return two_deep(s, add(s, s), 1.75, [a, b])


@add.held_out
def the_message_is_read_when_it_is_passed_on(add, Value):
    a, b = Value(1), Value(2)
    out = add(a, b)
    grads = []
    for upstream in (0.5, -3.0):
        out.grad = upstream
        out.local_backward()
        grads.append((a.grad, b.grad))
    return {"data": out.data, "grads": grads}


def slopes_of_plus(a, b):
    return 1.0, 1.0


has_the_mistakes_of_any_operation(add, plus, slopes_of_plus)
hands_over_parents_one_by_one(add, plus)
ignores_the_message(add, plus, slopes_of_plus)
add.mistake(
    "slopes-of-a-product",
    "Those are the slopes of a product. The slope of a sum is 1 for both parts.",
    operation(plus, lambda a, b: (b, a)),
)
add.mistake("first-part-only", "Only a gets the message. Both parts do.", operation(plus, lambda a, b: (1.0, 0.0)))
add.mistake("second-part-only", "Only b gets the message. Both parts do.", operation(plus, lambda a, b: (0.0, 1.0)))
add.mistake(
    "message-shared-out",
    "You shared the message between the parts. Each gets all of it: nudging either moves the sum by as much.",
    operation(plus, lambda a, b: (0.5, 0.5)),
)
add.mistake(
    "subtracted", "You subtracted. Asked for is a + b.", operation(lambda a, b: a - b, lambda a, b: (1.0, -1.0))
)


@add.mistake("a-changed", "You changed a itself and returned it. Make a new Value.")
def into_a(a, b):
    a.data += b.data
    return a


@add.mistake("values-added", "A Value can't be added to a Value with +. Add their numbers: a.data + b.data.")
def values_for_numbers(a, b):
    return type(a)(a + b, (a, b))


@add.variant
def parent_by_parent(a, b):
    out = type(a)(sum([a.data, b.data]), [a, b])

    def send():
        for parent in out.parents:
            parent.grad = parent.grad + out.grad

    out.local_backward = send
    return out


@add.variant
def with_the_parents_set_afterwards(a, b):
    out = type(a)(a.data + b.data)
    out.parents = [a] if a is b else [a, b]

    def send(uses=2 if a is b else 1):
        for parent in out.parents:
            parent.grad += uses * out.grad

    out.local_backward = functools.partial(send)
    return out


add.equivalent("L2 swapped elements a, b→b, a", "The order of the parents doesn't matter.")
