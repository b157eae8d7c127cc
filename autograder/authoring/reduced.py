"""Judging what a result means, where the case returns more than is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.authoring.compare import Compare, Difference, close


def reduced(how: Callable[[Any], Any], judge: Compare | None = None) -> Compare:
    """What `how` makes of a result must be what it makes of the expected one.

    For a case whose raw result says more than is asked: it leaves the process of the code under test as it is, and what
    it means, such as "below 1e-6", is worked out where that code doesn't run. Mistakes are recognised by that, too.
    judge: how the two meanings are compared; `close()` unless given.
    """
    compare = judge or close()

    def of_meanings(got: Any, expected: Any) -> Difference | None:
        return compare(how(got), how(expected))

    of_meanings.meaning = how  # type: ignore[attr-defined]
    return of_meanings
