"""Three optimisers from one start: each has its own best learning rate, and an order of finish at one says little."""

import numpy as np

from course.figures import Button, Choice, Figure, Goal, Play, Scrub
from course.figures.figure import clamp, snap
from course.figures.scene import Cell, Line, Plot, Points, Table, Text, Thing, number
from course.surfaces import BOWL, RASTRIGIN, RAVINE, ROSENBROCK
from course.trails import brief, ending, ground, inside, loss_line, loss_range, trail, way_out

from .rivals import (
    CONSTANT,
    COSINE,
    HIGH,
    KEYS,
    LOW,
    NAMES,
    NOISE_SLIDER,
    STEPS,
    losses_along,
    races,
    shares,
)

# The saddle isn't among them: it has no lowest place, so nobody could come in first.
SURFACES = {surface.name: surface for surface in (ROSENBROCK, RAVINE, BOWL, RASTRIGIN)}
SHARED, OWN, BEST = "one shared rate", "a rate for each", "each its best"
FLOOR, CEILING = 1e-12, 1e4  # of the final losses shown in the sweep
LIMITS = {key: Scrub(key, f"lr {name}", LOW, HIGH, 0.01, log=True) for key, name in zip(KEYS, NAMES, strict=True)}


class OptimiserRace(Figure):
    name = "optimiser_race"
    title = "Optimiser race"
    tries = (
        "Choose the ravine. All three share the rate 0.01: who wins? Predict who will when each takes its best rate, then choose “each its best”.",
        "Back to Rosenbrock, each its best. Who is left far behind now, and what do the other two have that it lacks?",
        "With one shared rate, drag a handle in the lower plot from left to right. Where does each curve turn up, and why not at the same place?",
    )
    uses = (*STEPS, "cosine_schedule")

    def initial(self):
        return {
            "surface": "Rosenbrock",
            "x1": -1.5,
            "x2": 2.0,
            "rates": SHARED,
            "lr": 0.01,
            "lr_sgd": 0.01,
            "lr_momentum": 0.01,
            "lr_adam": 0.01,
            "beta": 0.9,
            "beta1": 0.9,
            "beta2": 0.999,
            "schedule": CONSTANT,
            "noise": 0.0,
            "seed": 1,
            "steps": 200,
            "selected": "start",
            "_at": None,  # the step that the race has reached; None: it isn't run, all is shown
            "_won": [],  # who has won a race so far
        }

    def controls(self, state):
        controls = [
            Choice("surface", "Surface", tuple(SURFACES)),
            Choice("rates", "Learning rates", (SHARED, OWN, BEST)),
            Play("Race", step="One step", interval=0.03),
            Choice("schedule", "Schedule", (CONSTANT, COSINE)),
        ]
        if state["noise"] > 0:
            controls.append(Button("new", "New noise", key="n"))
        if state["rates"] == SHARED:
            controls.append(Scrub("lr", "learning rate", LOW, HIGH, 0.01, log=True))
        if state["rates"] == OWN:
            controls += LIMITS.values()
        return [
            *controls,
            Scrub("beta", "β (momentum)", 0, 0.99, 0.01),
            Scrub("beta1", "β₁ (Adam)", 0, 0.99, 0.01),
            Scrub("beta2", "β₂ (Adam)", 0, 0.999, 0.001),
            Scrub("steps", "steps", 10, 500, 1),
            NOISE_SLIDER,
            *start_sliders(state),
        ]

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        if event["type"] == "select":
            return super().reduce(state, event)
        changed = self.changed(state, event)
        return changed if changed is state else changed | {"_at": None, "playing": False}

    def changed(self, state, event):
        kind, name, thing = event["type"], event.get("name"), event.get("thing") or ""
        if kind == "set" and name == "surface":
            x1, x2 = SURFACES[event["value"]].start
            return state | {"surface": event["value"], "x1": x1, "x2": x2}
        if kind == "set" and name == "rates" and state["rates"] == SHARED and event["value"] == OWN:
            return state | {"rates": OWN} | dict.fromkeys(KEYS, state["lr"])
        if kind == "set":
            return super().reduce(state, event)
        if kind == "add" or (kind == "drag" and thing == "start"):
            x1, x2 = (snap(event[way], slider) for way, slider in zip("xy", start_sliders(state), strict=True))
            return state | {"x1": x1, "x2": x2, "selected": "start"}
        if kind == "drag" and thing in LIMITS:
            return state | {"lr" if state["rates"] == SHARED else thing: rounded(clamp(event["x"], LOW, HIGH))}
        if kind == "press" and name == "new":
            return state | {"seed": state["seed"] + 1}
        return state

    def step(self, state, functions):
        """All three move on; the one that is lowest at the end has won."""
        last = state["steps"]
        at = 0 if state["_at"] in (None, last) else state["_at"]
        at = min(last, at + (max(1, last // 100) if state["playing"] else 1))
        won = state["_won"]
        if at == last and state["rates"] != OWN:
            won = [*won, *winner(self.compute(state, functions))]
        return state | {"_at": at, "playing": state["playing"] and at < last, "_won": won}

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        schedule = shares(state, functions)
        runners = []
        own_rates = [state[key] if state["rates"] == OWN else state["lr"] for key in KEYS]
        found = races(state, own_rates, schedule, functions)
        for name, rate, (rates, paths, path) in zip(NAMES, own_rates, found, strict=True):
            finals = losses_along(paths[-1:], state["surface"])[0]
            best = int(np.argmin(finals))
            if state["rates"] == BEST:
                rate, path = float(rates[best]), paths[:, :, best]
            runners.append(
                {
                    "name": name,
                    "rate": rate,
                    "path": path,
                    "losses": losses_along(path, state["surface"]),
                    "rates": rates,
                    "finals": finals,
                    "best_rate": float(rates[best]),
                    "best_loss": float(finals[best]),
                }
            )
        return {"runners": runners}

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        return [
            self.map(state, arrays),
            self.table(state, arrays),
            self.loss_plot(state, arrays),
            self.sweep(state, arrays),
        ]

    def map(self, state, arrays):
        surface = SURFACES[state["surface"]]
        frame = surface.x, surface.y
        layers, heads = ground(surface), []
        for i, runner in enumerate(arrays["runners"]):
            path, losses = runner["path"][: shown(state)], runner["losses"][: shown(state)]
            layers.append(trail(path, *frame, series=i, width=2.5))
            layers += way_out(path, *frame, f"{runner['name']} {ending(path, losses, *frame)}")
            if inside(path, *frame)[-1]:
                heads.append(Points(path[-1:], series=i, size=6))
                heads.append(Text(*(path[-1] + beside(i, frame)).tolist(), runner["name"]))
        start = Thing("start", state["x1"], state["x2"], "start", step=0.1)
        title = f"{surface.name}: {surface.formula}"
        return Plot("map", *frame, layers + heads, [start], title=title, width=376, height=284, adds=True)

    def loss_plot(self, state, arrays):
        lines = [loss_line(runner["losses"][: shown(state)], i) for i, runner in enumerate(arrays["runners"])]
        heads = [Points(line.xy[-1:], series=line.series, size=5) for line in lines]
        ends = loss_range([runner["losses"] for runner in arrays["runners"]])
        title = "Loss (—● SGD, --▲ momentum, ··■ Adam)"
        return Plot(
            "loss",
            (0, state["steps"]),
            ends,
            lines + heads,
            title=title,
            xlabel="step",
            ylog=True,
            width=400,
            height=184,
            column=1,
        )

    def sweep(self, state, arrays):
        layers, things = [], []
        for i, (key, runner) in enumerate(zip(KEYS, arrays["runners"], strict=True)):
            finals = np.where(runner["finals"] > CEILING, np.nan, np.maximum(runner["finals"], FLOOR))
            layers.append(Line(np.stack([runner["rates"], finals], axis=-1), series=i))
            at = runner["rate"], clamp(runner["losses"][-1], 2 * FLOOR, CEILING / 2)
            if state["rates"] == BEST:
                layers.append(Points([at], series=i, size=7))
            else:
                things.append(Thing(key, *at, f"rate of {runner['name']}", step=0.05, axis="x", series=i))
        return Plot(
            "sweep",
            (LOW, HIGH),
            (FLOOR, CEILING),
            layers,
            things,
            title=f"Loss after {state['steps']} steps, for every learning rate",
            xlabel="learning rate",
            xlog=True,
            ylog=True,
            width=400,
            height=214,
            column=1,
        )

    def table(self, state, arrays):
        runners, first = arrays["runners"], winner(arrays)
        quantities = {
            "rate": [short(runner["rate"]) for runner in runners],
            "first Δx₁": [short(abs(runner["path"][1, 0] - runner["path"][0, 0])) for runner in runners],
            "final loss": [brief(runner["losses"][-1], 2) for runner in runners],
            "best rate": [short(runner["best_rate"]) for runner in runners],
            "its loss": [brief(runner["best_loss"], 2) for runner in runners],
        }
        rows = [
            [label, *(Cell(text, "strong" if name in first else "") for name, text in zip(NAMES, texts, strict=True))]
            for label, texts in quantities.items()
        ]
        return Table("finish", rows, "The finish", ["", *NAMES], rule=3, width=400)

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        place = f"({number(state['x1'])}, {number(state['x2'])})"
        extras = [f"noise {state['noise']:g}"] if state["noise"] else []
        extras += ["a cosine schedule"] if state["schedule"] == COSINE else []
        how = f", with {' and '.join(extras)}" if extras else ""
        text = f"{state['surface'][0].upper()}{state['surface'][1:]} from {place}, {state['steps']} steps{how}. "
        rates = {
            SHARED: f"At the shared rate {state['lr']:g}",
            OWN: "At a rate for each",
            BEST: "Each at its best rate",
        }
        text += f"{rates[state['rates']]}: {order(arrays, 'final', with_rates=state['rates'] == OWN)}."
        text += f" Best rates: {order(arrays, 'best_loss', with_rates=True)}."
        if state["_at"] is not None:
            text += f" The race is at step {state['_at']}."
        return text

    def conclusion(self, state, arrays):
        return self.describe(state | {"_at": None}, arrays)

    def goal(self, state, arrays):
        won = [name for name in NAMES if name in state["_won"]]
        task = "let each of the three win a race once, at one rate or at its own, and say why"
        if not won:
            return Goal(f"Goal: {task}.", 0.0)
        if len(won) == len(NAMES):
            return Goal("Each of the three has won once: the surface and the rates decide, not the name.", 1.0)
        return Goal(f"{' and '.join(won)} won so far. Goal: {task}.", len(won) / len(NAMES))


# --- words and small helpers ----------------------------------------------------------------------------


def start_sliders(state):
    surface = SURFACES[state["surface"]]
    return Scrub("x1", "start x₁", *surface.x, 0.05), Scrub("x2", "start x₂", *surface.y, 0.05)


def shown(state):
    """How many places of each path are shown."""
    return None if state["_at"] is None else state["_at"] + 1


def beside(i, frame):
    """Where a runner's name stands, seen from its head: each at another side, since heads often meet."""
    across, up = ((0.02, 0.03), (0.02, -0.07), (-0.15, 0.03))[i]
    (left, right), (low, high) = frame
    return np.array([across * (right - left), up * (high - low)])


def winner(arrays):
    """The name of the runner that is lowest at the end, in a list; empty if none is anywhere."""
    best = min(arrays["runners"], key=lambda runner: runner["losses"][-1])
    return [best["name"]] if np.isfinite(best["losses"][-1]) else []


def order(arrays, which, with_rates=False):
    """The runners with their losses, the lowest first, in words."""
    found = []
    for runner in arrays["runners"]:
        loss, rate = (
            (runner["best_loss"], runner["best_rate"])
            if which == "best_loss"
            else (runner["losses"][-1], runner["rate"])
        )
        at = f" at {short(rate)}" if with_rates else ""
        found.append((loss, f"{runner['name']} {brief(loss)}{at}"))
    return ", ".join(text for _, text in sorted(found, key=lambda pair: pair[0]))


def short(value):
    return brief(value, 2)


def rounded(rate):
    """A learning rate with the three digits that a slider shows."""
    return float(f"{rate:.3g}")
