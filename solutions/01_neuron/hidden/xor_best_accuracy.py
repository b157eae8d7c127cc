"""Held-out cases of `xor_best_accuracy`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

xor_best_accuracy = exercise("xor_best_accuracy")


@xor_best_accuracy.held_out
def four_times_it_is_a_number_of_corners(xor_best_accuracy):
    return float(4 * xor_best_accuracy)


@xor_best_accuracy.held_out
def no_line_of_a_fine_grid_does_better(xor_best_accuracy):
    corners, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    angles, offsets = np.meshgrid(np.linspace(0, 2 * np.pi, 73), np.linspace(-1.6, 1.6, 65))
    w = np.stack([np.cos(angles).ravel(), np.sin(angles).ravel()])
    right = ((corners @ w + offsets.ravel() > 0) == labels[:, None]).mean(axis=0)
    return float(right.max()) - float(xor_best_accuracy)


xor_best_accuracy.mistake(
    "half",
    "A line that leaves all corners on one side gets two right. Tilt it and cut off one corner alone.",
    value=0.5,
)
xor_best_accuracy.mistake(
    "one",
    "One straight line can't get all four: the two 1s lie across from each other, with a 0 on either side.",
    value=1.0,
)
xor_best_accuracy.mistake("percent", "Write the accuracy as a fraction between 0 and 1, not in per cent.", value=75)
xor_best_accuracy.mistake("count", "That is the number of corners. Divide by four to get the accuracy.", value=3)
xor_best_accuracy.mistake(
    "error-rate", "That is the share of wrong corners. The accuracy is the share of right ones.", value=0.25
)
xor_best_accuracy.variant(name="a NumPy number", value=np.float64(0.75))
xor_best_accuracy.variant(name="one minus a quarter", value=1 - 1 / 4)
