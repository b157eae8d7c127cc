"""Kernel workbench: a kernel slides over a picture, and the sum under the window is worked out in numbers."""

import time
from dataclasses import replace

import numpy as np

from course.figures import Button, Choice, Figure, Play, Scrub, Toggle
from course.figures.scene import number

from .goal import goal_arrays, goal_of
from .images import BLANK, DIGIT, DRAW, IMAGES, PAPER, PHOTO, image, with_flipped, with_stroke
from .kernels import HIDDEN, PRESETS, RANDOM, YOURS
from .numbers import answer, check_sizes, known, pooled, tell, unseen, with_padding
from .scene import added_up, grids, input_picture, response_picture, sum_table, target_picture
from .state import check_given, kernel_of, place, windows_of, with_cell

LOW, HIGH, STEP = -9.0, 9.0, 0.5  # of a cell
OFF = "off"
PICTURES = 600  # of a whole slide
BIAS = Scrub("bias", "bias", -2, 2, 0.1, column=1)
STRIDE, PADDING = Scrub("stride", "stride", 1, 4, 1), Scrub("padding", "padding", 0, 3, 1)
DILATION = Scrub("dilation", "dilation", 1, 3, 1)


class KernelWorkbench(Figure):
    name = "kernel_workbench"
    title = "Kernel workbench"
    tries = (
        "Which side of a post of the temple will answer blue, which orange? Predict, then drag the window over one.",
        "Press “All cells + 1”. Predict what the flat sky answers then, and look at what the cells add up to.",
        "Stride 3 on 128 columns: how many windows fit? Predict which pixels none of them sees; they are hatched.",
    )
    uses = ("output_size", "pad", "conv2d", "conv2d_loops", "max_pool")

    def initial(self):
        return {
            "image": PHOTO,
            "preset": "vertical",
            "size": "3",
            "edits": {},  # cells that you have set: "row column" and the value
            "added": 0.0,  # to all cells
            "flip": False,
            "bias": 0.0,
            "stride": 1,
            "padding": 0,
            "dilation": 1,
            "relu": False,
            "pool": OFF,
            "run": "conv2d",
            "at": [58.0, 13.0],  # the middle of the window: row and column of the picture
            "growing": False,  # the response is shown as far as the window has come
            "seed": 0,
            "digit": 0,
            "drawing": BLANK,
            "round": 0,  # which goal
            "selected": "window",
        }

    def controls(self, state):
        controls = [
            Play("Slide", step="Step"),
            Choice("image", "Picture", IMAGES),
            Choice("preset", "Kernel, changed" if state["edits"] or state["added"] else "Kernel", (*PRESETS, *YOURS)),
        ]
        if state["preset"] not in YOURS:
            controls.append(Choice("size", "size", ("1", "3", "5", "7")))
        if state["preset"] == RANDOM:
            controls.append(Button("random", "New numbers", key="n"))
        controls += [
            Button("plus", "All cells + 1"),
            Toggle("flip", "turn kernel (convolution)"),
            Toggle("relu", "ReLU"),
            Choice("pool", "max pool", (OFF, "2", "3")),
            Choice("run", "runs on", ("conv2d", "conv2d_loops")),
        ]
        if state["image"] == DIGIT:
            controls.append(Button("digit", "Next digit", key="d"))
        if state["image"] == DRAW:
            controls.append(Button("clear", "Clear the drawing"))
        if state["image"] == PHOTO:
            controls.append(Button("goal", "Next goal", key="g"))
        return [*controls, STRIDE, PADDING, DILATION, BIAS]

    def start(self, **given):
        """The initial state; on another picture than the photo the window begins in the middle."""
        if given.get("image") in IMAGES and given["image"] != PHOTO:
            given = {"at": middle_of(given["image"])} | given
        return super().start(**given)

    def origin(self, state):
        return self.start(image=state["image"]) | {"image": PHOTO}

    def checked(self, state, given):
        check_given(given)
        return super().checked(state, given)

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        kind, thing = event["type"], event.get("thing")
        if kind == "drag" and thing in ("window", "pixel"):
            return state | {"at": place(len(image(state)) - 1 - event["y"], event["x"]), "growing": False}
        if kind == "cell":
            return with_cell(state, event)
        if kind == "press":
            return self.press(state, event["name"])
        if kind == "stroke" and state["image"] == DRAW:
            points = [(x, PAPER[0] - 1 - y) for x, y in event["points"]]
            return state | {"drawing": with_stroke(state["drawing"], points)}
        if kind == "flip" and thing in ("window", "pixel") and state["image"] == DRAW:
            row, column = (round(value) for value in state["at"])
            return state | {"drawing": with_flipped(state["drawing"], row, column)}
        if kind == "set" and event["name"] in ("preset", "size"):
            return state | {"edits": {}, "added": 0.0, event["name"]: event["value"]}
        if kind == "set" and event["name"] == "image":
            at = self.initial()["at"] if event["value"] == PHOTO else middle_of(event["value"])
            return state | {"image": event["value"], "at": at}
        return super().reduce(state, event) if kind in ("set", "select") else state

    def press(self, state, name):
        if name == "plus":
            return state | {"added": min(state["added"] + 1.0, HIGH)}
        if name == "random":
            return state | {"seed": state["seed"] + 1, "edits": {}, "added": 0.0}
        if name == "digit":
            return state | {"digit": state["digit"] + 1}
        if name == "clear":
            return state | {"drawing": BLANK}
        return state | {"round": (state["round"] + 1) % len(HIDDEN)}

    def step(self, state, functions):
        """One window further; while it plays so many that the whole slide takes about ten seconds."""
        windows = windows_of(state, kernel_of(state, functions))
        total = windows.rows * windows.columns
        stride = -(-total // PICTURES) if state["playing"] else 1
        now = windows.number(state["at"]) + stride if state["growing"] else 0
        done = now >= total - 1
        at = windows.middle(min(now, total - 1))
        return state | {"at": place(*at), "growing": not done, "playing": state["playing"] and not done}

    # --- the numbers --------------------------------------------------------------------------------

    def compute(self, state, functions):
        X = image(state)
        kernel = kernel_of(state, functions)
        windows = windows_of(state, kernel)
        check_sizes(windows, functions)
        padded = with_padding(X, kernel, windows, functions)
        started = time.perf_counter()
        raw = answer(state, X, kernel, windows, functions)
        took = time.perf_counter() - started
        functions.seconds.clear()  # what it takes is shown; drawn more coarsely, it would be another picture
        response = np.maximum(raw, 0) if state["relu"] else raw
        pool = 1 if state["pool"] == OFF else int(state["pool"])
        shown = pooled(response, pool, functions)

        row, column = windows.nearest(state["at"])
        patch = windows.patch(padded, row, column)
        products = patch * kernel
        arrays = {
            "X": X,
            "padded": padded,
            "kernel": kernel,
            "windows": windows,
            "row": row,
            "column": column,
            "patch": patch,
            "products": products,
            "sum": float(products.sum() + state["bias"]),
            "said": float(raw[row, column]),
            "raw": raw,
            "response": response,
            "shown": shown,
            "pool": pool,
            "took": took,
            "own": not functions.have(state["run"]),
            "unseen": unseen(windows),
            "known": known(state, windows, shown.shape, pool, row, column),
        }
        tell(state, arrays, functions)
        return arrays | goal_arrays(state, windows, raw)

    # --- the picture --------------------------------------------------------------------------------

    def scene(self, state, arrays):
        panels = [
            input_picture(state, arrays),
            *grids(state, arrays, (LOW, HIGH, STEP)),
            response_picture(state, arrays),
            sum_table(state, arrays),
        ]
        return [*panels, target_picture(arrays)] if arrays["target"] is not None else panels

    # --- the words ----------------------------------------------------------------------------------

    def describe(self, state, arrays):
        (h, w), (kh, kw) = arrays["X"].shape, arrays["kernel"].shape
        changed = ", changed by hand," if state["edits"] or state["added"] else ""
        what = f"{state['image'].capitalize()} {h} × {w}, {state['preset']} kernel{changed} {kh} × {kw}"
        settings = "".join(
            f", {name} {state[name]}"
            for name, plain in (("stride", 1), ("padding", 0), ("dilation", 1))
            if state[name] != plain
        )
        low, high = float(arrays["shown"].min()), float(arrays["shown"].max())
        rows, columns = arrays["shown"].shape
        answer = f"Response {rows} × {columns}, from {number(low)} to {number(high)}."
        here = f"Window {arrays['row']}, {arrays['column']}: products and bias add up to {number(arrays['sum'])}."
        return f"{what}{settings}. {answer} {here}{finding(state, arrays)}"

    def conclusion(self, state, arrays):
        return finding(state, arrays).strip()

    def goal(self, state, arrays):
        goal = goal_of(arrays)
        return goal and replace(goal, key=str(state["round"]))


# --- small helpers --------------------------------------------------------------------------------------


def middle_of(picture):
    h, w = image({"image": picture, "digit": 0, "drawing": BLANK}).shape
    return place((h - 1) / 2, (w - 1) / 2)


def finding(state, arrays):
    """What the numbers say."""
    p = state["padding"]
    rows, columns = (int(unread[p : len(unread) - p].sum()) for unread in arrays["unseen"])
    parts = [f"{n} {what}{'s' if n > 1 else ''}" for n, what in ((rows, "row"), (columns, "column")) if n]
    missed = f" Never seen: {' and '.join(parts)} of the picture." if parts else ""
    if state["growing"]:
        return missed
    if arrays["kernel"].size == 1:
        return f"{missed} A kernel of one cell only makes brighter or darker: it can't see an edge."
    if abs(arrays["kernel"].sum()) < 1e-9:
        return f"{missed} The cells add up to 0, so a flat patch answers the bias alone."
    return f"{missed} The cells add up to {added_up(arrays['kernel'])}, so a flat patch answers too."
