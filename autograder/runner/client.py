"""Our side of the runner: starts the zygote, hands it submissions, collects what came of their cases."""

from __future__ import annotations

import select
import shutil
import socket
import subprocess
import threading
import time
from types import TracebackType

from autograder.core import cell_text
from autograder.runner import sandbox
from autograder.runner.conversation import Conversation, Known, Settled
from autograder.runner.job import Job, Ran

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
        self._is_ready = self._open = False

    def __enter__(self) -> Runner:
        self._open = True
        self._start()
        return self

    def _start(self) -> None:
        """Start the process. It imports for a second or two; the first submission waits for that."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = sandbox.start(self.level, theirs.fileno(), self._modules)
        self._control = ours
        self._is_ready = False

    def _await_ready(self) -> None:
        if self._is_ready:
            return
        self._control.settimeout(START_TIMEOUT)
        try:
            ready = self._control.recv(1)
        except OSError:
            ready = b""
        if ready != b"r":
            self._process.kill()
            _, errors = self._process.communicate()
            self._end()
            last = errors.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise RunnerFailed(f"The process that runs notebooks did not start: {last[0]}")
        self._is_ready = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote and everything below it."""
        self._open = False
        self._end()

    def _end(self) -> None:
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

    def run(self, job: Job, settled: Settled | None = None) -> Ran:
        """Run a submission's cells and cases. Raises RunnerFailed when the process that runs them goes away.

        settled: whether an exercise's results can stay as they are, though other exercises ran in the same process
        before it; what isn't settled is run again, alone. Without it only what ran first is.
        """
        with self._starting:
            if not self._open:
                raise RunnerFailed("The process that runs notebooks isn't running.")
            if self._process is None or (self._is_ready and self._is_gone()):
                self._end()
                self._start()
            self._await_ready()
            process, control = self._process, self._control
        known = Known(time.monotonic() + job.limits.submission)
        while True:
            ours, theirs = socket.socketpair()
            words, keepers = socket.socketpair()
            with ours, theirs, words, keepers:
                try:
                    socket.send_fds(control, [b"j"], [theirs.fileno(), keepers.fileno()])
                except OSError as error:
                    raise RunnerFailed("The process that runs notebooks went away.") from error
                theirs.close()
                keepers.close()
                conversation = Conversation(ours, words, job, known, settled or (lambda *_: False))
                ran = conversation.hold()
            if conversation.broke_off and (self._process is not process or self._is_gone(within=0.2)):
                raise RunnerFailed("The process that runs notebooks went away.")
            if conversation.never_began:
                raise RunnerFailed(f"A submission's process could not be made: {conversation.never_began}")
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


def modules_for(sources: list[str]) -> tuple[str, ...]:
    """Which of the slow modules the sources import: worth importing once, before forking."""
    imported = set().union(*map(cell_text.imported, sources))
    slow = {
        "torch": "torch",
        "sklearn": "sklearn",
        "scipy": "scipy",
        "matplotlib": "matplotlib.pyplot",
        "course": "course.data",
    }
    return ("numpy", *(module for name, module in slow.items() if name in imported))
