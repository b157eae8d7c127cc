"""A submission's own world: namespaces, private file systems, no rights (Linux).

The zygote runs inside bubblewrap. Each submission's fork leaves it for namespaces of its own (`fork_apart`), so that
submissions see nothing of each other either; there it makes the only places it may write to (`furnish`) and gives up
every right (`give_up_rights`). All of it goes when process 1 of the new pid namespace ends.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import sys
from collections.abc import Sequence
from typing import Any

from autograder.runner import forks

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER = 0x00020000, 0x04000000, 0x08000000, 0x10000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x8, 0x1000, 0x4000, 0x40000
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 4, 24, 47, 4
CAPABILITY_VERSION_3 = 0x20080522
NOBODY = 65534
LEARNER, HOST = 1000, b"localhost"  # the user and the machine's name inside

_libc: Any = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None
SYS_CLONE = {"x86_64": 56, "i686": 120, "aarch64": 220, "armv7l": 120, "riscv64": 220, "ppc64le": 120}


def become_nobody() -> None:
    """Give up being root for good. What was read so far stays; what is read later must be readable for everybody."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    _checked(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # else /proc/self would stay root's


def fork_apart() -> int:
    """As os.fork, but the child is process 1 of new user, pid, mount, net, ipc and uts namespaces. Raises OSError.

    With os.fork and unshare it would take one more process in between, and copying this one, with all that it has
    imported, takes longer than many a submission. It must have one thread. The child has no user until `name_user`.
    """
    if (number := SYS_CLONE.get(platform.machine())) is None:
        raise OSError(errno.ENOSYS, f"no system call is known by which {platform.machine()} forks")
    every = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    return forks.clone(number, every | signal.SIGCHLD)


def name_user(user: int, group: int) -> None:
    """In the child of `fork_apart`: be LEARNER here, who is `user` and `group` outside. Raises OSError."""
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{LEARNER} {user} 1")
    _write("/proc/self/gid_map", f"{LEARNER} {group} 1")


def leave_for_other_processes() -> bool:
    """Enter a new pid namespace only, where the kernel allows it: with the next fork all that it starts will end."""
    if _libc is None:
        return False
    return _libc.unshare(CLONE_NEWPID) == 0 or _libc.unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0


def furnish(files: int, keep: Sequence[str]) -> None:
    """Make /tmp and /dev/shm empty and private, /proc one that shows this pid namespace only. Raises OSError.

    files: bytes that each of the two may hold. keep: folders under /tmp that stay in sight, as they are.
    """
    _checked(_libc.sethostname(HOST, len(HOST)), "sethostname")
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    held = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in keep]
    options = f"size={files},nr_inodes={max(1000, files // 2**14)},mode=700"
    for place in ("/tmp", "/dev/shm"):
        _mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, options)
    for path, descriptor in zip(keep, held, strict=True):
        os.makedirs(path, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", path, "", MS_BIND | MS_REC)
        os.close(descriptor)
    _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def give_up_rights() -> None:
    """Drop every capability, also for what is executed later, and the way to get new ones. Raises OSError."""
    _write("/proc/sys/user/max_user_namespaces", "0")
    _checked(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl")
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            if ctypes.get_errno() == errno.EINVAL:  # there are no more
                break
            raise OSError(ctypes.get_errno(), "capabilities can't be dropped")
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    hide(False)


def hide(wanted: bool = True) -> None:
    """Let no other process of the same user look into this one's memory, or let it again."""
    _checked(_libc.prctl(PR_SET_DUMPABLE, 0 if wanted else 1, 0, 0, 0), "prctl")


def counts_processes() -> bool:
    """Whether the kernel counts a user's processes for each user namespace by itself (Linux 5.14)."""
    release = platform.release().split(".")
    return (int(release[0]), int(release[1].split("-")[0])) >= (5, 14)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    result = _libc.mount(source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _checked(result, f"mount on {target}")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
