"""Draw a digit: a pad, what the network gets of it, what it says, and where it looked."""

from contextlib import contextmanager

import numpy as np
import torch

from course.figures import Button, Choice, Figure, Goal, Scrub, Toggle
from course.figures.scene import number

from .drawing import PAD, Moved, coarse, picture, prepared, share_changed
from .drawn_digits import PEN, marks
from .looks import chosen, looks
from .reader import Readers, convolutions, probabilities
from .samples import known_digits, next_sample, sample_image
from .scene import details, main_panels

PREDICTED = "predicted"
OVERLAYS = ("Grad-CAM", "saliency", "none")
WANTED, ALLOWED = 0.9, 0.3  # probability of a 9, and how much of the ink may change before a 4 is no 4
MOST_MARKS, MOST_POINTS = 400, 2000
STILL = {"right": 0, "down": 0, "turn": 0, "size": 1.0}
READERS = Readers()


class DrawADigit(Figure):
    name = "draw_a_digit"
    title = "Draw a digit"
    tries = (
        "Clear the pad and draw a 7, then put a bar through it. Which bars move?",
        "Switch “centre and scale” off and draw a small digit in a corner. Why does it read worse?",
        "Draw a 1 with a long stroke up to its tip, as many Europeans do. What does it read, and who taught it that?",
        "Erase what Grad-CAM marks. Does the answer change? Undo, and erase as much elsewhere.",
    )
    uses = ("ConvNet", "feature_maps", "saliency", "grad_cam")

    def __init__(self):
        self.layers = ("conv 1", "conv 2")  # of the network that read last: only compute sees it

    def initial(self):
        return {
            "marks": marks("4"),  # [tool, pen, points], as drawing.py explains
            "sample": None,  # number of the test digit under them
            "tool": "pen",
            "pen": PEN,
            **STILL,
            "prepare": True,
            "overlay": "Grad-CAM",
            "label": PREDICTED,
            "layer": "conv 2",
            "base": {"marks": marks("4"), "sample": None, **STILL},  # the drawing that changes are counted from
            "selected": None,
            "_gesture": None,
        }

    def controls(self, state):
        return [
            Button("another", "Test digit", key="n"),
            Button("four", "Test digit 4", key="4"),
            Button("keep", "Count changes from here", key="k"),
            Toggle("prepare", "centre and scale"),
            Choice("tool", "Tool", ("pen", "eraser"), column=0),
            Button("clear", "Clear", key="c", column=0),
            Scrub("pen", "width", 8, 40, 1, column=0),
            Choice("overlay", "Lay over", OVERLAYS, column=2),
            Choice("label", "for", (PREDICTED, *map(str, range(10))), column=2),
            Choice("layer", "at", self.layers, column=2),
            Scrub("right", "shift →", -10, 10, 1, column=0),
            Scrub("down", "shift ↓", -10, 10, 1, column=0),
            Scrub("turn", "rotate", -180, 180, 5, column=0),
            Scrub("size", "scale", 0.4, 1.6, 0.05, column=0),
        ]

    def checked(self, state, given):
        check_drawing(state)
        check_drawing(state["base"])
        given = {name: value for name, value in given.items() if name != "layer"}  # the network decides what there is
        return super().checked(state, given)

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind, name = event["type"], event.get("name")
        if kind == "stroke":
            return drawn(state, event)
        if kind == "press" and name in ("another", "four"):
            sample = next_sample(state["sample"], 4 if name == "four" else None)
            return keeping(state | STILL | {"marks": [], "sample": sample, "_gesture": None})
        if kind == "press" and name == "clear":
            return state | STILL | {"marks": [], "sample": None, "_gesture": None}
        if kind == "press" and name == "keep":
            return keeping(state)
        return super().reduce(state, event) if kind in ("set", "select") else state

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        with one_thread():
            arrays = self._numbers(state, functions)
        functions.seconds.clear()  # nothing here could be drawn more coarsely
        return arrays

    def _numbers(self, state, functions):
        model, name = READERS.model(functions)
        layers = convolutions(model)
        self.layers = tuple(layers) or ("conv 1",)
        ink, got = ink_of(state), received(state, state["prepare"])
        says = probabilities(model, name, got)
        label = int(says.argmax()) if state["label"] == PREDICTED else int(state["label"])
        at = state["layer"] if state["layer"] in layers else self.layers[-1]
        maps, over = looks(functions, model, got, label, state["overlay"], layers, at)
        before = ink_of(state["base"])
        return {
            "yours": functions.used["digit_reader"] == "your",
            "ink": ink,
            "got": got,
            "says": says,
            "label": label,
            "at": at,
            "maps": maps,
            "over": over,
            "chosen": chosen(state, functions, model, layers, maps),
            "changed": share_changed(ink, before),
            "began": int(probabilities(model, name, received(state["base"], state["prepare"])).argmax()),
        }

    # --- the picture and the words ------------------------------------------------------------------

    def scene(self, state, arrays):
        return [*main_panels(state, arrays), *details(arrays)]

    def value(self, state, name, arrays):
        return arrays.get("at", state["layer"]) if name == "layer" else super().value(state, name, arrays)

    def describe(self, state, arrays):
        best, second = np.argsort(-arrays["says"], kind="stable")[:2]
        said = f"reads {best} ({percent(arrays['says'][best])}), then {second} ({percent(arrays['says'][second])})"
        who = "Your digit_reader" if arrays["yours"] else "Our network, trained on MNIST (CC BY-SA 3.0),"
        words = [f"{what_is_drawn(state, arrays)} {who} {said}."]
        if arrays["over"] is not None:
            words.append(looked_at(state, arrays))
        if arrays["chosen"]:
            words.append(filter_in_words(arrays["chosen"]))
        return " ".join(words)

    def conclusion(self, state, arrays):
        words = [] if arrays["yours"] else ["Read by our network, trained on MNIST (CC BY-SA 3.0)."]
        if arrays["chosen"]:
            words.append(filter_in_words(arrays["chosen"]))
        return " ".join(words)

    def goal(self, state, arrays):
        nine, changed = float(arrays["says"][9]), arrays["changed"]
        text = "Goal: a 4 for every person, a 9 for the network, at least 90 %, by changing as little ink as you can."
        if changed is None or arrays["began"] != 4:
            return Goal(f"{text} First draw a 4 that it reads as 4, and press “Count changes from here”.", 0.0)
        here = f"Now {percent(nine)} for 9, with {percent(changed)} of the ink changed"
        if changed > ALLOWED:
            return Goal(f"{text} {here}: too much to be the same 4. Undo some of it.", 0.0)
        if nine >= WANTED:
            return Goal(f"Fooled. {here}. Is it still a 4 for you? Can you do it with less?", 1.0)
        return Goal(f"{text} {here}.", min(0.95, nine / WANTED))


# --- the state ------------------------------------------------------------------------------------------


def moved_of(drawing):
    return Moved(**{name: drawing[name] for name in STILL})


def drawn(state, event):
    """The state with the pen's new places: one mark for as long as the pen stays down."""
    moved = moved_of(state)
    points = np.round(moved.in_drawing(event["points"])).astype(int).tolist()
    tool = "erase" if state["tool"] == "eraser" else "pen"
    gesture, before = event.get("gesture"), state["marks"]
    if before and gesture is not None and gesture == state["_gesture"]:
        points = [*before[-1][2], *points][:MOST_POINTS]
        return state | {"marks": [*before[:-1], [*before[-1][:2], points]]}
    if len(before) >= MOST_MARKS:
        return state
    pen = max(1, round(state["pen"] / moved.size))
    return state | {"marks": [*before, [tool, pen, points]], "_gesture": gesture}


def keeping(state):
    return state | {"base": {name: state[name] for name in ("marks", "sample", *STILL)}}


def check_drawing(given):
    """Raises ValueError with a clear sentence unless these are the marks, the sample and the moves of a drawing."""
    if not isinstance(given, dict) or not {"marks", "sample", *STILL} <= set(given):
        raise ValueError("base must be a drawing with marks, sample, right, down, turn, size, as Copy state writes it.")
    try:
        fine = len(given["marks"]) <= MOST_MARKS and all(
            tool in ("pen", "erase") and 0 < pen <= PAD and np.asarray(points, dtype=float).shape[1:] == (2,)
            for tool, pen, points in given["marks"]
        )
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise ValueError("marks must list [“pen” or “erase”, width, points [x, y]], as Copy state writes it.")
    if given["sample"] is not None and (type(given["sample"]) is not int or given["sample"] < 0):
        raise ValueError(f"sample must be the number of a test digit or None, not {given['sample']!r}.")


# --- the numbers ----------------------------------------------------------------------------------------


def ink_of(drawing):
    sample = None if drawing["sample"] is None else sample_image(drawing["sample"])
    return picture(drawing["marks"], moved_of(drawing), sample)


def received(drawing, prepare):
    """(28, 28): what the network gets; a test digit that nobody has touched is left as it is."""
    if drawing["sample"] is not None and not drawing["marks"] and moved_of(drawing) == Moved():
        return sample_image(drawing["sample"])
    return prepared(ink_of(drawing)) if prepare else coarse(ink_of(drawing))


@contextmanager
def one_thread():
    """One image is too little work for several threads: they would wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


# --- words ----------------------------------------------------------------------------------------------


def percent(share):
    return f"{100 * share:.0f} %"


def what_is_drawn(state, arrays):
    if arrays["ink"].max() == 0:
        return "The pad is empty."
    if state["sample"] is None:
        return f"A drawing of {len(state['marks'])} {'stroke' if len(state['marks']) == 1 else 'strokes'}."
    label = known_digits().labels[state["sample"] % len(known_digits().labels)]
    return f"Test digit {state['sample']}, a {label}{', drawn over' if state['marks'] else ''}."


def looked_at(state, arrays):
    row, column = np.unravel_index(arrays["over"].argmax(), arrays["over"].shape)
    at = f" at {arrays['at']}" if state["overlay"] == "Grad-CAM" else ""
    if arrays["over"].max() == 0:
        return f"{state['overlay']}{at}: nothing speaks for {arrays['label']}."
    return f"{state['overlay']} for {arrays['label']}{at} is strongest in row {row + 1}, column {column + 1} of 28."


def filter_in_words(about):
    low, high = about["map"].min(), about["map"].max()
    most = ", ".join(map(str, about["labels"]))
    span = f"{number(low)} to {number(high)}"
    return f"{about['name'].capitalize()} answers from {span}; most excited by test digits {most}."
