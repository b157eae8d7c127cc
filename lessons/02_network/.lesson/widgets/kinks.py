"""The units of the bump builder and the target they are to build, as plain numbers."""

from itertools import pairwise

import numpy as np
from scipy import special

from course.figures import Scrub
from course.figures.figure import clamp, snap

LEFT, RIGHT = -3.0, 3.0
X = np.linspace(LEFT, RIGHT, 301)
HANDLES = np.linspace(LEFT, RIGHT, 7)  # where the target can be pulled up and down
DRAWN = np.linspace(LEFT, RIGHT, 61)  # where a target of your own is kept
FLAT = [0.0] * len(HANDLES)

BY_HAND, EVEN, FIT, LEARN = "by hand", "even", "fit", "learn"
OWN = "your own"
TARGETS = {
    "sin 2x": lambda x: np.sin(2 * x),
    "triangle": lambda x: np.maximum(1 - np.abs(x), 0),
    "step": lambda x: np.tanh(10 * x),
}
STEEPNESS = {"relu": 1.0, "sigmoid": 4.0, "identity": 1.0}  # the weight into each unit
KINK = Scrub("kink", "kink", LEFT, RIGHT - 0.1, 0.05)


# --- the units ------------------------------------------------------------------------------------------


def units_of(state):
    """Kinks, weights (two lists of length n) and start height."""
    n = state["n"]
    if state["place"] == EVEN and state["activation"] == "relu":
        return even_units(n, state)
    if state["place"] in (EVEN, FIT):
        return fitted_units(n, state)
    kinks = [clamp(kink, KINK.low, KINK.high) for kink in state["kinks"][:n]]
    weights = list(state["weights"][:n])
    while len(kinks) < n:
        ends = np.sort([LEFT, *kinks, RIGHT])
        gap = int(np.argmax(np.diff(ends)))
        kinks.append(snap((ends[gap] + ends[gap + 1]) / 2, KINK))
        weights.append(0.0)  # a new unit changes nothing until it gets a weight
    return kinks, weights, state["height"]


def even_kinks(n):
    return np.linspace(LEFT, RIGHT, n + 1)[:-1]


def even_units(n, state):
    """n straight pieces of equal width whose ends lie on the target."""
    ends = np.linspace(LEFT, RIGHT, n + 1)
    heights = target_at(state, ends)
    slopes = np.diff(heights) / np.diff(ends)
    return ends[:-1].tolist(), np.diff(slopes, prepend=0.0).tolist(), float(heights[0])


def fitted_units(n, state):
    """Even kinks, and the weights with the smallest squared error."""
    kinks = even_kinks(n)
    columns = np.column_stack([ramps(kinks, state["activation"]), np.ones(len(X))])
    numbers = np.linalg.lstsq(columns, target_at(state, X), rcond=1e-9)[0]
    return kinks.tolist(), numbers[:-1].tolist(), float(numbers[-1])


def ramps(kinks, activation):
    """The curve of each unit over the whole picture (301, n), without your functions."""
    away = STEEPNESS[activation] * np.subtract.outer(X, kinks)
    return {"relu": away.clip(0), "sigmoid": special.expit(away), "identity": away}[activation]


def needed(activation):
    """Which of your functions the units run on."""
    return ("dense",) if activation == "identity" else ("dense", activation)


def hidden(kinks, activation, functions):
    """The hidden layer (301, n), by your dense and your activation."""
    if len(kinks) == 0:
        return np.zeros((len(X), 0))
    if not functions.have(*needed(activation)):
        functions.own(*needed(activation))
        return ramps(kinks, activation)
    w = STEEPNESS[activation]
    W1, b1 = np.full((1, len(kinks)), w), -w * np.asarray(kinks, dtype=float)
    z = functions.call("dense", X[:, None], W1, b1, shape=(len(X), len(kinks)))
    return z if activation == "identity" else functions.call(activation, z, shape=z.shape)


def sum_of(H, weights, height, activation, functions):
    """What the units add up to (301,): the second layer, by your dense."""
    if not weights or not functions.have(*needed(activation)):
        return H @ np.asarray(weights) + height
    W2, b2 = np.reshape(weights, (-1, 1)), np.array([height])
    return functions.call("dense", H, W2, b2, shape=(len(X), 1))[:, 0]


def gradient(numbers, activation, target, functions):
    """The slope of the mean squared error by kinks, weights and height, felt out with small nudges."""
    kinks, weights, height = np.split(numbers, [len(numbers) // 2, len(numbers) - 1])
    H = hidden(kinks, activation, functions)
    nudge = 1e-4
    by_kink = (hidden(kinks + nudge, activation, functions) - hidden(kinks - nudge, activation, functions)) / (
        2 * nudge
    )
    error = 2 * (H @ weights + height - target)[:, None] / len(X)
    return np.concatenate([(error * by_kink * weights).sum(axis=0), (error * H).sum(axis=0), error.sum(axis=0)])


def by_hand(state, kinks, weights, height):
    """The state with these units, placed by hand."""
    placed = {"place": BY_HAND, "n": len(kinks), "kinks": kinks, "weights": weights, "height": height}
    fitted = state["place"] in (FIT, LEARN) or (state["_fitted"] and state["place"] != EVEN)
    return state | placed | {"playing": False, "_descent": None, "_fitted": fitted}


def unit_in(thing, state):
    """The index of the unit that a thing belongs to, or None."""
    kind, _, index = (thing or "").partition(" ")
    return int(index) if kind in ("kink", "weight") and int(index) < state["n"] else None


def selected_unit(state):
    return unit_in(state["selected"], state)


def handle_x(kink):
    """Where a unit's weight is held: one step right of its kink, where the ramp is as high as the weight."""
    return min(kink + 1, RIGHT)


# --- the target -----------------------------------------------------------------------------------------


def target_at(state, x):
    """The target's heights at x (n,)."""
    own = state["target"] == OWN and state["drawn"] is not None
    base = np.interp(x, DRAWN, state["drawn"]) if own else TARGETS.get(state["target"], np.zeros_like)(x)
    distance = np.minimum(np.abs(x[:, None] - HANDLES), 1)
    return base + (0.5 + 0.5 * np.cos(np.pi * distance)) @ np.array(state["lifts"])


def lifted(state, j, y):
    """The state with the target pulled to height y at handle j."""
    lifts = list(state["lifts"])
    lifts[j] = round(lifts[j] + y - float(target_at(state, HANDLES)[j]), 3)
    return state | {"lifts": lifts}


def drawn_along(state, points):
    """The target's heights with the stroke through these points [x, y] drawn over them."""
    heights = target_at(state, DRAWN)
    for (x0, y0), (x1, y1) in pairwise(points):
        (x0, y0), (x1, y1) = sorted([(x0, y0), (x1, y1)])
        reach = (x1 - x0) / 2 + (DRAWN[1] - DRAWN[0]) / 2
        under = np.abs(DRAWN - (x0 + x1) / 2) <= reach
        heights[under] = np.interp(DRAWN[under], [x0, x1], [y0, y1])
    return rounded(heights, 3)


def rounded(values, digits):
    return [round(float(value), digits) for value in values]
