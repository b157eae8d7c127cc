"""Cutting a check that doesn't come to an end.

On Linux and macOS a timer's signal interrupts whatever runs. Where there are no timers (Windows), or where the check
isn't in the main thread, a thread of ours raises the exception in the one that checks: that ends every loop written in
Python, but reaches a call into a library (`time.sleep`, a large product of matrices) only when it returns.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

from autograder.cases.run import OutOfTime

AGAIN = 0.2  # seconds: a bare `except:` in a loop swallows the first exception


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in what runs inside after so many seconds, again and again until it ends."""
    has_timers = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    with _by_signal(max(seconds, 0.001)) if has_timers else _by_thread(max(seconds, 0.001)):
        yield


@contextlib.contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    over = False

    def interrupt(_signal: int, _frame: Any) -> None:
        if not over:
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    checking = ctypes.c_ulong(threading.get_ident())
    done: list[bool] = []
    # Bare locks: an exception between two steps of an Event would leave it half done.
    waiting, running = threading.Lock(), threading.Lock()
    waiting.acquire()
    running.acquire()

    def watch() -> None:
        waiting.acquire()  # until whoever starts us is where it may be interrupted
        wait = seconds
        while not running.acquire(timeout=wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(checking, ctypes.py_object(OutOfTime))
            wait = AGAIN
        done.append(True)

    threading.Thread(target=watch, daemon=True, name="time limit of a check").start()
    try:
        waiting.release()
        yield
    finally:
        while not done:  # an exception that is raised while we are here changes nothing: it is over
            with contextlib.suppress(OutOfTime):
                if running.locked():
                    running.release()
                time.sleep(0.0005)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(checking, None)  # what is on its way
