"""Ink: marks of a pen or an eraser become a picture, and the picture becomes what the network gets.

A mark is [tool, pen, points]: "pen" or "erase", the width of its tip, and points [x, y] on a pad of 280, y downwards.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F

PAD, FINE, SIDE, BOX = 280, 140, 28, 20  # the pad; its picture; the network's picture; the digit in it, as in MNIST
SCALE = FINE / PAD
FAINT = 0.1  # ink below this doesn't count where a digit begins and ends
LOST = 0.02


@dataclass(frozen=True)
class Moved:
    """A drawing turned and resized about the pad's middle, then shifted (in 28ths of the pad, and degrees)."""

    right: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    size: float = 1.0

    @property
    def matrix(self):
        """(2, 2): what happens to an arrow from the middle."""
        angle = math.radians(self.turn)
        return self.size * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])

    @property
    def shift(self):
        return np.array([self.right, self.down]) * PAD / SIDE

    def on_pad(self, points):
        """(n, 2): where these points of the drawing are now."""
        return (np.asarray(points, dtype=float).reshape(-1, 2) - PAD / 2) @ self.matrix.T + PAD / 2 + self.shift

    def in_drawing(self, points):
        """(n, 2): the points of the drawing that are now there."""
        away = np.asarray(points, dtype=float).reshape(-1, 2) - PAD / 2 - self.shift
        return away @ np.linalg.inv(self.matrix).T + PAD / 2


STILL = Moved()


def picture(marks, moved, sample=None):
    """(140, 140) float32, 0 … 1: the ink of the marks, in their order, over the sample (28, 28) if there is one."""
    under = None if sample is None else _Sample(sample)
    return _inked(tuple((tool, pen, tuple(map(tuple, points))) for tool, pen, points in marks), moved, under)


class _Sample:
    """An image that can be looked up in a cache."""

    def __init__(self, image):
        self.image = image
        self.key = image.tobytes()

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return self.key == other.key


@lru_cache(maxsize=256)
def _inked(marks, moved, sample):
    """Mark by mark, so that while one grows the earlier ones needn't be drawn again."""
    if not marks:
        return np.zeros((FINE, FINE), np.float32) if sample is None else _warped(sample.image, moved)
    ink = _inked(marks[:-1], moved, sample).copy()
    tool, pen, points = marks[-1]
    path = moved.on_pad(points) * SCALE
    radius = pen * moved.size * SCALE / 2
    starts, ends = (path, path) if len(path) == 1 else (path[:-1], path[1:])
    for start, end in zip(starts, ends, strict=True):
        _press(ink, start, end, radius, erase=tool == "erase")
    ink.flags.writeable = False
    return ink


def _press(ink, start, end, radius, erase):
    """Puts down (or takes off) a round tip moved from start to end, with an edge one cell soft."""
    low = np.floor(np.minimum(start, end) - radius - 1).astype(int).clip(0, FINE)
    high = np.ceil(np.maximum(start, end) + radius + 1).astype(int).clip(0, FINE)
    if (high <= low).any():
        return
    x = np.arange(low[0], high[0]) + 0.5 - start[0]
    y = (np.arange(low[1], high[1]) + 0.5 - start[1])[:, None]
    way = end - start
    along = ((x * way[0] + y * way[1]) / max(way @ way, 1e-9)).clip(0, 1)
    distance = np.hypot(x - along * way[0], y - along * way[1])
    cover = (radius - distance + 0.5).clip(0, 1).astype(np.float32)
    part = ink[low[1] : high[1], low[0] : high[0]]
    np.minimum(part, 1 - cover, out=part) if erase else np.maximum(part, cover, out=part)


def _warped(image, moved):
    """(140, 140): an image of 28×28 as large as the pad, moved."""
    inverse = np.linalg.inv(moved.matrix)
    theta = np.column_stack([inverse, -inverse @ moved.shift * 2 / PAD])
    grid = F.affine_grid(torch.tensor(theta[None], dtype=torch.float32), [1, 1, FINE, FINE], align_corners=False)
    given = torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32))[None, None]
    return F.grid_sample(given, grid, mode="bilinear", align_corners=False)[0, 0].numpy()


# --- what the network gets ------------------------------------------------------------------------------


def coarse(ink):
    """(28, 28): each of its pixels is the mean of 5×5 cells; the digit stays where it was drawn, as large as it was."""
    side = FINE // SIDE
    return ink.reshape(SIDE, side, SIDE, side).mean(axis=(1, 3))


def prepared(ink):
    """(28, 28) as MNIST was made: the digit cut out, its longer side 20 pixels, its centre of mass in the middle."""
    rows, columns = (np.flatnonzero((ink > FAINT).any(axis=axis)) for axis in (1, 0))
    if len(rows) == 0:
        return np.zeros((SIDE, SIDE), np.float32)
    cut = np.ascontiguousarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    height, width = (max(1, round(length * BOX / max(cut.shape))) for length in cut.shape)
    given = torch.from_numpy(cut)[None, None]
    small = F.interpolate(given, (height, width), mode="bilinear", antialias=True, align_corners=False)[0, 0].numpy()
    whole = np.zeros((2 * SIDE, 2 * SIDE), np.float32)  # roomy, since a centre of mass may lie far to one side
    top, left = SIDE - height // 2, SIDE - width // 2
    whole[top : top + height, left : left + width] = small
    mass = max(float(whole.sum()), 1e-9)
    row = round(float((whole.sum(axis=1) * np.arange(2 * SIDE)).sum()) / mass)
    column = round(float((whole.sum(axis=0) * np.arange(2 * SIDE)).sum()) / mass)
    top, left = row - SIDE // 2, column - SIDE // 2
    return np.ascontiguousarray(whole[top : top + SIDE, left : left + SIDE])


def share_changed(now, before):
    """How much ink was added or taken away, as a share of what there was; None without any ink before."""
    there = float(before.sum())
    return float(np.abs(now - before).sum()) / there if there > LOST else None
