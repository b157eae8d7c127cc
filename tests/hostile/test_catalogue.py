"""The catalogue of hostile and broken submissions: each gets its verdict, and nothing else suffers.

Each folder holds a `submission.py`: `variants(canary)` gives edits of a solved notebook by name, `VERDICTS` the
exercises that aren't PASSED then. Every bomb has a limit of its own; what is aimed at was made here.
"""

import contextlib
import importlib.util
import json
import os
import re
import select
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from autograder import grade, submissions
from autograder.runner import sandbox
from autograder.runner.client import Runner
from autograder.runner.job import Limits
from tests.autograder import tiny

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the runner is for Linux"),
    pytest.mark.skipif(not sandbox.bubblewrap_works(), reason="bubblewrap doesn't work here"),
]
PASSED = dict.fromkeys(("double", "norm", "limit"), "PASSED")


@dataclass(frozen=True)
class Canary:
    """What a submission must not reach: a file, a port, an abstract socket, a process, the solutions."""

    file: str
    port: int
    name: str
    process: int
    solutions: str


def fixture(name: str):
    """The module of a folder of the catalogue."""
    path = Path(__file__).parent / name / "submission.py"
    spec = importlib.util.spec_from_file_location(f"hostile_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FIXTURES = {
    path.parent.name: fixture(path.parent.name) for path in sorted(Path(__file__).parent.glob("*/submission.py"))
}
NOWHERE = Canary("/nowhere", 1, "\0nowhere", 2**22, "/nowhere")
RUN = [(f, v) for f, module in FIXTURES.items() if hasattr(module, "variants") for v in module.variants(NOWHERE)]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The tiny lesson, released."""
    return tiny.released(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def marks(course):
    return grade.marking(course / "solutions" / "01_tiny", held_out=True)


@pytest.fixture(scope="module")
def solved(course) -> bytes:
    """The solved notebook, as a learner would hand it in."""
    notebook = json.loads((course / "lessons" / "01_tiny" / "tiny.ipynb").read_bytes())
    made = nbformat.read(course / "solutions" / "01_tiny" / "tiny.ipynb", as_version=4)
    answers = {name_of(cell): cell["source"] for cell in made["cells"]}
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["cell_type"] == "code":
            cell["source"] = answers[name_of(cell)]
    return json.dumps(notebook, indent=1).encode()


@pytest.fixture(scope="module")
def runner():
    with Runner(("numpy",), sandbox.BUBBLEWRAP) as made:
        yield made


@pytest.fixture
def canary(tmp_path, course, monkeypatch):
    """Things outside the sandbox, found untouched afterwards."""
    monkeypatch.setenv("GROUND_UP_CANARY", "here")
    file = tmp_path / "canary.txt"
    file.write_text("here")
    name = f"\0canary-{os.getpid()}-{tmp_path.name}"
    waiting = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as unix,
        subprocess.Popen(waiting, stdin=subprocess.PIPE) as process,
    ):
        unix.bind(name)
        unix.listen()
        yield Canary(str(file), server.getsockname()[1], name, process.pid, str(course / "solutions"))
        assert file.read_text() == "here" and os.listdir(tmp_path) == ["canary.txt"]
        assert not select.select([server, unix], [], [], 0)[0]
        assert process.poll() is None
        process.stdin.close()


def name_of(cell) -> str:
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


def below(pid: int) -> set[int]:
    """All processes that descend from one."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def gone(pid: int) -> bool:
    """Whether a process ended, or does so soon."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle, closefd=True) as opened:
        return bool(select.select([opened], [], [], 20)[0])


@pytest.mark.parametrize(("name", "variant"), RUN)
def test_a_submission_of_the_catalogue_gets_its_verdict(runner, marks, solved, canary, tmp_path_factory, name, variant):
    module = FIXTURES[name]
    path = tmp_path_factory.mktemp("submitted") / "tiny.ipynb"
    path.write_text(json.dumps(made(solved, module.variants(canary)[variant])))
    solutions = Path(canary.solutions)
    limits = Limits(
        cell=getattr(module, "CELL", 30.0),
        exercise=getattr(module, "EXERCISE", 30.0),
        submission=60.0,
        memory=getattr(module, "MEMORY", 400 * 2**20),
    )
    before = below(runner._process.pid)
    graded = grade.grade(submissions.read(path, solutions), marks, runner, limits)
    assert graded.verdict == grade.GRADED, graded
    assert {result.name: result.verdict for result in graded.results} == PASSED | module.VERDICTS, graded.to_json()
    for word in ("TAMPER", "REPAIRED"):
        noted = [note for note in graded.notes if note.startswith(f"{word}: ")]
        assert bool(noted) == getattr(module, word, False), graded.notes
    assert all(gone(pid) for pid in below(runner._process.pid) - before)


BROKEN = [v for v in FIXTURES["35_no_notebook"].files(b"")]


@pytest.mark.parametrize("variant", BROKEN)
def test_a_file_that_is_no_notebook_is_ungradable_and_says_what_to_do(course, solved, tmp_path, variant):
    path = tmp_path / "tiny.ipynb"
    path.write_bytes(FIXTURES["35_no_notebook"].files(solved)[variant])
    with pytest.raises(submissions.Ungradable, match=re.compile("hand (it )?in")):
        submissions.read(path, course / "solutions")


def test_a_renamed_notebook_is_graded(runner, marks, course, solved, tmp_path):
    path = tmp_path / "tiny (1).ipynb"
    path.write_bytes(solved)
    graded = grade.grade(submissions.read(path, course / "solutions"), marks, runner)
    assert {result.name: result.verdict for result in graded.results} == PASSED
