"""What stands in for a data set that can't be had: real data of a dependency, or pictures drawn here."""

from __future__ import annotations

from importlib import resources

import numpy as np

from course.datasets.bundled import digits
from course.datasets.kinds import ImageSet, NameSet, TextSet

SIDE = 28
REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
PER_KIND = 600

# The outline of one half, or of the whole, of each kind: corners (x, y) in a square from 0 to 1, y downwards.
# Halves are mirrored at x = 0.5, since most clothes are as symmetrical as we are.
HALVES = {
    "T-shirt": [
        (0.5, 0.16),
        (0.4, 0.12),
        (0.3, 0.12),
        (0.08, 0.3),
        (0.18, 0.42),
        (0.3, 0.36),
        (0.3, 0.88),
        (0.5, 0.88),
    ],
    "trousers": [(0.5, 0.08), (0.34, 0.08), (0.3, 0.92), (0.44, 0.92), (0.49, 0.36), (0.5, 0.34)],
    "pullover": [
        (0.5, 0.14),
        (0.4, 0.1),
        (0.3, 0.12),
        (0.1, 0.84),
        (0.22, 0.88),
        (0.31, 0.5),
        (0.31, 0.88),
        (0.5, 0.88),
    ],
    "dress": [(0.5, 0.16), (0.42, 0.06), (0.38, 0.08), (0.4, 0.42), (0.24, 0.94), (0.5, 0.94)],
    "coat": [
        (0.485, 0.3),
        (0.42, 0.06),
        (0.3, 0.1),
        (0.14, 0.7),
        (0.24, 0.74),
        (0.3, 0.5),
        (0.26, 0.95),
        (0.485, 0.95),
    ],
    "shirt": [
        (0.5, 0.26),
        (0.4, 0.08),
        (0.3, 0.12),
        (0.12, 0.52),
        (0.24, 0.58),
        (0.32, 0.42),
        (0.32, 0.9),
        (0.5, 0.82),
    ],
    "bag": [(0.5, 0.08), (0.36, 0.12), (0.28, 0.4), (0.1, 0.4), (0.06, 0.86), (0.5, 0.86)],
}
WHOLES = {
    "sandal": [(0.04, 0.66), (0.3, 0.6), (0.42, 0.38), (0.5, 0.6), (0.66, 0.5), (0.8, 0.24), (0.96, 0.56), (0.96, 0.76),
               (0.9, 0.76), (0.84, 0.6), (0.6, 0.7), (0.04, 0.74)],
    "sneaker": [(0.04, 0.6), (0.3, 0.52), (0.54, 0.36), (0.66, 0.44), (0.88, 0.34), (0.96, 0.52), (0.96, 0.74),
                (0.04, 0.74)],
    "ankle boot": [(0.06, 0.62), (0.34, 0.54), (0.52, 0.4), (0.54, 0.1), (0.92, 0.1), (0.94, 0.84), (0.78, 0.84),
                   (0.76, 0.76), (0.06, 0.8)],
}  # fmt: skip


def enlarged_digits() -> ImageSet:
    """scikit-learn's digits on 28×28 pixels: 8×8 enlarged to 20×20, with an edge of 4 as MNIST has it."""
    small = digits()
    images = np.zeros((len(small.y), SIDE, SIDE))
    old, new = np.arange(8) + 0.5, (np.arange(20) + 0.5) * 8 / 20
    stretch = np.stack([np.interp(new, old, unit) for unit in np.eye(8)], axis=1)  # (20, 8): linear interpolation
    images[:, 4:24, 4:24] = stretch @ small.X.reshape(-1, 8, 8) @ stretch.T
    images = np.round(images * 255 / 16).astype(np.uint8)
    source = f"the digits of scikit-learn, enlarged to 28×28 pixels. {small.source}"
    return ImageSet(images, small.y, small.classes, np.zeros(len(small.y), bool), source, small.licence, True)


def silhouettes(kinds: tuple[str, ...]) -> ImageSet:
    """600 outlines of each kind of clothes, each a little different; the same ones at every call."""
    rng = np.random.Generator(np.random.PCG64(28))
    labels = np.tile(np.arange(len(kinds), dtype=np.int64), PER_KIND)
    images = np.stack([_silhouette(kinds[label], rng) for label in labels])
    source = "outlines of clothes, drawn by this program; no photographs"
    return ImageSet(images, labels, kinds, np.zeros(len(labels), bool), source, "CC0", True)


def python_manual() -> TextSet:
    """The help texts that come with Python."""
    from pydoc_data.topics import topics

    text = "\n\n".join(topics[name] for name in sorted(topics))
    return TextSet(text, "the help texts of Python's own manual (pydoc_data.topics)", "PSF licence", True)


def cities() -> NameSet:
    """The cities of the time-zone table, in lower case."""
    zones = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    places = {zone.rsplit("/", 1)[1].lower() for zone in zones if zone.split("/")[0] in REGIONS}
    found = sorted(place for place in places if place.isascii() and place.isalpha())
    return NameSet(found, "cities of the IANA time-zone table (package tzdata)", "public domain", True)


def _silhouette(kind: str, rng: np.random.Generator) -> np.ndarray:
    """(28, 28) uint8: the outline moved, stretched and shaken a little, filled with a grey that fades downwards."""
    corners = np.array(WHOLES.get(kind) or [*HALVES[kind], *((1 - x, y) for x, y in reversed(HALVES[kind]))])
    shaken = corners + rng.normal(0, 0.015, corners.shape)
    moved = (shaken - 0.5) * rng.uniform(0.8, 1.0, 2) + 0.5 + rng.normal(0, 0.015, 2)
    fine = (np.arange(2 * SIDE) + 0.5) / (2 * SIDE)  # twice as fine as the picture, for soft edges
    filled = _inside(moved, fine).reshape(SIDE, 2, SIDE, 2).mean(axis=(1, 3))
    shade = rng.uniform(110, 250) * (1 - rng.uniform(0, 0.3) * np.linspace(0, 1, SIDE))[:, None]
    grain = rng.normal(0, 8, (SIDE, SIDE))
    return np.clip(filled * (shade + grain), 0, 255).astype(np.uint8)


def _inside(corners: np.ndarray, at: np.ndarray) -> np.ndarray:
    """(n, n) bool: whether the point in row y = at[i] and column x = at[j] lies in the polygon.

    A ray to the right crosses the edges of the polygon an odd number of times.
    """
    inside = np.zeros((len(at), len(at)), bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        rows = (y0 > at) != (y1 > at)
        crossing = (x1 - x0) * (at[rows] - y0) / (y1 - y0) + x0
        inside[rows] ^= at < crossing[:, None]
    return inside
