"""Our side of the runner: starts the zygote, hands it submissions, collects what came of their cases."""

from __future__ import annotations

import contextlib
import select
import shutil
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from autograder.core import cell_text
from autograder.runner import frames, sandbox
from autograder.runner.conversation import Conversation, Known, Settled
from autograder.runner.job import Job, Ran

START_TIMEOUT = 120.0


class RunnerFailed(Exception):
    """Our own fault (the zygote could not be started or went away), never the learner's."""


@dataclass(frozen=True)
class Zygote:
    """The process that was started: our end of its control socket, its scratch folder where it needs one, its level."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    scratch: str | None
    level: str


class Runner:
    """A warm process that runs submissions. Use as a context manager; `run` may be called from several threads.

    Should the process go away, the submissions it was running raise RunnerFailed and the next one starts it anew.
    """

    def __init__(self, modules: tuple[str, ...] | None = (), level: str = "auto", *, one: bool = False) -> None:
        """modules: what to import before forking; None where `imports` is going to say it. one: only one is to be run.

        level: of the sandbox. Whether it holds is found out while the process starts; until then nothing is run.
        """
        self._modules = modules
        self._one = one
        finding_out = ThreadPoolExecutor(1)
        self._chosen = finding_out.submit(sandbox.choose, level)
        finding_out.shutdown(wait=False)
        self._presumed = sandbox.presumed(level)
        self._zygote: Zygote | None = None
        self._starting = threading.Lock()
        self._is_ready = self._open = False

    @property
    def level(self) -> str:
        """The sandbox's level. Raises UserError when there is none like it."""
        return self._chosen.result()

    def __enter__(self) -> Runner:
        self._open = True
        self._start()
        return self

    def imports(self, modules: tuple[str, ...]) -> None:
        """What to import before forking, of a runner that was entered without knowing it."""
        with self._starting:
            self._modules = modules
            if self._zygote is not None:
                self._say_what_to_import(self._zygote)

    def _start(self) -> Zygote:
        """Start the process. It imports for a second or two; the first submission waits for that."""
        level = self._chosen.result() if self._chosen.done() else self._presumed
        ours, theirs = socket.socketpair()
        with theirs:
            process, scratch = sandbox.start(level, theirs.fileno())
        self._zygote = Zygote(process, ours, scratch, level)
        self._is_ready = False
        if self._modules is not None:
            self._say_what_to_import(self._zygote)
        return self._zygote

    def _say_what_to_import(self, zygote: Zygote) -> None:
        with contextlib.suppress(OSError):  # it has ended, which is noticed when it doesn't get ready
            frames.send(zygote.control, {"modules": self._modules, "one": self._one})

    def _await_ready(self, zygote: Zygote) -> None:
        if self._is_ready:
            return
        zygote.control.settimeout(START_TIMEOUT)
        try:
            ready = zygote.control.recv(1)
        except OSError:
            ready = b""
        if ready != b"r":
            zygote.process.kill()
            _, errors = zygote.process.communicate()
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
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.control.close()
            zygote.process.kill()
            zygote.process.wait()
            if zygote.process.stderr:
                zygote.process.stderr.close()
            if zygote.scratch:
                shutil.rmtree(zygote.scratch, ignore_errors=True)

    def run(self, job: Job, settled: Settled | None = None) -> Ran:
        """Run a submission's cells and cases. Raises RunnerFailed when the process that runs them goes away.

        settled: whether an exercise's results can stay as they are, though other exercises ran in the same process
        before it; what isn't settled is run again, alone. Without it only what ran first is.
        """
        with self._starting:
            if not self._open:
                raise RunnerFailed("The process that runs notebooks isn't running.")
            zygote = self._zygote
            if zygote is None or zygote.level != self.level or (self._is_ready and _is_gone(zygote)):
                self._end()
                zygote = self._start()
            self._await_ready(zygote)
        known = Known(time.monotonic() + job.limits.submission)
        while True:
            ours, theirs = socket.socketpair()
            words, keepers = socket.socketpair()
            with ours, theirs, words, keepers:
                try:
                    socket.send_fds(zygote.control, [b"j"], [theirs.fileno(), keepers.fileno()])
                except OSError as error:
                    raise RunnerFailed("The process that runs notebooks went away.") from error
                theirs.close()
                keepers.close()
                conversation = Conversation(ours, words, job, known, settled or (lambda *_: False))
                ran = conversation.hold()
            if conversation.broke_off and (self._zygote is not zygote or _is_gone(zygote, within=0.2)):
                raise RunnerFailed("The process that runs notebooks went away.")
            if conversation.never_began:
                raise RunnerFailed(f"A submission's process could not be made: {conversation.never_began}")
            if not conversation.again:
                return ran


def _is_gone(zygote: Zygote, within: float = 0.0) -> bool:
    """Whether the process ended, or ends within some seconds.

    A sandbox ends with its outer process first. Of what is inside we see the control socket close: nothing is ever
    sent from there after the start.
    """
    if zygote.process.poll() is not None or zygote.control.fileno() < 0:
        return True
    return bool(select.select([zygote.control], [], [], within)[0])


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
