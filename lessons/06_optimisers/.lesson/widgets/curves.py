"""More data, more compute, a bigger model: what each brings, measured before your eyes after you have guessed."""

import numpy as np

from course.figures import Button, Choice, Figure, Goal, Play, Scrub, Toggle
from course.figures.figure import clamp
from course.figures.scene import Cell, Line, Plot, Points, Table, Text, Thing, Whiskers

from .measuring import (
    MEASURED,
    MEASURED_ON,
    MEASURED_UPDATES,
    MEASURED_WIDTH,
    PORTION,
    SIZES,
    TRAINING,
    WIDTHS,
    begun,
    continued,
    parameters,
    tried,
)

DATA, UPDATES, PARAMETERS = "data", "updates", "parameters"
SEVEN, THREE, ONE = "seven, 20 to 1437", "three: 20, 200, 1437", "one of your own"
HANDLES = (20.0, 58.0, 170.0, 494.0, 1437.0)  # where the guess is held
GUESSED_WIDTH = 64
UNDRAWN = 50.0  # where the handles lie until they are moved
GOAL = 95.0
MARKS = ("—●", "--▲", "··■")  # of series 0, 1, 2


class MoreData(Figure):
    name = "more_data"
    title = "More data, more compute, a bigger model"
    tries = (
        "Pull the five handles to where you expect a network with four times the units, then press Run. How far off were you, and where?",
        "Compare 20 with 200 and 200 with 1437 labelled digits. Which tenfold brought more? Which brings more at 1437: more data, or width 64 instead of 16?",
        "Look at width 4 and its whiskers. Would you have trusted a single training?",
    )
    uses = (*TRAINING, "accuracy")

    def initial(self):
        return {
            "axis": DATA,
            "sizes": SEVEN,
            "size": 300,
            "w4": True,
            "w16": True,
            "w64": True,
            "updates": MEASURED_UPDATES,
            "seeds": 3,
            "guess": None,  # five accuracies in %, once a handle is moved
            "selected": "guess 0",
            "_results": [],  # finished trainings: size, width, seed and curve
            "_training": None,
        }

    def controls(self, state):
        controls = [
            Choice("axis", "Accuracy against", (DATA, UPDATES, PARAMETERS)),
            Play("Run", step=f"{PORTION} updates"),
            Choice("sizes", "Sizes", (SEVEN, THREE, ONE)),
            *(Toggle(f"w{width}", f"width {width}") for width in WIDTHS),
            Button("clear", "Clear the dots", key="c"),
            Scrub("updates", "updates", 100, 3000, 100),
            Scrub("seeds", "seeds", 1, 5, 1),
        ]
        return [*controls, Scrub("size", "labelled digits", 20, 1437, 1)] if state["sizes"] == ONE else controls

    def checked(self, state, given):
        if given.get("guess") is not None:
            check_guess(given["guess"])
        return super().checked(state, given)

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind, thing = event["type"], event.get("thing") or ""
        if kind == "press" and event["name"] == "clear":
            return state | {"_results": [], "_training": None, "playing": False}
        if kind == "drag" and thing.startswith("guess ") and not finished(state):
            guess = list(state["guess"] or [UNDRAWN] * len(HANDLES))
            guess[int(thing.split()[1])] = clamp(round(event["y"], 1), 0.0, 100.0)
            return state | {"guess": guess}
        if kind == "set":
            # A training under way goes on only if it is still part of what is to be measured.
            changed = super().reduce(state, event)
            kept = state["_training"] if state["updates"] == changed["updates"] else None
            return changed | {"_training": kept if kept and key_of(kept) in plan(changed) else None}
        return super().reduce(state, event)

    def step(self, state, functions):
        """A portion of updates of the training under way, or of the next one."""
        if state["guess"] is None:
            functions.note("First draw your guess: pull the five handles to where you expect the curve. Then run.")
            return state | {"playing": False}
        training = state["_training"]
        if training is None:
            missing = to_do(state)
            if not missing:
                return state | {"playing": False}
            training = begun(*missing[0])
        training = continued(training, min(PORTION, state["updates"] - training["updates"]), functions)
        if training["updates"] < state["updates"]:
            return state | {"_training": training}
        result = {name: training[name] for name in ("size", "width", "seed", "updates", "curve")}
        done = state | {"_training": None, "_results": [*state["_results"], result]}
        return done | {"playing": state["playing"] and bool(to_do(done))}

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        tried(functions)
        results = finished(state)
        return {
            "results": results,
            "means": {
                (size, width): [float(np.mean(found)), min(found), max(found)]
                for size in sizes_of(state)
                for width in widths_of(state)
                if (found := [last(result) for result in results if (result["size"], result["width"]) == (size, width)])
            },
        }

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        plots = {DATA: self.by_data, UPDATES: self.by_updates, PARAMETERS: self.by_parameters}
        layers, things, ends, xlabel = plots[state["axis"]](state, arrays)
        return [
            Plot(
                "curves",
                ends,
                (0, 100),
                layers,
                things,
                title=self.progress(state, arrays),
                xlabel=xlabel,
                ylabel="held-out accuracy (%)",
                xlog=state["axis"] != UPDATES,
                width=560,
                height=370,
            ),
            self.table(state, arrays),
        ]

    def by_data(self, state, arrays):
        layers, things = [Line(np.stack([SIZES, MEASURED], axis=-1), series=-1, width=5)], []
        if not arrays["results"]:
            layers.append(Text(250, 83, f"width {MEASURED_WIDTH}, measured by us"))
        guess = state["guess"] or [UNDRAWN] * len(HANDLES)
        layers.append(Line(np.stack([HANDLES, guess], axis=-1), series=3))
        layers.append(Text(22, guess[0] - 9, "your guess"))
        if not finished(state):
            things = [
                Thing(f"guess {i}", x, y, f"guess at {x:g} digits", step=1.0, axis="y", series=3)
                for i, (x, y) in enumerate(zip(HANDLES, guess, strict=True))
            ]
        for series, width in enumerate(WIDTHS):
            places = {size: size * 1.04 ** (series - 1) for size in sizes_of(state)}
            layers += measured(arrays, width, places, series)
        return layers, things, (18, 1700), "labelled digits to learn from"

    def by_updates(self, state, arrays):
        size, layers = max(sizes_of(state)), []
        for series, width in enumerate(WIDTHS):
            curves = [
                result["curve"] for result in arrays["results"] if (result["size"], result["width"]) == (size, width)
            ]
            if curves:
                # The last portion may be smaller than the others.
                x = [min(PORTION * (k + 1), state["updates"]) for k in range(len(curves[0]))]
                y = 100 * np.array(curves)
                spans = np.stack([x, y.min(axis=0), y.max(axis=0)], axis=-1)
                layers += [Whiskers(spans, series=series)] if len(curves) > 1 else []
                layers.append(Line(np.stack([x, y.mean(axis=0)], axis=-1), series=series, marker=True))
        return layers, [], (0, 1.03 * state["updates"]), f"updates, learning from {size} digits"

    def by_parameters(self, state, arrays):
        layers = []
        for series, size in enumerate(compared(state)):
            places = {width: parameters(width) * 1.04 ** (series - 1) for width in WIDTHS}
            layers += measured(arrays, size, places, series, swapped=True)
        return layers, [], (200, 8000), "weights and biases (width 4, 16, 64)"

    def progress(self, state, arrays):
        training, all_runs = state["_training"], len(plan(state))
        if training is not None:
            nth = len(arrays["results"]) + 1
            who = f"width {training['width']}, {training['size']} digits, seed {training['seed']}"
            return f"Training {nth} of {all_runs}: {who}, update {training['updates']} of {state['updates']}"
        if arrays["results"]:
            return f"{len(arrays['results'])} of {all_runs} trainings"
        return f"Your guess for width {GUESSED_WIDTH}: pull the handles. Then run {all_runs} trainings"

    def table(self, state, arrays):
        # The table is the legend as well: dash and marker stand before what has a line of its own.
        lines = compared(state) if state["axis"] == PARAMETERS else WIDTHS
        marks = {value: f"{mark} " for mark, value in zip(MARKS, lines, strict=False)}
        by_size = marks if state["axis"] == PARAMETERS else {}
        by_width = {} if by_size else marks
        rows = []
        for size in sizes_of(state):
            cells = [arrays["means"].get((size, width)) for width in widths_of(state)]
            texts = ["–" if cell is None else f"{cell[0]:.1f}" for cell in cells]
            good = [cell is not None and cell[0] >= GOAL for cell in cells]
            rows.append(
                [
                    by_size.get(size, "") + str(size),
                    *(Cell(text, "strong" if g else "muted") for text, g in zip(texts, good, strict=True)),
                ]
            )
        header = ["digits", *(by_width.get(width, "") + str(width) for width in widths_of(state))]
        return Table("means", rows, "Mean accuracy (%) by width", header, column=1, width=290)

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        if not arrays["results"]:
            ours = ", ".join(f"{MEASURED[i]:.0f} % with {SIZES[i]}" for i in (0, 3, 6))
            text = f"Our measurement of {MEASURED_ON}, width {MEASURED_WIDTH}, {MEASURED_UPDATES} updates: {ours} labelled digits."
            text += " Much at first, then ever less."
        else:
            text = f"{len(arrays['results'])} of {len(plan(state))} trainings, {state['updates']} updates each. "
            text += " ".join(filter(None, (in_words(width, arrays) for width in widths_of(state))))
        if state["guess"] is None:
            return f"{text} Your guess for width {GUESSED_WIDTH} isn't drawn yet."
        guess = ", ".join(f"{value:.0f}" for value in state["guess"])
        text += f" Your guess for width {GUESSED_WIDTH}: {guess} %."
        off = miss(state, arrays)
        return text if off is None else f"{text} It was off by {off:.1f} points on average."

    def conclusion(self, state, arrays):
        return self.describe(state, arrays)

    def goal(self, state, arrays):
        task = f"Goal: {GOAL:.0f} % with as few labelled digits as you can."
        means = arrays["means"]
        if not means:
            return Goal(task, 0.0)
        reached = sorted((size, width) for (size, width), found in means.items() if found[0] >= GOAL)
        if reached:
            size, width = reached[0]
            return Goal(f"{GOAL:.0f} % with {size} labelled digits, at width {width}. Can fewer do it?", 1.0)
        best = max(found[0] for found in means.values())
        return Goal(f"{task} Best so far: {best:.1f} %.", best / 100)


# --- words and small helpers ----------------------------------------------------------------------------


def sizes_of(state):
    return {SEVEN: SIZES, THREE: (20, 200, 1437), ONE: (state["size"],)}[state["sizes"]]


def widths_of(state):
    return [width for width in WIDTHS if state[f"w{width}"]]


def plan(state):
    """All trainings, (size, width, seed): every curve once, then again with the next seed."""
    seeds = range(1, state["seeds"] + 1)
    return [(size, width, seed) for seed in seeds for width in widths_of(state) for size in sizes_of(state)]


def key_of(training):
    return training["size"], training["width"], training["seed"]


def finished(state):
    """The results that belong to what is set now."""
    wanted = set(plan(state))
    return [
        result for result in state["_results"] if result["updates"] == state["updates"] and key_of(result) in wanted
    ]


def to_do(state):
    done = {key_of(result) for result in finished(state)}
    return [run for run in plan(state) if run not in done]


def last(result):
    """The held-out accuracy at the end, in %."""
    return 100 * result["curve"][-1]


def measured(arrays, one, places, series, swapped=False):
    """Dots, whiskers and the line through the means, at `places`: {size: x} of a width, or {width: x} of a size."""
    pair = (lambda other: (one, other)) if swapped else (lambda other: (other, one))
    found = [(x, *arrays["means"][pair(other)]) for other, x in places.items() if pair(other) in arrays["means"]]
    if not found:
        return []
    x, mean, low, high = np.array(found).T
    at = {pair(other): x for other, x in places.items()}
    dots = [
        [at[result["size"], result["width"]], last(result)]
        for result in arrays["results"]
        if (result["size"], result["width"]) in at
    ]
    return [
        Line(np.stack([x, mean], axis=-1), series=series),
        Whiskers(np.stack([x, low, high], axis=-1), series=series),
        Points(dots, series=series, size=3),
    ]


def compared(state):
    """The sizes that have a line of their own where accuracy is shown against the parameters."""
    sizes = sizes_of(state)
    return list(dict.fromkeys([sizes[0], sizes[len(sizes) // 2], sizes[-1]]))


def in_words(width, arrays):
    found = {size: mean for (size, w), (mean, _, _) in arrays["means"].items() if w == width}
    if not found:
        return ""
    ends = dict.fromkeys([min(found), max(found)])
    return f"Width {width}: {', '.join(f'{found[size]:.1f} % with {size}' for size in ends)}."


def miss(state, arrays):
    """How far the guess is from what was measured, in points on average; None before there is something."""
    found = {size: mean for (size, width), (mean, _, _) in arrays["means"].items() if width == GUESSED_WIDTH}
    if state["guess"] is None or not found:
        return None
    guessed = np.interp(np.log(list(found)), np.log(HANDLES), state["guess"])
    return float(np.abs(guessed - list(found.values())).mean())


def check_guess(guess):
    numbers = isinstance(guess, list) and all(isinstance(y, int | float) and 0 <= y <= 100 for y in guess)
    if not numbers or len(guess) != len(HANDLES):
        raise ValueError(f"guess must be None or a list of {len(HANDLES)} numbers from 0 to 100; you gave {guess!r}.")
