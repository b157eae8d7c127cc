"""What a reader can set: sliders, choices, switches, text boxes, buttons and the clock.

A control's `name` is the key of the state it sets. `check(value)` returns the value in its own type or
raises `ValueError` with a sentence that says what is allowed. `column` puts a control under the panels of that
column; without one it stands in the figure's toolbar (a number: below the panels).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scrub:
    """A number: dragged, typed or stepped with the arrow keys. `unit` is printed behind it."""

    name: str
    label: str
    low: float
    high: float
    step: float = 0.1
    log: bool = False
    unit: str = ""
    column: int | None = None

    def check(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"{self.name} must be a number from {self.low:g} to {self.high:g}, not {value!r}.")
        if not self.low <= value <= self.high:
            raise ValueError(f"{self.name} must lie between {self.low:g} and {self.high:g}; you gave {value:g}.")
        return int(value) if self.whole else float(value)

    @property
    def whole(self) -> bool:
        """Whether the values are whole numbers (step, low and high all are)."""
        return all(float(number).is_integer() for number in (self.low, self.high, self.step))


@dataclass(frozen=True)
class Choice:
    """One of a few options, each a string.

    `sketches` shows them as small pictures to click instead of a list: for each option a string of three
    characters per dot, its class (1 or 0), then x and y (upwards) as digits 0-9a-z of base 36.
    """

    name: str
    label: str
    options: tuple[str, ...]
    sketches: tuple[str, ...] = ()
    column: int | None = None

    def check(self, value: Any) -> str:
        if value not in self.options:
            raise ValueError(f"{self.name} must be one of {', '.join(self.options)}; you gave {value!r}.")
        return value


@dataclass(frozen=True)
class Toggle:
    """On or off."""

    name: str
    label: str
    column: int | None = None

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{self.name} must be True or False; you gave {value!r}.")
        return value


@dataclass(frozen=True)
class TextBox:
    """A line of text, at most `longest` characters; `hint` stands in it while it is empty.

    It is sent when Enter is pressed or the box is left; a box of several `rows`, where Enter ends a line, is sent
    at each key. What the text means is the figure's to judge: let `compute` raise `LearnerError` for what makes
    no sense, and the last good picture stays under the text.
    """

    name: str
    label: str
    hint: str = ""
    longest: int = 120
    rows: int = 1
    column: int | None = None

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{self.name} must be text; you gave {value!r}.")
        if len(value) > self.longest:
            raise ValueError(f"{self.name} may have {self.longest} characters; you gave {len(value)}.")
        return value


@dataclass(frozen=True)
class Button:
    """Sends `{"type": "press", "name": name}`; `key` is a single key that does the same."""

    name: str
    label: str
    key: str | None = None
    column: int | None = None


@dataclass(frozen=True)
class Play:
    """The clock: `label` starts and pauses it (Space), `step` does one tick (`.`).

    The state key `playing` tells whether it runs; `interval` is the least time between ticks in seconds
    (0: as fast as the frames are answered).
    """

    label: str = "Play"
    step: str = "Step"
    interval: float = 0.0
    name: str = "playing"


@dataclass(frozen=True)
class More:
    """Shows controls or panels that a beginner does without, and puts them away again; on or off like a `Toggle`.

    What the figure leaves out while it is off keeps its state. Opening is no step of undo.
    """

    name: str = "more"
    label: str = "More"
    less: str = "Less"
    column: int | None = None

    def check(self, value: Any) -> bool:
        return Toggle(self.name, self.label).check(value)


Control = Scrub | Choice | Toggle | TextBox | Button | Play | More
