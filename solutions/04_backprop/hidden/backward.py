"""Held-out cases of `backward`, known mistakes with their diagnosis, other right answers."""

from autograder import exercise, inputs

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
