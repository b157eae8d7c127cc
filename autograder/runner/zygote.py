"""The other side: imports once what lessons need, then forks for each submission it is handed.

Started as `python -m autograder.runner.zygote SETTINGS` (JSON): `control`, the descriptor of a socket; `apart`, whether
submissions get namespaces of their own; `keep`, the folders under /tmp that stay in sight there. On the socket arrives
first a frame with the `modules` to import and whether only `one` submission is to be run, then, per submission, one
byte with two descriptors (the socket on which its fork speaks with the grader, and one on which that fork's keeper may
say why it ended everything).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import json
import os
import select
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from typing import Any

import autograder
from autograder.cases.run import CappedText
from autograder.runner import confine, forks, frames, namespaces, submission, system_calls
from autograder.runner.aside import Aside, Prepared
from autograder.runner.warmup import ROUNDS, warm_up

OUT_OF_MEMORY, OUT_OF_TIME = b"m", b"t"
LOOK_EVERY = 0.25  # seconds between two looks at how much memory and processor time a submission uses


def main() -> None:
    """Import, say that we are ready, serve until the control socket closes."""
    settings = json.loads(sys.argv[1])
    confine.die_with_parent()
    confine.no_new_privileges()
    control = socket.socket(fileno=settings["control"])
    world = submission.World(settings["keep"], system_calls.filter_program()) if settings["apart"] else None
    _read_and_print_nowhere()
    shell = _shell()
    try:
        wanted, _ = frames.receive(control)
    except frames.Closed:
        return
    for module in wanted["modules"]:
        with contextlib.suppress(ImportError):  # a cell that needs it will say so
            importlib.import_module(module)
    for name in autograder.__all__:  # imported when asked for, which must not be later than here
        getattr(autograder, name)
    warm_up(shell, 1 if wanted["one"] else ROUNDS)
    aside = Aside()
    aside.watch(shell)
    prepared = Prepared(shell, aside)
    gc.collect()
    gc.freeze()
    confine.collapse_memory()
    if settings["apart"] and os.geteuid() == 0:
        namespaces.become_nobody()
        confine.die_with_parent()  # the kernel forgot
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended submissions are reaped by the kernel
    control.sendall(b"r")
    spare: _Place | None = _Place.made([control.fileno()], prepared, world)
    for number in itertools.count():
        message, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not message:
            return
        if spare is None or not spare.give(descriptors):
            _Place.made([control.fileno(), *descriptors], prepared, world).give(descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        spare = _Place.made([control.fileno()], prepared, world) if number else None  # the first may be the only one


@dataclass
class _Place:
    """Where the next submission will live: its processes are there and wait to be told who asks.

    Making one takes longer than many a submission, and is done while the one before runs. Nothing of anybody's has been
    in it.
    """

    keepers: socket.socket
    submissions: socket.socket

    @classmethod
    def made(cls, not_its: list[int], prepared: Prepared, world: submission.World | None) -> _Place:
        """not_its: descriptors that nobody in there may have."""
        ours, theirs = zip(socket.socketpair(), socket.socketpair(), strict=True)
        handing_over = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        here, problem = (os.getuid(), os.getgid()), ""
        try:
            pid = forks.fork() if world is None else namespaces.fork_apart()
        except OSError as error:
            pid, problem = forks.fork(), str(error)
        if pid == 0:
            for descriptor in (*not_its, *(each.detach() for each in ours)):
                os.close(descriptor)
            if world is None:
                _guard(*theirs, *handing_over, prepared)
            try:
                if not problem:
                    namespaces.name_user(*here)
            except OSError as error:
                problem = str(error)
            if problem:
                _refuse(theirs[0], problem)
            _keep(*theirs, *handing_over, prepared, world)
        for each in (*theirs, *handing_over):
            each.close()
        return cls(*ours)

    def give(self, descriptors: list[int]) -> bool:
        """Hand over the two descriptors of a submission: whether there was still anybody to take them."""
        try:
            socket.send_fds(self.keepers, [b"j"], descriptors)
            socket.send_fds(self.submissions, [b"j"], descriptors[:1])
        except OSError:
            return False
        finally:
            self.keepers.close()
            self.submissions.close()
        return True


def _taken(asked: socket.socket, count: int) -> list[socket.socket]:
    """The sockets of the submission that this process is for; ends with whoever was to give them."""
    message, descriptors, _, _ = socket.recv_fds(asked, 1, count)
    if not message:
        os._exit(0)
    asked.close()
    return [socket.socket(fileno=descriptor) for descriptor in descriptors]


def _refuse(keepers: socket.socket, problem: str) -> None:
    """There can't be a place: whoever asks hears why."""
    connection, _ = _taken(keepers, 2)
    frames.send(connection, {"broken": problem})
    os._exit(1)


def _guard(
    keepers: socket.socket,
    submissions: socket.socket,
    told: socket.socket,
    telling: socket.socket,
    prepared: Prepared,
) -> None:
    """Where nothing is apart from anything: fork the keeper, and end all that it started when it has ended."""
    confine.die_with_parent()
    if not namespaces.leave_for_other_processes():
        os.setsid()
    if forks.fork() == 0:
        confine.die_with_parent()
        os.setsid()
        confine.adopt_orphans()
        _keep(keepers, submissions, told, telling, prepared, None)
    for each in (keepers, submissions, told, telling):
        each.close()
    with contextlib.suppress(ChildProcessError):  # it was reaped by the kernel
        os.wait()
    os._exit(0)


def _keep(
    keepers: socket.socket,
    submissions: socket.socket,
    told: socket.socket,
    telling: socket.socket,
    prepared: Prepared,
    world: submission.World | None,
) -> None:
    """Fork the submission and end when it ends, or when the grader hangs up: as process 1 of the namespace, with all.

    The submission is one process at a time, but not always the same one: who hands over says to whom. Orphans are
    reaped by the kernel, as SIGCHLD is ignored.
    """
    pid = forks.fork()
    if pid == 0:
        os.close(told.detach())
        os.close(keepers.detach())
        os.setsid()
        _submission(submissions, telling, prepared, world)
    os.close(telling.detach())
    os.close(submissions.detach())
    if world is not None:
        namespaces.hide()
    told.setblocking(False)
    connection, words = _taken(keepers, 2)
    _Keeper(connection, words, told).watch(pid)
    os._exit(0)


class _Keeper:
    """Watches over a submission's processes."""

    def __init__(self, connection: socket.socket, words: socket.socket, told: socket.socket) -> None:
        self._connection = connection
        self._words = words
        self._told = told
        self._memory = 0
        self._seconds = 0.0
        self._used: dict[str, float] = {}
        self._successor: int | None = None

    def watch(self, pid: int) -> None:
        """Return when the submission, which begins as process `pid`, is over; what is left of it is then killed."""
        successor: int | None = pid
        while successor is not None and self._ended_first(successor):
            pid, successor = successor, self._last_told()
        if os.getpid() != 1:
            with contextlib.suppress(OSError):
                os.killpg(successor or pid, signal.SIGKILL)

    def _ended_first(self, pid: int) -> bool:
        """Wait for a process, for the grader to hang up or for the memory to be used up: whether it was the process."""
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            return True
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        poller.register(self._connection, 0)  # a hang-up is always reported
        looks = os.getpid() == 1
        while not (ended := {descriptor for descriptor, _ in poller.poll(LOOK_EVERY * 1000 if looks else None)}):
            self._listen()
            if self._memory and (word := self._too_much()):
                self._words.send(word)
                break
        os.close(handle)
        return bool(ended) and self._connection.fileno() not in ended

    def _too_much(self) -> bytes:
        """The word for what all processes together have used up; those that have ended count as they were last seen."""
        if confine.memory_of_others() > self._memory:
            return OUT_OF_MEMORY
        self._used |= confine.seconds_of_others()
        return OUT_OF_TIME if sum(self._used.values()) > self._seconds else b""

    def _last_told(self) -> int | None:
        """The process that was handed over to; None when there was none."""
        self._listen()
        successor, self._successor = self._successor, None
        return successor

    def _listen(self) -> None:
        """Take in what was told: first what there is of memory and time, then handings over. The rest is forged."""
        with contextlib.suppress(BlockingIOError):
            while True:
                message = self._told.recv(64)
                if not self._memory and message.startswith(b"limits "):
                    memory, seconds = message.split()[1:]
                    self._memory, self._seconds = int(memory) + confine.own_memory(), float(seconds)
                if message.isdigit() and 1 < int(message) < 2**22:
                    self._successor = int(message)


def _submission(
    asked: socket.socket, keeper: socket.socket, prepared: Prepared, world: submission.World | None
) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(0, 2)
    sys.stdout = sys.stderr = CappedText()
    (connection,) = _taken(asked, 1)
    status = 0
    try:
        submission.run(connection, keeper, prepared, world)
    except BaseException:  # nothing may escape into the zygote's loop; the grader is told and notes it
        status = 1
        with contextlib.suppress(OSError):
            frames.send(connection, {"broken": traceback.format_exc()[-2000:]})
    os._exit(status)


def _read_and_print_nowhere() -> None:
    """For good; but what goes wrong in this very process can still be told."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 (open for the life of the process)


def _shell() -> Any:
    """An IPython shell that keeps no history, shows no tracebacks and asks nothing."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=config)
    for method in ("showtraceback", "showsyntaxerror"):
        setattr(shell, method, lambda *_arguments, **_options: None)
    return shell


if __name__ == "__main__":
    main()
