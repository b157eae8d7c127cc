"""In a submission's process: running the cases of its exercises, in a forked copy.

One copy runs exercise after exercise, and held-out cases after visible ones, since forking takes longer than most of
them. Where an exercise ends the copy or leaves threads behind, the next one begins in a new copy; where the grader
isn't content with the results of an exercise that ran after others, it asks for that one again, alone: in a copy of its
own, which stays for its held-out cases. Where cells left threads behind, each copy runs the cells itself and examines
exercises where those threads live.
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
from autograder.runner import confine, forks, frames, threads
from autograder.runner.aside import Prepared
from autograder.runner.endings import by_limits, ending_of
from autograder.runner.job import outcome_to_frame
from autograder.runner.outbox import Outbox

DONE, HEARD, READY = b"d", b"k", b"r"
ROOM_TRIES = 200
MOST_KEPT = 4  # copies that wait for more cases
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
        self._copies: dict[str, _Copy] = {}  # by the exercise that is alone in it; "" has the others
        self._run_cells: RunCells | None = None

    def run_cells_in_copies(self, run_cells: RunCells) -> bool:
        """From now on each copy runs the cells itself, the first one at once: whether it came to their end.

        run_cells: with a socket it tells there which cell is begun.
        """
        self._run_cells = run_cells
        first = self._copies[""] = self._fork(tell=True)
        return first.goes_on

    def answer(self, request: dict[str, Any], code: list[bytes]) -> None:
        """Run what is asked for: `exercises` with their `cases`.

        `alone`: the only one in its copy, if that is so; `prompt`: whether the results of each are sent at its end, not
        with the others. code: marshalled checks.
        """
        alone, left = request["alone"], request["exercises"]
        while left:
            if alone not in self._copies:
                self._make_way()
                self._copies[alone] = self._fork()
            copy = self._copies[alone]
            if copy.is_gone():  # killed while it waited, by code under test
                self._end()
                continue
            done, ending = copy.run(left, request["prompt"], code, self._seconds)
            if not copy.goes_on:
                self._end()
                copy.outbox.send()
            if ending:
                frames.send(self._connection, {"exercise": left[done]["exercise"], "ending": ending})
                done += 1
            left = left[done:]
        frames.send(self._connection, {"finished": True})

    def _make_way(self) -> None:
        """Before another copy begins: no more of them than may be, and nothing that code under test left running."""
        known = {1, os.getpid(), *(copy.pid for copy in self._copies.values())}
        if len(self._copies) >= MOST_KEPT or (self._alone_here and confine.processes() - known):
            self._end()

    def _fork(self, tell: bool = False) -> _Copy:
        ours, copys = socket.socketpair()
        outbox = Outbox(self._connection)
        pid = self._forked()
        if pid:
            copys.close()
            made = _Copy(pid, os.pidfd_open(pid), ours, outbox)
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
            _serve(outbox, copys, self._prepared)
        finally:  # whatever the code under test raised, this copy goes no further
            os._exit(sys.exc_info()[0] is not None)

    def _forked(self) -> int:
        """A fork; where the cells left no room for one more process, those that they made are ended."""
        for _ in range(ROOM_TRIES):
            try:
                return forks.fork()
            except BlockingIOError:
                if not self._alone_here:
                    raise
                self._end()
                confine.make_room()  # threads of this very process may be what takes it
                time.sleep(0.01)  # the kernel takes a moment to end them
        return forks.fork()

    def _end(self) -> None:
        """End all copies and what they left behind; process 1 and this one are spared."""
        for copy in self._copies.values():
            copy.end()
        self._copies = {}
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
    outbox: Outbox
    goes_on: bool = True
    _status: int | None = None

    def await_cells(self) -> None:
        """Wait until it has run the cells, or has ended. How long that may take is for the grader to say."""
        poller = select.poll()
        poller.register(self.told, select.POLLIN)
        poller.register(self.handle, select.POLLIN)
        self.goes_on = self.told.fileno() in dict(poller.poll()) and self.told.recv(1) == READY

    def is_gone(self) -> bool:
        """Whether the process has ended."""
        return bool(select.select([self.handle], [], [], 0)[0])

    def run(self, wanted: list[dict[str, Any]], prompt: bool, code: list[bytes], seconds: float) -> tuple[int, str]:
        """Have exercises run: how many were finished, and how the next one ended, if it ended badly."""
        self.outbox.note(0, 0)
        with contextlib.suppress(OSError):  # it may have been killed meanwhile
            frames.send(self.told, {"exercises": wanted, "prompt": prompt}, code)
        in_time = self._wait(seconds)
        begun, done, _ = self.outbox.progress
        done = len(wanted) if self.goes_on else min(done, len(wanted))
        if self.goes_on or (done and begun <= done):
            return done, ""
        return min(done, len(wanted) - 1), ending_of(self.end()) if in_time else outcome.TIMEOUT

    def _wait(self, seconds: float) -> bool:
        """Wait until it has finished (then it `goes_on`) or has ended: whether no exercise took too long before.

        The time that it waited for a processor, since others used them, isn't its own and doesn't count.
        """
        self.goes_on = False
        poller = select.poll()
        poller.register(self.told, select.POLLIN)
        poller.register(self.handle, select.POLLIN)
        known, since, waited = self.outbox.progress, time.monotonic(), confine.seconds_waited(self.pid)
        deadline = since + seconds
        while True:
            if ready := dict(poller.poll(max(0.0, deadline - time.monotonic()) * 1000)):
                told = b""
                with contextlib.suppress(ConnectionResetError):  # it ended before it had read what it was told
                    told = self.told.recv(1) if self.told.fileno() in ready else b""
                if told != DONE:
                    self.goes_on = told == READY
                    return True
                with contextlib.suppress(OSError):
                    self.told.send(HEARD)
                continue
            seen, waits = self.outbox.progress, confine.seconds_waited(self.pid)
            if seen != known:
                known, deadline, waited = seen, min(seen.since, time.monotonic()) + seconds, waits
            elif waits - waited > WAITED:
                deadline, waited = time.monotonic() + waits - waited, waits
            else:
                return False

    def end(self) -> int:
        """Kill it, should it still be there; its wait status."""
        if self._status is None:
            self._status = confine.kill(self.pid)
            os.close(self.handle)
            self.told.close()
        return self._status


def _serve(outbox: Outbox, telling: socket.socket, prepared: Prepared) -> None:
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
        for number, (name, cases) in enumerate((each["exercise"], set(each["cases"])) for each in request["exercises"]):
            outbox.note(number + 1, number)
            for case in exercises[name].cases:
                if case.name in cases:
                    node, buffers = outcome_to_frame(by_limits(run_case(case, name, prepared.shell.user_ns)))
                    if os.getpid() != process:  # a copy that the code under test made has nothing to say
                        return
                    outbox.put({"exercise": name, "case": case.name, **node}, buffers)
            if request["prompt"]:
                telling.send(DONE)
                if telling.recv(1) != HEARD:  # the code under test killed the process above
                    return
            outbox.put({"exercise": name, "ending": ""})
            outbox.note(number + 1, number + 1)
            if request["prompt"]:
                outbox.send()
            if threads.count() > quiet:
                return
        outbox.send()
        telling.send(READY)
