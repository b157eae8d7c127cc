"""Surfaces to walk down on: heights, slopes and lowest points.

A place is an array (..., 2); a height is (...). Its gradient is (..., 2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypedDict

import numpy as np

Range = tuple[float, float]

GRID = 81  # points of a map along each side


class Part(TypedDict):
    """A part of the plane."""

    x: Range
    y: Range


@dataclass(frozen=True)
class Surface:
    """A height over a part of the plane.

    `height` maps places (..., 2) to (...), `slope` to the gradient (..., 2). `lowest` is the place of the
    smallest height (which is 0), or None where there is none. `levels` are the heights of the map's lines, `high` the
    height that is coloured fully. `start` is a good place to start from, `rate` a learning rate that suits.
    """

    name: str
    formula: str
    height: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    x: Range
    y: Range
    lowest: tuple[float, float] | None
    start: tuple[float, float]
    rate: float
    levels: tuple[float, ...]
    high: float


# --- heights and slopes ---------------------------------------------------------------------------------


def quadratic(a: float, b: float) -> tuple[Callable, Callable]:
    """Height and slope of ½(a x² + b y²)."""
    curvature = np.array([a, b])
    return (lambda w: 0.5 * (curvature * w**2).sum(axis=-1)), (lambda w: curvature * w)


def rastrigin(w: np.ndarray) -> np.ndarray:
    """20 + x² − 10 cos 2πx + y² − 10 cos 2πy: a bowl with a dent at each pair of whole numbers."""
    return 20 + (w**2 - 10 * np.cos(2 * np.pi * w)).sum(axis=-1)


def rastrigin_slope(w: np.ndarray) -> np.ndarray:
    return 2 * w + 20 * np.pi * np.sin(2 * np.pi * w)


def rosenbrock(w: np.ndarray) -> np.ndarray:
    """(1 − x)² + 10 (y − x²)²: a bent valley with a nearly flat floor."""
    x, y = w[..., 0], w[..., 1]
    return (1 - x) ** 2 + 10 * (y - x**2) ** 2


def rosenbrock_slope(w: np.ndarray) -> np.ndarray:
    x, y = w[..., 0], w[..., 1]
    slope = np.empty_like(w)
    slope[..., 1] = 20 * (y - x * x)
    slope[..., 0] = 2 * (x - 1 - x * slope[..., 1])
    return slope


# --- the surfaces ---------------------------------------------------------------------------------------

WIDE: Part = {"x": (-4.0, 4.0), "y": (-3.0, 3.0)}

BOWL = Surface(
    "bowl",
    "½(x₁² + x₂²)",
    *quadratic(1, 1),
    **WIDE,
    lowest=(0.0, 0.0),
    start=(3.0, 1.0),
    rate=0.1,
    levels=(0.1, 0.5, 1.5, 3.0, 5.0, 8.0),
    high=12.0,
)
RAVINE = Surface(
    "ravine",
    "½(x₁² + 25x₂²)",
    *quadratic(1, 25),
    **WIDE,
    lowest=(0.0, 0.0),
    start=(3.0, 1.0),
    rate=0.01,
    levels=(0.2, 1.0, 3.0, 8.0, 20.0, 45.0, 80.0),
    high=90.0,
)
SADDLE = Surface(
    "saddle",
    "½(x₁² − x₂²)",
    *quadratic(1, -1),
    **WIDE,
    lowest=None,
    start=(2.0, 0.0),
    rate=0.1,
    levels=(-4.0, -2.0, -0.8, -0.2, 0.2, 0.8, 2.0, 4.0),
    high=7.0,
)
RASTRIGIN = Surface(
    "Rastrigin",
    "20 + Σ(xᵢ² − 10 cos 2πxᵢ)",
    rastrigin,
    rastrigin_slope,
    **WIDE,
    lowest=(0.0, 0.0),
    start=(1.8, 1.3),
    rate=0.002,
    levels=(4.0, 12.0, 22.0, 32.0),
    high=60.0,
)
ROSENBROCK = Surface(
    "Rosenbrock",
    "(1 − x₁)² + 10(x₂ − x₁²)²",
    rosenbrock,
    rosenbrock_slope,
    x=(-2.4, 2.4),
    y=(-1.1, 2.5),
    lowest=(1.0, 1.0),
    start=(-1.5, 2.0),
    rate=0.005,
    levels=(0.1, 0.5, 2.0, 6.0, 15.0, 40.0, 100.0),
    high=120.0,
)
SURFACES = {surface.name: surface for surface in (BOWL, RAVINE, SADDLE, RASTRIGIN, ROSENBROCK)}


@cache
def heights(surface: Surface) -> np.ndarray:
    """The heights (GRID, GRID) over the surface's part of the plane; row 0 is the lowest y."""
    x, y = np.linspace(*surface.x, GRID), np.linspace(*surface.y, GRID)
    values = surface.height(np.stack(np.meshgrid(x, y), axis=-1)).astype(np.float32)
    values.setflags(write=False)
    return values
