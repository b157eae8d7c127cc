"""The goal of the workbench: a response to make again, whose kernel isn't shown."""

from functools import lru_cache

import numpy as np

from course.figures import Goal
from course.figures.scene import number

from .images import PHOTO, photo
from .kernels import HIDDEN, resized
from .spectra import by_spectra
from .windows import Windows

WANTED = 0.99  # correlation with the hidden response


def goal_of(arrays):
    """What the reader is told about the goal; None where there is none."""
    if arrays["target"] is None:
        return None
    agreement = arrays["agreement"]
    if agreement is None:
        return Goal("Goal: make the small response. That takes a square kernel of 3 × 3 or more.", 0.0)
    if agreement > WANTED:
        return Goal(f"Found: your response agrees with the hidden one, correlation {agreement:.3f}.", 1.0)
    told = f"Correlation {number(agreement)}, wanted {WANTED}."
    text = f"Goal: change cells until your response is the small one. {told}"
    return Goal(text, min(0.95, max(0.0, agreement)))


@lru_cache(maxsize=8)
def hidden_response(which, size, stride, padding, dilation):
    """The response of a hidden kernel on the photo."""
    windows = Windows(*photo().shape, size, size, stride=stride, padding=padding, dilation=dilation)
    return by_spectra(photo(), resized(np.array(HIDDEN[which]), size), windows)[1]


def goal_arrays(state, windows, raw):
    """The hidden response, and how well this one agrees with it: a correlation, None where they can't be compared."""
    if state["image"] != PHOTO:
        return {"target": None, "agreement": None}
    comparable = windows.kh == windows.kw >= 3
    size = windows.kh if comparable else 3
    target = hidden_response(state["round"], size, state["stride"], state["padding"], state["dilation"])
    if not np.isfinite(raw).all():
        return {"target": target, "agreement": 0.0}
    if not comparable:
        return {"target": target, "agreement": None}
    a, b = raw - raw.mean(), target - target.mean()
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return {"target": target, "agreement": float((a * b).sum() / size) if size > 1e-9 else 0.0}
