"""Cases that look at shapes alone."""

import numpy as np

from autograder import by_shape, shapes_of


def judged(got, expected):
    return by_shape(shapes_of(got, 2), shapes_of(expected, 2))


def test_other_numbers_of_the_same_shapes_are_right():
    assert judged((np.ones((2, 3)), np.ones(4)), [np.full((2, 3), 7), np.arange(4)]) is None


def test_another_shape_a_missing_part_and_no_pair_are_wrong_and_no_zeros_are_shown():
    right = np.ones((2, 3)), np.ones(4)
    for wrong in [(np.ones((3, 2)), np.ones(4)), (np.ones((2, 3)), None), np.ones(4), (np.ones((2, 3)),)]:
        difference = judged(wrong, right)
        assert difference is not None and (difference.got, difference.expected) == (None, None)
    assert judged((np.ones((3, 2)), np.ones(4)), right).where == "[0]"
