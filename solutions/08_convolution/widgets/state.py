"""The state of the workbench: what a view may be given, and what follows from it without a response."""

import numpy as np

from .images import BLANK, image
from .kernels import HIDDEN, YOURS, preset, theirs, turned
from .windows import Windows

LARGEST = 7  # kernel


def place(row, column):
    return [round(float(row), 2), round(float(column), 2)]


def kernel_of(state, functions):
    """The kernel as it is laid on the picture: the chosen one, what you changed in it, turned if it is turned."""
    if state["preset"] in YOURS:
        base = theirs(state["preset"].removeprefix("your "), functions, LARGEST)
    else:
        size = int(state["size"])
        base = preset(state["preset"], size, state["seed"]) if size > 1 else np.ones((1, 1))
    for cell, value in state["edits"].items():
        row, column = map(int, cell.split())
        if row < base.shape[0] and column < base.shape[1]:
            base[row, column] = value
    kernel = base + state["added"]
    return turned(kernel) if state["flip"] else kernel


def with_cell(state, event):
    """The state with one cell of the kernel set; a turned kernel is turned back first."""
    row, column = event["row"], event["column"]
    if state["flip"]:
        row, column = (n - 1 - i for n, i in zip(event["shape"], (row, column), strict=True))
    return state | {"edits": state["edits"] | {f"{row} {column}": round(event["value"] - state["added"], 4)}}


def windows_of(state, kernel):
    return Windows(
        *image(state).shape, *kernel.shape, stride=state["stride"], padding=state["padding"], dilation=state["dilation"]
    )


def check_given(given):
    """Raises ValueError with a clear sentence unless the values fit that have no control of their own."""
    for name in ("seed", "digit", "round"):
        value, most = given.get(name, 0), len(HIDDEN) - 1 if name == "round" else 10**6
        if type(value) is not int or not 0 <= value <= most:
            raise ValueError(f"{name} must be a whole number from 0 to {most}, not {value!r}.")
    at, edits, added = given.get("at", [0, 0]), given.get("edits", {}), given.get("added", 0.0)
    if not isinstance(at, list | tuple) or len(at) != 2 or not all(map(is_number, at)):
        raise ValueError(f"at must be the window's middle, [row, column], not {at!r}.")
    if not isinstance(edits, dict) or not all(is_cell(cell) and is_number(value) for cell, value in edits.items()):
        raise ValueError(f"edits must be a dict such as {{'0 2': 1.5}} (row, column, value), not {edits!r}.")
    if not is_number(added):
        raise ValueError(f"added must be a number, not {added!r}.")
    if type(given.get("growing", False)) is not bool:
        raise ValueError(f"growing must be True or False, not {given['growing']!r}.")
    drawing = given.get("drawing", BLANK)
    if not isinstance(drawing, str) or len(drawing) != len(BLANK) or set(drawing) - set("0123456789abcdef"):
        raise ValueError("drawing must be what Copy state writes: one bit for each pixel, in hexadecimal.")


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def is_cell(name):
    parts = name.split() if isinstance(name, str) else []
    return len(parts) == 2 and all(part.isdecimal() for part in parts)
