"""Paths over a surface as layers of a plot: the map, the trail, where it leaves, and the loss step by step."""

from __future__ import annotations

import math

import numpy as np

from course.figures.scene import Arrow, Field, Line, Points, Text
from course.surfaces import Range, Surface, heights

FAR = 1e4  # beyond this a path isn't drawn
SMALLEST, LARGEST = 1e-14, 1e12  # losses that a logarithmic axis can be asked to show
MOST_NUMBERS = 8


def ground(surface: Surface) -> list[Field | Points]:
    """The surface as a map: white at height 0, blue above, orange below, its lowest place ringed."""
    land = map_of(heights(surface), surface.x, surface.y, surface.high, surface.levels)
    if surface.lowest is None:
        return [land]
    return [land, Points(np.array([surface.lowest]), marks=np.array([3]), series=-1, size=3)]


def map_of(values: np.ndarray, x: Range, y: Range, high: float, levels: tuple[float, ...]) -> Field:
    """Heights (h, w) over a part of the plane as a map; `high` is coloured fully."""
    return Field(values, x, y, low=-high, high=high, contour=levels, label="f")


def inside(path: np.ndarray, x: Range, y: Range) -> np.ndarray:
    """Which places of a path (n, 2) lie in the frame (n,)."""
    with np.errstate(invalid="ignore"):
        return (path[:, 0] >= x[0]) & (path[:, 0] <= x[1]) & (path[:, 1] >= y[0]) & (path[:, 1] <= y[1])


def left_at(path: np.ndarray, x: Range, y: Range) -> int | None:
    """The step at which a path leaves the frame for good; None if it ends inside."""
    within = inside(path, x, y)
    if within[-1]:
        return None
    return int(np.flatnonzero(within)[-1]) + 1 if within.any() else 0


def ending(path: np.ndarray, losses: np.ndarray, x: Range, y: Range) -> str:
    """In words how a path left the frame for good, or ''; `losses` (n,) along it tell whether it went up or down."""
    left = left_at(path, x, y)
    if left is None:
        return ""
    return f"diverged at step {left}" if not losses[-1] < losses[0] else f"ran off at step {left}"


def drawable(path: np.ndarray) -> np.ndarray:
    """The path up to the first place that is too far off to be drawn."""
    with np.errstate(invalid="ignore"):
        far = ~(np.abs(path) < FAR).all(axis=1)
    return path[: int(np.argmax(far))] if far.any() else path


def trail(path: np.ndarray, x: Range, y: Range, series: int, width: float = 2.0) -> Line:
    """A path as a line, up to where it leaves the frame for good."""
    left = left_at(path, x, y)
    return Line(drawable(path if left is None else path[: left + 1]), series=series, width=width)


def step_dots(path: np.ndarray, x: Range, y: Range, series: int) -> Points:
    """A dot at each step of a path, where there is room for it."""
    left = left_at(path, x, y)
    shown = path if left is None else path[:left]
    return Points(shown[apart(shown, x, y, 0.035)], series=series, size=3)


def step_numbers(path: np.ndarray, x: Range, y: Range) -> list[Text]:
    """The numbers of a few steps beside the trail, where there is room for them."""
    left = left_at(path, x, y)
    steps = apart(path if left is None else path[:left], x, y, 0.1)[1:MOST_NUMBERS]
    offset = np.array([0.012 * (x[1] - x[0]), 0.02 * (y[1] - y[0])])
    beside = (path[steps] + offset).tolist()
    return [Text(right, up, str(step)) for step, (right, up) in zip(steps, beside, strict=True)]


def apart(path: np.ndarray, x: Range, y: Range, distance: float) -> list[int]:
    """Steps, beginning with 0, whose places are at least that share of the frame's width from all before them."""
    scaled = (path / np.array([x[1] - x[0], y[1] - y[0]])).tolist()
    chosen: list[int] = []
    for step in np.flatnonzero(inside(path, x, y)).tolist():
        # The nearest of those before is most often the last, so it is asked first.
        if all(math.dist(scaled[step], scaled[other]) > distance for other in reversed(chosen)):
            chosen.append(step)
    return chosen


def way_out(path: np.ndarray, x: Range, y: Range, text: str) -> list[Arrow | Text]:
    """An arrowhead where a path leaves the frame for good, and `text` beside it; nothing if it doesn't."""
    left = left_at(path, x, y)
    if not left:
        return []
    start, end = path[left - 1], np.clip(np.nan_to_num(path[left], posinf=FAR, neginf=-FAR), -FAR, FAR)
    crossing = start + exit_share(start, end, x, y) * (end - start)
    size = np.array([x[1] - x[0], y[1] - y[0]])
    way = (crossing - start) / max(float(np.hypot(*(crossing - start))), 1e-12)
    (x0, y0), (x1, y1) = (crossing - 0.08 * size * way).tolist(), crossing.tolist()
    right, up = (crossing + 0.03 * size).tolist()
    return [Arrow(x0, y0, x1, y1), Text(right, up, text)]


def exit_share(start: np.ndarray, end: np.ndarray, x: Range, y: Range) -> float:
    """How far along the way from `start` (inside) to `end` (outside) the frame is crossed, 0 to 1."""
    share = 1.0
    for a, b, (low, high) in zip(start, end, (x, y), strict=True):
        if b > high:
            share = min(share, (high - a) / (b - a))
        elif b < low:
            share = min(share, (low - a) / (b - a))
    return float(share)


def loss_line(losses: np.ndarray, series: int, label: str = "", log: bool = True) -> Line:
    """Losses (steps + 1,) against the step."""
    with np.errstate(invalid="ignore"):
        shown = np.clip(losses, SMALLEST / 10 if log else -LARGEST, LARGEST)
    return Line(np.stack([np.arange(len(losses)), shown], axis=-1), label, series=series)


def loss_range(losses: list[np.ndarray], log: bool = True) -> Range:
    """Where a loss axis should begin and end: whole steps of four decades, so that it seldom jumps."""
    values = np.concatenate(losses)
    values = values[np.isfinite(values)]
    if log:
        values = np.clip(values, SMALLEST, LARGEST)
        steps = [10.0**power for power in range(-14, 13, 4)]
        low = max((step for step in steps if step <= max(values.min(), SMALLEST)), default=SMALLEST)
        high = min((step for step in steps if step >= values.max()), default=LARGEST)
        return min(low, 1e-2), max(high, 1e2)
    low, high = np.clip([values.min(), values.max()], -1e4, 1e4)
    room = max(0.08 * (high - low), 0.5)
    return float(low - room), float(high + room)


def brief(value: float, count: int = 3) -> str:
    """A loss for the reader: `count` digits that count, a true minus sign."""
    if not np.isfinite(value):
        return "beyond all numbers"
    digits, _, power = f"{value:.{count}g}".partition("e")
    return (f"{digits}e{int(power)}" if power else digits).replace("-", "−")
