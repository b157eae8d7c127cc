"""In the fork: running one submission's cells, then each exercise's cases in a fork of their own.

A cell that may not come back (it does more than define and import) runs in a forked copy. When the copy dies or takes
too long, the process that forked it still has the state from before that cell and goes on with the next one; when the
cell ends well, the copy goes on instead and the other only waits. So a crash costs one cell, not the notebook.
"""

from __future__ import annotations

import ast
import os
import select
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder import checks, outcome
from autograder.execute import MAX_PRINTED, describe_error, run_case
from autograder.exercise import Exercise
from autograder.outcome import Outcome
from autograder.runner import confine, frames
from autograder.runner.job import outcome_to_frame


def run(connection: socket.socket, shell: Any) -> None:
    """Serve one job on `connection`, in this process and forks of it; never returns to what called it."""
    header, _ = frames.receive(connection)
    limits = header["limits"]
    os.chdir(tempfile.mkdtemp(prefix="submission-"))
    for name, text in header["files"].items():
        Path(name).write_text(text, encoding="utf-8")
    sys.path.insert(0, os.getcwd())
    confine.limit(limits["memory"], limits["submission"])
    cells = _run_cells(header["cells"], shell, limits["cell"])
    frames.send(connection, {"cells": cells})
    while True:
        try:
            request, _ = frames.receive(connection)
        except frames.FrameError:
            return
        _run_exercise(connection, request, shell, limits["exercise"])


def _run_cells(cells: list[dict[str, Any]], shell: Any, seconds: float) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    for cell in cells:
        if not may_not_come_back(cell["source"]):
            results.append(_run_cell(cell, shell))
            continue
        ending = _checkpoint(seconds)
        if ending is None:
            done = _run_cell(cell, shell)
            results.append(done)
            os.write(_report_to[-1], b"k")
        else:
            results.append({"name": cell["name"], **outcome_to_frame(Outcome(ending))[0]})
    return results


_report_to: list[int] = []


def _checkpoint(seconds: float) -> str | None:
    """Fork. In the copy: None (run the cell, then report). In the original: how the copy's cell ended badly.

    When the copy's cell ends well, the original waits for the copy's end and ends with it.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        confine.die_with_parent()
        os.setpgid(0, 0)
        _report_to.append(writing)
        return None
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], seconds)
    came_back = bool(ready) and os.read(reading, 1) == b"k"
    os.close(reading)
    if came_back:
        _, status = os.waitpid(pid, 0)
        os._exit(0 if status == 0 else 1)
    status = confine.kill(pid)
    return outcome.TIMEOUT if not ready else ending_of(status)


def ending_of(status: int) -> str:
    """The ending that a wait status means."""
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return outcome.TIMEOUT
    return outcome.CRASHED


def _run_cell(cell: dict[str, Any], shell: Any) -> dict[str, Any]:
    sys.stdout.start()
    started = time.perf_counter()
    ran = shell.run_cell(cell["source"], store_history=False)
    seconds = time.perf_counter() - started
    error = ran.error_before_exec or ran.error_in_exec
    if error is None:
        result = Outcome(outcome.RETURNED, printed=sys.stdout.taken(), seconds=seconds)
    elif isinstance(error, MemoryError):
        result = Outcome(outcome.MEMORY, seconds=seconds)
    else:
        raised = describe_error(error)
        result = Outcome(outcome.RAISED, error=raised, printed=sys.stdout.taken(), seconds=seconds)
    return {"name": cell["name"], **outcome_to_frame(result)[0]}


def may_not_come_back(source: str) -> bool:
    """Whether a cell does more than define functions and classes, import, and assign constants."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return not source.lstrip().startswith(("def ", "class "))
    return any(not _only_defines(node) for node in tree.body)


def _only_defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        runs = list(node.decorator_list)
        if isinstance(node, ast.FunctionDef):
            runs += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            runs += [s for s in node.body if not _only_defines(s)] + node.bases + node.keywords
        return not any(isinstance(n, ast.Call) for part in runs for n in ast.walk(part))
    value = node.value if isinstance(node, ast.Assign | ast.Expr | ast.AnnAssign) else None
    return isinstance(node, ast.Pass) or (value is not None and _is_constant(value))


def _is_constant(value: ast.expr) -> bool:
    harmless = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.USub, ast.Load, ast.Name)
    return all(isinstance(n, harmless) for n in ast.walk(value))


def _run_exercise(connection: socket.socket, request: dict[str, Any], shell: Any, seconds: float) -> None:
    pid = os.fork()
    if pid == 0:
        confine.die_with_parent()
        os.setpgid(0, 0)
        _serve_cases(connection, request, shell)
        os._exit(0)
    status = confine.wait(pid, seconds)
    if status is None:
        confine.kill(pid)
        ending = outcome.TIMEOUT
    else:
        ending = "" if status == 0 else ending_of(status)
    frames.send(connection, {"end": request["exercise"], "ending": ending})


def _serve_cases(connection: socket.socket, request: dict[str, Any], shell: Any) -> None:
    exercises: dict[str, Exercise] = {}
    for number, text in enumerate(request["checks"]):
        checks.run(text, f"<checks {number}>", exercises)
    wanted = set(request["cases"])
    name = request["exercise"]
    for case in exercises[name].cases:
        if case.name in wanted:
            node, buffers = outcome_to_frame(run_case(case, name, shell.user_ns))
            frames.send(connection, {"case": case.name, **node}, buffers)


class CappedOutput:
    """Stands for stdout and stderr while cells run: keeps the first characters, drops the rest."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._left = 0

    def start(self) -> None:
        """Forget what was kept and begin anew."""
        self._kept, self._left = [], MAX_PRINTED

    def taken(self) -> str:
        """What was kept since `start`."""
        return "".join(self._kept)

    def write(self, text: str) -> int:
        if self._left > 0:
            self._kept.append(text[: self._left])
            self._left -= len(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is buffered."""

    def isatty(self) -> bool:
        return False
