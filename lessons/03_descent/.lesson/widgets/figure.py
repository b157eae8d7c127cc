"""Walking downhill on a surface: where you start, how large the steps are, and where that ends."""

import numpy as np

from course.figures import Button, Choice, Figure, Goal, Play, Scrub
from course.figures.figure import snap
from course.figures.scene import Arrow, Cell, Line, Plot, Points, Table, Thing, number
from course.trails import (
    brief,
    drawable,
    ending,
    ground,
    loss_line,
    loss_range,
    map_of,
    step_dots,
    step_numbers,
    trail,
    way_out,
)

from .walks import (
    OWN,
    SURFACES,
    X,
    Y,
    first_below,
    losses_along,
    map_heights,
    slope_at,
    walk,
    zigzags,
)

START = Scrub("x1", "start x₁", *X, 0.05), Scrub("x2", "start x₂", *Y, 0.05)
RATE = Scrub("lr", "learning rate", 1e-4, 1.0, 0.01, log=True)
GOAL_STEPS, GOAL_LOSS = 60, 1e-3
ARROW = 1.1  # the longest that −gradient is drawn


class Descent(Figure):
    name = "descent"
    title = "Descent"
    tries = (
        "In the ravine, raise the learning rate past 0.04, then on. From which rate on does the walk explode? Predict the number: its steep side curves by 25.",
        "Which learning rate gets lowest in 60 steps? Predict first: is it the largest that doesn't explode?",
        "Choose the saddle, which starts at (2, 0) exactly. Does it ever leave the ridge? Nudge the start up by one arrow key.",
    )
    uses = ("numerical_gradient", "gradient_descent", "momentum_step")

    def initial(self):
        return {
            "surface": "ravine",
            "x1": 3.0,
            "x2": 1.0,
            "lr": 0.01,
            "momentum": 0.0,
            "steps": 60,
            "noise": 0.0,
            "seed": 1,
            "kept": {"lr": 0.07, "momentum": 0.0},  # the settings of the path that is kept for comparison
            "selected": "start",
            "_at": 0,  # the step that the marker has reached
        }

    def controls(self, state):
        controls = [
            Choice("surface", "Surface", (*SURFACES, OWN)),
            Play("Walk", step="One step", interval=0.04),
            Button("keep", "Drop the kept path" if state["kept"] else "Keep this path", key="k"),
        ]
        if state["noise"] > 0:
            controls.append(Button("new", "New noise", key="n"))
        return [
            *controls,
            RATE,
            Scrub("momentum", "momentum", 0, 0.99, 0.01),
            Scrub("steps", "steps", 1, 500, 1),
            Scrub("noise", "noise", 0, 1, 0.05),
            *START,
        ]

    def checked(self, state, given):
        if given.get("kept") is not None:
            check_kept(given["kept"])
        return super().checked(state, given)

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind = event["type"]
        if kind == "select":
            return super().reduce(state, event)
        changed = self.changed(state, event)
        return changed if changed is state else changed | {"_at": 0, "playing": False}

    def changed(self, state, event):
        kind = event["type"]
        if kind == "set" and event["name"] == "surface":
            surface = SURFACES.get(event["value"], SURFACES["bowl"])
            x1, x2 = surface.start
            return state | {"surface": event["value"], "x1": x1, "x2": x2, "lr": surface.rate, "kept": None}
        if kind == "set":
            return super().reduce(state, event)
        if kind == "add" or (kind == "drag" and event["thing"] == "start"):
            return state | {"x1": snap(event["x"], START[0]), "x2": snap(event["y"], START[1]), "selected": "start"}
        if kind == "press" and event["name"] == "keep":
            return state | {"kept": None if state["kept"] else settings_of(state)}
        if kind == "press" and event["name"] == "new":
            return state | {"seed": state["seed"] + 1}
        return state

    def step(self, state, functions):
        """The marker moves on along the path; from its end it starts again."""
        last = state["steps"]
        at = state["_at"] if state["_at"] < last else 0
        at = min(last, at + (max(1, last // 100) if state["playing"] else 1))
        return state | {"_at": at, "playing": state["playing"] and at < last}

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        surface = state["surface"]
        path = walk(state, settings_of(state), functions)
        losses = losses_along(path, surface, functions)
        kept = walk(state, state["kept"], functions) if state["kept"] else None
        slope = {at: slope_at(path[at], surface, functions) for at in {0, self.at(state, path)}}
        return {
            "heights": map_heights(surface, functions),
            "path": path,
            "losses": losses,
            "kept": kept,
            "kept_losses": None if kept is None else losses_along(kept, surface, functions),
            "slope": slope[0],
            "slope_here": slope[self.at(state, path)],
        }

    @staticmethod
    def at(state, path):
        """The step whose numbers are shown: the marker's, or the last one that can be taken from a place."""
        return min(state["_at"], state["steps"] - 1, max(len(drawable(path)) - 2, 0))

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        return [self.map(state, arrays), self.loss_plot(state, arrays), self.step_table(state, arrays)]

    def map(self, state, arrays):
        path, kept, surface = arrays["path"], arrays["kept"], state["surface"]
        layers = ground(SURFACES[surface]) if surface != OWN else [own_map(arrays["heights"])]
        if kept is not None:
            layers += [
                trail(kept, X, Y, series=1),
                step_dots(kept, X, Y, series=1),
                *way_out(kept, X, Y, ending(kept, arrays["kept_losses"], X, Y)),
            ]
        layers += [trail(path, X, Y, series=0, width=2.5), step_dots(path, X, Y, series=0)]
        layers.append(Line(drawable(path)[:2], series=0, width=6))
        slope = arrays["slope"]
        size = float(np.hypot(*slope))
        if 0 < size < np.inf:
            tip = (path[0] - slope * min(ARROW, size) / size).tolist()
            layers.append(Arrow(*path[0].tolist(), *tip))
        layers += step_numbers(path, X, Y)
        layers += way_out(path, X, Y, ending(path, arrays["losses"], X, Y))
        if 0 < state["_at"] < len(drawable(path)):
            layers.append(Points(path[[state["_at"]]], marks=[3], series=0, size=6))
        formula = f"{surface}: {SURFACES[surface].formula}" if surface != OWN else "your f"
        start = Thing("start", state["x1"], state["x2"], "start", step=0.1)
        return Plot(
            "map", X, Y, layers, [start], title=f"{formula} (arrow: −gradient)", width=450, height=339, adds=True
        )

    def loss_plot(self, state, arrays):
        log = state["surface"] != OWN and SURFACES[state["surface"]].lowest is not None
        lines = [loss_line(arrays["losses"], 0, in_short(settings_of(state)), log)]
        if arrays["kept"] is not None:
            lines.insert(0, loss_line(arrays["kept_losses"], 1, in_short(state["kept"]), log))
        every = [arrays["losses"]] + ([arrays["kept_losses"]] if arrays["kept"] is not None else [])
        at = state["_at"]
        dot = (
            [Points(lines[-1].xy[[at]], marks=[3], series=0, size=6)]
            if at and np.isfinite(arrays["losses"][at])
            else []
        )
        return Plot(
            "loss",
            (0, state["steps"]),
            loss_range(every, log),
            [*lines, *dot],
            title="Loss (the height), step by step",
            xlabel="step",
            ylog=log,
            width=400,
            height=210,
            column=1,
        )

    def step_table(self, state, arrays):
        path, at, slope = arrays["path"], self.at(state, arrays["path"]), arrays["slope_here"]
        rows = [
            row("place", path[at]),
            row("gradient", slope),
            row("− lr · gradient", -state["lr"] * slope),
        ]
        rest = path[at + 1] - path[at] + state["lr"] * slope
        if state["momentum"] or state["noise"]:
            causes = [cause for cause in ("momentum", "noise") if state[cause]]
            rows.append(row(f"from {' and '.join(causes)}", rest))
        rows.append(row("next place", path[at + 1], "strong"))
        title = f"Step {at + 1}, worked out"
        return Table("step", rows, title, ["", "x₁", "x₂"], rule=len(rows) - 1, width=400, column=1)

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        surface = "Your f" if state["surface"] == OWN else state["surface"].capitalize()
        text = f"{surface} from ({number(state['x1'])}, {number(state['x2'])}), {in_words(settings_of(state))}"
        if state["noise"]:
            text += f", noise {state['noise']:g}"
        text += f": {result(arrays['path'], arrays['losses'])}."
        if arrays["kept"] is not None:
            text += f" Kept, {in_words(state['kept'])}: {result(arrays['kept'], arrays['kept_losses'])}."
        if state["_at"]:
            at = state["_at"]
            text += f" The marker is at step {at}, loss {brief(arrays['losses'][at])}."
        return text

    def conclusion(self, state, arrays):
        """The marker's step is in the table."""
        return self.describe(state | {"_at": None}, arrays)

    def goal(self, state, arrays):
        task = f"a loss below {GOAL_LOSS:g} within {GOAL_STEPS} steps, in the ravine from (3, 1) and without noise"
        if state["surface"] != "ravine" or (state["x1"], state["x2"]) != (3.0, 1.0) or state["noise"]:
            return Goal(f"Goal: {task}.", 0.0)
        first = first_below(arrays["losses"], GOAL_LOSS)
        if first is None:
            return Goal(f"Goal: {task}. These {state['steps']} steps don't get there.", 0.0)
        if first <= GOAL_STEPS:
            fewer = "Can fewer do it? (Without momentum, 54 is the least.)"
            return Goal(f"Below {GOAL_LOSS:g} after {first} steps. Reached. {fewer}", 1.0)
        return Goal(f"Below {GOAL_LOSS:g} after {first} steps. Goal: within {GOAL_STEPS}.", GOAL_STEPS / first)


# --- words and small helpers ----------------------------------------------------------------------------


def settings_of(state):
    return {"lr": state["lr"], "momentum": state["momentum"]}


def in_words(settings):
    momentum = f"momentum {settings['momentum']:g}" if settings["momentum"] else "no momentum"
    return f"learning rate {settings['lr']:g}, {momentum}"


def in_short(settings):
    return f"{settings['lr']:g}" + (f", momentum {settings['momentum']:g}" if settings["momentum"] else "")


def result(path, losses):
    end = ending(path, losses, X, Y)
    way = ", in a zigzag" if zigzags(path) else ""
    text = f"loss {brief(losses[0])} → {brief(losses[-1])} after {len(path) - 1} steps{way}"
    return f"{text}; it {end}" if end else text


def row(name, pair, tone=""):
    return [Cell(name, tone), *(Cell(exact(value), tone) for value in pair)]


def exact(value):
    """A coordinate for the table, with three decimals while they fit."""
    return number(value, 3) if abs(value) < 1e4 else brief(value)


def own_map(values):
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        return map_of(values, X, Y, 1.0, (0.0, 0.0))
    high = float(np.abs(finite).max()) or 1.0
    levels = np.quantile(finite, (0.04, 0.12, 0.25, 0.4, 0.6, 0.8))
    return map_of(values, X, Y, high, tuple(levels.tolist()))


def check_kept(kept):
    if not isinstance(kept, dict) or set(kept) != {"lr", "momentum"}:
        raise ValueError(f"kept must be None or a dict with lr and momentum; you gave {kept!r}.")
    RATE.check(kept["lr"])
    Scrub("momentum", "momentum", 0, 0.99).check(kept["momentum"])
