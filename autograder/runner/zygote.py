"""The other side: imports once what lessons need, then forks for each submission it is handed.

Started as `python -m autograder.runner.zygote CONTROL_FD MODULE…`. On the control socket arrives one byte with a
descriptor per submission: the socket on which that submission's fork speaks with the grader.
"""

from __future__ import annotations

import contextlib
import importlib
import os
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
        if os.getpid() == 1:
            _init_until_end(connection, shell)
        _submission(connection, shell)
    connection.close()
    os.waitpid(pid, 0)
    os._exit(0)


def _init_until_end(connection: socket.socket, shell: Any) -> None:
    """As process 1 of the namespace: fork the submission, reap orphans, end when it ends (and with us, everything)."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        _submission(connection, shell)
    connection.close()
    while os.wait()[0] != pid:
        pass
    os._exit(0)


def _submission(connection: socket.socket, shell: Any) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 (open for the life of the process)
    sys.stdout = sys.stderr = CappedText()
    status = 0
    try:
        submission.run(connection, shell)
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
