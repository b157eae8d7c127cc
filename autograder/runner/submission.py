"""In the fork: running one submission's cells, then having its exercises examined.

A crash costs one cell, not the notebook. Forking takes longer than most cells do, so this is first tried without: when
a cell ends everything, the grader asks for the same again without it. Where that would cost more, a cell that may not
come back (it does more than define and import) runs in a forked copy: when the copy dies or takes too long, the process
that forked it still has the state from before that cell and goes on with the next one; when the cell ends well, the
copy goes on instead and the other ends.

A copy has none of its original's threads, and what relies on them waits for ever in it. So where the cells left some
behind, the grader asks for the same again `with threads`: then this process stays as it is before the first cell, and
each copy that examines exercises has run the cells itself.
"""

from __future__ import annotations

import ast
import os
import select
import socket
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

from autograder.cases import forbidden
from autograder.cases.run import CappedText, failure
from autograder.core import cell_text, outcome
from autograder.core.outcome import Outcome
from autograder.runner import confine, forks, frames, namespaces, system_calls, threads
from autograder.runner.aside import Prepared
from autograder.runner.endings import by_limits, ending_of
from autograder.runner.examine import Examiner
from autograder.runner.job import outcome_to_frame

TOO_DEEP = "this cell is nested too deeply for Python to read"
WORTH_A_COPY = 1.0  # seconds of work that are not done again for the sake of one bad cell


@dataclass(frozen=True)
class World:
    """How a submission's own world is made. keep: what stays in sight under /tmp. filter: of system calls."""

    keep: list[str]
    filter: bytes | None


def run(connection: socket.socket, keeper: socket.socket, prepared: Prepared, world: World | None) -> None:
    """Serve one job on `connection`, in this process and forks of it; `keeper` hears which one goes on.

    world: None when this process isn't apart from everything else.
    """
    header, _ = frames.receive(connection)
    limits = header["limits"]
    if world is not None:
        namespaces.furnish(limits["files"], world.keep)
        namespaces.give_up_rights()
        if world.filter is not None:
            system_calls.install(world.filter)
        _sent(keeper, f"limits {limits['memory']} {limits['processor']}".encode())
    forbidden.known(header["forbids"])
    counted = world is not None and namespaces.counts_processes()
    confine.limit(limits["memory"], limits["submission"], limits["processes"] if counted else 0)
    frames.send(connection, {"ready": True})
    examiner = Examiner(connection, prepared, limits["exercise"], alone_here=world is not None)
    if header["threads"]:
        if not examiner.run_cells_in_copies(lambda tell: _cells(tell, None, header, prepared)):
            return
    else:
        cells = _cells(connection, keeper, header, prepared)
        frames.send(connection, {"cells": cells, "threads": threads.live_on()})
    while True:
        try:
            request, code = frames.receive(connection)
        except frames.FrameError:
            return
        examiner.answer(request, code)


def _cells(
    tell: socket.socket | None, keeper: socket.socket | None, header: dict[str, Any], prepared: Prepared
) -> list[dict[str, Any]]:
    """Run all cells in a new folder. tell: who hears which one is begun; keeper: None where no copies may be made."""
    os.chdir(tempfile.mkdtemp(prefix="submission-"))
    for name, text in header["files"].items():
        Path(name).write_text(text, encoding="utf-8")
    sys.path.insert(0, os.getcwd())
    prepared.aside.begin()
    return _run_cells(tell, keeper, header, prepared.shell)


def _run_cells(
    connection: socket.socket | None, keeper: socket.socket | None, header: dict[str, Any], shell: Any
) -> list[dict[str, Any]]:
    """The grader is told which cell is begun: should everything here end, it knows why.

    It may then ask for the same again without that cell. Once that has happened, or a second's work would have to be
    done again, a copy of the process is kept while a cell runs (`_checkpoint`), as long as there are no threads: a copy
    would be without them.
    """
    results: list[dict[str, Any]] = []
    seconds = header["limits"]["cell"]
    started = monotonic()
    for number, cell in enumerate(header["cells"]):
        if not may_not_come_back(cell["source"]):
            results.append(run_cell(cell, shell))
            continue
        if connection is not None:
            frames.send(connection, {"cell": number})
        worth_it = header["careful"] or monotonic() - started >= WORTH_A_COPY
        if keeper is None or not worth_it or threads.live_on():
            results.append(run_cell(cell, shell))
            continue
        ending = _checkpoint(keeper, seconds)
        if ending is None:
            done = run_cell(cell, shell)
            results.append(done)
            _report()
        else:
            results.append({"name": cell["name"], **outcome_to_frame(Outcome(ending))[0]})
    return results


_report_to: list[socket.socket] = []


def _checkpoint(keeper: socket.socket, seconds: float) -> str | None:
    """Fork. In the copy: None (run the cell, then report). In the original: how the copy's cell ended badly.

    When the copy's cell ends well, the original tells the keeper of it and ends (or waits, should the keeper not hear).
    """
    ours, copys = socket.socketpair()
    pid = forks.fork()
    if pid == 0:
        ours.close()
        confine.die_with_parent()
        os.setpgid(0, 0)
        _report_to.append(copys)
        return None
    copys.close()
    ready, _, _ = select.select([ours], [], [], seconds)
    came_back = bool(ready) and _received(ours) == b"k"
    if came_back:
        handed_over = _sent(keeper, str(pid).encode())
        _sent(ours, b"k")
        if not handed_over:
            os.waitpid(pid, 0)
        os._exit(0)
    ours.close()
    status = confine.kill(pid)
    return outcome.TIMEOUT if not ready else ending_of(status)


def _report() -> None:
    """In the copy: say that the cell ended well; go on only when the original, which a cell may kill, has heard it."""
    with _report_to.pop() as original:
        confine.die_with_parent(False)
        if not _sent(original, b"k") or _received(original) != b"k":
            os._exit(1)


def _sent(connection: socket.socket, message: bytes) -> bool:
    """Whether a short message could be sent without waiting."""
    try:
        connection.send(message, socket.MSG_DONTWAIT)
    except OSError:
        return False
    return True


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1)
    except OSError:
        return b""


def run_cell(cell: dict[str, Any], shell: Any) -> dict[str, Any]:
    """Run a cell: what came of it, in transport form."""
    sys.stdout = sys.stderr = printed = CappedText()
    process, started = os.getpid(), perf_counter()
    try:
        ran = shell.run_cell(cell["source"], store_history=False)
        error = ran.error_before_exec or ran.error_in_exec
        if isinstance(ran.error_before_exec, MemoryError):  # what Python's parser says of it; nothing lacked memory
            error = RecursionError(TOO_DEEP)
    except (RecursionError, MemoryError) as problem:  # IPython lets go what Python's compiler can't take apart
        error = problem
    if os.getpid() != process:  # a copy that the cell made has nothing to say
        os._exit(0)
    result = Outcome(outcome.RETURNED) if error is None else by_limits(failure(error))
    result = replace(result, printed=CappedText.text(printed), seconds=perf_counter() - started)
    return {"name": cell["name"], **outcome_to_frame(result)[0]}


def may_not_come_back(source: str) -> bool:
    """Whether a cell does more than define functions and classes, import what is loaded, and assign constants."""
    tree = cell_text.parsed(source)
    return tree is None or not all(_only_defines(node) for node in tree.body)


def _only_defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):
        return all(alias.name in sys.modules for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module in sys.modules
    if isinstance(node, ast.FunctionDef):
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        calls = any(isinstance(part, ast.Call) for part in ast.walk(node.args))  # an annotation may call, too
        return not (node.decorator_list or node.returns or calls) and all(map(_is_constant, defaults))
    if isinstance(node, ast.ClassDef):
        plain = not (node.decorator_list or node.keywords) and all(isinstance(base, ast.Name) for base in node.bases)
        return plain and all(_only_defines(statement) for statement in node.body)
    if isinstance(node, ast.Assign | ast.Expr):
        return _is_constant(node.value)
    return isinstance(node, ast.Pass)


def _is_constant(value: ast.expr) -> bool:
    harmless = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.USub, ast.Load, ast.Name)
    return all(isinstance(n, harmless) for n in ast.walk(value))
