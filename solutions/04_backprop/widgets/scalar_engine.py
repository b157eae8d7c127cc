"""The graph of an expression, built and run backward by your functions, and watched while it runs.

Your `backward` decides the order: each value's `local_backward` is wrapped, and what it changes is noted.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from course.figures import LearnerError

H = 1e-5  # the step of the finite differences


# --- our versions of your functions ---------------------------------------------------------------------


class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, parents=()):
        self.data = float(data)
        self.parents = tuple(parents)
        self.grad = 0.0
        self.local_backward = lambda: None


def _made(data, parents, slopes):
    """A value of the parents' own class, whose slope along each parent is known."""
    out = type(parents[0])(data, parents)

    def local_backward():
        for parent, slope in zip(parents, slopes, strict=True):
            parent.grad += out.grad * slope

    out.local_backward = local_backward
    return out


def add(a, b):
    return _made(a.data + b.data, (a, b), (1.0, 1.0))


def multiply(a, b):
    return _made(a.data * b.data, (a, b), (b.data, a.data))


def power(a, n):
    return _made(a.data**n, (a,), (n * a.data ** (n - 1) if n else 0.0,))


def tanh(a):
    t = math.tanh(a.data)
    return _made(t, (a,), (1 - t**2,))


def exp(a):
    e = math.exp(a.data)
    return _made(e, (a,), (e,))


def backward(out):
    order = in_order([out])
    for node in order:
        node.grad = 0.0
    out.grad = 1.0
    for node in reversed(order):
        node.local_backward()


def numerical_gradient(f, x, h):
    slopes = np.empty_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = h
        slopes[i] = (f(x + step) - f(x - step)) / (2 * h)
    return slopes


OURS = {
    "Value": Value,
    "add": add,
    "multiply": multiply,
    "power": power,
    "tanh": tanh,
    "exp": exp,
    "backward": backward,
    "numerical_gradient": numerical_gradient,
}


# --- building -------------------------------------------------------------------------------------------


def build(made, values, functions):
    """One node per value of the expression. values: the number of each name."""
    nodes = []
    for one in made:
        nodes.append(_node(one, nodes, values, functions))
    return nodes


def _node(one, nodes, values, functions):
    if not one.args:
        number = values[one.constant] if one.op == "name" else one.constant
        return functions.call("Value", number)
    parents = [nodes[i] for i in one.args]
    extra = () if one.constant is None else (_whole(one.constant),)
    try:
        node = functions.call(one.op, *parents, *extra)
    except (ArithmeticError, TypeError, ValueError) as error:  # of ours; yours comes as a LearnerError
        raise LearnerError(f"{one.text} has no value here: {error}. Move a leaf.") from error
    if not all(hasattr(node, name) for name in ("data", "grad", "parents", "local_backward")):
        raise LearnerError(f"Your {one.op} must return a Value; it returned {type(node).__name__}.")
    return node


def _whole(number):
    return int(number) if number.is_integer() else number


def in_order(nodes):
    """All nodes that these come from, and they themselves: each after its parents, none twice."""
    order, seen, open_ = [], set(), set()

    def visit(node):
        if id(node) in open_:
            raise LearnerError("Your graph runs in a circle: a Value is among its own parents.")
        if id(node) in seen:
            return
        seen.add(id(node))
        open_.add(id(node))
        for parent in node.parents:
            visit(parent)
        open_.remove(id(node))
        order.append(node)

    for node in nodes:
        visit(node)
    return order


# --- running backward, watched --------------------------------------------------------------------------


@dataclass(frozen=True)
class Message:
    """What one node added to the gradient of one of its parents (places in the graph).

    `upstream` is the node's own gradient when it ran, `slope` that of the node along this parent by finite
    differences (None if unknown); `before` and `after` are the parent's gradient; `run` counts the nodes run.
    """

    node: int
    parent: int
    upstream: float
    slope: float | None
    before: float
    after: float
    run: int

    @property
    def due(self):
        """What should be added: upstream times slope."""
        return self.after - self.before if self.slope is None else self.upstream * self.slope


@dataclass(frozen=True)
class Trace:
    """A run of backward: gradients before the first node ran, each message, gradients at the end."""

    start: list
    messages: list
    end: list

    def gradients(self, count):
        """All gradients after the first so many messages."""
        if count >= len(self.messages):
            return self.end
        gradients = list(self.start)
        for message in self.messages[:count]:
            gradients[message.parent] = message.after
        return gradients


def run_backward(graph, out, slopes, overwrite, functions):
    """Your backward from `out`, watched. slopes: {(node, position): slope}, as known.

    `overwrite` plays the classic slip: each share replaces what was in `.grad` before.
    """
    places = {id(node): i for i, node in enumerate(graph)}
    start, messages, runs = [], [], []

    def gradients():
        return [float(node.grad) for node in graph]

    def watched(i, node, own):
        positions = {}
        for position, parent in enumerate(node.parents):
            positions.setdefault(places[id(parent)], []).append(position)

        def local_backward():
            before = gradients()
            start[:] = start or before
            own()
            for p, used in positions.items():
                known = [slopes[i, position] for position in used if (i, position) in slopes]
                if overwrite:
                    graph[p].grad = before[i] * known[-1] if len(used) > 1 and known else graph[p].grad - before[p]
                slope = sum(known) if len(known) == len(used) else None
                messages.append(Message(i, p, before[i], slope, before[p], float(graph[p].grad), len(runs)))
            runs.append(i)

        return local_backward

    for i, node in enumerate(graph):
        node.local_backward = watched(i, node, node.local_backward)
    functions.call("backward", graph[out])
    return Trace(start or gradients(), messages, gradients())


# --- by hand --------------------------------------------------------------------------------------------


def local_slopes(made, nodes, places, functions):
    """{(node, position): slope of the node along that parent alone}, by finite differences of its function."""
    slopes = {}
    for one, node in zip(made, nodes, strict=True):
        alone = replace(one, args=tuple(range(len(one.args))))
        for position in range(len(one.args)):
            parents = [nodes[i] for i in one.args]

            def output(number, alone=alone, parents=parents, position=position):
                moved = [*parents[:position], functions.call("Value", number), *parents[position + 1 :]]
                return float(_node(alone, moved, {}, functions).data)

            at = float(parents[position].data)
            slopes[places[id(node)], position] = (output(at + H) - output(at - H)) / (2 * H)
    return slopes


def by_finite_differences(made, nodes, values, functions):
    """How much the result changes per change of each value, all else computed anew by your functions."""
    slopes = []
    for k, node in enumerate(nodes):

        def result(x, k=k):
            again = [*nodes[:k], functions.call("Value", float(np.ravel(x)[0]))]
            for one in made[k + 1 :]:
                again.append(_node(one, again, values, functions))
            return float(again[-1].data)

        at = np.array([float(node.data)])
        slopes.append(float(functions.call("numerical_gradient", result, at, H, shape=(1,))[0]))
    return slopes


def agree(one, other):
    """Whether two gradients are the same, up to what finite differences can tell."""
    return not abs(one - other) > 1e-4 * max(1.0, abs(one), abs(other))
