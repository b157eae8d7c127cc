"""A PostgreSQL server of our own for a test: Debian's package `postgresql`, in a folder that goes afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`; Debian keeps them off the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max((path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None)


def why_not() -> str:
    """Why no server can be started here; empty when one can."""
    if programs() is None:
        return "PostgreSQL's server isn't installed (package postgresql)"
    if os.getuid() == 0 and USER not in {each.pw_name for each in pwd.getpwall()}:
        return f"PostgreSQL doesn't run as root, and there is no user {USER}"
    return ""


@contextmanager
def server() -> Iterator[str]:
    """Start a server that listens on a socket file only; the db_url of an empty database."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, USER)
        data = folder / "data"
        _run("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        _run("pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", options)
        try:
            _run("createdb", "-h", folder, "-U", USER, "gradebook")
            yield f"postgresql+psycopg://{USER}@/gradebook?host={folder}"
        finally:
            _run("pg_ctl", "stop", "-D", data, "-m", "immediate")


def _run(program: str, *arguments: str | Path) -> None:
    as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.getuid() == 0 else []
    command = [*as_user, programs() / program, *arguments]
    nowhere = subprocess.DEVNULL  # the server keeps what it inherits
    done = subprocess.run(command, cwd="/", stdin=nowhere, stdout=nowhere, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr.decode()
