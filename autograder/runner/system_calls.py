"""Which system calls a submission may not make: those that nothing in a lesson needs and much harm was done with.

A second fence behind namespaces and dropped rights, made with libseccomp where that is installed. It also keeps memory
where it is counted (no memory files and System V segments, which no process need have mapped; no larger buffers of
sockets) and a submission's processes in one session, since Linux shares processors out among sessions: `setsid` does
nothing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
SO_SNDBUFFORCE = 32
INSTRUCTION = 8  # bytes of one instruction of the filter
DENIED = """
    acct add_key bpf chroot clock_adjtime clock_settime delete_module finit_module fsconfig fsmount fsopen fspick
    init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kexec_file_load kexec_load keyctl
    lookup_dcookie memfd_create memfd_secret mount mount_setattr move_mount msgget name_to_handle_at nfsservctl
    open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root process_vm_readv process_vm_writev ptrace
    quotactl reboot request_key semget setdomainname sethostname setns settimeofday shmget swapoff swapon syslog
    umount2 unshare userfaultfd vhangup
"""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def filter_program() -> bytes | None:
    """The filter, to be given to `install`; None where libseccomp or its Python binding is missing."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        import pyseccomp
    except (ImportError, RuntimeError):
        return None
    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    for name in DENIED.split():
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    for option in (socket.SO_SNDBUF, SO_SNDBUFFORCE):
        level, wanted = pyseccomp.Arg(1, pyseccomp.EQ, socket.SOL_SOCKET), pyseccomp.Arg(2, pyseccomp.EQ, option)
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "setsockopt", level, wanted)
    rules.add_rule(pyseccomp.ERRNO(0), "setsid")
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def install(program: bytes) -> None:
    """Let this process and its children make no call that `program` denies, for good. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    described = _Program(len(program) // INSTRUCTION, program)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(described), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl: {os.strerror(ctypes.get_errno())}")
