import numpy as np

from autograder import exercise, with_inputs

HINTS = ["What is twice three?", "2·x", "Multiply x by 2."]
NUMBERS = np.array([1.0, -2.0, 0.5])

double = exercise("double", parts={"numbers": 2, "arrays": 1}, returns="an array like x", hints=HINTS)


@double.case
def one_number(double):
    """x = 3."""
    return double(3.0)


@double.case(part="arrays")
def an_array(double):
    return with_inputs(double, NUMBERS)


norm = exercise("norm", points=2, needs=["double"], returns="two numbers", hints=HINTS)


@norm.case
def of_three_numbers(norm):
    return norm(NUMBERS)


@norm.case(after=["of_three_numbers"])
def of_two_numbers(norm):
    return norm(np.array([3.0, 4.0]))


limit = exercise("limit", stretch=True, hints=HINTS)


@limit.case
def a_number(limit):
    return float(limit)


@limit.case
def twice_the_number(limit):
    return 2 * float(limit)
