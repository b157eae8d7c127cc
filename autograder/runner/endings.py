"""What the way in which a process ended means for the code that it ran."""

from __future__ import annotations

import os
import signal

from autograder import outcome

_SIGNALS = {signal.SIGXCPU: outcome.TIMEOUT, signal.SIGBUS: outcome.MEMORY}  # SIGBUS: /dev/shm is full


def ending_of(status: int) -> str:
    """The ending that a wait status means."""
    return _SIGNALS.get(os.WTERMSIG(status), outcome.CRASHED) if os.WIFSIGNALED(status) else outcome.CRASHED
