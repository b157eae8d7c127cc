"""Our side of the runner: starts the zygote, hands it submissions, collects what came of their cases."""

from __future__ import annotations

import re
import select
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import asdict
from types import TracebackType
from typing import Any

from autograder import outcome
from autograder.outcome import Outcome
from autograder.runner import frames, sandbox
from autograder.runner.job import CasesOf, CellRun, Job, Ran, outcome_from_frame

START_TIMEOUT = 120.0


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
        ours, theirs = socket.socketpair()
        with ours, theirs:
            try:
                socket.send_fds(control, [b"j"], [theirs.fileno()])
            except OSError as error:
                raise RunnerFailed("The process that runs notebooks went away.") from error
            theirs.close()
            conversation = _Conversation(ours, job)
            ran = conversation.hold()
        if conversation.broke_off and (self._process is not process or self._is_gone(within=0.2)):
            raise RunnerFailed("The process that runs notebooks went away.")
        return ran

    def _is_gone(self, within: float = 0.0) -> bool:
        """Whether the process ended, or ends within some seconds.

        A sandbox ends with its outer process first. Of what is inside we see the control socket close: nothing is
        ever sent from there after the start.
        """
        if self._process is None or self._control is None or self._process.poll() is not None:
            return True
        return bool(select.select([self._control], [], [], within)[0])


class _Conversation:
    """One submission's talk with its fork."""

    def __init__(self, connection: socket.socket, job: Job) -> None:
        self.connection = connection
        self.job = job
        self.deadline = time.monotonic() + job.limits.submission
        self.notes: list[str] = []
        self.broke_off = False

    def hold(self) -> Ran:
        job = self.job
        cells: tuple[CellRun, ...] = ()
        outcomes: dict[str, dict[str, Outcome]] = {}
        try:
            frames.send(
                self.connection,
                {"cells": [asdict(cell) for cell in job.cells], "files": job.files, "limits": asdict(job.limits)},
            )
            header, _ = frames.receive(self.connection, self.deadline)
            if "broken" in header:
                raise frames.FrameError(str(header["broken"]))
            cells = tuple(CellRun(str(node["name"]), outcome_from_frame(node, [])) for node in header["cells"])
            for wanted in job.exercises:
                outcomes[wanted.exercise] = self._exercise(wanted)
        except frames.FrameTimeout:
            self._rest(outcomes, outcome.TIMEOUT)
        except (frames.FrameError, OSError, ValueError, KeyError, TypeError) as error:
            self.broke_off = True
            self.notes.append(f"The submission's process ended or broke off: {error}")
            self._rest(outcomes, outcome.CRASHED)
        return Ran(cells, outcomes, tuple(self.notes))

    def _exercise(self, wanted: CasesOf) -> dict[str, Outcome]:
        request = {"exercise": wanted.exercise, "cases": list(wanted.cases), "checks": list(self.job.checks)}
        frames.send(self.connection, request)
        results: dict[str, Outcome] = {}
        while True:
            header, buffers = frames.receive(self.connection, self.deadline)
            if header.get("end") == wanted.exercise:
                ending = str(header["ending"])
                break
            name = header["case"]
            if name not in wanted.cases or name in results:
                raise frames.FrameError(f"an answer to a question not asked: {name!r}")
            results[name] = self._outcome(header, buffers)
        return _completed(wanted, results, ending or outcome.CRASHED)

    def _outcome(self, header: dict[str, Any], buffers: list[bytes]) -> Outcome:
        try:
            return outcome_from_frame(header, buffers)
        except ValueError as error:
            self.notes.append(f"An answer of the submission's process was malformed: {error}")
            return Outcome(outcome.CRASHED)

    def _rest(self, outcomes: dict[str, dict[str, Outcome]], ending: str) -> None:
        for wanted in self.job.exercises:
            if wanted.exercise not in outcomes:
                outcomes[wanted.exercise] = _completed(wanted, {}, ending)


def _completed(wanted: CasesOf, results: dict[str, Outcome], ending: str) -> dict[str, Outcome]:
    """Every case has an outcome: the first that didn't answer ended so, those after it were not run."""
    unanswered = [name for name in wanted.cases if name not in results]
    for number, name in enumerate(unanswered):
        results[name] = Outcome(ending if number == 0 else outcome.NOT_RUN)
    return results


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
