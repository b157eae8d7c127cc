"""Held-out cases of `xor_network`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

xor_network = exercise("xor_network")

SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@xor_network.held_out
def near_the_corners_too(xor_network, forward):
    pushed = np.concatenate([SQUARE + 0.001, SQUARE - 0.001])
    return np.argmax(forward(pushed, xor_network()), axis=1)


@xor_network.held_out
def a_second_call_gives_the_same(xor_network, forward):
    first = [np.array(W) for W, _ in xor_network()]
    second = [np.array(W) for W, _ in xor_network()]
    same = all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    return {"same": same, "answers": np.argmax(forward(SQUARE[::-1], xor_network()), axis=1)}


def network(W1, b1, W2, b2):
    """Parameters from nested lists."""
    return [(np.array(W1, float), np.array(b1, float)), (np.array(W2, float), np.array(b2, float))]


@xor_network.mistake(
    "xor-same-units", "Your two hidden units do the same, so they count as one. Let the second one start later."
)
def same_units():
    return network([[1, 1], [1, 1]], [0, 0], [[0, 4], [0, -4]], [0, -1])


@xor_network.mistake(
    "or-network", "That network says OR: it is also sure of (1, 1). The second unit must pull it down there."
)
def only_or():
    return network([[1, 1], [1, 1]], [0, -1], [[0, 4], [0, 0]], [0, -2])


@xor_network.mistake("and-network", "That network says AND: it says yes only at (1, 1), where XOR says no.")
def only_and():
    return network([[1, 1], [1, 1]], [0, -1], [[0, 0], [0, 4]], [0, -2])


@xor_network.mistake(
    "columns-swapped", "Everything is turned around: column 1 is the probability that exactly one input is 1."
)
def swapped():
    return network([[1, 1], [1, 1]], [0, -1], [[4, 0], [-8, 0]], [-2, 0])


@xor_network.mistake(
    "one-output",
    "Your last layer has one output. softmax of a single number is always 1: use two columns, one per class.",
)
def one_output():
    return network([[1, 1], [1, 1]], [0, -1], [[4], [-8]], [-2])


@xor_network.mistake(
    "tie",
    "Where XOR says no, your probabilities are equal, so there is no answer. Lower the score for yes with a bias.",
)
def undecided():
    return network([[1, 1], [1, 1]], [0, -1], [[0, 4], [0, -8]], [0, 0])


@xor_network.mistake(
    "always-no",
    "Your network says no at every corner. Is the hill high enough, and does row i of W2 hold the weights of hidden unit i?",
)
def never():
    return network([[1, 1], [1, 1]], [0, -1], [[0, 1], [0, -2]], [0, -2])


@xor_network.variant
def by_differences():
    return network([[1, -1], [-1, 1]], [0, 0], [[-1, 3], [-1, 3]], [0.5, -0.5])


@xor_network.variant
def by_or_and_and():
    return [([[2.0, 1.0], [2.0, 1.0]], [-1.0, -1.5]), ([[0.0, 5.0], [0.0, -40.0]], [0.0, -2.0])]


# The weights of XOR aren't unique: each of these is another network that gets the four corners right.
for change in (
    "0.0→1.0",
    "4.0→3.0",
    "0.0→1.0 #2",
    "0.0→-1.0 #2",
    "-8.0→-7.0",
    "-8.0→-9.0",
    "0.0→1.0 #3",
    "0.0→-1.0 #3",
    "-2.0→-1.0",
    "-2.0→-3.0",
):
    xor_network.equivalent(f"L3 constant {change}", "Another right network: the corners keep their classes.")
