"""Our side of the runner: starts the zygote, hands it submissions, collects what came of their cases."""

from __future__ import annotations

import re
import select
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any

from autograder import outcome
from autograder.outcome import Outcome
from autograder.runner import frames, sandbox
from autograder.runner.job import CasesOf, CellRun, Job, Ran, outcome_from_frame

START_TIMEOUT = 120.0
MOST_LEFT_OUT = 6  # cells and exercises per submission that may end everything, before the rest is given up


class RunnerFailed(Exception):
    """Our own fault (the zygote could not be started or went away), never the learner's."""


class Runner:
    """A warm process that runs submissions. Use as a context manager; `run` may be called from several threads.

    Should the process go away, the submissions it was running raise RunnerFailed and the next one starts it anew.
    """

    def __init__(self, modules: tuple[str, ...] = (), level: str = "auto") -> None:
        self.level = sandbox.choose(level)
        self._modules = modules
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._starting = threading.Lock()

    def __enter__(self) -> Runner:
        self._start()
        return self

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = sandbox.start(self.level, theirs.fileno(), self._modules)
        self._control = ours
        ours.settimeout(START_TIMEOUT)
        try:
            ready = ours.recv(1)
        except OSError:
            ready = b""
        if ready != b"r":
            self._process.kill()
            _, errors = self._process.communicate()
            self.close()
            last = errors.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise RunnerFailed(f"The process that runs notebooks did not start: {last[0]}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote and everything below it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stderr:
                self._process.stderr.close()
            if self._process.scratch:
                shutil.rmtree(self._process.scratch, ignore_errors=True)
            self._process = None

    def run(self, job: Job) -> Ran:
        """Run a submission's cells and cases. Raises RunnerFailed when the process that runs them goes away."""
        with self._starting:
            if self._process is None:
                raise RunnerFailed("The process that runs notebooks isn't running.")
            if self._is_gone():
                self.close()
                self._start()
            process, control = self._process, self._control
        known = _Known(time.monotonic() + job.limits.submission)
        while True:
            ours, theirs = socket.socketpair()
            with ours, theirs:
                try:
                    socket.send_fds(control, [b"j"], [theirs.fileno()])
                except OSError as error:
                    raise RunnerFailed("The process that runs notebooks went away.") from error
                theirs.close()
                conversation = _Conversation(ours, job, known)
                ran = conversation.hold()
            if conversation.broke_off and (self._process is not process or self._is_gone(within=0.2)):
                raise RunnerFailed("The process that runs notebooks went away.")
            if not conversation.again:
                return ran

    def _is_gone(self, within: float = 0.0) -> bool:
        """Whether the process ended, or ends within some seconds.

        A sandbox ends with its outer process first. Of what is inside we see the control socket close: nothing is
        ever sent from there after the start.
        """
        if self._process is None or self._control is None or self._process.poll() is not None:
            return True
        return bool(select.select([self._control], [], [], within)[0])


@dataclass
class _Known:
    """What earlier conversations about a submission taught: cells and exercises that ended everything are left out."""

    deadline: float
    cells: set[int] = field(default_factory=set)
    exercises: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


class _Conversation:
    """One submission's talk with its fork. again: it ended through a cell or exercise that is now left out."""

    def __init__(self, connection: socket.socket, job: Job, known: _Known) -> None:
        self.connection = connection
        self.job = job
        self.known = known
        self.broke_off = self.again = False
        self._cell: int | None = None
        self._exercise = ""
        self._outcomes: dict[str, dict[str, Outcome]] = {wanted.exercise: {} for wanted in job.exercises}

    def hold(self) -> Ran:
        job = self.job
        cells: tuple[CellRun, ...] = ()
        ending = outcome.CRASHED
        try:
            cells = self._cells()
            for wanted in job.exercises:
                if wanted.exercise not in self.known.exercises:
                    self._cases(wanted)
        except frames.FrameTimeout:
            ending = outcome.TIMEOUT
        except (frames.FrameError, OSError, ValueError, LookupError, TypeError) as error:
            self._broken(error)
        for name, results in self._outcomes.items():
            _complete(results, [case for w in job.exercises if w.exercise == name for case in w.cases], ending)
        return Ran(cells, self._outcomes, tuple(self.known.notes))

    def _cells(self) -> tuple[CellRun, ...]:
        """Have the cells run. One that was left out counts as crashed."""
        job, left_out = self.job, self.known.cells
        numbers = [number for number in range(len(job.cells)) if number not in left_out]
        kept = [asdict(job.cells[number]) for number in numbers]
        frames.send(self.connection, {"cells": kept, "files": job.files, "limits": asdict(job.limits)})
        while "cells" not in (header := self._receive()):
            self._cell = numbers[header["cell"]]
        if [node["name"] for node in header["cells"]] != [cell["name"] for cell in kept]:
            raise frames.FrameError("not the cells that were asked for")
        runs = {n: outcome_from_frame(node, []) for n, node in zip(numbers, header["cells"], strict=True)}
        return tuple(CellRun(c.name, runs.get(n, Outcome(outcome.CRASHED))) for n, c in enumerate(job.cells))

    def _cases(self, wanted: CasesOf) -> None:
        """Have some cases of an exercise run; none where an earlier one ended the process."""
        results = self._outcomes[wanted.exercise]
        if any(result.kind in (outcome.TIMEOUT, outcome.CRASHED) for result in results.values()):
            return
        self._exercise = wanted.exercise
        checks = list(self.job.checks if wanted.held_out else self.job.checks[:1])
        frames.send(self.connection, {"exercise": wanted.exercise, "cases": list(wanted.cases), "checks": checks})
        while True:
            header, buffers = frames.receive(self.connection, self.known.deadline)
            self._attribute(header)
            if header.get("end") == wanted.exercise:
                break
            name = header["case"]
            if name not in wanted.cases or name in results:
                raise frames.FrameError(f"an answer to a question not asked: {name!r}")
            results[name] = outcome_from_frame(header, buffers)
        _complete(results, wanted.cases, str(header["ending"]) or outcome.CRASHED)

    def _receive(self) -> dict[str, Any]:
        header, _ = frames.receive(self.connection, self.known.deadline)
        if "broken" in header:
            raise frames.Closed(str(header["broken"]))
        return header

    def _attribute(self, header: dict[str, Any]) -> None:
        """Who is to blame for a frame that doesn't belong here."""
        if "cell" in header or "cells" in header:  # so the earlier end of the cells was forged, by the one running
            self._exercise = ""
        elif header.get("exercise") in self._outcomes:
            self._exercise = header["exercise"]
        if "broken" in header:
            raise frames.Closed(str(header["broken"]))

    def _broken(self, error: Exception) -> None:
        """Leave out what was running and say that the rest is to be tried again, a few times at most."""
        self.broke_off = True
        forged = not isinstance(error, frames.Closed | OSError)
        if forged:
            self.known.notes.append(f"TAMPER: something other than the runner answered; look at its code ({error}).")
        culprits, left_out = (
            (self._exercise, self.known.exercises) if self._exercise else (self._cell, self.known.cells)
        )
        tries = len(self.known.exercises) + len(self.known.cells)
        self.again = culprits is not None and culprits not in left_out and tries < MOST_LEFT_OUT
        if self.again:
            left_out.add(culprits)
        elif not forged:
            self.known.notes.append(f"The submission's process ended or broke off: {error}")


def _complete(results: dict[str, Outcome], cases: Sequence[str], ending: str) -> None:
    """Every case gets an outcome: the first that didn't answer ended so, those after it were not run."""
    ended = any(result.kind in (outcome.TIMEOUT, outcome.CRASHED) for result in results.values())
    for name in cases:
        if name not in results:
            results[name] = Outcome(outcome.NOT_RUN if ended else ending)
            ended = True


def modules_for(sources: list[str]) -> tuple[str, ...]:
    """Which of the slow modules the sources import: worth importing once, before forking."""
    imported = set(re.findall(r"^\s*(?:import|from)\s+(\w+)", "\n".join(sources), re.MULTILINE))
    slow = {
        "torch": "torch",
        "sklearn": "sklearn",
        "scipy": "scipy",
        "matplotlib": "matplotlib.pyplot",
        "course": "course.data",
    }
    return ("numpy", *(module for name, module in slow.items() if name in imported))
