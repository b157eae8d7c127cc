"""Trying to break out of a sandbox: run inside it as a script, prints (JSON) what held.

It takes the steps that a submission's process takes and then does what must not succeed. It imports its neighbours
without what the package imports, which would take longer than the whole attempt. argv[1] is JSON: `canary` (a file
outside), `port` (of a server outside), `keep` (as for the zygote), `without` (steps to leave out, for tests of this
very probe).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

SPACE, PROCESSES = 2**20, 12
NEIGHBOUR = "/tmp/left-by-a-neighbour", "\0left-by-a-neighbour"


def main(settings: dict[str, Any]) -> None:
    """Two submissions one after the other; what the second found out is printed."""
    from autograder.runner import namespaces, system_calls

    if os.geteuid() == 0:
        namespaces.become_nobody()
    program = system_calls.filter_program() if "calls" not in settings["without"] else None
    waiting, ours = socket.socketpair()
    first = _submission(namespaces, settings, lambda: _stay(ours))
    ours.close()
    waiting.recv(1)
    reading, writing = os.pipe()
    second = _submission(namespaces, settings, lambda: _attempt(namespaces, system_calls, program, settings, writing))
    os.close(writing)
    with os.fdopen(reading) as report:
        print(report.read())
    with contextlib.suppress(OSError):
        waiting.send(b"g")
    for pid in (first, second):
        os.waitpid(pid, 0)


def _submission(namespaces: ModuleType, settings: dict[str, Any], then: Callable[[], None]) -> int:
    guard = os.fork()
    if guard:
        return guard
    here = os.getuid(), os.getgid()
    apart = "leave" not in settings["without"]
    inner = namespaces.fork_apart() if apart else os.fork()
    if inner == 0:
        if apart:
            namespaces.name_user(*here)
        if "furnish" not in settings["without"]:
            namespaces.furnish(SPACE, settings["keep"])
        then()
        os._exit(0)
    os.waitpid(inner, 0)
    os._exit(0)


def _stay(told: socket.socket) -> None:
    """Leave things about, and stay until the other has looked for them."""
    Path(NEIGHBOUR[0]).touch()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(NEIGHBOUR[1])
        server.listen()
        told.send(b"r")
        told.recv(1)


def _attempt(
    namespaces: ModuleType, system_calls: ModuleType, program: bytes | None, settings: dict[str, Any], report: int
) -> None:
    if "rights" not in settings["without"]:
        namespaces.give_up_rights()
    if program is not None:
        system_calls.install(program)
    held = {
        "files": not any(map(os.path.exists, (settings["canary"], "/etc/passwd"))),
        "network": not _connects(socket.AF_INET, ("127.0.0.1", settings["port"])),
        "neighbours": not (os.path.exists(NEIGHBOUR[0]) or _connects(socket.AF_UNIX, NEIGHBOUR[1])),
        "processes": len([name for name in os.listdir("/proc") if name.isdigit()]) <= 2,
        "system": not any(map(_can_be_written, ("/", "/usr", "/dev", "/proc/sys/kernel", str(Path(__file__).parent)))),
        "rights": _has_no_rights(),
        "space": not _holds("/tmp", 2 * SPACE) and not _holds("/dev/shm", 2 * SPACE),
        "calls": program is not None and _is_denied(),
        "number of processes": "count" not in settings["without"] and namespaces.counts_processes() and _are_counted(),
    }
    os.write(report, json.dumps(held).encode())


def _connects(family: int, address: Any) -> bool:
    with socket.socket(family) as tried:
        tried.settimeout(2)
        with contextlib.suppress(OSError):
            tried.connect(address)
            return True
    return False


def _can_be_written(folder: str) -> bool:
    with contextlib.suppress(OSError):
        path = Path(folder, f"written-by-{os.getpid()}")
        path.touch()
        path.unlink()
        return True
    return False


def _has_no_rights() -> bool:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    values = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    without = all(int(values[name], 16) == 0 for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb"))
    return without and os.getuid() != 0 and not _new_user_namespace()


def _new_user_namespace() -> bool:
    return ctypes.CDLL(None).unshare(0x10000000) == 0


def _holds(folder: str, size: int) -> bool:
    path = Path(folder, "filled")
    with contextlib.suppress(OSError):
        path.write_bytes(bytes(size))
        path.unlink()
        return True
    path.unlink(missing_ok=True)
    return False


def _is_denied() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.ptrace(0, 0, 0, 0) != 0 and ctypes.get_errno() == 1


def _are_counted() -> bool:
    """Whether the kernel refuses more processes than allowed. They wait on a pipe and end with this one."""
    resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
    reading, writing = os.pipe()
    made: list[int] = []
    try:
        for _ in range(PROCESSES + 1):
            pid = os.fork()
            if pid == 0:
                os.close(writing)
                os.read(reading, 1)
                os._exit(0)
            made.append(pid)
    except BlockingIOError:
        return True
    finally:
        os.close(writing)
        for pid in made:
            os.waitpid(pid, 0)
    return False


def _without_package(folder: Path) -> None:
    """Make what lies in `folder` importable as autograder.runner, with nothing else of autograder."""
    sys.modules["autograder"] = ModuleType("autograder")
    sys.modules["autograder.runner"] = package = ModuleType("autograder.runner")
    package.__path__ = [str(folder)]


if __name__ == "__main__":
    _without_package(Path(__file__).parent)
    main(json.loads(sys.argv[1]))
