"""What it means for the code that ran: the way in which its process ended, or a limit that it ran into."""

from __future__ import annotations

import errno
import os
import signal
from dataclasses import replace

from autograder.core import outcome
from autograder.core.outcome import Outcome

_SIGNALS = {signal.SIGXCPU: outcome.TIMEOUT, signal.SIGBUS: outcome.MEMORY}  # SIGBUS: /dev/shm is full


def ending_of(status: int) -> str:
    """The ending that a wait status means."""
    if not os.WIFSIGNALED(status):
        return outcome.CRASHED
    return _SIGNALS.get(signal.Signals(os.WTERMSIG(status)), outcome.CRASHED)


_LIMITS = {
    f"OSError: [Errno {errno.ENOSPC}]": outcome.MEMORY,  # here all files lie in memory
    f"BlockingIOError: [Errno {errno.EAGAIN}]": outcome.CRASHED,  # no more processes
    "RuntimeError: can't start new thread": outcome.CRASHED,
}


def by_limits(result: Outcome) -> Outcome:
    """An error that only says that there are no more files, processes or threads to be had, as what that is."""
    if result.error is not None:
        for beginning, kind in _LIMITS.items():
            if result.error.message.startswith(beginning):
                return replace(result, kind=kind, error=None)
    return result
