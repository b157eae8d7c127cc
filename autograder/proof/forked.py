"""Running many things apart from this process: one after the other in a forked copy, another one where that ends.

What never ends or kills Python costs nothing else. What one of them leaves behind doesn't count either: at its end the
copy is asked whether all is still as it was, and if not, or if it didn't get that far, its results are thrown away.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.cases.run import OutOfTime
from autograder.core.outcome import Outcome
from autograder.runner import frames
from autograder.runner.job import outcome_from_frame, outcome_to_frame

NEVER_ENDED, CRASHED = "never ended", "crashed"
GRACE = 2.0  # seconds in which code that is out of time may come to its end
MOST_DEATHS = 3
_OVERTIME = 77  # the exit status of a copy that didn't


@dataclass(frozen=True)
class Task:
    """Something to run apart. seconds: of processor time, unless it sets itself others by `within`."""

    run: Callable[[], dict[str, Outcome]]
    seconds: float = 60.0


@dataclass(frozen=True)
class Ended:
    """How a task ended that returned nothing, in a few words. error: the kind of exception that it was."""

    how: str
    error: str = ""


Came = dict[str, Outcome] | Ended


def each(tasks: Sequence[Task], unchanged: Callable[[], bool]) -> list[Came]:
    """What came of each task. unchanged: whether, in the process where tasks ran, everything is as it was before.

    Every result is that of a process in which nothing else ran, or of one that was unchanged at its end.
    """
    came: dict[int, Came] = {}
    left, deaths = list(range(len(tasks))), 0
    while left and deaths < MOST_DEATHS:
        found, sound = _copy([tasks[number] for number in left], unchanged)
        if len(found) == len(left):
            if sound:
                came |= dict(zip(left, found, strict=True))
                left = []
            break
        died = left.pop(len(found))
        deaths += 1
        came[died] = alone(tasks[died])
    return [came[number] if number in came else alone(task) for number, task in enumerate(tasks)]


def alone(task: Task) -> Came:
    """What comes of a task in a process of its own."""
    found, _ = _copy([task], lambda: True)
    return found[0] if found else Ended(CRASHED)


def within(seconds: float) -> None:
    """In a task: from here on it may use so many seconds of processor time."""
    global _was_told
    _was_told = False
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds + 2 * GRACE) + 1, hard))
    signal.setitimer(signal.ITIMER_PROF, seconds, GRACE)


def _copy(tasks: Sequence[Task], unchanged: Callable[[], bool]) -> tuple[list[Came], bool]:
    """What came of the tasks that a forked copy got through, and whether it was unchanged at its end."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        try:
            _serve(theirs, tasks, unchanged)
        finally:
            os._exit(sys.exc_info()[0] is not None)
    theirs.close()
    found: list[Came] = []
    with ours:
        incoming = frames.Incoming(ours)
        try:
            while True:
                longest = max((task.seconds for task in tasks[len(found) :]), default=60.0)
                came, sound = _received(incoming, time.monotonic() + 60.0 + 20.0 * longest)
                if came is None:
                    return found, sound
                found.append(came)
        except frames.FrameTimeout:  # it waits for something that doesn't come
            os.kill(pid, signal.SIGKILL)
            return _with_ending(found, tasks, NEVER_ENDED), False
        except frames.FrameError:
            return found, False
        finally:
            _, status = os.waitpid(pid, 0)
            if _is_overtime(status):
                found[:] = _with_ending(found, tasks, NEVER_ENDED)


def _is_overtime(status: int) -> bool:
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGXCPU
    return os.WEXITSTATUS(status) == _OVERTIME


def _with_ending(found: list[Came], tasks: Sequence[Task], how: str) -> list[Came]:
    """For a task that ran alone this is its result; among several it is found out by running it alone."""
    return [*found, Ended(how)] if len(tasks) == 1 and not found else found


def _received(incoming: frames.Incoming, deadline: float) -> tuple[Came | None, bool]:
    """The result of the next task; after the last one None, and whether the copy was unchanged."""
    outcomes: dict[str, Outcome] = {}
    while True:
        header, buffers = incoming.frame(deadline)
        if "unchanged" in header:
            return None, header["unchanged"]
        if "ended" in header:
            return Ended(header["ended"], header["error"]) if header["ended"] else outcomes, False
        outcomes[header["case"]] = outcome_from_frame(header["outcome"], buffers)


def _serve(connection: socket.socket, tasks: Sequence[Task], unchanged: Callable[[], bool]) -> None:
    gc.freeze()  # what was there before is looked at by no collection, which would copy its pages
    _one_thread()
    signal.signal(signal.SIGPROF, _out_of_time)
    for task in tasks:
        try:
            within(task.seconds)
            outcomes = task.run()
            signal.setitimer(signal.ITIMER_PROF, 0)
        except OutOfTime:
            signal.setitimer(signal.ITIMER_PROF, 0)
            frames.send(connection, {"ended": NEVER_ENDED, "error": "OutOfTime"})
        except BaseException as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            text = "".join(traceback.format_exception_only(error)).strip()
            frames.send(connection, {"ended": text, "error": type(error).__name__})
        else:
            _send(connection, outcomes)
    within(10.0 * sum(task.seconds for task in tasks))
    frames.send(connection, {"unchanged": len(tasks) == 1 or unchanged()})


def _send(connection: socket.socket, outcomes: dict[str, Outcome]) -> None:
    for name, result in outcomes.items():
        node, buffers = outcome_to_frame(result)
        frames.send(connection, {"case": name, "outcome": node}, buffers)
    frames.send(connection, {"ended": "", "error": ""})


_was_told = False  # in a copy: whether its task has been told that it is out of time


def _out_of_time(*_: Any) -> NoReturn:
    """End a task by an exception; one that takes no notice of it ends with its process."""
    global _was_told
    if _was_told:
        os._exit(_OVERTIME)
    _was_told = True
    raise OutOfTime


def _one_thread() -> None:
    """Keep torch from waiting for threads that a fork doesn't copy: it would hang as soon as an array is large."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
