"""Forking a process that has one thread, without what a fork is otherwise made to do (Linux, glibc 2.34 or newer).

After each `os.fork` the libraries that were imported make their locks anew, read random numbers, empty caches: with
torch and IPython 440 pages of memory are written for it, and so copied, in every child. That is for children of
processes with threads. Without threads no lock is held by anybody and nothing need be made anew.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

# Called with Python's lock held: a child of one thread has nobody to get it back from.
_libc: Any = ctypes.PyDLL(None, use_errno=True) if sys.platform.startswith("linux") else None
_HAVE_IT = hasattr(_libc, "_Fork")


def fork() -> int:
    """As os.fork, for a process with one thread. Random numbers of the standard library go on alike on both sides.

    Raises OSError.
    """
    if not _HAVE_IT:
        return os.fork()
    return _pid(_libc._Fork())


def clone(number: int, flags: int) -> int:
    """As `fork`, with flags of the system call `clone`, whose number it is. Raises OSError."""
    return _pid(_libc.syscall(number, flags, 0, 0, 0, 0))


def _pid(result: int) -> int:
    if result < 0:
        failed = ctypes.get_errno()
        raise OSError(failed, os.strerror(failed))
    return result
