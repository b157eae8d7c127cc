"""The libraries' own random numbers, the same at each run of a case.

No expected result may depend on them (`autograder prove` runs the reference with another seed to see that), but what
somebody's code draws without an `rng`, such as the first weights of a layer, would otherwise make a known mistake
unrecognisable and a verdict different from one run to the next.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import getstate, setstate
from random import seed as seed_own

from numpy.random import get_state, set_state
from numpy.random import seed as seed_numpys

USUAL, OTHER = 0, 1


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed `random`, NumPy's global generator and torch's (where imported), and put back what they were."""
    torch = sys.modules.get("torch")
    own, numpys = getstate(), get_state()
    torchs = torch.default_generator.get_state() if torch is not None else None
    seed_own(seed)
    seed_numpys(seed)
    if torch is not None:
        torch.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        setstate(own)
        set_state(numpys)
        if torch is not None:
            torch.default_generator.set_state(torchs)
