"""Limits and namespaces of a process, through the kernel's own calls (Linux; elsewhere only the POSIX limits)."""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import sys

CLONE_NEWUSER, CLONE_NEWPID = 0x10000000, 0x20000000
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def die_with_parent(wanted: bool = True) -> None:
    """Let the kernel kill this process when its parent ends, or no longer."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL if wanted else 0, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of those of our descendants whose own parent ends."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def no_new_privileges() -> None:
    """Neither this process nor its children gain rights through set-uid programs."""
    if _libc is not None:
        _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def own_pid_namespace() -> bool:
    """Put the next forked child at the head of a pid namespace, so that all of it dies with that child."""
    if _libc is None:
        return False
    if _libc.unshare(CLONE_NEWPID) == 0:
        return True
    return _libc.unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0


def limit(memory: int, cpu_seconds: float) -> None:
    """memory: bytes of private data above what the process has now. Also: no core dumps, small files."""
    _lower(resource.RLIMIT_DATA, _data_in_use() + memory)
    _lower(resource.RLIMIT_CPU, int(cpu_seconds) + 1)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 64 * 2**20)
    _lower(resource.RLIMIT_NOFILE, 256)


def _lower(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))


def _data_in_use() -> int:
    """Bytes of private data of this process (VmData)."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmData"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def wait(pid: int, seconds: float) -> int | None:
    """Wait for a child: its wait status, or None when the time is over (the child is then still there)."""
    handle = os.pidfd_open(pid)
    try:
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        if not poller.poll(max(0, seconds) * 1000):
            return None
    finally:
        os.close(handle)
    return os.waitpid(pid, 0)[1]


def kill(pid: int) -> int:
    """Kill a child and what is left of its process group; returns its wait status."""
    for send in (os.killpg, os.kill):
        try:
            send(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        except PermissionError:
            continue
    return os.waitpid(pid, 0)[1]
