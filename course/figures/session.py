"""One reader's run of a figure: state, undo, and the frame after each batch of events. No browser in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from course.figures.controls import Button, Control, More, Play, Scrub
from course.figures.figure import Arrays, Event, Figure, Goal, State
from course.figures.functions import Functions, LearnerError
from course.figures.reference import borrowed
from course.figures.scene import Grid, Net, Panel, Plot, Thing

UNDO_LIMIT = 200


@dataclass(frozen=True)
class Frame:
    """All that is shown at one moment."""

    panels: list[Panel]
    controls: list[tuple[Control, Any]]
    say: str
    conclusion: str
    badge: str
    strip: list[str]
    goal: Goal | None
    reached: bool  # the goal, now or before
    code: str
    selected: str | None
    playing: bool
    can_undo: bool


class Session:
    """Feeds events to a figure. Whatever the learner's functions do, there is a frame to show.

    `namespace` and `reference` are those of `Functions`; without a reference it is borrowed where there is one.
    """

    def __init__(
        self,
        figure: Figure,
        namespace: Mapping[str, Any] | None = None,
        reference: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> None:
        self.figure = figure
        self.functions = Functions(figure.uses, namespace, borrowed(figure) if reference is None else reference)
        self._start = figure.start(**given)
        self.state: State = self._start
        self._past: list[State] = []
        self._gesture: tuple | None = None
        self._arrays: Arrays = {}
        self._reached: set[str] = set()  # keys of goals
        self.frame = self._first_frame()

    def handle(self, events: list[Event]) -> Frame:
        """The frame after these events, in their order."""
        self.functions.begin()
        trouble: list[str] = []
        fresh = True
        for event in events:
            try:
                if event["type"] == "nudge":
                    if not fresh:
                        self.frame = self._drawn()
                    event = self._placed(event)
                self._apply(event)
            except LearnerError as error:
                self.state = self.state | {"playing": False}
                trouble.append(str(error))
            fresh = False
        try:
            self.frame = self._drawn(trouble)
        except LearnerError as error:
            if self.state.get("playing"):
                self.state = self.state | {"playing": False}
            self.frame = replace(
                self.frame,
                controls=self._controls(),
                strip=list(dict.fromkeys([*trouble, *self.functions.notes, str(error)])),
                code=self.figure.code(self.state),
                selected=self.state["selected"],
                playing=False,
                can_undo=bool(self._past),
            )
        return self.frame

    def _apply(self, event: Event) -> None:
        kind = event["type"]
        if kind == "tick" and event.get("run") and not self.state.get("playing"):
            return  # the clock's last tick was under way when it was paused
        if kind == "undo":
            self._gesture = None
            if self._past:
                self.state = self._past.pop() | {name: self.state[name] for name in self._openers()}
            return
        before = self.state
        if kind == "reset":
            self.state = self._start
        elif kind == "tick":
            self.state = self.functions.asked(self.figure.step, self.state)
        elif kind == "press" and event["name"] == "playing":
            self.state = self.state | {"playing": not self.state.get("playing", False)}
        else:
            self.state = self.figure.reduce(self.state, self._valid(event))
        passing = kind == "select" or event.get("name") in ("playing", *self._openers())
        if not passing and self.state != before:
            self._remember(event, before)

    def _openers(self) -> list[str]:
        """The names of the controls that only show others: what they do is not undone."""
        return [control.name for control in self.figure.controls(self.state) if isinstance(control, More)]

    def _remember(self, event: Event, before: State) -> None:
        """One undo step per gesture: a whole drag, or a whole run of the clock."""
        target = event.get("thing") or event.get("name") or event.get("panel")
        gesture = (event["type"], target, event.get("gesture"))
        if gesture != self._gesture or (event["type"] != "tick" and "gesture" not in event):
            self._past = [*self._past, before | {"playing": False} if "playing" in before else before][-UNDO_LIMIT:]
        self._gesture = gesture

    def _valid(self, event: Event) -> Event:
        """A `set` or `cell` event with its value in range: what arrives late or odd is brought to the nearest."""
        if event["type"] == "cell":
            return self._valid_cell(event)
        if event["type"] != "set":
            return event
        for control in self.figure.controls(self.state):
            if control.name == event["name"] and not isinstance(control, Button | Play):
                value = event["value"]
                if isinstance(control, Scrub) and isinstance(value, int | float):
                    value = min(max(value, control.low), control.high)
                return event | {"value": control.check(value)}
        raise LookupError(f"{self.figure.name} has no control named {event['name']!r} now.")

    def _valid_cell(self, event: Event) -> Event:
        for panel in self.frame.panels:
            if not isinstance(panel, Grid) or panel.id != event["panel"] or panel.edits is None:
                continue
            if (where := panel.place(event["thing"])) is not None:
                (row, column), (low, high, _) = where, panel.edits
                value = float(min(max(float(event["value"]), low), high))
                return event | {"row": row, "column": column, "value": value, "shape": panel.values.shape}
        raise LookupError(f"{self.figure.name} has no cell {event['thing']!r} to edit now.")

    def _placed(self, event: Event) -> Event:
        """Arrow keys on a thing of a plot: a drag by so many of its steps, kept within the axes.

        Plus and minus on a line of a network: the same event with the weight that it has now; on a cell of a
        grid: the cell with its next value.
        """
        for panel in self.frame.panels:
            for edge in panel.edges if isinstance(panel, Net) else []:
                if edge.id == event["thing"]:
                    return event | {"weight": edge.weight}
            if isinstance(panel, Grid) and panel.place(event["thing"]):
                value = panel.stepped(event["thing"], event["dy"])
                return {"type": "cell", "thing": event["thing"], "panel": panel.id, "value": value}
            if isinstance(panel, Plot) and (thing := panel.thing(event["thing"])) is not None:
                return _moved(thing, panel, event)
        return event

    def _controls(self) -> list[tuple[Control, Any]]:
        controls = self.figure.controls(self.state)
        return [(control, self.figure.value(self.state, control.name, self._arrays)) for control in controls]

    def _first_frame(self) -> Frame:
        try:
            return self._drawn()
        except LearnerError as error:
            self.functions.begin(only_ours=True)
            return self._drawn([str(error)])

    def _drawn(self, trouble: list[str] | None = None) -> Frame:
        arrays = self._arrays = self.functions.asked(self.figure.compute, self.state)
        self.functions.keep_up()
        goal = self.figure.goal(self.state, arrays)
        if goal and goal.progress >= 1:
            self._reached.add(goal.key)
        return Frame(
            panels=self.figure.scene(self.state, arrays),
            controls=self._controls(),
            say=self.figure.describe(self.state, arrays),
            conclusion=self.figure.conclusion(self.state, arrays),
            badge=self.functions.badge(),
            strip=[*(trouble or []), *self.functions.notes],
            goal=goal,
            reached=goal is not None and goal.key in self._reached,
            code=self.figure.code(self.state),
            selected=self.state["selected"],
            playing=bool(self.state.get("playing")),
            can_undo=bool(self._past),
        )


def _moved(thing: Thing, panel: Plot, event: Event) -> Event:
    x = _stepped(thing.x, event["dx"] * thing.step, panel.x, panel.xlog)
    y = _stepped(thing.y, event["dy"] * thing.step, panel.y, panel.ylog)
    return {"type": "drag", "thing": thing.id, "x": x, "y": y}


def _stepped(place: float, by: float, ends: tuple[float, float], log: bool) -> float:
    """A place on an axis moved `by` data units, or decades of a logarithmic one, and kept within its ends."""
    return min(max(place * 10**by if log else place + by, ends[0]), ends[1])
