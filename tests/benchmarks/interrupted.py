"""`autograder grade` killed at random moments, with everything it started, and started again each time.

    python tests/benchmarks/interrupted.py [KILLS] [SUBMISSIONS] [SEED]

After each kill: no process may be left, and every grade that counts as stored must be whole and right. When the class
is done before the kills are, a part of it hands in again. At the end every submission must have exactly one score, the
right one. Exit status 1 when anything was wrong.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))  # as in the tests: the repository, then tests/
sys.path.insert(1, str(Path(__file__).resolve().parents[2]))

from classroom import LESSON, Classroom, make_classroom, without
from interrupting import kill, leftovers, marked, results, start, wrong

AT_THE_START = 0.3  # so many of the kills come while everything starts, in its first SECONDS
SECONDS = 3.0
AT_WORK = 1.5  # the others come within so many seconds of the first result: a class of 200 takes several times that


def main(kills: str = "100", submissions: str = "200", seed: str = "1") -> int:
    """Kill so often, print what happened."""
    choose = random.Random(int(seed))
    began, complaints, whole, rounds, moments = time.monotonic(), [], 0, 1, {"starting": 0, "working": 0}
    with tempfile.TemporaryDirectory() as scratch:
        course = make_classroom(Path(scratch))
        expected: dict[str, float | None] = {}
        for number in range(int(submissions)):
            _hand_in(course, f"student{number:04}", choose, expected)
        killed = 0
        while killed < int(kills):
            process = start(course)
            when = _wait(course, process.poll, choose)
            if process.poll() is None:
                left = kill(process)
                complaints += [f"kill {killed}: process {pid} is still there" for pid in left]
                killed += 1
                moments[when] += 1
            stored = marked(course)
            complaints += [f"kill {killed}: {line}" for line in wrong(course, expected, stored)]
            if killed % 10 == 0 or process.returncode == 0:
                print(
                    f"{killed} kills, {len(stored)} of {len(expected)} stored, {len(complaints)} complaints", flush=True
                )
            if process.returncode == 0:
                whole += 1
                if len(stored) < len(expected):
                    complaints.append(f"a command ended with only {len(stored)} stored")
                for student in choose.sample(sorted(expected), len(expected) // 2):
                    _hand_in(course, student, choose, expected)
                    _forget(course, student)
                rounds += 1
            elif process.returncode > 0:
                complaints.append(f"a command ended with status {process.returncode}")
        status = start(course).wait()
        complaints += wrong(course, expected, set(expected)) + leftovers(course)
        runs, lines = len(results(course)), _lines(course)
        print(f"\n{len(expected)} submissions, killed {killed} times ({moments}), in {rounds} round(s), seed {seed}")
        print(f"last command: status {status}, {len(marked(course))} grades stored")
        print(f"runs on record: {runs}, torn lines: {lines - runs}")
        print(f"gradebook and results looked at after each kill: {len(complaints)} complaint(s)")
        print(f"{time.monotonic() - began:.0f} s")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints or status else 0


def _wait(course: Classroom, ended: Callable[[], int | None], choose: random.Random) -> str:
    """Until a random moment of what the command does."""
    early = choose.random() < AT_THE_START
    before = _progress(course)
    began = time.monotonic()
    delay = choose.uniform(0, SECONDS) if early else choose.uniform(0, AT_WORK)
    while not early and ended() is None and _progress(course) == before:
        time.sleep(0.02)
    began = began if early else time.monotonic()
    while ended() is None and time.monotonic() - began < delay:
        time.sleep(0.002)
    return "starting" if _progress(course) == before else "working"


def _progress(course: Classroom) -> tuple[int, int]:
    """What grows while a class is graded: the bytes on record and the grades that count as stored."""
    path = course.root / "grading" / "results" / f"{LESSON}.jsonl"
    return path.stat().st_size if path.exists() else 0, len(marked(course))


def _hand_in(course: Classroom, student: str, choose: random.Random, expected: dict[str, float | None]) -> None:
    """A submission of some kind, no two alike, whose points are known."""
    some = {name: course.solved[name] for name in ("weighted_sum", "relu")}
    note = {"why-bias": f"Because {choose.random()}."}
    kinds: list[tuple[float | None, Callable[[], object]]] = [
        (16, lambda: course.solution(**note)),
        (0, lambda: course.notebook(note)),
        (3, lambda: course.notebook({**some, **note})),
        (15, lambda: course.solution(relu="def relu(z):\n    return -z", **note)),
        (15, lambda: course.solution(relu="import os\ndef relu(z):\n    os._exit(0)", **note)),
        (15, lambda: without(course.solution(**note), "relu")),
        (None, lambda: b"{" + str(choose.random()).encode()),
    ]
    expected[student], make = choose.choice(kinds)
    course.submit(student, make())


def _forget(course: Classroom, student: str) -> None:
    """What was stored before a student handed in again doesn't count any more."""
    for path in course.folder(student, "autograded").glob(".ground-up-grade"):
        path.unlink()


def _lines(course: Classroom) -> int:
    path = course.root / "grading" / "results" / f"{LESSON}.jsonl"
    return sum(1 for line in path.read_bytes().splitlines() if line.strip())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
