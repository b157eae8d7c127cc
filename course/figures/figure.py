"""The base class of every moving figure: what an author writes, all of it pure Python.

A figure keeps nothing: the state is a dict of plain data (numbers, strings, lists, booleans), each method
maps it to something new, and none may change what it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from course.figures.controls import Button, Control, More, Play, Scrub
from course.figures.functions import Functions
from course.figures.scene import Panel

State = dict[str, Any]
Event = dict[str, Any]
Arrays = dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """What to reach, and how far the reader is (0..1; 1 is reached).

    A figure with several goals tells them apart by `key`: one that was reached stays marked, whatever comes after.
    """

    text: str
    progress: float
    key: str = ""


class Figure:
    """A moving figure. Subclass it and write the methods below; `show` displays it in a notebook.

    State keys that start with an underscore are passing (a flash, a counter): not part of "Copy state".
    Three keys have a meaning for every figure: `selected` (id of the selected thing or None),
    `playing` (the clock runs; only with a `Play` control) and the names of the controls.
    """

    name: ClassVar[str] = "figure"  # of the function in widgets.py that shows it
    title: ClassVar[str] = ""
    tries: ClassVar[tuple[str, ...]] = ()
    uses: ClassVar[tuple[str, ...]] = ()  # names of the learner's functions and classes that it runs on

    def initial(self) -> State:
        """The state at the start."""
        return {}

    def controls(self, state: State) -> list[Control]:
        """What can be set, in the order shown; may depend on the state."""
        return []

    def reduce(self, state: State, event: Event) -> State:
        """The state after an event. The base does what most figures want; extend it for your own events.

        Events: set(name, value), press(name), drag(thing, x, y), add(panel, x, y), delete(thing),
        flip(thing), select(thing), ink(panel, cells, value), stroke(panel, points), cell(thing, panel, row,
        column, value), nudge(thing, dx, dy) for the lines of a network (with their `weight`; in a plot the
        arrow keys arrive as drag). undo, reset and tick never come here.
        """
        if event["type"] == "set":
            return state | {event["name"]: event["value"]}
        if event["type"] == "select":
            return state | {"selected": event["thing"]}
        return state

    def step(self, state: State, functions: Functions) -> State:
        """The state one tick later; may call the learner's functions. May be asked twice, as `compute`."""
        return state

    def value(self, state: State, name: str, arrays: Arrays) -> Any:
        """What the control of that name shows; override it for a control that isn't a key of the state."""
        return state.get(name)

    def compute(self, state: State, functions: Functions) -> Arrays:
        """All numbers of the picture; with `step`, the only place that calls the learner's functions.

        Where `functions.have` is false of what a stage needs, go a way of the figure's own and say so with
        `functions.own`: one computation of the whole stage, never a function that does an exercise's job.
        """
        return {}

    def scene(self, state: State, arrays: Arrays) -> list[Panel]:
        """What to draw."""
        raise NotImplementedError

    def describe(self, state: State, arrays: Arrays) -> str:
        """The picture in one or two sentences: values and conclusion. Alt text and test oracle.

        It is read out, not shown: who sees the picture has it before their eyes.
        """
        raise NotImplementedError

    def conclusion(self, state: State, arrays: Arrays) -> str:
        """What a reader who sees the picture needs in words too, because no part of it says so; "" is nothing."""
        return ""

    def goal(self, state: State, arrays: Arrays) -> Goal | None:
        """What the reader may try to reach."""
        return None

    def origin(self, state: State) -> State:
        """What "Copy state" compares with: it writes down the settings that differ from these.

        Override it where one setting brings others with it.
        """
        return self.start()

    # --- done for you -------------------------------------------------------------------------------

    def start(self, **given: Any) -> State:
        """The initial state with some keys given; raises TypeError or ValueError with a clear sentence."""
        state: State = {"selected": None} | self.initial()
        if any(isinstance(control, Play) for control in self.controls(state)):
            state = {"playing": False} | state
        known = [key for key in state if not key.startswith("_")]
        for key in given:
            if key not in known:
                raise TypeError(f"{self.name} has no setting {key!r}; it has {', '.join(known)}.")
        return self.checked(state | given, given)

    def checked(self, state: State, given: dict[str, Any]) -> State:
        """The state with the given values checked against their controls."""
        checkable = (control for control in self.controls(state) if not isinstance(control, Button | Play))
        return state | {
            control.name: control.check(given[control.name]) for control in checkable if control.name in given
        }

    def code(self, state: State) -> str:
        """One line of Python that rebuilds this view."""
        initial = self.origin(state)
        only_shows = [control.name for control in self.controls(state) if isinstance(control, More)]
        shown = [
            f"{key}={_literal(value)}"
            for key, value in state.items()
            if not key.startswith("_") and key not in ("playing", *only_shows) and value != initial.get(key)
        ]
        return f"widgets.{self.name}({', '.join(shown)})"

    def show(self, **given: Any) -> Any:
        """The live figure, as a widget. `given` sets parts of the initial state."""
        from course.figures.widget import FigureWidget

        return FigureWidget(self, **given)


def clamp(value: float, low: float, high: float) -> float:
    """`value` kept between `low` and `high`."""
    return float(min(max(value, low), high))


def snap(value: float, control: Scrub) -> float:
    """`value` on the control's grid and within its range."""
    steps = round((value - control.low) / control.step)
    return clamp(round(control.low + steps * control.step, 10), control.low, control.high)


def _literal(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_literal(item) for item in value)}]"
    return repr(value)
