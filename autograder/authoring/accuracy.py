"""Judging predicted labels by how many are right, where a case trains something and lets it answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.authoring.compare import Compare, Difference, describe
from autograder.core.wire import Tensor

PREDICTIONS = "predictions"


def labels_right(labels: Any, at_least: float, what: str = "accuracy") -> Compare:
    """Predicted labels of which a share of `at_least` must be right, as the judge itself counts.

    labels: (n,) the true ones, whole numbers. The case returns the predictions, (n,) whole numbers, or a dict with
    them as its entry "predictions"; other entries only help to recognise mistakes, and an entry "problem" is a
    sentence that says why there are none. what: what the share is called for the learner. The predictions of the
    reference don't matter. Raises ValueError for labels that are none.
    """
    truth = np.array(labels)
    if truth.ndim != 1 or not truth.size or truth.dtype.kind not in "iub":
        raise ValueError("labels must be one row of whole numbers")

    def judge(got: Any, expected: Any) -> Difference | None:
        if isinstance(got, dict):
            if "problem" in got:
                return Difference("structure", "", str(got["problem"]), got)
            got = got.get(PREDICTIONS)
        found = _array(got)
        if found is None:
            text = f"The predictions should be an array of {truth.size} labels, got {describe(got)}."
            return Difference("type", "", text, got)
        if found.shape != truth.shape:
            text = f"The predictions have shape {found.shape}, expected {truth.shape}: one label per sample."
            if found.ndim == 2 and len(found) == truth.size:
                text += " Take the class with the highest score of each row."
            return Difference("shape", "", text, found)
        if found.dtype.kind not in "iu":
            held = "True and False" if found.dtype.kind == "b" else "numbers with decimals"
            text = f"The predictions are {held}, expected whole numbers: the numbers of the classes."
            return Difference("type", "", text, found)
        share = float(np.mean(found == truth))
        if share >= at_least:
            return None
        text = f"The {what} is {share:.4g}; it should be at least {at_least:g}."
        return Difference("value", "", text, share, None)

    judge.by_property = True  # type: ignore[attr-defined]
    return judge


def _array(value: Any) -> np.ndarray | None:
    """The predictions as an array of numbers; None when they are something else."""
    if isinstance(value, Tensor):
        return value.array
    if isinstance(value, list | tuple):
        try:
            value = np.array(value)
        except (ValueError, OverflowError):
            return None
    return value if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "biuf" else None
