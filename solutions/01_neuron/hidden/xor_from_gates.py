"""Held-out cases of `xor_from_gates`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

xor_from_gates = exercise("xor_from_gates")


@xor_from_gates.held_out
def a_single_row(xor_from_gates):
    return [xor_from_gates(np.array([[1.0, 0.0]])), xor_from_gates(np.array([[1.0, 1.0]]))]


@xor_from_gates.held_out
def many_rows(xor_from_gates):
    return with_inputs(xor_from_gates, np.round(inputs("xor rows", (40, 2), 0, 1)))


logic_gates = {
    "AND": (np.array([1.0, 1.0]), -1.5),
    "OR": (np.array([1.0, 1.0]), -0.5),
    "NAND": (np.array([-1.0, -1.0]), 1.5),
}


def gate(name, *columns):
    """The answers of a gate to two columns of zeros and ones, or to a table of two columns."""
    w, b = logic_gates[name]
    x = columns[0] if len(columns) == 1 else np.stack(columns, axis=-1)
    return np.where(x @ w + b > 0, 1.0, 0.0)


@xor_from_gates.mistake("or-for-xor", "That is OR: it also says 1 when both inputs are 1. NAND must agree as well.")
def only_or(x):
    return gate("OR", x)


@xor_from_gates.mistake(
    "nand-for-xor", "Your answers are NAND's: 1 also when both inputs are 0. Only OR tells that apart."
)
def only_nand(x):
    return gate("NAND", x)


@xor_from_gates.mistake(
    "and-for-xor", "That is AND of the inputs themselves. AND should see the answers of OR and NAND."
)
def only_and(x):
    return gate("AND", x)


@xor_from_gates.mistake("or-at-the-end", "The last neuron must say AND: XOR holds when OR and NAND both do.")
def or_of_both(x):
    return gate("OR", gate("OR", x), gate("NAND", x))


@xor_from_gates.mistake(
    "answers-as-rows",
    "The two answers became two rows. They are the two inputs of the last neuron, so they must be two columns: "
    "np.stack([…, …], axis=-1).",
)
def rows_for_columns(x):
    return gate("AND", np.stack([gate("OR", x), gate("NAND", x)]))


@xor_from_gates.mistake(
    "xnor", "Your answers are all turned around: 1 where both inputs agree. XOR is 1 where they differ."
)
def turned_around(x):
    return gate("NAND", gate("OR", x), gate("NAND", x))


@xor_from_gates.mistake(
    "without-the-gates",
    "The answers are right, but they aren't made of your gates: when the weights in `logic_gates` change, nothing here "
    "does. Ask `neuron` with the weights of OR and of NAND, and a third time, with those of AND, about their answers.",
)
def compared(x):
    return x[:, 0] != x[:, 1]


@xor_from_gates.variant
def in_one_expression(x):
    return gate("AND", gate("NAND", x), gate("OR", x))


@xor_from_gates.variant
def of_four_nands(x):
    both = gate("NAND", x)
    return gate("NAND", gate("NAND", x[:, 0], both), gate("NAND", both, x[:, 1]))


xor_from_gates.equivalent("L4 axis axis=-1→axis=1", "The answers have one axis, so the new last one is axis 1.")
