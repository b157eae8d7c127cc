"""Limits of a process and what it uses, through the kernel's own calls (Linux; elsewhere only the POSIX limits)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
MADV_COLLAPSE = 25
HUGE_PAGE = 2**21
SOCKET_BUFFER = 212_992  # bytes, the kernel's usual one; a larger one can't be asked for (`system_calls`)
ROOM = 16  # processes that there may be in all beyond the limit, so that we can go on when it is reached

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


def collapse_memory() -> None:
    """Gather this process's memory in huge pages where the kernel can (Linux 6.1): a fork then copies far less.

    With torch imported that makes a fork four times as quick. Elsewhere nothing happens.
    """
    if _libc is None:
        return
    for start, end in _own_memory():
        start = -(-start // HUGE_PAGE) * HUGE_PAGE
        end = end // HUGE_PAGE * HUGE_PAGE
        if start < end:
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE)


def _own_memory() -> list[tuple[int, int]]:
    """First and last address of each private writable mapping that no file is behind."""
    found = []
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            addresses, rights, _, _, inode, *name = line.split(maxsplit=5)
            if rights == "rw-p" and inode == "0" and not (name and name[0].startswith("[stack")):
                first, _, last = addresses.partition("-")
                found.append((int(first, 16), int(last, 16)))
    return found


def limit(memory: int, cpu_seconds: float, processes: int = 0) -> None:
    """memory: bytes of private data above what the process has now. Also: no core dumps, small files.

    processes: how many there may be, threads included; 0 for no limit of ours. It counts the user's processes in this
    user namespace, so it is of use in one's own only.
    """
    if processes:
        _lower(resource.RLIMIT_NPROC, processes, processes + ROOM)
    _lower(resource.RLIMIT_DATA, _data_in_use() + memory)
    _lower(resource.RLIMIT_CPU, int(cpu_seconds) + 1)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 64 * 2**20)
    _lower(resource.RLIMIT_NOFILE, 256)


def make_room() -> None:
    """Let there be a few more processes than the limit says, for this process and its children."""
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))


def _lower(what: int, value: int, most: int = 0) -> None:
    """most: what the process itself may raise it to again."""
    most = max(value, most)
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        value, most = min(value, hard), min(most, hard)
    resource.setrlimit(what, (value, most))


def _data_in_use() -> int:
    """Bytes of private data of this process (VmData)."""
    try:
        line = next(line for line in _told("/proc/self/status").splitlines() if line.startswith(b"VmData"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def own_memory() -> int:
    """Bytes of private memory of this process."""
    return _memory_of("self", b"Anonymous:")


def memory_of_others() -> int:
    """Bytes of memory of all processes in sight but this one; what they share counts once.

    Shared mappings count as private ones do, and sockets with what their buffers may hold.
    """
    return _buffers() + sum(_memory_of(name, b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:") for name in _others())


def seconds_of_others() -> dict[str, float]:
    """The processor time that each process in sight but this one has used, in seconds."""
    found = {}
    for name in _others():
        with contextlib.suppress(OSError):
            fields = _told(f"/proc/{name}/stat").rpartition(b")")[2].split()
            found[f"{name} {fields[19].decode()}"] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def seconds_waited(pid: int) -> float:
    """How long the first thread of a process has waited for a processor so far; 0 where the kernel doesn't say."""
    try:
        return int(_told(f"/proc/{pid}/schedstat").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def processes() -> set[int]:
    """The numbers of all processes in sight."""
    return {int(name) for name in os.listdir("/proc") if name.isdigit()}


def _others() -> list[str]:
    return [str(number) for number in processes() - {os.getpid()}]


def _buffers() -> int:
    """Bytes that the buffers of all sockets of this network namespace may hold: it is no process's memory."""
    try:
        return int(_told("/proc/self/net/sockstat").split()[2]) * SOCKET_BUFFER
    except (OSError, IndexError, ValueError):
        return 0


def _memory_of(process: str, *fields: bytes) -> int:
    """Fields of /proc/<process>/smaps_rollup in bytes; of a process that hides from us, all that it has in memory."""
    try:
        lines = _told(f"/proc/{process}/smaps_rollup").splitlines()
        return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(fields))
    except PermissionError:
        return int(_told(f"/proc/{process}/statm").split()[1]) * resource.getpagesize()
    except OSError:  # it has ended
        return 0


def _told(path: str) -> bytes:
    """A file of /proc, as it is: to make text of it, a new process has to copy far more memory than to read it."""
    with open(path, "rb", buffering=0) as file:
        return file.read()


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
