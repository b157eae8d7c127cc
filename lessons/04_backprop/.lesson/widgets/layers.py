"""Two layers, step by step: the message on its way back through whole matrices, by the reader's functions."""

from course.figures import Button, Figure, Goal, Scrub

from .layer_numbers import (
    BACKWARDS,
    FORWARDS,
    HIDDEN,
    INPUTS,
    MOST_SAMPLES,
    OUTPUTS,
    STEPS,
    USES,
    backwards,
    drawn,
    forwards,
    nudged,
    run,
    same,
)
from .layer_scene import entry_table, network, product_picture, shapes_table, written

NODES = {step.node: place for place, step in enumerate(STEPS)}


class LayerSteps(Figure):
    name = "layer_steps"
    title = "Two layers, step by step"
    tries = (
        "Before each Next: which two arrays will be multiplied, and which one is turned over? The shapes allow one way.",
        "In dW2, walk from entry to entry. Whose numbers are in the row, whose in the column, and what is added up?",
        "Take fewer samples. Which gradients change their shape, which only their numbers?",
        "In dZ, find a column of zeros. What has become of that column in dW1 and db1?",
    )
    uses = USES

    def initial(self):
        return {"step": 0, "row": 0, "column": 0, "samples": MOST_SAMPLES, "seed": 4, "selected": "entry"}

    def controls(self, state):
        return [
            Button("next", "Next", key="n"),
            Button("back", "Back", key="b"),
            Scrub("samples", "Samples", 1, MOST_SAMPLES, 1),
            Button("new", "Other numbers", key="o"),
        ]

    def checked(self, state, given):
        for name, most in (("step", len(STEPS) - 1), ("row", 9), ("column", 9), ("seed", 10**6)):
            if type(state[name]) is not int or not 0 <= state[name] <= most:
                raise ValueError(f"{name} must be a whole number from 0 to {most}, not {state[name]!r}.")
        return within(super().checked(state, given))

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind, thing = event["type"], event.get("thing")
        if kind == "press" and event["name"] == "new":
            return state | {"seed": state["seed"] + 1}
        if kind == "press":
            to = state["step"] + {"next": 1, "back": -1}[event["name"]]
            return self.at(state, min(max(to, 0), len(STEPS) - 1))
        if kind == "drag" and thing == "entry":
            rows, columns = shape_of(state)
            x, y = round(event["x"]), round(-event["y"])
            row = state["row"] if y < 0 else min(y, rows - 1)  # above the result lies the other factor:
            column = state["column"] if x < 0 else min(x, columns - 1)  # there only its column is chosen
            return state | {"row": row, "column": column}
        if kind == "select" and thing in NODES:
            return self.at(state, NODES[thing]) | {"selected": thing}
        return within(super().reduce(state, event)) if kind in ("set", "select") else state

    def at(self, state, step):
        return state if step == state["step"] else state | {"step": step, "row": 0, "column": 0, "selected": "entry"}

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        found = drawn(state["seed"], state["samples"])
        for names, theirs, own in ((FORWARDS, forwards, run), (BACKWARDS, backwards, nudged)):
            if functions.have(*names):
                found = found | theirs(found, functions)
            else:
                functions.own(*names)
                found = found | own(found)
        step = STEPS[state["step"]]
        for one in STEPS[1 : state["step"] + 1]:
            worked = one.worked_out(found)
            if not same(found[one.name], worked):
                functions.note(f"{one.whose(functions)} gives another {one.name} than {one.formula}.")
        return found | {
            "left": step.left(found),
            "top": step.top(found),
            "result": found[step.name],
            "whose": functions.whose(step.by),
            "worked": step.worked_out(found),
        }

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        step = STEPS[state["step"]]
        return [
            network(state["step"], arrays),
            product_picture(step, state["row"], state["column"], arrays),
            entry_table(step, state["row"], state["column"], arrays),
            shapes_table(state["step"], arrays),
        ]

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        step, (row, column) = STEPS[state["step"]], (state["row"], state["column"])
        value, worked = float(arrays["result"][row, column]), float(arrays["worked"][row, column])
        entry = f"{step.name}[{row}, {column}] = {written(value)}"
        wrong = "" if same(value, worked) else f", but the row and the column give {written(worked)}"
        count = "Forwards" if state["step"] == 0 else f"Step {state['step']} of {len(STEPS) - 1}"
        return f"{count}, {step.formula}: {step.fitting(arrays)}. {entry}{wrong}. {step.why}"

    def conclusion(self, state, arrays):
        return self.describe(state, arrays)

    def goal(self, state, arrays):
        silent = [j for j in range(HIDDEN) if not (arrays["Z"][:, j] > 0).any()]
        if not silent:
            return None
        there = STEPS[state["step"]].name == "dW1"
        if there and state["column"] in silent:
            return Goal("This neuron was silent for every sample, so it learns nothing: its whole column is 0.", 1.0)
        text = "Goal: in dW1, select an entry of the neuron that was silent for every sample."
        return Goal(text, 0.5 if there else 0.0)


# --- small helpers --------------------------------------------------------------------------------------


def shape_of(state):
    """The shape of the array that a step shows."""
    sizes = {"n": state["samples"], "in": INPUTS, "hidden": HIDDEN, "out": OUTPUTS, "1": 1}
    return tuple(sizes[axis] for axis in STEPS[state["step"]].axes)


def within(state):
    """The state with its entry within the array that is shown."""
    rows, columns = shape_of(state)
    return state | {"row": min(state["row"], rows - 1), "column": min(state["column"], columns - 1)}
