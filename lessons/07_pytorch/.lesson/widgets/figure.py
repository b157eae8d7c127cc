"""Training monitor: a small network learns digits with the reader's code, and is watched like a patient."""

import math
from dataclasses import replace
from itertools import pairwise

from course.figures import Button, Choice, Figure, Goal, Play, Scrub, Toggle
from course.figures.scene import number

from .scene import charts, tables, written
from .training_run import NAMES, PER_TICK, Plan, Runs, Settings

LIVE, FROM_START = ("lr", "dropout", "forget", "stay"), ("init", "batch_norm")
HEALTHY = {"lr": 0.3, "init": 1.0, "batch_norm": False, "dropout": 0.0, "forget": False, "stay": False}
PRESETS = {  # what ails the run, and what a reader is told about it
    "healthy": ({}, "Nothing is wrong here."),
    "vanishing": ({"init": 0.01}, "The loss doesn't move."),
    "exploding": ({"init": 10.0}, "It ends before it has begun."),
    "forgetful": ({"forget": True, "lr": 0.01}, "It learns a little, then loses it."),
    "asleep": ({"init": 0.01, "batch_norm": True, "stay": True}, "Batch norm is on, yet it doesn't help."),
    "drowned": ({"dropout": 0.8, "lr": 0.01}, "So careful that nothing gets through."),
}
WANTED, ALLOWED = 0.85, 2  # held-out accuracy, settings changed
FIRST, MOST = 30, 300  # ticks of the first frame, and at most
SECTION = 30  # ticks that the time axis grows by

LR = Scrub("lr", "learning rate", 0.001, 10, log=True)
DROPOUT = Scrub("dropout", "dropout", 0, 0.9, 0.1)
INIT = Scrub("init", "initial weights ×", 0.01, 10, log=True)
RUNS = Runs()


class TrainingMonitor(Figure):
    name = "training_monitor"
    title = "Training monitor"
    tries = (
        "Compare with the healthy run in grey: which layer gets the smallest gradient, and how much smaller is it?",
        "Choose “forgetful” and train. What do the gradient norms do before the loss goes wrong?",
        "Choose “healthy”, train, and make the learning rate ten times larger on the way. Does it recover?",
    )
    uses = NAMES

    def initial(self):
        return {
            "preset": "vanishing",
            **settings_of("vanishing"),
            "seed": 0,
            "ticks": FIRST,  # how long the run is: PER_TICK training steps each
            "earlier": [],  # [[until tick, its settings then], …] for what was changed on the way
            "cursor": None,  # the step whose numbers are shown; None: the newest
            "selected": None,
        }

    def controls(self, state):
        controls = [
            Play("Train", step="Step"),
            Choice("preset", "Run", tuple(PRESETS)),
            Button("again", "Start again", key="n"),
            Toggle("batch_norm", "batch norm"),
            Toggle("forget", "forget zero_grad"),
            Toggle("stay", "stay in eval"),
            LR,
            DROPOUT,
            INIT,
        ]
        if state["ticks"] > 1:
            controls.append(Scrub("cursor", "look at step", PER_TICK, axis_end(state["ticks"]), PER_TICK))
        return controls

    def value(self, state, name, arrays):
        if name == "cursor":
            return arrays["row"].step if arrays.get("row") else PER_TICK
        return super().value(state, name, arrays)

    def start(self, **given):
        """The initial state: a preset brings its settings, what else is given counts as changed by the reader."""
        if given.get("preset") in PRESETS:
            given = settings_of(given["preset"]) | given
        return super().start(**given)

    def checked(self, state, given):
        for name, most in (("ticks", MOST), ("seed", 10**6)):
            if type(state[name]) is not int or not 0 <= state[name] <= most:
                raise ValueError(f"{name} must be a whole number from 0 to {most}, not {state[name]!r}.")
        check_earlier(state["earlier"], state["ticks"])
        return super().checked(state, given)

    def origin(self, state):
        return self.start(preset=state["preset"]) | {"preset": "vanishing"}

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind, name = event["type"], event.get("name")
        if kind == "drag":
            return looking_at(state, event["x"])
        if kind == "press":
            return anew(state) | {"seed": state["seed"] + 1}
        if kind != "set":
            return super().reduce(state, event) if kind == "select" else state
        if name == "cursor":
            return looking_at(state, event["value"])
        if name == "preset":
            return anew(state) | settings_of(event["value"]) | {"preset": event["value"]}
        if event["value"] == state[name]:
            return state
        if name in FROM_START:
            return anew(state) | {name: event["value"]}
        return with_past(state) | {name: event["value"]}

    def step(self, state, functions):
        """A few mini-batches more."""
        longer = state | {"ticks": min(state["ticks"] + 1, MOST), "cursor": None}
        rows = RUNS.rows(plan_of(longer), functions)
        over = len(rows) == MOST or (rows and rows[-1].diverged)
        return longer | {"ticks": max(len(rows), 1), "playing": state["playing"] and not over}

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        rows = RUNS.rows(plan_of(state), functions)
        healthy = plan_of(state | settings_of("healthy") | {"earlier": []})
        compared = RUNS.rows(healthy, functions) if healthy != plan_of(state) else ()
        functions.seconds.clear()  # a tick takes its time; nothing here could be drawn more coarsely
        place = len(rows) - 1
        if state["cursor"] is not None:
            place = min(state["cursor"] // PER_TICK - 1, place)
        if rows:
            tell(rows[-1], functions)
        return {
            "rows": rows,
            "healthy": compared,
            "place": place,
            "row": rows[place] if rows else None,
            "events": events_of(state, rows),
            "end": axis_end(state["ticks"]),
        }

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        return [*charts(state, arrays), *tables(state, arrays)]

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        row = arrays["row"]
        if row is None:
            return f"{state['preset'].capitalize()}: not trained yet."
        where = f"{state['preset'].capitalize()}, step {row.step}"
        accuracy = f"accuracy {number(row.train)}, held out {number(row.held_out)}"
        norms = ", ".join(written(norm) for norm in row.norms)
        return f"{where}: loss {written(row.loss)}, {accuracy}. Gradient norms, first layer to last: {norms}. {finding(row)}"

    def conclusion(self, state, arrays):
        return finding(arrays["row"]) if arrays["row"] else ""

    def goal(self, state, arrays):
        return replace(self.rescue(state, arrays), key=state["preset"])

    def rescue(self, state, arrays):
        """The goal of a preset."""
        told = PRESETS[state["preset"]][1]
        if state["preset"] == "healthy":
            return Goal(f"{told} Goal: choose a sick run and bring it above {WANTED} held-out accuracy.", 0.0)
        changed = [name for name, value in settings_of(state["preset"]).items() if state[name] != value]
        best = arrays["rows"][-1].held_out if arrays["rows"] else 0.0
        text = f"{told} Goal: held-out accuracy above {WANTED} with at most two settings changed."
        if len(changed) > ALLOWED:
            return Goal(f"{text} You changed {len(changed)}: {', '.join(changed)}.", 0.0)
        if best > WANTED and changed and not arrays["rows"][-1].unclean:
            return Goal(f"Rescued: {number(best)} with {len(changed)} changed. What was the illness?", 1.0)
        return Goal(f"{text} Here {number(best)}, {len(changed)} changed.", min(0.95, best / WANTED))


# --- the state ------------------------------------------------------------------------------------------


def settings_of(preset):
    return HEALTHY | PRESETS[preset][0]


def anew(state):
    """The run from its first step; it trains at once, so that there is something to see."""
    return state | {"ticks": 0, "earlier": [], "cursor": None, "playing": True}


def with_past(state):
    """The state that also remembers what has held until now, before a setting is changed on the way."""
    done = state["earlier"][-1][0] if state["earlier"] else 0
    if state["ticks"] == done:
        return state
    return state | {"earlier": [*state["earlier"], [state["ticks"], {name: state[name] for name in LIVE}]]}


def looking_at(state, step):
    ticks = round(step / PER_TICK)
    return state | {"cursor": None if ticks >= state["ticks"] else max(ticks, 1) * PER_TICK}


def check_earlier(earlier, ticks):
    """Raises ValueError with a clear sentence unless it lists [until tick, settings] in order."""
    try:
        ends = [until for until, settings in earlier if Settings(**settings)]
    except (TypeError, ValueError):
        ends = [None]
    if not all(type(end) is int for end in ends) or ends != sorted({*ends}) or (ends and not 0 < ends[-1] <= ticks):
        raise ValueError(
            f"earlier must list [until tick, settings] in order, as Copy state writes it, not {earlier!r}."
        )


def plan_of(state):
    spans, done = [], 0
    for until, settings in [*state["earlier"], [state["ticks"], {name: state[name] for name in LIVE}]]:
        spans.append((Settings(**settings), until - done))
        done = until
    spans = tuple((settings, count) for settings, count in spans if count > 0)
    return Plan(state["seed"], state["init"], state["batch_norm"], spans)


def axis_end(ticks):
    return SECTION * (1 + ticks // SECTION) * PER_TICK


# --- words ----------------------------------------------------------------------------------------------


def events_of(state, rows):
    """(step, words) for what was changed on the way, and for what went wrong."""
    events = []
    spans = [*state["earlier"], [state["ticks"], {name: state[name] for name in LIVE}]]
    for (until, before), (_, after) in pairwise(spans):
        for name in LIVE:
            if after[name] != before[name] and name != "forget":
                events.append((until * PER_TICK, change_in_words(name, after[name])))
    for unclean, row in zip([False, *(row.unclean for row in rows)], rows, strict=False):
        if row.unclean != unclean:
            events.append((row.step - PER_TICK, "zero_grad forgotten" if row.unclean else "zero_grad again"))
    if rows and rows[-1].diverged:
        events.append((rows[-1].step, "diverged"))
    return events


def change_in_words(name, value):
    if name == "stay":
        return "eval" if value else "train mode"
    return f"{'lr' if name == 'lr' else 'dropout'} {value:g}"


def finding(row):
    """What the numbers of one moment say."""
    if row.diverged:
        return "The loss has left all bounds: the run diverged."
    if row.unclean:
        return "Gradients of earlier steps were still in .grad: each step follows the sum of them all."
    largest, weakest = max(row.norms), row.norms.index(min(row.norms))
    if largest == 0:
        return "All gradients are 0 when a step is taken: nothing can be learnt."
    if row.norms[weakest] == 0:
        return f"Layer {weakest + 1} gets no gradient at all."
    if row.norms[weakest] < largest / 100:
        times = written(largest / row.norms[weakest])
        if weakest == 0 and largest == row.norms[-1]:
            return f"The first layer gets {times} times less gradient than the last: it vanishes on the way back."
        return f"Layer {weakest + 1} gets {times} times less gradient than the strongest."
    if max(row.norms) > 100:
        return "The gradients are huge: they explode on the way back."
    if row.step > 90 and row.loss > 2.25:
        return "Every layer gets a gradient, yet the loss has hardly moved."
    if max(row.ratios) < 1e-4:
        return "Each step changes the weights by less than a ten-thousandth: too slow."
    return "Every layer gets a gradient of similar size."


def tell(row, functions):
    """Says so if your train_epoch didn't do what its name says."""
    if row.steps == 0:
        functions.note("Your train_epoch never called optimiser.step, so no weight moved.")
    elif row.steps != PER_TICK:
        functions.note(
            f"Steps taken by your train_epoch: {row.steps}, for {PER_TICK} mini-batches. Each should have its own."
        )
    if math.isfinite(row.mean_loss) and abs(row.loss - row.mean_loss) > 1e-3 * max(1.0, abs(row.mean_loss)):
        functions.note(
            f"Your train_epoch returned {written(row.loss)}; the mean loss of its samples was {written(row.mean_loss)}."
        )
