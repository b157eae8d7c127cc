"""The threads of this process: a forked copy has none of them."""

from __future__ import annotations

import os
from time import sleep

PATIENCE = 10  # times 2 ms, which the kernel takes at most to end a thread that has been waited for


def count() -> int:
    """How many there are, this one included."""
    return os.stat("/proc/self/task").st_nlink - 2  # each has a folder there


def live_on() -> bool:
    """Whether there are others that don't end by themselves at once."""
    for _ in range(PATIENCE):
        if count() == 1:
            return False
        sleep(0.002)
    return True
