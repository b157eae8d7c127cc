"""Starting the zygote, as far apart from everything else as this machine allows.

Levels: "bubblewrap" (own namespaces: no network, read-only system, nothing of solutions, gradebook or home in sight)
and "none" (a process of its own with limits, but the rights of whoever runs it).
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import site
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.paths import PACKAGE_ROOT, UserError

BUBBLEWRAP, NONE = "bubblewrap", "none"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def choose(wanted: str = "auto") -> str:
    """The level to use. wanted: "auto" (the best there is), "bubblewrap" or "none". Raises UserError if it can't be."""
    if wanted == NONE:
        return NONE
    if bubblewrap_works():
        return BUBBLEWRAP
    if wanted == BUBBLEWRAP:
        raise UserError(
            "The bubblewrap sandbox doesn't work on this machine: install the package bubblewrap (Linux), "
            "or run with --sandbox none if you trust the code."
        )
    return NONE


@functools.cache
def bubblewrap_works() -> bool:
    """Whether a sandbox can be made here, found out by making one and looking for what must not be seen."""
    if shutil.which("bwrap") is None:
        return False
    with tempfile.NamedTemporaryFile(prefix="canary-") as canary, socket.create_server(("127.0.0.1", 0)) as server:
        probe = _PROBE.format(canary=canary.name, port=server.getsockname()[1])
        try:
            tried = subprocess.run(
                [*_bubblewrap(), sys.executable, "-c", probe], capture_output=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return tried.stdout.strip() == b"apart"


_PROBE = """
import os, socket
seen = os.path.exists({canary!r})
try:
    socket.create_connection(("127.0.0.1", {port}), 2)
    seen = True
except OSError:
    pass
print("seen" if seen else "apart")
"""


def start(level: str, control_fd: int, modules: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start the zygote at `level` with its end of the control socket; modules: what it imports before forking."""
    scratch = "/tmp"
    prefix = _bubblewrap() if level == BUBBLEWRAP else []
    if level == NONE:
        scratch = tempfile.mkdtemp(prefix="ground-up-")
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": scratch,
        "TMPDIR": scratch,
        "IPYTHONDIR": f"{scratch}/ipython",
        "MPLCONFIGDIR": f"{scratch}/matplotlib",
        "MPLBACKEND": "Agg",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        **dict.fromkeys(_THREADS, "1"),
    }
    settings = {"control": control_fd, "modules": modules, "apart": bool(prefix), "keep": _under("/tmp")}
    command = [*prefix, sys.executable, "-P", "-m", "autograder.runner.zygote", json.dumps(settings)]
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=None if prefix else scratch,
        pass_fds=(control_fd,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    process.scratch = None if prefix else scratch
    return process


def _bubblewrap() -> list[str]:
    """The command in front of ours. root stays root at first, so that it can read this Python, and then gives that up.

    New mounts of /proc are possible inside only where all of it is in sight; as root, bubblewrap's own would not be.
    """
    command = ["bwrap", "--die-with-parent", "--new-session"]
    if os.geteuid() == 0:
        command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        command += [
            "--cap-drop",
            "ALL",
            "--cap-add",
            "CAP_SETUID",
            "--cap-add",
            "CAP_SETGID",
            "--bind",
            "/proc",
            "/proc",
        ]
    else:
        command += ["--unshare-all", "--proc", "/proc"]
    command += ["--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp"]
    folders = _visible()
    above = {parent for folder in folders for parent in folder.parents if parent.parent != parent}
    for parent in sorted(above - {Path("/tmp"), *folders}):  # else root's own could be entered by root only
        command += ["--dir", str(parent)]
    for folder in folders:
        command += ["--ro-bind-try", str(folder), str(folder)]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/"]


def _under(place: str) -> list[str]:
    """What is visible below `place`, outermost folders only."""
    there = [str(folder) for folder in _visible() if folder.is_relative_to(place)]
    return [each for each in there if not any(each.startswith(f"{other}/") for other in there)]


def _visible() -> list[Path]:
    """What may be read inside: the system's programs, this Python with its packages, our engine and `course`."""
    python = {Path(sys.prefix), Path(sys.base_prefix), *map(Path, site.getsitepackages())}
    ours = [PACKAGE_ROOT / "autograder", PACKAGE_ROOT / "course"]
    return [Path(p) for p in _SYSTEM] + sorted(python) + ours
