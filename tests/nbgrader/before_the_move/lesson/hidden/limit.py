import numpy as np
from autograder import exercise

limit = exercise("limit")


@limit.held_out
def half_the_number(limit):
    return limit / 2


@limit.held_out
def its_negative(limit):
    return -limit


limit.mistake("four", "That is one too many.", value=4.0)
limit.mistake("three", "That is too little.", value=3)
limit.mistake("negative", "The sign is wrong.", value=-3.5)
limit.mistake("percent", "Not in per cent.", value=350)
limit.variant(name="a fraction", value=7 / 2)
limit.variant(name="a NumPy number", value=np.float64(3.5))
