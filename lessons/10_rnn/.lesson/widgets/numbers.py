"""The numbers of a recurrent network of sixteen units."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

UNITS, INPUTS, LONGEST = 16, 14, 100
IDENTITY, TANH = "identity", "tanh"
MATRICES = ("orthogonal", "random", "diagonal")
STATE = (1, UNITS)  # one sequence at a time


@dataclass(frozen=True, eq=False)
class Numbers:
    """What a seed draws: each kind of Wh at scale 1, Wx, the inputs of LONGEST steps, and dL/dh at the loss (length 1)."""

    matrices: dict[str, np.ndarray]
    Wx: np.ndarray
    X: np.ndarray
    upstream: np.ndarray


@lru_cache(maxsize=8)
def numbers(seed):
    """Inputs of spread 1 add sums of spread 1 to the units. A short sequence is the beginning of a longer one."""
    rng = np.random.default_rng(seed)
    gaussian = rng.standard_normal((UNITS, UNITS))
    turned, upper = np.linalg.qr(gaussian)
    signs = np.where(np.diag(gaussian) < 0, -1.0, 1.0)
    matrices = {
        "orthogonal": turned * np.where(np.diag(upper) < 0, -1.0, 1.0),
        "random": gaussian / np.sqrt(UNITS),
        "diagonal": np.diag(np.linspace(1.0, 0.5, UNITS) * signs),
    }
    Wx = rng.standard_normal((INPUTS, UNITS)) / np.sqrt(INPUTS)
    X = rng.standard_normal((LONGEST, INPUTS))
    upstream = rng.standard_normal(STATE)
    return Numbers(matrices, Wx, X, upstream / np.linalg.norm(upstream))
