"""The graph of an expression, built and run backward by your functions, and watched while it runs.

Your `backward` decides the order: each value's `local_backward` is wrapped, and what it changes is noted.
"""

from dataclasses import dataclass, replace

import numpy as np

from course.figures import LearnerError

H = 1e-5  # the step of the finite differences


USES = ("Value", "add", "multiply", "power", "tanh", "exp", "backward", "numerical_gradient")


@dataclass(frozen=True)
class Worked:
    """All numbers of the picture, value by value in the order in which they were made (what the line says comes first).

    `parents`: of each value the places of its parents; `made`: what it is in the expression, None for one that a
    function of yours made on its way; `data`; `by_hand`: its gradient by finite differences, None if unknown; `trace`:
    the run of backward.
    """

    parents: tuple
    made: list
    data: list
    by_hand: list
    trace: "Trace"


def needed(made):
    """Which of your functions an expression runs on."""
    used = {one.op for one in made} | {"Value", "backward", "numerical_gradient"}
    return [name for name in USES if name in used]


def by_functions(made, values, overwrite, functions):
    """All numbers of the picture, by your functions."""
    nodes = build(made, values, functions)
    graph = in_order(nodes)
    places = {id(node): i for i, node in enumerate(graph)}
    tell_lost_parents(made, nodes, functions)
    slopes = local_slopes(made, nodes, places, functions)
    truth = by_finite_differences(made, nodes, values, functions)
    by_hand, known = [None] * len(graph), [None] * len(graph)
    for one, node, slope in zip(made, nodes, truth, strict=True):
        by_hand[places[id(node)]], known[places[id(node)]] = slope, one
    trace = run_backward(graph, places[id(nodes[-1])], slopes, overwrite, functions)
    parents = tuple(tuple(places[id(parent)] for parent in node.parents) for node in graph)
    return Worked(parents, known, [float(node.data) for node in graph], by_hand, trace)


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
    extra = () if one.constant is None else (whole(one.constant),)
    try:
        node = functions.call(one.op, *parents, *extra)
    except (ArithmeticError, TypeError, ValueError) as error:  # of the reference; yours comes as a LearnerError
        raise LearnerError(f"{one.text} has no value here: {error}. Move a leaf.") from error
    if not all(hasattr(node, name) for name in ("data", "grad", "parents", "local_backward")):
        raise LearnerError(f"Your {one.op} must return a Value; it returned {type(node).__name__}.")
    return node


def whole(number):
    return int(number) if number.is_integer() else number


def tell_lost_parents(made, nodes, functions):
    """Says so if a function forgot where its value came from."""
    for one, node in zip(made, nodes, strict=True):
        if not all(any(parent is nodes[i] for parent in node.parents) for i in one.args):
            functions.note(f"Your {one.op} returns a Value that doesn't have all its inputs among its parents.")


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
    try:
        functions.call("backward", graph[out])
    except ArithmeticError as error:  # of the reference
        raise LearnerError(f"A value has no slope here: {error}. Move a leaf.") from error
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
