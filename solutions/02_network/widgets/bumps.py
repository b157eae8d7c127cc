"""A curve out of kinks: one hidden layer, drawn unit by unit.

The network takes one number x. Its hidden unit i computes relu(x − kinkᵢ), a ramp that starts at its kink.
The output adds up the ramps, each times its weight, from a start height:

    H = relu(dense(x, W1, b1))      W1 = (1 1 … 1), b1 = −kinks
    y = dense(H, W2, b2)            W2 = weights,   b2 = start height
"""

import numpy as np

from course.figures import Choice, Figure, Goal, Play, Scrub, Toggle
from course.figures.figure import clamp, snap
from course.figures.scene import Cell, Line, Plot, Table, Text, Thing, number

from .kinks import (
    BY_HAND,
    DRAWN,
    EVEN,
    FIT,
    FLAT,
    HANDLES,
    KINK,
    LEARN,
    LEFT,
    OWN,
    RIGHT,
    STEEPNESS,
    TARGETS,
    X,
    by_hand,
    drawn_along,
    gradient,
    handle_x,
    hidden,
    lifted,
    rounded,
    selected_unit,
    sum_of,
    target_at,
    unit_in,
    units_of,
)

NOUNS = {"relu": "ramp", "sigmoid": "soft step", "identity": "straight line"}
MOST_UNITS, GOAL_UNITS, GOAL_ERROR = 24, 8, 0.2

N = Scrub("n", "units n", 0, MOST_UNITS, 1)
WEIGHT = Scrub("weight", "weight", -10, 10, 0.1)
HEIGHT = Scrub("height", "start height b₂", -5, 5, 0.1)

STEPS_PER_TICK, MOST_STEPS, RATE = 10, 3000, 0.02


# --- the figure -----------------------------------------------------------------------------------------


class BumpBuilder(Figure):
    name = "bump_builder"
    title = "Bump builder"
    tries = (
        "Place the kinks evenly and set n to 3, 6, 12, 24. How much does each doubling help? Predict first.",
        "Choose the activation “identity”. However many units: a straight line.",
        "Pull up the left edge of the target, outside the kinks. Which unit can cover it?",
        "For the goal, work from left to right: a ReLU changes only what lies to the right of its kink.",
    )
    uses = ("dense", "relu", "sigmoid")

    def initial(self):
        return {
            "n": 3,
            "place": BY_HAND,
            "activation": "relu",
            "target": "sin 2x",
            "draw": False,
            "kinks": [-1.0, 0.0, 1.0],  # these three hold for units placed by hand and learnt ones;
            "weights": [1.0, -2.0, 1.0],  # even and fitted units follow from n and the target
            "height": 0.0,
            "lifts": FLAT,
            "drawn": None,
            "selected": "kink 0",
            "_fitted": False,  # whether a fit came before the hand
            "_descent": None,
        }

    def controls(self, state):
        controls = [
            Choice("place", "Kinks", (BY_HAND, EVEN, FIT, LEARN)),
            Play("Learn", step="Step"),
            Choice("activation", "Activation", tuple(STEEPNESS)),
            Choice("target", "Target", (*TARGETS, OWN)),
            Toggle("draw", "Draw it"),
            N,
            HEIGHT,
        ]
        i = selected_unit(state)
        if i is not None:
            controls += [relabelled(KINK, f"kink {i + 1}"), relabelled(WEIGHT, f"weight {i + 1}")]
        return controls

    def value(self, state, name, arrays):
        if name not in ("kink", "weight", "height"):
            return super().value(state, name, arrays)
        kinks, weights, height = units_of(state)
        i = selected_unit(state)
        return (
            clamp(height, HEIGHT.low, HEIGHT.high) if name == "height" else {"kink": kinks, "weight": weights}[name][i]
        )

    def checked(self, state, given):
        state = super().checked(state, given)
        pairs = ("kinks", len(state["weights"])), ("weights", len(state["kinks"]))
        for name, length in (*pairs, ("lifts", len(HANDLES)), ("drawn", len(DRAWN))):
            if name in given and given[name] is not None:
                check_numbers(name, given[name], length)
        return state

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind, thing = event["type"], event.get("thing") or ""
        if kind == "set":
            return self.set(state, event["name"], event["value"])
        if kind == "stroke":
            return state | {"target": OWN, "drawn": drawn_along(state, event["points"]), "lifts": FLAT}
        if kind == "add" and state["n"] < MOST_UNITS:
            kinks, weights, height = units_of(state)
            kinks, weights = [*kinks, snap(event["x"], KINK)], [*weights, 1.0 if event["y"] >= 0 else -1.0]
            return by_hand(state, kinks, weights, height) | {"selected": f"kink {len(kinks) - 1}"}
        if kind == "drag" and thing.startswith("target "):
            return lifted(state, int(thing.split()[1]), event["y"])
        if kind in ("drag", "flip", "delete") and unit_in(thing, state) is not None:
            return self.change_unit(state, event, unit_in(thing, state))
        return super().reduce(state, event) if kind == "select" else state

    def change_unit(self, state, event, i):
        kinks, weights, height = units_of(state)
        if event["type"] == "delete":
            del kinks[i], weights[i]
            left = f"kink {min(i, len(kinks) - 1)}" if kinks else None
            return by_hand(state, kinks, weights, height) | {"selected": left}
        if event["type"] == "flip":
            weights[i] = -weights[i]
        elif event["thing"].startswith("kink "):
            kinks[i] = snap(event["x"], KINK)
        else:
            weights[i] = snap(event["y"] / (handle_x(kinks[i]) - kinks[i]), WEIGHT)
        return by_hand(state, kinks, weights, height)

    def set(self, state, name, value):
        if name in ("kink", "weight", "height"):
            kinks, weights, height = units_of(state)
            if name != "height":
                {"kink": kinks, "weight": weights}[name][selected_unit(state)] = value
            return by_hand(state, kinks, weights, value if name == "height" else height)
        if name == "place" and value in (BY_HAND, LEARN):
            return by_hand(state, *units_of(state)) | {"place": value, "playing": value == LEARN}
        if name == "target":
            own = rounded(target_at(state, DRAWN), 3) if value == OWN else None
            return state | {"target": value, "drawn": own, "lifts": FLAT, "draw": state["draw"] and value == OWN}
        if name == "n" and state["place"] in (BY_HAND, LEARN):
            kinks, weights, height = units_of(state | {"n": value})
            changed = by_hand(state, kinks, weights, height)
            return changed | {"selected": f"kink {value - 1}" if value else None}
        changed = super().reduce(state, {"type": "set", "name": name, "value": value})
        if selected_unit(state) is not None and selected_unit(changed) is None:
            changed["selected"] = f"kink {changed['n'] - 1}" if changed["n"] else None
        return changed | ({"playing": False, "_descent": None} if name in ("place", "activation") else {})

    def step(self, state, functions):
        """A few steps downhill on the mean squared error, kinks and weights together."""
        if state["n"] == 0:
            return state | {"playing": False}
        kinks, weights, height = units_of(state)
        numbers = np.array([*kinks, *weights, height])
        mean, square, count = state["_descent"] or (0 * numbers, 0 * numbers, 0)
        mean, square = np.array(mean), np.array(square)
        target = target_at(state, X)
        for _ in range(STEPS_PER_TICK):
            count += 1
            slope = gradient(numbers, state["activation"], target, functions)
            mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
            numbers = numbers - RATE * (mean / (1 - 0.9**count)) / (np.sqrt(square / (1 - 0.99**count)) + 1e-8)
            numbers[: state["n"]] = np.clip(numbers[: state["n"]], KINK.low, KINK.high)
        kinks, weights, height = np.split(numbers, [state["n"], 2 * state["n"]])
        learnt = by_hand(state, rounded(kinks, 5), rounded(weights, 5), round(float(height[0]), 5))
        return learnt | {
            "place": LEARN,
            "playing": state["playing"] and count < MOST_STEPS,
            "_descent": [mean.tolist(), square.tolist(), count],
        }

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        kinks, weights, height = units_of(state)
        H = hidden(kinks, state["activation"], functions)
        y = sum_of(H, weights, height, state["activation"], functions)
        target = target_at(state, X)
        worst = int(np.argmax(np.abs(y - target)))
        return {
            "kinks": kinks,
            "weights": weights,
            "height": height,
            "ramps": H * np.array(weights),
            "sum": y,
            "target": target,
            "worst": worst,
            "error": float(abs(y - target)[worst]),
        }

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        return [self.sum_plot(state, arrays), self.ramp_plot(state, arrays), self.weight_table(state, arrays)]

    def sum_plot(self, state, arrays):
        y, target, worst = arrays["sum"], arrays["target"], arrays["worst"]
        layers = [
            Line(np.stack([X, target], axis=-1), series=-1, width=6),
            Line(np.stack([X, y], axis=-1), series=0, width=2.5),
            Line([[X[worst], target[worst]], [X[worst], y[worst]]], series=1, width=2.5),
        ]
        things = []
        if not state["draw"]:
            at = np.interp(HANDLES, X, target)
            things = [
                Thing(f"target {j}", x, t, f"target at {number(x, 0)}", axis="y")
                for j, (x, t) in enumerate(zip(HANDLES.tolist(), at.tolist(), strict=True))
            ]
        return Plot(
            "sum",
            (LEFT - 0.15, RIGHT + 0.15),
            (-2.2, 2.2),
            layers,
            things,
            title=f"Target (grey) and sum (blue): largest error {number(arrays['error'])}",
            width=540,
            height=236,
            draws=state["draw"],
        )

    def ramp_plot(self, state, arrays):
        chosen = selected_unit(state)
        layers, things = [], []
        for i, (kink, weight) in enumerate(zip(arrays["kinks"], arrays["weights"], strict=True)):
            xy = np.stack([X, arrays["ramps"][:, i]], axis=-1)
            strong = i == chosen
            layers.append(Line(xy if strong else xy[::3], series=int(weight < 0), width=3.5 if strong else 1.3))
            top = handle_x(kink)
            name = f"unit {i + 1}"
            things.append(Thing(f"kink {i}", kink, 0.0, f"kink of {name}", step=KINK.step, axis="x"))
            at = clamp(weight * (top - kink), -3.9, 3.9)
            step = WEIGHT.step * (top - kink)
            things.append(Thing(f"weight {i}", top, at, f"weight of {name}", step, axis="y", series=int(weight < 0)))
            if len(arrays["kinks"]) <= GOAL_UNITS:
                layers.append(Text(kink - 0.04, -1.1, str(i + 1)))
        noun = NOUNS[state["activation"]]
        return Plot(
            "ramps",
            (LEFT - 0.15, RIGHT + 0.15),
            (-4, 4),
            layers,
            things,
            title=f"Each unit's own {noun}: drag its kink and its weight",
            xlabel="x",
            width=540,
            height=226,
            adds=True,
        )

    def weight_table(self, state, arrays):
        w = STEEPNESS[state["activation"]]
        rows = []
        for i, (kink, weight) in enumerate(zip(arrays["kinks"], arrays["weights"], strict=True)):
            tone = "strong" if i == selected_unit(state) else ""
            cells = [Cell(text, tone) for text in (str(i + 1), number(kink), number(w, 0), number(-w * kink))]
            rows.append([*cells, Cell(number(weight), "blue" if weight >= 0 else "orange")])
        rows.append(["", "", "", Cell("b₂", "muted"), number(arrays["height"])])
        header = ["unit", "kink", "W₁", "b₁", "W₂"]
        return Table(
            "weights", rows, title="The network's numbers", header=header, rule=len(rows) - 1, column=1, width=238
        )

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        where = number(X[arrays["worst"]])
        error = f"Largest error to the target {number(arrays['error'])}, at x = {where}."
        if not arrays["kinks"]:
            return f"No units: a flat line at height {number(arrays['height'])}. {error}"
        return f"{units_in_words(state, arrays)} {result_in_words(state, arrays)}. {error}"

    def goal(self, state, arrays):
        on_sine = state["target"] == "sin 2x" and not any(state["lifts"]) and state["drawn"] is None
        counts = on_sine and state["activation"] == "relu" and state["n"] <= GOAL_UNITS and not state["_fitted"]
        if state["place"] != BY_HAND or not counts:
            return Goal(
                f"Goal: sin 2x with a largest error below {GOAL_ERROR}, from {GOAL_UNITS} ReLUs that you place "
                f"by hand. Even spacing leaves 0.23.{' What was fitted does not count.' if state['_fitted'] else ''}",
                0.0,
            )
        done = f"Largest error {number(arrays['error'])} with {state['n']} units, by hand."
        if arrays["error"] < GOAL_ERROR:
            return Goal(f"{done} Reached. Can fewer do it?", 1.0)
        return Goal(f"{done} Goal: below {GOAL_ERROR} with {GOAL_UNITS}.", min(0.99, GOAL_ERROR / arrays["error"]))


# --- words and small helpers ----------------------------------------------------------------------------


def units_in_words(state, arrays):
    n, kinks = len(arrays["kinks"]), sorted(arrays["kinks"])
    noun = NOUNS[state["activation"]] + ("s" if n > 1 else "")
    places = (
        ", ".join(short(kink) for kink in kinks) if n <= GOAL_UNITS else f"from {short(kinks[0])} to {short(kinks[-1])}"
    )
    return f"{n} {noun} with {'kinks' if n > 1 else 'a kink'} at {places}".replace("at from", "from")


def result_in_words(state, arrays):
    verb = "add up to" if len(arrays["kinks"]) > 1 else "gives"
    if state["activation"] == "identity":
        return f"{verb} a straight line, whatever their weights"
    height = triangle_height(arrays)
    if height is not None:
        return f"{verb} a triangle of height {short(height)}"
    return f"{verb} a curve between {number(arrays['sum'].min())} and {number(arrays['sum'].max())}"


def triangle_height(arrays):
    """The height of the triangle that the units add up to, or None if they don't."""
    if len(arrays["kinks"]) != 3:
        return None
    middle = sorted(arrays["kinks"])[1]
    height = float(np.interp(middle, X, arrays["sum"]))
    triangle = np.interp(X, sorted(arrays["kinks"]), [0.0, height, 0.0])
    return height if abs(height) > 1e-6 and np.allclose(arrays["sum"], triangle, atol=1e-6) else None


def short(value):
    """A number with no more digits than it needs."""
    return f"{value:.4g}".replace("-", "−")


def relabelled(control, label):
    return Scrub(control.name, label, control.low, control.high, control.step)


def check_numbers(name, values, length):
    """Raises ValueError with a clear sentence unless `values` is a list of that many numbers."""
    fine = isinstance(values, list) and len(values) == length
    if not fine or not all(isinstance(value, int | float) and np.isfinite(value) for value in values):
        raise ValueError(f"{name} must be a list of {length} numbers, not {values!r}.")
