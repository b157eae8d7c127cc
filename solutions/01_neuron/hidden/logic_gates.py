"""Held-out cases of `logic_gates`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

logic_gates = exercise("logic_gates")


def is_a_pair(gates, name):
    """Whether the gate is (two weights, one bias)."""
    w, b = gates[name]
    return {"weights": np.size(w), "biases": np.size(b)}


@logic_gates.held_out(part="AND")
def and_is_two_weights_and_a_bias(logic_gates):
    return is_a_pair(logic_gates, "AND")


@logic_gates.held_out(part="OR")
def or_is_two_weights_and_a_bias(logic_gates):
    return is_a_pair(logic_gates, "OR")


@logic_gates.held_out(part="NAND")
def nand_is_two_weights_and_a_bias(logic_gates):
    return is_a_pair(logic_gates, "NAND")


logic_gates.mistake(
    "and-or-swapped",
    "AND and OR are exchanged: OR is the easy one, a single 1 is enough for it.",
    value={"AND": ((1, 1), -0.5), "OR": ((1, 1), -1.5), "NAND": ((-1, -1), 1.5)},
)
logic_gates.mistake(
    "threshold-for-bias",
    "You wrote a threshold. The bias is added, so it is minus the threshold: turn its sign around.",
    value={"AND": ((1, 1), 1.5), "OR": ((1, 1), 0.5), "NAND": ((-1, -1), -1.5)},
)
logic_gates.mistake(
    "nand-is-and",
    "Your NAND says what AND says. It should say the opposite everywhere: turn all its signs around.",
    value={"AND": ((1, 1), -1.5), "OR": ((1, 1), -0.5), "NAND": ((1, 1), -1.5)},
)
logic_gates.mistake(
    "nand-is-nor",
    "Your NAND is 0 as soon as one input is 1. It should be 0 only when both are.",
    value={"AND": ((1, 1), -1.5), "OR": ((1, 1), -0.5), "NAND": ((-1, -1), 0.5)},
)
logic_gates.mistake(
    "gate-on-the-line",
    "For some corners the sum is exactly 0, so the answer depends on how the step treats 0. Move each bias a little.",
    value={"AND": ((1, 1), -2), "OR": ((1, 1), -1), "NAND": ((-1, -1), 2)},
)
logic_gates.mistake(
    "nand-weights-positive",
    "For NAND a second 1 must make the answer smaller, so its weights are negative.",
    value={"AND": ((1, 1), -1.5), "OR": ((1, 1), -0.5), "NAND": ((1, 1), 1.5)},
)


logic_gates.mistake(
    "no-bias",
    "All biases are 0, so every line passes through the corner (0, 0). Use the bias to slide it.",
    value={"AND": ((1, 1), 0), "OR": ((1, 1), 0), "NAND": ((-1, -1), 0)},
)
logic_gates.variant(
    name="large and uneven weights",
    value={"AND": (np.array([3.0, 5.0]), -7.0), "OR": (np.array([20, 20]), -10), "NAND": ([-2, -2], 3)},
)
logic_gates.variant(
    name="arrays and other biases",
    value={
        "AND": [np.array([1.0, 1.0]), -1.2],
        "OR": [np.array([1.0, 1.0]), -0.9],
        "NAND": [np.array([-1.0, -1.0]), 1.9],
    },
)


logic_gates.equivalent("L3 constant 1.0→2.0", "OR with the weights (2, 1) and the bias −0.5 is another right OR.")
logic_gates.equivalent("L3 constant 1.0→2.0 #2", "OR with the weights (1, 2) and the bias −0.5 is another right OR.")
