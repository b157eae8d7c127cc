"""Numbers for cases: the same everywhere and for ever.

No expected value may depend on a library's random generator, whose stream can change with a release. These come from
SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), seeded by a name.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def inputs(name: str, shape: int | tuple[int, ...], low: float = -2.0, high: float = 2.0) -> np.ndarray:
    """Distinct-looking float64 numbers, uniform in [low, high), fixed by `name`.

    shape: of the array returned. Different names give unrelated numbers; the same name always gives the same ones.
    """
    return low + (high - low) * _uniform(name, shape)


def normal_inputs(name: str, shape: int | tuple[int, ...]) -> np.ndarray:
    """Float64 numbers with mean 0 and variance 1, nearly normal (a sum of 12 uniforms, minus 6), fixed by `name`."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return _uniform(name, (12, *shape)).sum(axis=0) - 6.0


def integer_inputs(name: str, shape: int | tuple[int, ...], below: int) -> np.ndarray:
    """int64 numbers in 0 … below − 1, fixed by `name`."""
    return np.floor(_uniform(name, shape) * below).astype(np.int64)


def _uniform(name: str, shape: int | tuple[int, ...]) -> np.ndarray:
    """Uniform in [0, 1) with 53 random bits."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    seed = np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))
    with np.errstate(over="ignore"):
        z = seed + _GOLDEN * np.arange(1, math.prod(shape) + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        z ^= z >> np.uint64(31)
    return ((z >> np.uint64(11)).astype(np.float64) * 2.0**-53).reshape(shape)
