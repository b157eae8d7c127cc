"""Times of several functions that do the same work, taken in turns, so that a busy moment meets all of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def best(functions: list[Callable[[], Any]], repeats: int) -> list[float]:
    """The least CPU seconds of each."""
    least = [float("inf")] * len(functions)
    for _ in range(repeats):
        for i, function in enumerate(functions):
            started = time.process_time()
            function()
            least[i] = min(least[i], time.process_time() - started)
    return least
