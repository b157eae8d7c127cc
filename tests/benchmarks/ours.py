"""Our own grading of a class: warm (a runner that is there already), cold (the command), and its memory."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from made import Course

from autograder.judging import verdicts
from autograder.runner.client import Runner
from autograder.runner.job import Limits
from autograder.submission import grade, reading

HERE = Path(__file__).resolve().parent
EXTRA_LIMITS = Limits(cell=2.0, exercise=2.0)  # for the class with an endless loop


@dataclass
class Timed:
    """seconds: of all, by the clock; times: of each run alone; passed: exercises, in all."""

    seconds: float
    times: list[float]
    passed: int


@dataclass
class Memory:
    """Bytes held at the worst moment of each submission by its processes, all together.

    private: what they alone hold, so what a submission costs above the warm process; pss: with their share of what is
    shared; rss: of the largest of them, with all it can see. warm: the warm process, resident.
    """

    private: list[int] = field(default_factory=list)
    pss: list[int] = field(default_factory=list)
    rss: list[int] = field(default_factory=list)
    warm: int = 0


class Warm:
    """A class and a runner that has imported everything and run one submission."""

    def __init__(self, course: Course, paths: list[Path], level: str) -> None:
        self._class = [reading.read(path, course.folder.parent, course.lesson) for path in paths]
        self._marks = grade.marking(course.folder, held_out=True)
        self._level = level

    @contextmanager
    def _runner(self) -> Iterator[Runner]:
        with Runner(grade.modules(self._marks, self._class), self._level) as runner:
            grade.grade(self._class[0], self._marks, runner)
            yield runner

    def run(self, workers: int, limits: Limits | None = None) -> Timed:
        """Run and judge the class, so many at a time."""

        def one(submission: reading.Submission) -> tuple[float, int]:
            started = time.perf_counter()
            ran = grade.run(submission, self._marks, runner, limits)
            seconds = time.perf_counter() - started
            results = grade.judge_run(submission, self._marks, ran, self._level).results
            return seconds, sum(1 for each in results if each.verdict == verdicts.PASSED and each.max_points)

        with self._runner() as runner, ThreadPoolExecutor(workers) as pool:
            started = time.perf_counter()
            found = list(pool.map(one, self._class))
            seconds = time.perf_counter() - started
        return Timed(seconds, [each for each, _ in found], sum(passed for _, passed in found))

    def memory(self, submissions: int) -> Memory:
        """What the processes of some submissions hold, looked at as often as this machine lets us."""
        found = Memory()
        with self._runner() as runner:
            family = psutil.Process()
            warm = {process.pid: process for process in family.children(recursive=True)}
            found.warm = max(held.rss for process in warm.values() if (held := _held(process)))
            for submission in self._class[:submissions]:
                with _watched(family, set(warm), found):
                    grade.run(submission, self._marks, runner)
        return found


@contextmanager
def _watched(family: psutil.Process, warm: set[int], found: Memory) -> Iterator[None]:
    over = threading.Event()
    seen = [(0, 0, 0)]

    def watch() -> None:
        while not over.is_set():
            held = [each for p in family.children(recursive=True) if p.pid not in warm and (each := _held(p))]
            rss = max((each.rss for each in held), default=0)
            seen.append((sum(each.uss for each in held), sum(each.pss for each in held), rss))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
    for peaks, values in zip((found.private, found.pss, found.rss), zip(*seen, strict=True), strict=True):
        peaks.append(max(values))


def _held(process: psutil.Process):
    with suppress(psutil.Error):  # it has ended
        return process.memory_full_info()
    return None


def bare(course: Course, paths: list[Path]) -> list[float]:
    """Seconds of each submission in one warm process without fork or sandbox."""
    command = [sys.executable, str(HERE / "bare.py"), str(course.folder), *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def cold(course: Course, level: str, workers: int) -> Timed:
    """`autograder grade`, from nothing to the gradebook."""
    command = [sys.executable, "-m", "autograder.cli", "grade", course.lesson, "--json", "--sandbox", level]
    started = time.perf_counter()
    done = subprocess.run([*command, f"--jobs={workers}", "--force"], cwd=course.root, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    said = json.loads(done.stdout)
    lines = (course.root / "grading" / "results" / f"{course.lesson}.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines[-len(said["students"]) :]]
    passed = [
        result
        for record in records
        for result in record["exercises"]
        if result["verdict"] == "PASSED" and result["max_points"]
    ]
    return Timed(seconds, [record["seconds"] for record in records], len(passed))


def check(course: Course, path: Path, level: str) -> float:
    """Seconds of `autograder check` for one submission: a new Python, a new runner."""
    command = [sys.executable, "-m", "autograder.cli", "check", str(path), "--held-out", "--json", "--sandbox", level]
    started = time.perf_counter()
    subprocess.run([*command, "--lesson", course.lesson], cwd=course.root, check=True, capture_output=True)
    return time.perf_counter() - started


def new_python(path: Path) -> float:
    """Seconds of a new Python that runs the submission's cells and nothing else."""
    started = time.perf_counter()
    subprocess.run([sys.executable, str(HERE / "bare.py"), str(path)], cwd=path.parent, check=True)
    return time.perf_counter() - started
