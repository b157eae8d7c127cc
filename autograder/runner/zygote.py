"""The other side: imports once what lessons need, then forks for each submission it is handed.

Started as `python -m autograder.runner.zygote CONTROL_FD MODULE…`. On the control socket arrives one byte with a
descriptor per submission: the socket on which that submission's fork speaks with the grader.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from typing import Any

from autograder.execute import CappedText
from autograder.runner import confine, frames, submission


def main() -> None:
    """Import, say that we are ready, serve until the control socket closes."""
    confine.die_with_parent()
    confine.no_new_privileges()
    control = socket.socket(fileno=int(sys.argv[1]))
    for module in sys.argv[2:]:
        with contextlib.suppress(ImportError):  # a cell that needs it will say so
            importlib.import_module(module)
    shell = _shell()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended submissions are reaped by the kernel
    control.sendall(b"r")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _guard(socket.socket(fileno=descriptors[0]), shell)
        os.close(descriptors[0])


def _guard(connection: socket.socket, shell: Any) -> None:
    """Head a pid namespace of our own where the kernel allows it, so that nothing outlives the submission."""
    confine.die_with_parent()
    if not confine.own_pid_namespace():
        os.setsid()
    pid = os.fork()
    if pid == 0:
        confine.die_with_parent()
        os.setsid()
        _keep(connection, shell)
    connection.close()
    os.waitpid(pid, 0)
    os._exit(0)


def _keep(connection: socket.socket, shell: Any) -> None:
    """Fork the submission and end when it ends, or when the grader hangs up: as process 1 of the namespace, with all.

    The submission is one process at a time, but not always the same one: who hands over says to whom.
    """
    confine.adopt_orphans()
    told, telling = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    pid = os.fork()
    if pid == 0:
        told.close()
        os.setsid()
        _submission(connection, telling, shell)
    telling.close()
    told.setblocking(False)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # orphans are reaped by the kernel
    successor: int | None = pid
    while successor is not None and _ended_first(successor, connection):
        pid, successor = successor, _last_told(told)
    if os.getpid() != 1:
        with contextlib.suppress(OSError):
            os.killpg(successor or pid, signal.SIGKILL)
    os._exit(0)


def _ended_first(pid: int, connection: socket.socket) -> bool:
    """Wait for a process or for the grader to hang up: whether it was the process."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return True
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    poller.register(connection, 0)  # a hang-up is always reported
    ended = {descriptor for descriptor, _ in poller.poll()}
    os.close(handle)
    return connection.fileno() not in ended


def _last_told(told: socket.socket) -> int | None:
    """The process that was handed over to; None when there was none. What is no number came from elsewhere."""
    last = None
    with contextlib.suppress(BlockingIOError):
        while True:
            message = told.recv(32)
            if message.isdigit() and 1 < int(message) < 2**22:
                last = int(message)
    return last


def _submission(connection: socket.socket, keeper: socket.socket, shell: Any) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 (open for the life of the process)
    sys.stdout = sys.stderr = CappedText()
    status = 0
    try:
        submission.run(connection, keeper, shell)
    except BaseException:  # nothing may escape into the zygote's loop; the grader is told and notes it
        status = 1
        with contextlib.suppress(OSError):
            frames.send(connection, {"broken": traceback.format_exc()[-2000:]})
    os._exit(status)


def _shell() -> Any:
    """An IPython shell that keeps no history, shows no tracebacks and asks nothing."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = shell.showsyntaxerror = lambda *_arguments, **_options: None
    return shell


if __name__ == "__main__":
    main()
