"""Commands of nbgrader from a process that has imported it already, as `python -m nbgrader` in all else.

To import nbgrader takes longer than most of what tests ask of it. Python's own fork server imports it once, and each
command is a new process all the same, with a folder, environment, arguments and output of its own.
"""

from __future__ import annotations

import atexit
import functools
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PRELOADED = ["nbgrader.apps.nbgraderapp", "nbgrader.apps.autogradeapp", "nbgrader.converters", "nbconvert.exporters"]


@functools.cache
def _server():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


@functools.cache
def _path() -> list[str]:
    """Where a Python of its own looks for modules, without what pytest added to this one."""
    said = subprocess.run([sys.executable, "-c", "import sys; print(*sys.path[1:], sep='\\n')"], **_QUIET)
    return said.stdout.splitlines()


_QUIET = {"check": True, "capture_output": True, "text": True}


def nbgrader(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command `nbgrader` with these arguments, run in a folder."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    with tempfile.TemporaryDirectory() as scratch:
        files = [str(Path(scratch) / name) for name in ("out", "err")]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        process = _server().Process(target=_run, args=(list(arguments), str(cwd), environment, _path(), files))
        process.start()
        process.join()
        said = [Path(file).read_text(encoding="utf-8") for file in files]
        status = process.exitcode
        process.close()
    return subprocess.CompletedProcess(command, status, *said)


def _run(arguments: list[str], folder: str, environment: dict[str, str], path: list[str], files: list[str]) -> None:
    """In the new process."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate(files, 1):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdout, sys.stderr = (os.fdopen(os.dup(number), "w", buffering=1, encoding="utf-8") for number in (1, 2))
    sys.path[:] = [folder, *path]
    sys.argv = ["nbgrader", *arguments]
    try:
        runpy.run_module("nbgrader", run_name="__main__", alter_sys=True)
    finally:
        threading._shutdown()
        atexit._run_exitfuncs()
