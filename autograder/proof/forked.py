"""Running cases in a forked process of its own, so that code which never ends or kills Python costs nothing else."""

from __future__ import annotations

import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable

from autograder.core.outcome import Outcome
from autograder.runner import frames
from autograder.runner.job import outcome_from_frame, outcome_to_frame


def apart(run: Callable[[], dict[str, Outcome]], seconds: float = 60.0) -> dict[str, Outcome] | str:
    """Call `run` in a forked process and return the outcomes it returns, or in a few words how it ended instead."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        _one_thread()
        _send_outcomes(theirs, run)
        os._exit(0)
    theirs.close()
    received = _received(ours)
    _, status = os.waitpid(pid, 0)
    if status:
        return "never ended" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM else "crashed"
    return received


def _one_thread() -> None:
    """Keep torch from waiting for threads that a fork doesn't copy: it would hang as soon as an array is large."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)


def _send_outcomes(connection: socket.socket, run: Callable[[], dict[str, Outcome]]) -> None:
    try:
        outcomes = run()
    except BaseException as error:
        frames.send(connection, {"ended": "".join(traceback.format_exception_only(error)).strip()})
        return
    for name, result in outcomes.items():
        node, buffers = outcome_to_frame(result)
        frames.send(connection, {"case": name, "outcome": node}, buffers)
    frames.send(connection, {"ended": ""})


def _received(connection: socket.socket) -> dict[str, Outcome] | str:
    outcomes: dict[str, Outcome] = {}
    with connection:
        while True:
            try:
                header, buffers = frames.receive(connection)
            except frames.FrameError:
                return "crashed"
            if "ended" in header:
                return header["ended"] or outcomes
            outcomes[header["case"]] = outcome_from_frame(header["outcome"], buffers)
