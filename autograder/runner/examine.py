"""In a submission's process: running the cases of its exercises, in a forked copy.

One copy runs exercise after exercise, and held-out cases after visible ones, since forking takes longer than most of
them. Where an exercise ends the copy or leaves threads behind, the next one begins in a new copy; where the grader
isn't content with the results of an exercise that ran after others, it asks for that one again, alone. Where cells left
threads behind, each copy runs the cells itself and examines exercises where those threads live.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.authoring.exercise import Exercise
from autograder.cases import load
from autograder.cases.run import run_case
from autograder.core import outcome
from autograder.runner import confine, frames, threads
from autograder.runner.aside import Prepared
from autograder.runner.endings import by_limits, ending_of
from autograder.runner.job import outcome_to_frame

BEGUN, DONE, READY, HEARD = b"b", b"d", b"r", b"k"
ROOM_TRIES = 200
WAITED = 0.05  # seconds

RunCells = Callable[[socket.socket | None], list[dict[str, Any]]]


class Examiner:
    """Answers requests for cases. Results go to `connection` as they come, then the end of each exercise.

    seconds: for each exercise. alone_here: whether all other processes are the submission's own and may be ended.
    """

    def __init__(self, connection: socket.socket, prepared: Prepared, seconds: float, alone_here: bool) -> None:
        self._connection = connection
        self._prepared = prepared
        self._seconds = seconds
        self._alone_here = alone_here
        self._copy: _Copy | None = None
        self._run_cells: RunCells | None = None

    def run_cells_in_copies(self, run_cells: RunCells) -> bool:
        """From now on each copy runs the cells itself, the first one at once: whether it came to their end.

        run_cells: with a socket it tells there which cell is begun.
        """
        self._run_cells = run_cells
        self._copy = self._fork(tell=True)
        return self._copy.goes_on

    def answer(self, request: dict[str, Any], code: list[bytes]) -> None:
        """Run what is asked for: `exercises` with their `cases`; `anew`: in a new copy. code: marshalled checks."""
        if request["anew"]:
            self._end()
        left = request["exercises"]
        while left:
            if self._copy is None:
                self._copy = self._fork()
            done, ending = self._copy.run(left, code, self._seconds)
            if not self._copy.goes_on:
                self._end()
            if ending:
                frames.send(self._connection, {"exercise": left[done]["exercise"], "ending": ending})
                done += 1
            left = left[done:]
        frames.send(self._connection, {"finished": True})

    def _fork(self, tell: bool = False) -> _Copy:
        ours, copys = socket.socketpair()
        pid = self._forked()
        if pid:
            copys.close()
            made = _Copy(pid, os.pidfd_open(pid), ours)
            if self._run_cells is not None:
                made.await_cells()
            return made
        confine.die_with_parent()
        os.setpgid(0, 0)
        ours.close()
        try:
            if self._run_cells is not None:
                cells = self._run_cells(self._connection if tell else None)
                if tell:
                    frames.send(self._connection, {"cells": cells, "threads": False})
                copys.send(READY)
            _serve(self._connection, copys, self._prepared)
        finally:  # whatever the code under test raised, this copy goes no further
            os._exit(sys.exc_info()[0] is not None)

    def _forked(self) -> int:
        """As os.fork; where the cells left no room for one more process, those that they made are ended."""
        for _ in range(ROOM_TRIES):
            try:
                return os.fork()
            except BlockingIOError:
                if not self._alone_here:
                    raise
                self._end()
                confine.make_room()  # threads of this very process may be what takes it
                time.sleep(0.01)  # the kernel takes a moment to end them
        return os.fork()

    def _end(self) -> None:
        """End the copy and what it left behind; process 1 and this one are spared."""
        if self._copy is not None:
            self._copy.end()
            self._copy = None
        if self._alone_here:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


@dataclass
class _Copy:
    """A forked copy that runs cases: its process, a descriptor of that, and a socket on which it is told what to do."""

    pid: int
    handle: int
    told: socket.socket
    goes_on: bool = True
    _status: int | None = None

    def await_cells(self) -> None:
        """Wait until it has run the cells, or has ended. How long that may take is for the grader to say."""
        poller = select.poll()
        poller.register(self.told, select.POLLIN)
        poller.register(self.handle, select.POLLIN)
        self.goes_on = self.told.fileno() in dict(poller.poll()) and self.told.recv(1) == READY

    def run(self, wanted: list[dict[str, Any]], code: list[bytes], seconds: float) -> tuple[int, str]:
        """Have exercises run: how many were finished, and how the next one ended, if it ended badly."""
        with contextlib.suppress(OSError):  # it may have been killed meanwhile
            frames.send(self.told, {"exercises": wanted}, code)
        news, in_time = self._listen(seconds)
        self.goes_on = news.endswith(READY)
        done = min(news.count(DONE), len(wanted))
        if self.goes_on or (done and news.count(BEGUN) <= done):
            return done, ""
        return done, ending_of(self.end()) if in_time else outcome.TIMEOUT

    def _listen(self, seconds: float) -> tuple[bytes, bool]:
        """What it tells until it has finished or ends, and whether that came before some exercise took too long.

        The time that it waited for a processor, since others used them, isn't its own and doesn't count.
        """
        news = b""
        poller = select.poll()
        poller.register(self.told, select.POLLIN)
        poller.register(self.handle, select.POLLIN)
        deadline, waited = time.monotonic() + seconds, confine.seconds_waited(self.pid)
        while not news.endswith(READY):
            ready = dict(poller.poll(max(0.0, deadline - time.monotonic()) * 1000))
            if not ready and (more_time := confine.seconds_waited(self.pid) - waited) > WAITED:
                deadline, waited = time.monotonic() + more_time, waited + more_time
                continue
            if self.told.fileno() not in ready:
                return news, self.handle in ready
            more = self.told.recv(4096)
            news += more
            if not more:
                poller.unregister(self.told)
            with contextlib.suppress(OSError):
                self.told.send(HEARD * more.count(DONE))
            if BEGUN in more:
                deadline, waited = time.monotonic() + seconds, confine.seconds_waited(self.pid)
        return news, True

    def end(self) -> int:
        """Kill it, should it still be there; its wait status."""
        if self._status is None:
            self._status = confine.kill(self.pid)
            os.close(self.handle)
            self.told.close()
        return self._status


def _serve(connection: socket.socket, telling: socket.socket, prepared: Prepared) -> None:
    """In the copy: run what is asked for, as long as no exercise leaves threads behind."""
    exercises: dict[str, Exercise] = {}
    process, quiet, known = os.getpid(), threads.count(), 0
    while True:
        request, code = frames.receive(telling)
        if checks := [marshal.loads(more) for more in code[known:]]:
            prepared.aside.put_back(checks)
        for check in checks:
            load.execute([check], exercises)
        known = len(code)
        for each in request["exercises"]:
            if threads.count() > quiet:
                return
            telling.send(BEGUN)
            name, asked = each["exercise"], set(each["cases"])
            for case in exercises[name].cases:
                if case.name in asked:
                    node, buffers = outcome_to_frame(by_limits(run_case(case, name, prepared.shell.user_ns)))
                    if os.getpid() != process:  # a copy that the code under test made has nothing to say
                        return
                    frames.send(connection, {"exercise": name, "case": case.name, **node}, buffers)
            telling.send(DONE)
            if telling.recv(1) != HEARD:  # the code under test killed the process above
                return
            frames.send(connection, {"exercise": name, "ending": ""})
        telling.send(READY)
