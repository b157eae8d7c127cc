"""What came of running one case: the facts, before anyone judges them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RETURNED, RAISED, MISSING = "returned", "raised", "missing"
TIMEOUT, MEMORY, CRASHED, NOT_RUN = "timeout", "memory", "crashed", "not_run"
KINDS = frozenset({RETURNED, RAISED, MISSING, TIMEOUT, MEMORY, CRASHED, NOT_RUN})


@dataclass(frozen=True)
class Frame:
    """A line of the learner's own code that an error went through."""

    function: str
    line: int
    source: str


@dataclass(frozen=True)
class Raised:
    """An exception in a few plain words. unwritten: it says that an exercise isn't written yet, and which."""

    type_name: str
    message: str
    frames: tuple[Frame, ...] = ()
    unwritten: str | None = None


@dataclass(frozen=True)
class Outcome:
    """kind: one of the words above. value: plain data when returned; error when raised; missing: the absent name.

    forbidden: the function that was called although the exercise forbids it. seconds: how long it took; after a
    TIMEOUT how long it was given.
    """

    kind: str
    value: Any = None
    error: Raised | None = None
    missing: str = ""
    unwritten: bool = False
    forbidden: str = ""
    printed: str = ""
    seconds: float = 0.0


def within(ended: Outcome) -> str:
    """The time that was over, for a sentence: "within 20 s"."""
    return f"within {ended.seconds:g} s" if ended.seconds > 0 else "in time"
