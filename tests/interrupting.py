"""Killing `autograder grade` with everything it started, and looking at what is left."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from classroom import LESSON, NOTEBOOK, Classroom

from autograder.batch.store import MARK
from autograder.core.paths import SUPPORT

COMMAND = [sys.executable, "-m", "autograder.cli", "grade", LESSON]
GONE_WITHIN = 20.0  # seconds; a machine under load may need some to end a sandbox
SCORES = """
    select submitted_assignment.student_id, base_cell.name, grade.auto_score from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
"""


def start(course: Classroom) -> subprocess.Popen[bytes]:
    """The real command, as the head of a process group of its own."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(COMMAND, cwd=course.root, start_new_session=True, **quiet)


def kill(process: subprocess.Popen[bytes]) -> list[int]:
    """kill -9 for the whole group; the processes that outlive it."""
    started = list(below(process.pid))
    namespaces = {_namespace(pid) for pid in started} - {_namespace(os.getpid()), None}
    with contextlib.suppress(ProcessLookupError):  # it had ended already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    until = time.monotonic() + GONE_WITHIN
    while (left := _alive(started, namespaces)) and time.monotonic() < until:
        os.sched_yield()
    return left


def results(course: Classroom) -> list[dict]:
    """The finished runs on record; what an interruption tore is left out."""
    path = course.root / "grading" / "results" / f"{LESSON}.jsonl"
    found = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def marked(course: Classroom) -> set[str]:
    """The students whose grade counts as stored."""
    autograded = course.root / "grading" / "autograded"
    return {path.parents[1].name for path in autograded.glob(f"*/{LESSON}/{MARK}")}


def wrong(course: Classroom, expected: dict[str, float | None], students: set[str]) -> list[str]:
    """What isn't as it must be for students whose grade counts as stored. expected: points, None for no score."""
    with sqlite3.connect(course.root / "grading" / "gradebook.db") as database:
        rows = database.execute(SCORES).fetchall()
        handed_in = [student for (student,) in database.execute("select student_id from submitted_assignment")]
        sound = database.execute("pragma integrity_check").fetchone()[0]
    complaints = [] if sound == "ok" else [f"the gradebook is damaged: {sound}"]
    for student in sorted(students):
        scores = {name: score for who, name, score in rows if who == student}
        if handed_in.count(student) != 1 or len(scores) != sum(who == student for who, _, _ in rows):
            complaints.append(f"{student}: not exactly one submission with one grade per cell")
        points = None if all(score is None for score in scores.values()) else sum(filter(None, scores.values()))
        if points != expected[student]:
            complaints.append(f"{student}: {points} points instead of {expected[student]}")
        path = course.folder(student, "autograded") / f"{NOTEBOOK}.ipynb"
        try:
            json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            complaints.append(f"{student}: {error}")
    return complaints


def leftovers(course: Classroom) -> list[str]:
    """Files under autograded/ that are neither a submission's nor the lesson's nor a mark."""
    hidden = (course.root / "grading" / "autograded").rglob(".*")
    return [str(path) for path in hidden if path.name not in (MARK, SUPPORT)]


def below(pid: int) -> Iterator[int]:
    """A process and all that descend from it, by number."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := field(int(entry.name), "PPid")) is not None:
            parents.setdefault(int(parent), []).append(int(entry.name))
    todo = [pid]
    while todo:
        current = todo.pop()
        yield current
        todo += parents.get(current, [])


def _alive(pids: list[int], namespaces: set[str | None]) -> list[int]:
    running = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    ours = [pid for pid in running if pid in pids or _namespace(pid) in namespaces]
    return [pid for pid in ours if (field(pid, "State") or "Z").split()[0] != "Z"]


def field(pid: int, name: str) -> str | None:
    """A field of /proc/<pid>/status; None when there is no such process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:  # it ended meanwhile
        return None
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{name}:"))


def _namespace(pid: int) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return None
