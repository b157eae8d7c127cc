"""The catalogue's fixtures, and what makes submissions of them: for the tests and for stock nbgrader."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Canary:
    """What a submission must not reach: a file, a port, an abstract socket, a process, the solutions."""

    file: str
    port: int
    name: str
    process: int
    solutions: str


NOWHERE = Canary("/nowhere", 1, "\0nowhere", 2**22, "/nowhere")


def fixture(name: str) -> ModuleType:
    """The module of a folder of the catalogue."""
    spec = importlib.util.spec_from_file_location(f"hostile_{name}", HERE / name / "submission.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FIXTURES = {path.parent.name: fixture(path.parent.name) for path in sorted(HERE.glob("*/submission.py"))}
RUN = [(f, v) for f, module in FIXTURES.items() if hasattr(module, "variants") for v in module.variants(NOWHERE)]


@contextlib.contextmanager
def things_outside(folder: Path, solutions: Path) -> Iterator[tuple[Canary, list[str]]]:
    """A file in `folder`, a port, a socket and a process. The list says after the end which of them were reached."""
    file = folder / "canary.txt"
    file.write_text("here")
    name = f"\0canary-{os.getpid()}-{folder.name}"
    waiting = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    reached: list[str] = []
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as unix,
        subprocess.Popen(waiting, stdin=subprocess.PIPE) as process,
    ):
        unix.bind(name)
        unix.listen()
        yield Canary(str(file), server.getsockname()[1], name, process.pid, str(solutions)), reached
        if file.read_text() != "here" or os.listdir(folder) != ["canary.txt"]:
            reached.append("a file")
        if select.select([server, unix], [], [], 0)[0]:
            reached.append("a socket")
        if process.poll() is not None:
            reached.append("a process")
        process.stdin.close()


def name_of(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def made(solved: bytes, edits: dict) -> dict:
    """The solved notebook with answers replaced, cells added behind the first code cell, and a last edit."""
    notebook = json.loads(solved)
    for cell in notebook["cells"]:
        if name_of(cell) in edits and cell["cell_type"] == "code":
            cell["source"] = edits[name_of(cell)]
    first = next(n for n, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code")
    more = [
        {"cell_type": "code", "id": f"x{n}", "metadata": {}, "source": s, "outputs": [], "execution_count": None}
        for n, s in enumerate(edits.get("cells", []))
    ]
    notebook["cells"][first + 1 : first + 1] = more
    edits.get("edit", lambda _: None)(notebook)
    return notebook
