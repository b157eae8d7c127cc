"""What stays with the author of lesson 04: held-out cases, known mistakes with their diagnosis, other right answers."""

import functools
import math

import numpy as np

from autograder import between, exercise, inputs, integer_inputs, with_inputs, with_warnings

# --- what the operations on Values have in common -----------------------------------------------------------------


def operation(
    compute, slopes, *, passed_on=lambda old, slope, upstream: old + slope * upstream, keep=None, listed=True
):
    """An operation on Values, right unless told otherwise.

    compute: the numbers that go in → the new number; slopes: the same → one local slope per parent; passed_on: what a
    parent's grad becomes; keep: what to leave as local_backward, made of the right function; listed: whether the
    parents are said.
    """

    def operate(*arguments):
        values = [a for a in arguments if hasattr(a, "local_backward")]
        numbers = [getattr(a, "data", a) for a in arguments]
        out = type(values[0])(compute(*numbers), values if listed else ())

        def local_backward():
            for value, slope in zip(values, slopes(*numbers), strict=True):
                value.grad = passed_on(value.grad, slope, out.grad)

        out.local_backward = keep(local_backward, out) if keep else local_backward
        return out

    return operate


def has_the_mistakes_of_any_operation(asked, compute, slopes):
    """Register what can go wrong whatever the operation computes."""
    make = functools.partial(operation, compute, slopes)
    asked.mistake(
        "overwritten",
        "A value may be used in several places, and their messages add up: `a.grad += …`, not `a.grad = …`.",
        make(passed_on=lambda old, slope, upstream: slope * upstream),
    )
    asked.mistake(
        "parents-missing",
        "The new Value doesn't say what it was made from: hand over its parents, as `double` does.",
        make(listed=False),
    )
    asked.mistake(
        "local-backward-missing",
        "Nothing is left for the way back: put your inner function into `out.local_backward`.",
        make(keep=lambda function, out: out.local_backward),
    )
    asked.mistake(
        "local-backward-called",
        "You called the inner function instead of keeping it: write `out.local_backward = local_backward`, without ().",
        make(keep=lambda function, out: function()),
    )
    asked.mistake(
        "sent-twice",
        "The message is passed on twice. Each parent gets its slope times out.grad once per use.",
        make(passed_on=lambda old, slope, upstream: old + 2 * slope * upstream),
    )
    asked.mistake(
        "own-gradient-passed-on",
        "You multiplied the slope by the parent's own grad. The message is out.grad.",
        make(passed_on=lambda old, slope, upstream: old + slope * old),
    )
    asked.mistake(
        "gradient-subtracted",
        "You subtracted the message. It is added to the parent's grad: `+=`.",
        make(passed_on=lambda old, slope, upstream: old - slope * upstream),
    )
    asked.mistake(
        "plain-number",
        "You returned a plain number, which can't remember how it was made. Return a Value.",
        lambda *arguments: compute(*(getattr(a, "data", a) for a in arguments)),
    )

    def forgets_to_return(*arguments):
        make()(*arguments)

    asked.mistake("return-missing", "The function returns nothing. End it with `return out`.", forgets_to_return)


def takes_a_bare_parent(asked, compute):
    """For operations with one parent: what looks like a pair of brackets makes no tuple."""
    asked.mistake(
        "parents-not-a-tuple",
        "`(a)` is just a in brackets. The parents are a tuple, which needs a comma: `(a,)`.",
        lambda a, *more: type(a)(compute(a.data, *more), a),
    )


def hands_over_parents_one_by_one(asked, compute):
    asked.mistake(
        "parents-not-a-tuple",
        "Value takes a number and one tuple of parents: put both parents in brackets, `(a, b)`.",
        lambda a, b: type(a)(compute(a.data, b.data), a, b),
    )


def ignores_the_message(asked, compute, slopes):
    asked.mistake(
        "upstream-ignored",
        "You added the local slope alone. Multiply it by the message that has arrived, out.grad.",
        operation(compute, slopes, passed_on=lambda old, slope, upstream: old + slope),
    )


def two_deep(first, second, upstream, values):
    """Both nodes speak, the last one first: all numbers."""
    second.grad = upstream
    second.local_backward()
    first.local_backward()
    return {"data": [first.data, second.data], "grads": [v.grad for v in (first, *values)]}


# --- add ----------------------------------------------------------------------------------------------------------

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


def plus(a, b):
    return a + b


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

# --- multiply -----------------------------------------------------------------------------------------------------

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


def times(a, b):
    return a * b


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

# --- power --------------------------------------------------------------------------------------------------------

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


# --- tanh ---------------------------------------------------------------------------------------------------------

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


# --- exp ----------------------------------------------------------------------------------------------------------

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


# --- backward -----------------------------------------------------------------------------------------------------

backward = exercise("backward")


@backward.held_out
def a_long_chain_of_doublings(backward, Value, add):
    a = Value(1.5)
    node = a
    for _ in range(12):
        node = add(node, node)
    backward(node)
    return {"result": node.data, "grad": a.grad}


@backward.held_out
def a_wide_graph_with_gradients_from_before(backward, Value, add, multiply, power):
    values = [Value(number) for number in inputs("backward values", 4)]
    a, b, c, d = values
    s = add(multiply(a, b), multiply(b, c))
    t = multiply(s, power(s, 2))
    r = add(multiply(t, d), add(s, a))
    everything = [*values, s, t, r]
    for i, value in enumerate(everything):
        value.grad = 3.0 + i
    backward(r)
    return [value.grad for value in everything]


@backward.held_out
def a_single_value(backward, Value):
    a = Value(-4)
    a.grad = 7.0
    backward(a)
    return [a.data, a.grad]


@backward.held_out
def from_an_inner_node_and_then_from_the_end(backward, Value, add, multiply):
    a, b = Value(2), Value(3)
    m = multiply(a, b)
    r = multiply(m, add(m, a))
    backward(m)
    first = [a.grad, b.grad, m.grad, r.grad]
    backward(r)
    return [first, [a.grad, b.grad, m.grad, r.grad]]


def in_order(out, key=id):
    """All nodes below `out`, parents before children, each once."""
    order, seen = [], set()

    def visit(node):
        if key(node) not in seen:
            seen.add(key(node))
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(out)
    return order


def reset(order, out):
    for node in order:
        node.grad = 0.0
    out.grad = 1.0


@backward.mistake(
    "no-topological-order",
    "A node passed its gradient on before it had received all of it. Go through the nodes in reverse topological order.",
)
def down_each_way(out):
    reset(in_order(out), out)

    def send(node):
        node.local_backward()
        for parent in node.parents:
            send(parent)

    send(out)


@backward.mistake(
    "recursion-starts-anew",
    "Calling backward for a parent sets its gradient to 1. Only the result's is 1: let an inner function do the recursion.",
)
def calls_itself(out):
    out.grad = 1.0
    out.local_backward()
    for parent in out.parents:
        calls_itself(parent)


@backward.mistake(
    "as-soon-as-reached",
    "Nodes speak as soon as they are reached the first time; some still wait for messages then. Build the order first.",
)
def depth_first(out):
    reset(in_order(out), out)
    seen = set()

    def send(node):
        if node not in seen:
            seen.add(node)
            node.local_backward()
            for parent in node.parents:
                send(parent)

    send(out)


@backward.mistake(
    "level-by-level",
    "You go level by level, but a node near the result may still wait for one further away. Use topological order.",
)
def breadth_first(out):
    reset(in_order(out), out)
    queue, seen = [out], {out}
    while queue:
        node = queue.pop(0)
        node.local_backward()
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)


@backward.mistake(
    "stack-order",
    "The order of a stack isn't enough: a node may be taken before all that use it. Use topological order.",
)
def from_a_stack(out):
    reset(in_order(out), out)
    stack, seen = [out], {out}
    while stack:
        node = stack.pop()
        node.local_backward()
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)


@backward.mistake(
    "order-not-reversed",
    "The parents spoke before their children, when nothing had arrived yet. Go through the list in reverse.",
)
def parents_first(out):
    order = in_order(out)
    reset(order, out)
    for node in order:
        node.local_backward()


@backward.mistake(
    "result-only", "Only the result passed its gradient on. All other nodes must do the same, in the right order."
)
def one_message(out):
    reset(in_order(out), out)
    out.local_backward()


@backward.mistake(
    "seed-missing",
    "All gradients are 0, since nothing started. After setting all to 0, set out.grad to 1.",
)
def no_start(out):
    order = in_order(out)
    for node in order:
        node.grad = 0.0
    for node in reversed(order):
        node.local_backward()


@backward.mistake(
    "stale-second-call", "What is left from an earlier call is added to. Set every grad to 0 before the messages start."
)
def nothing_reset(out):
    out.grad = 1.0
    for node in reversed(in_order(out)):
        node.local_backward()


@backward.mistake(
    "leaves-only-reset", "You reset only the values without parents. The nodes in between keep old gradients too."
)
def leaves_reset(out):
    order = in_order(out)
    for node in order:
        if not node.parents:
            node.grad = 0.0
    out.grad = 1.0
    for node in reversed(order):
        node.local_backward()


@backward.mistake(
    "inner-nodes-only-reset",
    "You reset only nodes that have parents. The values at the beginning keep old gradients too.",
)
def inner_reset(out):
    order = in_order(out)
    for node in order:
        if node.parents:
            node.grad = 0.0
    out.grad = 1.0
    for node in reversed(order):
        node.local_backward()


@backward.mistake(
    "reset-on-the-way",
    "Each node was set to 0 just before it spoke, so what it had received was lost. Reset all before the first message.",
)
def reset_before_speaking(out):
    order = in_order(out)
    out.grad = 1.0
    for node in reversed(order):
        if node is not out:
            node.grad = 0.0
        node.local_backward()


@backward.mistake(
    "equal-numbers-are-one",
    "Two Values with the same number were taken for one. Keep the Values themselves in the set, not their data.",
)
def told_apart_by_number(out):
    order = in_order(out, key=lambda node: node.data)
    reset(order, out)
    for node in reversed(order):
        node.local_backward()


@backward.mistake(
    "seen-forgotten",
    "Nodes that are used twice are in your list twice, and speak twice. Note which ones have been seen.",
)
def listed_again(out):
    order = []

    def visit(node):
        for parent in node.parents:
            visit(parent)
        order.append(node)

    visit(out)
    reset(order, out)
    for node in reversed(order):
        node.local_backward()


@backward.mistake("first-parent-only", "You follow the first parent only. Visit all of node.parents.")
def along_the_first_parents(out):
    order = [out]
    while order[-1].parents:
        order.append(order[-1].parents[0])
    reset(order, out)
    for node in order:
        node.local_backward()


@backward.mistake(
    "seen-kept-between-calls",
    "`seen` is kept from call to call: a default value is made only once. Make the list and the set inside the function.",
)
def with_a_default_set(out, seen=set()):  # noqa: B006
    order = []

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(out)
    reset(order, out)
    for node in reversed(order):
        node.local_backward()


@backward.mistake(
    "local-backward-not-called",
    "local_backward is only named, not called: it needs brackets, `node.local_backward()`.",
)
def named_only(out):
    order = in_order(out)
    reset(order, out)
    for node in reversed(order):
        node.local_backward  # noqa: B018


@backward.variant
def by_counting_users(out):
    nodes = in_order(out)
    waiting = {id(node): 0 for node in nodes}
    for node in nodes:
        for parent in {id(p): p for p in node.parents}.values():
            waiting[id(parent)] += 1
    for node in nodes:
        node.grad = 0.0
    out.grad = 1.0
    ready = [out]
    while ready:
        node = ready.pop()
        node.local_backward()
        for parent in {id(p): p for p in node.parents}.values():
            waiting[id(parent)] -= 1
            if waiting[id(parent)] == 0:
                ready.append(parent)


@backward.variant
def without_recursion(out):
    order, stack = [], [(out, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif not any(node is other for other in order):
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    unique = []
    for node in order:
        if not any(node is other for other in unique):
            unique.append(node)
    reset(unique, out)
    for node in unique[::-1]:
        node.local_backward()
    return unique


@backward.variant
def with_a_list_of_seen_ones(out):
    order = []

    def visit(node):
        if any(node is other for other in order):
            return
        for parent in node.parents:
            visit(parent)
        order.insert(0, node)
        node.grad = 0

    visit(out)
    out.grad = 1
    for node in order:
        if node.parents:
            node.local_backward()


# --- dense_backward -----------------------------------------------------------------------------------------------

dense_backward = exercise("dense_backward")


@dense_backward.held_out
def a_random_layer(dense_backward):
    return dense_backward(
        inputs("backward dout", (6, 4)), inputs("backward X", (6, 5)), inputs("backward W", (5, 4)), inputs("b", 4)
    )


@dense_backward.held_out
def one_input_and_as_many_samples_as_neurons(dense_backward):
    return dense_backward(
        inputs("backward dout 2", (4, 4)), inputs("backward X 2", (4, 1)), inputs("backward W 2", (1, 4)), np.zeros(4)
    )


@dense_backward.held_out
def whole_numbers(dense_backward):
    dout, X, W = np.array([[1, -2], [3, 4]]), np.array([[1, 2, 0], [-1, 5, 3]]), np.array([[1, 2], [0, -1], [4, 3]])
    return dense_backward(dout, X, W, np.array([1, 1]))


@dense_backward.mistake("dw-transposed", "dW is turned around. It must have the shape of W: X.T @ dout.")
def dw_turned(dout, X, W, b):
    return dout @ W.T, dout.T @ X, dout.sum(axis=0)


@dense_backward.mistake(
    "w-not-transposed", "dX needs W turned over: dout @ W.T, so that each input hears from all neurons it reached."
)
def w_as_it_is(dout, X, W, b):
    return dout @ W, X.T @ dout, dout.sum(axis=0)


@dense_backward.mistake("x-not-transposed", "dW needs X turned over: X.T @ dout, so that the samples are added up.")
def x_as_it_is(dout, X, W, b):
    return dout @ W.T, X @ dout, dout.sum(axis=0)


@dense_backward.mistake("dx-transposed", "dX is turned around. It must have the shape of X: dout @ W.T.")
def dx_turned(dout, X, W, b):
    return W @ dout.T, X.T @ dout, dout.sum(axis=0)


@dense_backward.mistake(
    "db-not-summed", "All samples share the biases: add their messages up, axis=0, to shape (d_out,)."
)
def db_per_sample(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout


@dense_backward.mistake(
    "db-along-rows", "db was summed over the neurons. Sum over the samples, axis=0: one number per neuron."
)
def db_across(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.sum(axis=1)


@dense_backward.mistake("db-keeps-axis", "db has two axes. b has one, shape (d_out,), so db must as well: no keepdims.")
def db_as_a_row(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.sum(axis=0, keepdims=True)


@dense_backward.mistake("db-one-number", "You summed all of dout. Each neuron has its own bias: sum over axis 0 only.")
def db_of_everything(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.sum()


@dense_backward.mistake("db-mean", "dout says already what each entry counts. For db add the samples up, no mean.")
def db_averaged(dout, X, W, b):
    return dout @ W.T, X.T @ dout, dout.mean(axis=0)


@dense_backward.mistake(
    "divided-again", "You divided by n, but dout carries the 1/n already. Here everything is only added up."
)
def averaged_again(dout, X, W, b):
    return dout @ W.T, X.T @ dout / len(X), dout.mean(axis=0)


@dense_backward.mistake(
    "upstream-ignored-in-dw", "dW is only the sum of the inputs. Each input is multiplied by the message: X.T @ dout."
)
def dw_of_ones(dout, X, W, b):
    return dout @ W.T, X.T @ np.ones_like(dout), dout.sum(axis=0)


@dense_backward.mistake(
    "upstream-ignored", "dout isn't used: those are the gradients for a message of ones. Multiply by what arrived."
)
def message_of_ones(dout, X, W, b):
    ones = np.ones(dout.shape)
    return ones @ W.T, X.T @ ones, ones.sum(axis=0)


@dense_backward.mistake("order-w-b-x", "The order is that of the arguments of `dense`: (dX, dW, db).")
def x_last(dout, X, W, b):
    return X.T @ dout, dout.sum(axis=0), dout @ W.T


@dense_backward.mistake(
    "order-w-x-b", "dW and dX are swapped: the order is that of the arguments of `dense`, (dX, dW, db)."
)
def w_first(dout, X, W, b):
    return X.T @ dout, dout @ W.T, dout.sum(axis=0)


@dense_backward.mistake("dx-missing", "Return three gradients: dX is what the layer before will need.")
def without_dx(dout, X, W, b):
    return X.T @ dout, dout.sum(axis=0)


@dense_backward.mistake(
    "output-for-input", "dW uses the layer's output. It is the *input* that each weight met: X.T @ dout."
)
def with_the_output(dout, X, W, b):
    return dout @ W.T, (X @ W + b).T @ dout, dout.sum(axis=0)


@dense_backward.variant
def by_einsum(dout, X, W, b):
    return np.einsum("nk,dk->nd", dout, W), np.einsum("nd,nk->dk", X, dout), np.einsum("nk->k", dout)


@dense_backward.variant
def sample_by_sample(dout, X, W, b):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(len(b))
    for i, (message, x) in enumerate(zip(dout, X, strict=True)):
        dX[i] = W @ message
        dW += np.outer(x, message)
        db += message
    return dX, dW, db


@dense_backward.variant
def with_ones(dout, X, W, b):
    return [np.dot(W, dout.T).T, np.dot(dout.T, X).T, np.ones(len(X)) @ dout]


dense_backward.equivalent("L2 axis axis=0→axis=-2", "dout has two axes: axis −2 is the first one.")

# --- relu_backward ------------------------------------------------------------------------------------------------

relu_backward = exercise("relu_backward")


@relu_backward.held_out
def three_axes(relu_backward):
    return with_inputs(relu_backward, inputs("relu dout", (2, 3, 4)), inputs("relu z", (2, 3, 4)))


@relu_backward.held_out
def whole_numbers_in_a_row(relu_backward):
    return relu_backward(np.array([5, -6, 7, -8, 9]), np.array([-2, 3, 0, 1, 4]))


@relu_backward.mistake(
    "mask-from-dout", "The sign of the message decides in your code. It is z, what went into the ReLU, that decides."
)
def by_the_message(dout, z):
    return dout * (dout > 0)


@relu_backward.mistake("mask-inverted", "You let pass what should stop: messages pass where z is positive.")
def the_other_half(dout, z):
    return dout * (z <= 0)


@relu_backward.mistake("no-mask", "Every message passes. Where z isn't positive, it must become 0.")
def all_pass(dout, z):
    return dout * 1.0


@relu_backward.mistake("sign-for-slope", "np.sign gives −1 on the left. The slope of the ReLU there is 0.")
def by_sign(dout, z):
    return dout * np.sign(z)


@relu_backward.mistake("slope-1-at-0", "At exactly 0 the slope is 0 here: compare with z > 0, not z >= 0.")
def at_zero_too(dout, z):
    return dout * (z >= 0)


@relu_backward.mistake("upstream-ignored", "Those are the slopes alone. Multiply them by the message, dout.")
def slopes_only(dout, z):
    return (z > 0) * 1.0


@relu_backward.mistake("relu-for-slope", "You multiplied by relu(z). The slope is 1 where z is positive, not z itself.")
def by_the_output(dout, z):
    return dout * np.maximum(z, 0)


@relu_backward.mistake("leaky", "A little gets through on the left. The slope of the ReLU there is exactly 0.")
def leaks(dout, z):
    return dout * np.where(z > 0, 1, 0.01)


@relu_backward.mistake("message-changed", "You wrote into the caller's dout. Make a new array: dout * (z > 0).")
def in_place(dout, z):
    dout[z <= 0] = 0
    return dout


@relu_backward.mistake("both-positive", "A negative message passes too when z is positive: only z decides.")
def both_must_be_positive(dout, z):
    return np.where((z > 0) & (dout > 0), dout, 0)


@relu_backward.mistake(
    "arguments-swapped", "You let z pass where dout is positive. It is dout that passes, where z is positive."
)
def the_wrong_way_round(dout, z):
    return z * (dout > 0)


@relu_backward.variant
def by_where(dout, z):
    return np.where(z > 0, dout, 0)


@relu_backward.variant
def by_writing_zeros(dout, z):
    dz = np.array(dout)
    dz[z <= 0] = 0
    return dz


@relu_backward.variant
def by_the_mask_of_the_output(dout, z):
    return dout * (np.maximum(z, 0) > 0).astype(float)


# --- softmax_cross_entropy ----------------------------------------------------------------------------------------

softmax_cross_entropy = exercise("softmax_cross_entropy")


@softmax_cross_entropy.held_out
def a_random_batch(softmax_cross_entropy):
    logits, labels = inputs("softmax logits", (7, 4), -3, 3), integer_inputs("softmax labels", 7, 4)
    return with_inputs(softmax_cross_entropy, logits, labels)


@softmax_cross_entropy.held_out
def two_classes_and_one_label_for_all(softmax_cross_entropy):
    return softmax_cross_entropy(inputs("softmax two", (3, 2)), np.array([1, 1, 1]))


@softmax_cross_entropy.held_out(part="large logits")
def rows_very_far_apart(softmax_cross_entropy):
    logits = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -999.5, -1000.0], [0.3, 1.0, 0.5]])
    return with_warnings(softmax_cross_entropy, logits, np.array([0, 2, 1]))


@softmax_cross_entropy.held_out(part="large logits", after=["a_random_batch"])
def the_gradient_where_the_truth_has_no_chance(softmax_cross_entropy):
    return softmax_cross_entropy(np.array([[800.0, -900.0, 0.0], [1.0, 2.0, 0.5]]), np.array([1, 1]))[1]


@softmax_cross_entropy.held_out(part="large logits", judge=between(10, 2000, "loss"), after=["a_random_batch"])
def the_loss_where_the_truth_has_no_chance(softmax_cross_entropy):
    return {"loss": softmax_cross_entropy(np.array([[0.0, -1000.0, 1000.0]]), np.array([1]))[0]}


def probabilities(logits):
    """A right softmax, for the mistakes below."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def mean_loss(probs, labels):
    """A right cross-entropy, for the mistakes below."""
    return -np.mean(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-12)))


def one_hot(probs, labels):
    return np.eye(probs.shape[1])[labels]


def with_gradient(gradient):
    """The right loss, with a gradient made from probabilities, true classes (one-hot) and n."""

    def loss_and_gradient(logits, labels):
        probs = probabilities(logits)
        return mean_loss(probs, labels), gradient(probs, one_hot(probs, labels), len(labels))

    return loss_and_gradient


softmax_cross_entropy.mistake(
    "no-minus-one",
    "The gradient is p − one-hot: subtract 1 at the true class of each row.",
    with_gradient(lambda p, truth, n: p / n),
)
softmax_cross_entropy.mistake(
    "mean-forgotten",
    "The loss is a mean over n samples, and so is its gradient: divide by n.",
    with_gradient(lambda p, truth, n: p - truth),
)
softmax_cross_entropy.mistake(
    "gradient-reversed",
    "The gradient has the wrong sign: p − one-hot. (Only the step goes the other way.)",
    with_gradient(lambda p, truth, n: (truth - p) / n),
)
softmax_cross_entropy.mistake(
    "divided-by-entries",
    "You divided by the number of all entries. The loss is a mean over the samples: divide by n.",
    with_gradient(lambda p, truth, n: (p - truth) / p.size),
)
softmax_cross_entropy.mistake(
    "divided-by-classes",
    "You divided by the number of classes. The loss is a mean over the samples: divide by n.",
    with_gradient(lambda p, truth, n: (p - truth) / p.shape[1]),
)
softmax_cross_entropy.mistake(
    "divided-twice",
    "You divided by n twice. Once is enough: (p − one-hot) / n.",
    with_gradient(lambda p, truth, n: (p - truth) / n**2),
)
softmax_cross_entropy.mistake(
    "softmax-diagonal",
    "You multiplied by p · (1 − p), as if each probability depended on its own logit alone. It is just p − one-hot.",
    with_gradient(lambda p, truth, n: (p - truth) * p * (1 - p) / n),
)
softmax_cross_entropy.mistake(
    "gradient-of-probabilities",
    "That is the gradient with respect to the probabilities, −1/p. Asked for is that of the logits, p − one-hot.",
    with_gradient(lambda p, truth, n: -truth / np.maximum(p, 1e-12) / n),
)
softmax_cross_entropy.mistake(
    "true-class-only",
    "Only the true class got a gradient. The other logits get their probability: p − one-hot.",
    with_gradient(lambda p, truth, n: (p - truth) * truth / n),
)


@softmax_cross_entropy.mistake(
    "minus-one-everywhere",
    "`[:, labels]` subtracts in every row at all those columns. Pair row i with its label: [np.arange(n), labels].",
)
def every_label_in_every_row(logits, labels):
    probs = probabilities(logits)
    gradient = probs.copy()
    gradient[:, labels] -= 1
    return mean_loss(probs, labels), gradient / len(labels)


@softmax_cross_entropy.mistake(
    "probs-overwritten",
    "You subtracted 1 from the probabilities before the loss was taken: without a copy it is the same array.",
)
def loss_after_the_subtraction(logits, labels):
    probs = probabilities(logits)
    gradient = probs
    gradient[np.arange(len(labels)), labels] -= 1
    return mean_loss(probs, labels), gradient / len(labels)


@softmax_cross_entropy.mistake("loss-summed", "The loss is the sum over the samples. It should be their mean.")
def summed(logits, labels):
    probs = probabilities(logits)
    return mean_loss(probs, labels) * len(labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake("loss-negative", "The loss is negative: the minus before the logarithm is missing.")
def minus_missing(logits, labels):
    probs = probabilities(logits)
    return -mean_loss(probs, labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "softmax-missing", "The logits aren't probabilities yet. Send them through softmax first, for loss and gradient."
)
def without_softmax(logits, labels):
    return mean_loss(logits, labels), (logits - one_hot(logits, labels)) / len(labels)


@softmax_cross_entropy.mistake("softmax-twice", "The logits went through softmax twice. Once makes them probabilities.")
def softmax_of_softmax(logits, labels):
    probs = probabilities(probabilities(logits))
    return mean_loss(probs, labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "logits-in-gradient", "The gradient uses the logits. It is made of the probabilities: p − one-hot."
)
def logits_for_probabilities(logits, labels):
    return mean_loss(probabilities(logits), labels), (logits - one_hot(logits, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "overflow",
    "The values are right, but e^1000 overflows. Use your `softmax`, which subtracts each row's maximum first.",
)
def plain_powers(logits, labels):
    e = np.exp(logits)
    probs = e / e.sum(axis=1, keepdims=True)
    return mean_loss(probs, labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "log-of-zero", "−ln 0 is infinite. Use your `cross_entropy`, which lets no probability be below 1e-12."
)
def unclipped(logits, labels):
    probs = probabilities(logits)
    loss = -np.mean(np.log(probs[np.arange(len(labels)), labels]))
    return loss, (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake("order-swapped", "First the loss, then the gradient: return loss, dlogits.")
def gradient_first(logits, labels):
    probs = probabilities(logits)
    return (probs - one_hot(probs, labels)) / len(labels), mean_loss(probs, labels)


@softmax_cross_entropy.mistake("loss-missing", "Return both, the loss and its gradient: `return loss, dlogits`.")
def gradient_only(logits, labels):
    probs = probabilities(logits)
    return (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.mistake(
    "logits-changed", "You changed the caller's logits (`logits -= …` does). Make a new array."
)
def shifted_in_place(logits, labels):
    logits -= logits.max(axis=1, keepdims=True)
    probs = probabilities(logits)
    return mean_loss(probs, labels), (probs - one_hot(probs, labels)) / len(labels)


@softmax_cross_entropy.variant
def by_log_sum_exp(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(labels)), labels].mean(), (np.exp(logs) - np.eye(logits.shape[1])[labels]) / len(labels)


@softmax_cross_entropy.variant
def through_the_whole_table_of_slopes(logits, labels):
    probs, n = probabilities(logits), len(labels)
    gradient = np.zeros(logits.shape)
    for i, (p, label) in enumerate(zip(probs, labels, strict=True)):
        slopes = np.diag(p) - np.outer(p, p)
        gradient[i] = slopes[:, label] * (-1 / p[label] if p[label] > 1e-300 else 0.0) / n
        if p[label] <= 1e-300:
            gradient[i] = (p - np.eye(len(p))[label]) / n
    return float(mean_loss(probs, labels)), gradient


@softmax_cross_entropy.variant
def row_by_row(logits, labels):
    loss, rows = 0.0, []
    for row, label in zip(logits, labels, strict=True):
        e = np.exp(row - max(row))
        p = e / sum(e)
        loss -= math.log(max(p[label], 1e-12)) / len(labels)
        p[label] -= 1
        rows.append(p / len(labels))
    return loss, np.array(rows)


softmax_cross_entropy.equivalent(
    "L5 dropped function probs.copy()→probs", "The loss is known by then, and the probabilities aren't needed again."
)

# --- network_gradients --------------------------------------------------------------------------------------------

network_gradients = exercise("network_gradients")


def random_layers(name, sizes):
    """Random parameters for a network of these sizes."""
    return [
        (inputs(f"{name} W{i}", (n_in, n_out), -1, 1), inputs(f"{name} b{i}", n_out, -1, 1))
        for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:], strict=False))
    ]


@network_gradients.held_out
def four_layers_with_random_weights(network_gradients):
    X, labels = inputs("gradients X", (6, 5)), integer_inputs("gradients labels", 6, 4)
    return with_inputs(network_gradients, X, labels, random_layers("gradients", [5, 8, 3, 6, 4]))


@network_gradients.held_out
def a_unit_that_is_never_active(network_gradients):
    params = random_layers("silent", [2, 3, 2])
    params[0][1][1] = -50.0
    return network_gradients(inputs("silent X", (4, 2)), np.array([1, 0, 0, 1]), params)


@network_gradients.held_out
def parameters_as_a_tuple_of_lists(network_gradients):
    X, params = inputs("gradients X2", (3, 2)), random_layers("gradients 2", [2, 4, 3])
    return network_gradients(X, np.array([2, 0, 1]), tuple([W, b] for W, b in params))


def there_and_back(
    X,
    labels,
    params,
    *,
    start=lambda p, truth: (p - truth) / len(p),
    mask=lambda i, dX, sums, outputs: dX * (sums[i - 1] > 0),
    upstream=lambda dout, W: dout @ W.T,
    met=lambda i, fed, outputs: fed[i],
    bend=lambda z: np.maximum(z, 0),
    last=lambda z: z,
):
    """The gradients of a network, right unless told otherwise, first layer first.

    start: the first message; mask: what becomes of it at a ReLU; upstream: how it goes through a layer; met: which
    numbers the weights of a layer met; bend, last: what happens after the hidden layers and after the last one.
    """
    fed, sums, outputs = [X], [], []
    for W, b in params:
        sums.append(fed[-1] @ W + b)
        outputs.append(bend(sums[-1]))
        fed.append(outputs[-1])
    probs = probabilities(last(sums[-1]))
    dout, grads = start(probs, one_hot(probs, labels)), []
    for i in reversed(range(len(params))):
        grads.insert(0, (met(i, fed, outputs).T @ dout, dout.sum(axis=0)))
        if i:
            dout = mask(i, upstream(dout, params[i][0]), sums, outputs)
    return grads


def network_mistake(name, message, **changed):
    network_gradients.mistake(name, message, lambda X, labels, params: there_and_back(X, labels, params, **changed))


network_mistake(
    "relu-backward-missing",
    "The messages pass through silent neurons. Send dX through relu_backward, with the z of the layer before.",
    mask=lambda i, dX, sums, outputs: dX,
)
network_mistake(
    "mask-from-message",
    "The mask is taken from the message. It is the z of the forward pass that decides what passes.",
    mask=lambda i, dX, sums, outputs: dX * (dX > 0),
)
network_mistake(
    "mask-of-first-layer",
    "Every message meets the mask of the first layer. Use the z of the layer that it comes back to.",
    mask=lambda i, dX, sums, outputs: dX * (sums[0] > 0),
)
network_mistake(
    "output-for-slope",
    "You multiplied by what the ReLU returned. Its slope is 1 where z was positive: use relu_backward.",
    mask=lambda i, dX, sums, outputs: dX * outputs[i - 1],
)
network_mistake(
    "same-message-for-all",
    "Every layer got the message of the last one. Each needs the one that came back: dX of the layer after it.",
    upstream=lambda dout, W: dout,
)
network_mistake(
    "w-not-transposed",
    "On the way back the message goes through W turned over. dense_backward does it.",
    upstream=lambda dout, W: dout @ W,
)
network_mistake(
    "inputs-not-stacked",
    "Each layer's dW uses the network's input X. Use what went into that layer.",
    met=lambda i, fed, outputs: fed[0],
)
network_mistake(
    "output-for-input",
    "dW uses what came out of the layer. It is what went *in* that its weights met.",
    met=lambda i, fed, outputs: outputs[i],
)
network_mistake(
    "mean-forgotten",
    "All gradients are n times too large: the loss is a mean. softmax_cross_entropy divides by n.",
    start=lambda p, truth: p - truth,
)
network_mistake(
    "divided-twice",
    "All gradients are n times too small: you divided by n once more. dlogits carries the 1/n already.",
    start=lambda p, truth: (p - truth) / len(p) ** 2,
)
network_mistake(
    "starts-with-probabilities",
    "The message starts with the probabilities. It starts with dlogits, (p − one-hot) / n.",
    start=lambda p, truth: p / len(p),
)
network_mistake(
    "uphill",
    "All gradients have the wrong sign. The minus belongs to the step, not to the gradient.",
    start=lambda p, truth: (truth - p) / len(p),
)
network_mistake(
    "no-relu-forward",
    "The forward pass has no ReLU between the layers, so this is the gradient of another network.",
    bend=lambda z: z,
    mask=lambda i, dX, sums, outputs: dX,
)
network_mistake(
    "relu-missing-forward-only",
    "On the way forward the ReLU is missing, on the way back it is there. Feed the next layer with relu(z).",
    bend=lambda z: z,
)
network_mistake(
    "relu-on-last",
    "The last layer's scores went through a ReLU. Only the layers before it have one.",
    last=lambda z: np.maximum(z, 0),
)
network_mistake(
    "softmax-twice",
    "softmax_cross_entropy got probabilities. It takes the scores, what the last dense returns: softmax is inside it.",
    last=probabilities,
)


@network_gradients.mistake(
    "relu-on-last-both-ways",
    "The last layer has a ReLU, on the way there and back. Only the layers before it have one: its scores stay as they are.",
)
def bent_to_the_end_and_back(X, labels, params):
    fed, sums = [X], []
    for W, b in params:
        sums.append(fed[-1] @ W + b)
        fed.append(np.maximum(sums[-1], 0))
    probs, grads = probabilities(fed[-1]), []
    dout = (probs - one_hot(probs, labels)) / len(probs)
    for i in reversed(range(len(params))):
        dout = dout * (sums[i] > 0)
        grads.insert(0, (fed[i].T @ dout, dout.sum(axis=0)))
        dout = dout @ params[i][0].T
    return grads


@network_gradients.mistake(
    "gradients-reversed",
    "The list begins with the last layer. Put each new pair at the front, or reverse it at the end.",
)
def last_layer_first(X, labels, params):
    return there_and_back(X, labels, params)[::-1]


@network_gradients.mistake("pairs-swapped", "The pairs are turned around: (dW, db), as in params.")
def bias_first(X, labels, params):
    return [(db, dW) for dW, db in there_and_back(X, labels, params)]


@network_gradients.mistake("last-layer-only", "Only the last layer has gradients. Go on backwards to the first one.")
def stops_at_once(X, labels, params):
    return there_and_back(X, labels, params)[-1:]


@network_gradients.mistake("not-in-pairs", "The gradients lie in one long list. Return pairs (dW, db), one per layer.")
def flat_list(X, labels, params):
    return [array for pair in there_and_back(X, labels, params) for array in pair]


@network_gradients.mistake(
    "params-changed", "You changed the caller's weights. Gradients only say where down is; the step comes later."
)
def steps_at_once(X, labels, params):
    grads = there_and_back(X, labels, params)
    for (W, b), (dW, db) in zip(params, grads, strict=True):
        W -= 0.1 * dW
        b -= 0.1 * db
    return grads


@network_gradients.mistake("weights-returned", "Those are weights after a step. Return the gradients themselves.")
def after_a_step(X, labels, params):
    grads = there_and_back(X, labels, params)
    return [(W - dW, b - db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@network_gradients.variant
def by_recursion(X, labels, params):
    def gradients(A, rest):
        """The message to A, and the gradients of the layers that follow."""
        W, b = rest[0]
        z = A @ W + b
        if len(rest) == 1:
            probs = probabilities(z)
            dz, later = (probs - one_hot(probs, labels)) / len(labels), []
        else:
            message, later = gradients(np.maximum(z, 0), rest[1:])
            dz = np.where(z > 0, message, 0)
        return dz @ W.T, [(A.T @ dz, dz.sum(axis=0)), *later]

    return gradients(X, list(params))[1]


@network_gradients.variant
def with_a_cache(X, labels, params):
    A, cache = X, []
    for i, (W, b) in enumerate(params):
        z = A @ W + b
        cache.append((A, W))
        A = np.maximum(z, 0) if i < len(params) - 1 else probabilities(z)
    A[np.arange(len(labels)), labels] -= 1
    message, grads = A / len(labels), []
    while cache:
        fed, W = cache.pop()
        grads.append([fed.T @ message, message.sum(axis=0)])
        message = (message @ W.T) * (fed > 0)
    return grads[::-1]


# --- gradient_check -----------------------------------------------------------------------------------------------

gradient_check = exercise("gradient_check")


def magnitude(error):
    """The size of a relative error: what matters is its order, not its digits."""
    if np.ndim(error) or isinstance(error, bool | np.bool_ | tuple | list | str) or error is None:
        return "no number"
    if not np.isfinite(error) or error < 0:
        return "not finite or negative"
    return "right" if error < 1e-6 else "wrong" if 1e-2 < error < 2.5 else "neither"


def winding(x):
    """A function of an array of any shape, with its own gradient below."""
    return float(np.sin(2 * x).sum() + np.exp(x.mean()))


def slopes_of_winding(x):
    return 2 * np.cos(2 * x) + np.exp(x.mean()) / x.size


@gradient_check.held_out
def right_ones_of_several_shapes(gradient_check):
    points = [inputs(f"check {shape}", shape) for shape in ((4,), (3, 2), (2, 1, 3))]
    return [magnitude(gradient_check(winding, x, slopes_of_winding(x))) for x in points]


@gradient_check.held_out
def each_entry_in_turn_is_wrong(gradient_check):
    x = inputs("check each", (2, 3))
    found = []
    for index in np.ndindex(x.shape):
        analytic = slopes_of_winding(x)
        analytic[index] += 0.5
        found.append(magnitude(gradient_check(winding, x, analytic)))
    return found


@gradient_check.held_out
def whole_numbers_and_a_tiny_wrong_slope_beside_large_ones(gradient_check):
    def f(x):
        return float(1e3 * x[0] ** 2 + 1e-3 * x[1])

    x = np.array([3, 4])
    return [magnitude(gradient_check(f, x, np.array(a))) for a in ([6e3, 1e-3], [6e3, 2e-3], [6.5e3, 1e-3])]


def nudged(f, x, h=1e-5):
    """A right numerical gradient, for the mistakes below."""
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right, left = x.astype(float), x.astype(float)
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient


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

# --- directional_check --------------------------------------------------------------------------------------------

directional_check = exercise("directional_check")


@directional_check.held_out
def several_shapes_right_and_wrong(directional_check):
    found = []
    for shape in ((5,), (3, 2), (2, 1, 3)):
        x, way = inputs(f"direction {shape}", shape), inputs(f"way {shape}", shape)
        wrong = slopes_of_winding(x)
        wrong.flat[-1] += 1.5
        found += [magnitude(directional_check(winding, x, a, way)) for a in (slopes_of_winding(x), wrong)]
    return found


@directional_check.held_out
def a_square_table(directional_check):
    x, way = inputs("direction square", (3, 3)), inputs("way square", (3, 3))
    return [magnitude(directional_check(winding, x, a, way)) for a in (slopes_of_winding(x), np.zeros((3, 3)))]


@directional_check.held_out
def no_slope_although_one_is_claimed(directional_check):
    x, way = np.array([3.0, 5.0]), np.array([0.0, 1.0])
    return magnitude(directional_check(lambda x: float(x[0] ** 2), x, np.array([6.0, 4.0]), way))


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
