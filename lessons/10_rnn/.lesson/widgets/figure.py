"""The unrolled network: a gradient on its way back through time, with the reader's own functions."""

import math

import numpy as np

from course.figures import Button, Choice, Figure, Goal, Scrub, Toggle
from course.figures.figure import clamp
from course.figures.scene import number

from .numbers import IDENTITY, LONGEST, MATRICES, TANH, numbers
from .scene import panels, written
from .through_time import clip, spans, there_and_back

SCALES = (0.9, 1.0, 1.1)  # drawn beside the chosen one
SHORTEST = 5
WITHIN, WANTED_INPUT, WANTED_STEPS = (0.1, 10.0), 0.5, 50


class UnrolledNetwork(Figure):
    name = "unrolled_network"
    title = "Unrolled network"
    tries = (
        "The same fifty steps at 0.9, 1.0 and 1.1: what is left at step 0? Predict what 1.2 leaves, then set it.",
        "Set the scale to 1.0, the bend to tanh and the size of the inputs to 1. Where did the gradient go? Look at the hidden states and at the slope.",
        "Set the scale to 1.5 without a bend and clip gradients. Then set it to 0.5: does clipping bring the vanished gradient back?",
    )
    uses = ("rnn_step", "rnn_step_backward", "clip_gradients", "memory_span")

    def initial(self):
        return {
            "bend": IDENTITY,
            "matrix": MATRICES[0],
            "scale": 0.9,
            "input": 0.1,
            "steps": 50,
            "loss": 50,
            "clip": False,
            "max_norm": 1.0,
            "compare": True,
            "seed": 3,
        }

    def controls(self, state):
        controls = [
            Choice("bend", "Bend", (IDENTITY, TANH)),
            Choice("matrix", "Wh", MATRICES),
            Button("new", "New numbers", key="n"),
            Toggle("compare", "compare 0.9, 1.0, 1.1"),
            Toggle("clip", "clip gradients"),
            Scrub("scale", "scale of Wh", 0.1, 3, 0.01),
            Scrub("input", "size of the inputs", 0, 2, 0.05),
            Scrub("steps", "steps", SHORTEST, LONGEST, 1),
            Scrub("loss", "loss at step", 1, state["steps"], 1),
        ]
        if state["clip"]:
            controls.append(Scrub("max_norm", "largest norm", 0.1, 10, log=True))
        return controls

    def start(self, **given):
        """The initial state; without a step for the loss it sits at the last one."""
        if "steps" in given:
            given = {"loss": given["steps"]} | given
        return super().start(**given)

    def checked(self, state, given):
        if type(state["seed"]) is not int or not 0 <= state["seed"] <= 10**6:
            raise ValueError(f"seed must be a whole number from 0 to 1000000, not {state['seed']!r}.")
        return super().checked(state, given)

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind = event["type"]
        if kind == "press":
            return state | {"seed": state["seed"] + 1}
        if kind == "drag":
            return state | {"loss": round(clamp(event["x"], 1, state["steps"]))}
        if kind == "set" and event["name"] == "steps":
            steps = event["value"]
            at_the_end = state["loss"] == state["steps"]
            return state | {"steps": steps, "loss": steps if at_the_end else min(state["loss"], steps)}
        return super().reduce(state, event) if kind in ("set", "select") else state

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        run = there_and_back(state, state["scale"], functions)
        Wh = state["scale"] * numbers(state["seed"]).matrices[state["matrix"]]
        others = []
        if state["compare"] and functions.detail == 1:  # a slow function draws fewer lines
            rest = (scale for scale in SCALES if scale != state["scale"])
            others = [(scale, there_and_back(state, scale, functions).norms) for scale in rest]
        clipped = clip(run.grads, state["max_norm"], functions) if state["clip"] else None
        if clipped and not clipped.straight:
            functions.note("Your clip_gradients turned the gradient. One factor for all arrays keeps its direction.")
        return {
            "run": run,
            "others": others,
            "span": spans(state, functions),
            "clipped": clipped,
            "eigenvalues": np.linalg.eigvals(Wh),
            "stretch": float(np.linalg.norm(Wh, 2)),
            "slope": 1.0 if state["bend"] == IDENTITY else float(np.mean(1 - run.states[1 : state["loss"] + 1] ** 2)),
            "whose span": functions.whose("memory_span").lower(),
        }

    def scene(self, state, arrays):
        return panels(state, arrays)

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        start, loss, span = arrays["run"].norms[0], state["loss"], arrays["span"][-1]
        net = "Without a bend" if state["bend"] == IDENTITY else "With tanh"
        text = (
            f"{net}, {state['matrix']} Wh at scale {state['scale']:g}, inputs of size {state['input']:g}: "
            f"from step {loss} back to step 0 the gradient {fate(start)}, from 1 to {written(start)}. "
        )
        text += f"memory_span says {written(span)}"
        if state["bend"] == TANH and start < span / 3:
            text += f", but it takes the slope of tanh as 1; here that is {number(arrays['slope'])} on average"
        text += "."
        if arrays["others"]:
            text += f" At {', '.join(f'{scale:.1f}: {written(norms[0])}' for scale, norms in arrays['others'])}."
        return text + (f" {clipping(arrays['clipped'], start)}" if arrays["clipped"] else "")

    def conclusion(self, state, arrays):
        return self.describe(state, arrays)

    def goal(self, state, arrays):
        task = "a gradient of 0.1 to 10 at step 0, with tanh, inputs of size 0.5 and the loss at step 50"
        if state["bend"] != TANH or state["input"] != WANTED_INPUT or state["loss"] != WANTED_STEPS:
            return Goal(f"Goal: {task}.", 0.0)
        start = arrays["run"].norms[0]
        if WITHIN[0] <= start <= WITHIN[1]:
            return Goal(f"Alive: {written(start)} at step 0. Now press n for new numbers: does it stay so?", 1.0)
        if not 0 < start < math.inf:
            return Goal(f"Goal: {task}.", 0.0)
        far = min(abs(math.log10(start / edge)) for edge in WITHIN)
        return Goal(f"Goal: {task}. Here {written(start)}.", max(0.0, 0.95 - far / 12))


# --- words ----------------------------------------------------------------------------------------------


def fate(start):
    """What became of a gradient of length 1."""
    if not math.isfinite(start):
        return "overflows"
    for least, words in ((1e4, "explodes"), (10, "grows"), (0.1, "lives"), (1e-4, "fades")):
        if start > least:
            return words
    return "vanishes"


def clipping(clipped, start):
    """What clipping did, and what it could not do."""
    text = f"The weights' gradient has length {written(clipped.before)}"
    if clipped.factor > 0.999:
        rest = ": clipping changes nothing, and what vanished stays so" if start < 0.1 else ": clipping changes nothing"
        return f"{text}{rest}."
    text += f", clipped to {written(clipped.after)}: every step's part times {written(clipped.factor)}"
    return f"{text}. What vanished is not brought back." if start < 0.1 else f"{text}."
