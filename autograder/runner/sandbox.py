"""Starting the zygote, as far apart from everything else as this machine allows.

Levels: "bubblewrap" (own namespaces, for each submission: no network, read-only system, nothing of solutions,
gradebook, home or other submissions in sight, no rights) and "none" (a process of its own with limits, but the rights
of whoever runs it).
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import site
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.core.paths import PACKAGE_ROOT, UserError

BUBBLEWRAP, NONE = "bubblewrap", "none"
PATIENCE = 60  # seconds for the attempt to break out, which takes less than one
REQUIRED = ("files", "network", "neighbours", "processes", "system", "rights", "space")
WELCOME = ("calls", "number of processes")  # protections that need libseccomp and Linux 5.14
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts")
# One thread each, also where a cell asks for more (`torch.set_num_threads`).
_THREADS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def choose(wanted: str = "auto") -> str:
    """The level to use. wanted: "auto" (the best there is), "bubblewrap" or "none". Raises UserError if it can't be."""
    if wanted == NONE:
        return NONE
    if bubblewrap_works():
        return BUBBLEWRAP
    if wanted == BUBBLEWRAP:
        raise UserError(
            "The bubblewrap sandbox doesn't work on this machine: install the package bubblewrap (Linux; "
            "if it is there, `autograder doctor` says what did not hold), or run with --sandbox none if you trust "
            "the code."
        )
    return NONE


def presumed(wanted: str = "auto") -> str:
    """What `choose` will most likely say, without an attempt."""
    return BUBBLEWRAP if wanted != NONE and shutil.which("bwrap") else NONE


def bubblewrap_works() -> bool:
    """Whether everything that the level "bubblewrap" promises holds on this machine."""
    held = protections()
    return bool(held) and all(held[name] for name in REQUIRED)


@functools.cache
def protections(without: tuple[str, ...] = ()) -> dict[str, bool]:
    """What a submission is kept from in the sandbox, found out by trying it from inside; empty when there is none.

    without: steps to leave out (`probe`), so that tests see an attempt succeed. Raises UserError when the attempt takes
    too long to tell.
    """
    if shutil.which("bwrap") is None:
        return {}
    with _canary() as canary, socket.create_server(("127.0.0.1", 0)) as server:
        settings = {"canary": canary, "port": server.getsockname()[1], "keep": _under("/tmp"), "without": without}
        probe = str(Path(__file__).with_name("probe.py"))
        try:
            tried = subprocess.run(
                [*_bubblewrap(), sys.executable, "-I", probe, json.dumps(settings)],
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UserError(
                f"Whether the sandbox holds could not be found out within {PATIENCE} s, so nothing was run: this "
                "machine is very busy. Try again when it is less so, or run with --sandbox none if you trust the code."
            ) from None
        except OSError:
            return {}
    try:
        return json.loads(tried.stdout)
    except ValueError:
        return {}


@contextlib.contextmanager
def _canary() -> Iterator[str]:
    """A file that must not be seen from inside, at home or, where that can't be written to, elsewhere."""
    home = Path.home()
    folder = home if os.access(home, os.W_OK) else Path(tempfile.gettempdir())
    with tempfile.NamedTemporaryFile(prefix=".canary-", dir=folder) as file:
        yield file.name


def start(level: str, control_fd: int) -> tuple[subprocess.Popen[bytes], str | None]:
    """Start the zygote at `level` with its end of the control socket.

    Returns the process, and its scratch folder where that lies among ours and must be removed afterwards.
    """
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
    settings = {"control": control_fd, "apart": bool(prefix), "keep": _under("/tmp")}
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
    return process, None if prefix else scratch


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
