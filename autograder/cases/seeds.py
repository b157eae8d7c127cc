"""The libraries' own random numbers, the same at each run of a case.

No expected result may depend on them (`autograder prove` runs the reference with another seed to see that), but what
somebody's code draws without an `rng`, such as the first weights of a layer, would otherwise make a known mistake
unrecognisable and a verdict different from one run to the next.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

USUAL, OTHER = 0, 1


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed `random`, NumPy's global generator and torch's (where imported), and put back what they were."""
    torch = sys.modules.get("torch")
    own, numpys = random.getstate(), np.random.get_state()
    torchs = torch.default_generator.get_state() if torch is not None else None
    random.seed(seed)
    np.random.seed(seed)
    if torch is not None:
        torch.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(own)
        np.random.set_state(numpys)
        if torch is not None:
            torch.default_generator.set_state(torchs)
