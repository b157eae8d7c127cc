"""Thousands of small submissions in one `autograder grade`: does anything grow that shouldn't?

    python tests/benchmarks/soak.py [SUBMISSIONS] [EVERY SO MANY SECONDS]

Prints, as it goes: grades stored, memory (resident, MB), descriptors and threads of the grader, and memory, number and
descriptors of what runs below it (the sandbox with the process that forks, and the submissions under way).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "autograder"))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))  # as in the tests: the repository, then tests/
sys.path.insert(1, str(Path(__file__).resolve().parents[2]))

import nbformat
import tiny
from interrupting import below, field

from autograder.batch.store import MARK
from autograder.lesson.release import release
from autograder.nbgrader_plugin.gradebook import register

REPOSITORY = Path(__file__).resolve().parents[2]
LESSON = "01_tiny"
GONE_WITHIN = 10.0  # seconds
SOME_OUTPUT = "print('a line of output\\n' * 20)\n"


def main(submissions: str = "10000", every: str = "10") -> int:
    """Hand in, grade, watch; exit status 1 when a process stayed or somebody has no grade."""
    with tempfile.TemporaryDirectory() as scratch:
        root = _course(Path(scratch), int(submissions))
        command = [sys.executable, "-m", "autograder.cli", "grade", LESSON, "--json"]
        began, rows = time.monotonic(), []
        process = subprocess.Popen(command, cwd=root, stdout=open(root / "said.json", "wb"))  # noqa: SIM115 (short)
        print(
            f"{'seconds':>8}{'stored':>8}{'grader':>10}{'files':>7}{'threads':>9}{'below':>10}{'processes':>11}{'files':>7}"
        )
        pids: set[int] = set()
        while process.poll() is None:
            rows.append(_look(root, process.pid, time.monotonic() - began))
            pids |= set(below(process.pid))
            print("{:8.0f}{:8}{:7.0f} MB{:7}{:9}{:7.0f} MB{:11}{:7}".format(*rows[-1]), flush=True)
            _wait(process, float(every))
        seconds = time.monotonic() - began
        said = json.loads((root / "said.json").read_text(encoding="utf-8"))
        until = time.monotonic() + GONE_WITHIN
        while (left := [pid for pid in pids if field(pid, "State")]) and time.monotonic() < until:
            time.sleep(0.1)
        stored = len(_marks(root))
        print(
            f"\n{stored} of {submissions} stored in {seconds:.0f} s ({stored / seconds * 60:.0f} per minute), ", end=""
        )
        print(
            f"{said['graded']} graded, {len(said['infra'])} INFRA, exit status {process.returncode}, {len(left)} left"
        )
        _print_growth(rows)
        return int(process.returncode != 0 or bool(left) or stored != int(submissions))


def _course(root: Path, submissions: int) -> Path:
    tiny.course(root)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    folder = root / "solutions" / LESSON
    release(folder, root / "lessons")
    register(folder)
    solved = nbformat.read(folder / "tiny.ipynb", as_version=4)
    untouched = nbformat.read(root / "lessons" / LESSON / "tiny.ipynb", as_version=4)
    for number in range(submissions):
        notebook = untouched if number % 10 == 0 else solved
        notebook.cells[1].source = f"{SOME_OUTPUT}# student {number}\nimport numpy as np"
        path = root / "grading" / "submitted" / f"student{number:05}" / LESSON / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return root


def _look(root: Path, pid: int, seconds: float) -> tuple[float, ...]:
    others = [each for each in below(pid) if each != pid]
    memory = sum(map(_megabytes, others))
    files = sum(map(_files, others))
    threads = int(field(pid, "Threads") or 0)
    return seconds, len(_marks(root)), _megabytes(pid), _files(pid), threads, memory, len(others), files


def _marks(root: Path) -> list[Path]:
    return list((root / "grading" / "autograded").glob(f"*/{LESSON}/{MARK}"))


def _megabytes(pid: int) -> float:
    """Resident memory, what is shared with others counted in part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:  # it ended meanwhile
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _files(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:  # it ended meanwhile
        return 0


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _print_growth(rows: list[tuple[float, ...]]) -> None:
    """From the middle to the end, so that what is made once doesn't count."""
    working = [row for row in rows if row[1]]
    if len(working) < 4:
        return
    middle, end = working[len(working) // 2], working[-1]
    for title, column in (("grader's memory", 2), ("memory below", 5)):
        per_thousand = (end[column] - middle[column]) / max(end[1] - middle[1], 1) * 1000
        print(f"{title}: {middle[column]:.0f} → {end[column]:.0f} MB, {per_thousand:+.1f} MB per 1000 submissions")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
