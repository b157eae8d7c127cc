import numpy as np

from autograder import exercise

distance = exercise(
    "distance",
    points=2,
    returns="one number per entry",
    hints=[
        "Which of 3 − 5 and 5 − 3 do you want, and what do both have in common?",
        "|a − b|: the difference without its sign.",
        "Subtract one array from the other and take the absolute value of each entry.",
    ],
)


@distance.case
def both_ways_round(distance):
    """3 and 5 are as far apart as 5 and 3."""
    return distance(np.array([3.0, 5.0]), np.array([5.0, 3.0]))


@distance.case
def across_zero(distance):
    """−1 and 4 are 5 apart."""
    return distance(np.array([-1.0]), np.array([4.0]))
