"""Judging what a result means, where the case returns more than is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.authoring.compare import Compare, Difference, close, describe


def reduced(how: Callable[[Any], Any], judge: Compare | None = None) -> Compare:
    """What `how` makes of a result must be what it makes of the expected one.

    For a case whose raw result says more than is asked: it leaves the process of the code under test as it is, and what
    it means, such as "below 1e-6", is worked out where that code doesn't run. Mistakes are recognised by that, too.
    What `how` can make nothing of it may hand back as it is: that is compared too, so that the difference can be told,
    but never right, or else the meaning itself could be handed in.
    judge: how the two meanings are compared; `close()` unless given.
    """
    compare = judge or close()

    def of_meanings(got: Any, expected: Any) -> Difference | None:
        meant, wanted = how(got), how(expected)
        difference = compare(meant, wanted)
        if difference is None and meant is got and wanted is not expected:
            text = f"The result is {describe(got)}, expected {describe(expected)}."
            return Difference("type", "", text, got, expected)
        return difference

    of_meanings.meaning = how  # type: ignore[attr-defined]
    return of_meanings
