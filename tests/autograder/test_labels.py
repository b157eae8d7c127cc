"""Judging predicted labels."""

import numpy as np
import pytest

from autograder import labels_right
from autograder.core.wire import Opaque, Tensor

TRUTH = np.array([0, 1, 2, 1, 0, 2, 2, 1, 0, 1])
NINE = np.array([0, 1, 2, 1, 0, 2, 2, 1, 0, 0])
judge = labels_right(TRUTH, at_least=0.9, what="held-out accuracy")


@pytest.mark.parametrize(
    "predictions",
    [TRUTH, NINE, NINE.tolist(), tuple(NINE), NINE.astype(np.int8), NINE.astype(np.uint64), Tensor(NINE)],
)
def test_enough_right_labels_are_enough(predictions):
    assert judge(predictions, None) is None


def test_the_share_is_counted_by_the_judge_and_what_a_dict_claims_besides_is_not_looked_at():
    got = {"predictions": np.zeros(10, int), "held-out accuracy": 1.0, "accuracy": 1.0}
    assert judge(got, None).text == "The held-out accuracy is 0.3; it should be at least 0.9."
    assert judge({"predictions": NINE, "loss": 0.1}, None) is None


@pytest.mark.parametrize(
    "got, kind, text",
    [
        (NINE[:9], "shape", "The predictions have shape (9,), expected (10,): one label per sample."),
        (NINE[:, None], "shape", "expected (10,): one label per sample. Take the class with the highest score"),
        (np.eye(10, 3), "shape", "Take the class with the highest score of each row."),
        (np.tile(NINE, 2), "shape", "have shape (20,)"),
        (NINE.astype(float), "type", "The predictions are numbers with decimals, expected whole numbers"),
        (NINE > 0, "type", "The predictions are True and False, expected whole numbers"),
        (None, "type", "The predictions should be an array of 10 labels, got None."),
        (1.0, "type", "got the number 1"),
        (np.int64(1), "type", "got the number 1"),
        (["a"] * 10, "type", "got a list of 10 items"),
        ([[1], [1, 2]], "type", "got a list of 2 items"),
        ([10**30] * 10, "type", "got a list of 10 items"),
        (Opaque("function"), "type", "got an object of type function"),
        ({"answers": NINE}, "type", "got None"),
        ({"problem": "Return both, w and b."}, "structure", "Return both, w and b."),
        (np.full(10, 7), "value", "The held-out accuracy is 0; it should be at least 0.9."),
        (Tensor(np.zeros(10, int)), "value", "is 0.3"),
    ],
)
def test_what_is_wrong_is_said(got, kind, text):
    found = judge(got, TRUTH)
    assert found.kind == kind
    assert text in found.text


def test_the_references_own_predictions_do_not_matter():
    assert judge(NINE, np.zeros(10, int)) is None


@pytest.mark.parametrize("labels", [[], [[0, 1]], [0.5, 1.0], ["a"]])
def test_labels_that_are_none_are_refused(labels):
    with pytest.raises(ValueError, match="one row of whole numbers"):
        labels_right(labels, at_least=0.5)


def test_labels_that_are_changed_afterwards_change_nothing():
    mine = TRUTH.copy()
    judged = labels_right(mine, at_least=1.0)
    mine[:] = 0
    assert judged(TRUTH, None) is None
