"""Grading classes: ours against stock `nbgrader autograde` and `otter run`, in one run on one machine.

    python tests/benchmarks/classes.py [--students 200] [--small-students 100] [--sample 11] [--lesson 01_neuron]

Two classes. One handed in a lesson of this repository, mixed as real classes are: of twenty, eight solved it, seven
gave wrong answers that the lesson knows by name, three did half, two nothing. The other handed in a lesson so small
that nearly all is overhead: two one-line exercises under imports of torch, NumPy and matplotlib. Demo cells are left
out everywhere, and every tool runs the same cells, the same cases and the same comparison; the numbers of passed
exercises must agree and are compared.

warm: the process that runs is there; runs and judges. cold: the command from nothing to the gradebook. Stock nbgrader
and otter start a kernel per notebook, so they have no warm state; they grade a sample, and its time per submission
(stock: without the start of the command) stands for the class. The crash and the endless loop are in a row of their
own, since the others have no such limit.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import ours
from made import SMALL, hostile, make_class, make_course, write
from others import Sampled, make_otter, otter_run, stock

from autograder.runner import sandbox

MEGABYTE = 2**20
WORKERS = (1, 2)
ALONE = 5  # times a command is run for one file
WATCHED = 12  # submissions whose memory is looked at


@dataclass
class Row:
    """each: seconds per submission; times: of single ones."""

    title: str
    submissions: int
    each: float
    times: list[float]


def main() -> None:
    """Measure and print."""
    options = _options()
    started = time.perf_counter()
    otter = "" if options.without_otter else _otter(options.cache)
    for lesson, students in ((options.lesson, options.students), (SMALL, options.small_students)):
        if students:
            with tempfile.TemporaryDirectory(prefix="classes-") as scratch:
                _measure(Path(scratch), lesson, students, options, otter)
    print(f"\n{time.perf_counter() - started:.0f} s in all, load {os.getloadavg()[0]:.1f} at the end")


def _options() -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ground-up" / "otter"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="01_neuron")
    parser.add_argument("--students", type=int, default=200, help="0: not this class")
    parser.add_argument("--small-students", type=int, default=100, help="0: not this class")
    parser.add_argument("--sample", type=int, default=11, help="submissions for stock nbgrader and otter")
    parser.add_argument("--sandbox", default=sandbox.choose(), help="level; default: the strongest there is")
    parser.add_argument("--without-otter", action="store_true")
    parser.add_argument("--cache", type=Path, default=cache, help="where otter-grader is installed, once")
    options = parser.parse_args()
    if options.sample < 2:
        parser.error("--sample: two at least, since the first measures the start")
    return options


def _otter(cache: Path) -> str:
    try:
        return make_otter(cache)
    except subprocess.CalledProcessError as error:
        last = (error.stderr or b"").decode(errors="replace").strip().splitlines()[-1:]
        print(f"otter-grader can't be installed in {cache}, so its rows are missing: {' '.join(last) or error}")
        return ""


def _measure(scratch: Path, lesson: str, students: int, options: argparse.Namespace, otter: str) -> None:
    course = make_course(scratch / "course", lesson)
    class_ = make_class(course, students)
    paths = write(class_, course.root / "grading" / "submitted", course)
    sample = dict(islice(class_.items(), min(options.sample, students)))
    level, notes = options.sandbox, []
    rows, passed = [], {}

    others: list[tuple[str, Sampled]] = [("stock nbgrader", stock(course, sample, scratch / "stock"))]
    if otter:
        others.append(("otter run", otter_run(course, sample, scratch / "otter", otter)))
    for title, found in others:
        rows.append(Row(f"{title}, sample", len(sample), found.each, found.times))
        passed[title] = found.passed
    slow = rows[0].each

    bare = ours.bare(course, list(paths.values()))
    rows.append(Row("bare: one process, no fork, no sandbox", students, statistics.mean(bare), bare))
    warm = ours.Warm(course, list(paths.values()), level)
    by_workers = {}
    for workers in WORKERS:
        found = by_workers[workers] = warm.run(workers)
        rows.append(Row(f"ours, warm, {_workers(workers)}", students, found.seconds / students, found.times))
    for workers in WORKERS:
        found = ours.cold(course, level, workers)
        rows.append(Row(f"ours, cold, {_workers(workers)}", students, found.seconds / students, found.times))
        notes += _agree("`autograder grade`", found.passed, by_workers[1].passed)
    first = next(iter(paths.values()))
    new, alone = zip(*[(ours.new_python(first), ours.check(course, first, level)) for _ in range(ALONE)], strict=True)
    rows.append(Row("bare: a new Python, one file's cells", ALONE, statistics.mean(new), list(new)))
    rows.append(Row("ours, `autograder check`, one file", ALONE, statistics.mean(alone), list(alone)))
    few = [paths[name] for name in sample]
    known = ours.Warm(course, few, level).run(1).passed
    for title, count in passed.items():
        notes += _agree(f"{title} on the sample", count, known)

    more = write(hostile(course), scratch / "hostile", course)
    with_hostile = ours.Warm(course, [*few, *more.values()], level).run(1, ours.EXTRA_LIMITS)
    title = f"ours, warm, with a crash and an endless loop ({ours.EXTRA_LIMITS.exercise:.0f} s)"
    rows.append(Row(title, len(few) + 2, with_hostile.seconds / (len(few) + 2), with_hostile.times))
    memory = warm.memory(WATCHED)

    _print_table(lesson, students, rows, slow, level)
    one, two = by_workers[1], by_workers[2]
    run, total = sum(one.times) / sum(bare), one.seconds / sum(bare)
    gained = one.seconds / two.seconds
    print(f"Over the bare run: {run:.2f}× for running, {total:.2f}× with judging (one worker, warm)")
    print(f"Two workers against one: {gained:.2f}× as many per minute (warm)")
    print(
        f"A submission's processes at their peak: private {_spread(memory.private)}, PSS {_spread(memory.pss)}, "
        f"RSS of the largest {_spread(memory.rss)}; the warm process: {memory.warm / MEGABYTE:.0f} MB resident"
    )
    print("\n".join(notes or [f"All agree on the passed exercises: {by_workers[1].passed} in the class"]))


def _agree(who: str, count: int, expected: int) -> list[str]:
    return [] if count == expected else [f"NOT COMPARABLE: {who} passed {count} exercises, ours {expected}"]


def _workers(count: int) -> str:
    return "1 worker" if count == 1 else f"{count} workers"


def _spread(values: list[int]) -> str:
    return f"{statistics.median(values) / MEGABYTE:.0f} MB (at most {max(values) / MEGABYTE:.0f} MB)"


def _print_table(lesson: str, students: int, rows: list[Row], slow: float, level: str) -> None:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, sandbox: {level}"
    print(f"\n{lesson}: {students} submissions; {machine}\n")
    wide = max(len(row.title) for row in rows)
    print(f"{'':<{wide}}{'graded':>8}{'per minute':>12}{'each':>10}{'p50':>10}{'p95':>10}{'stock / this':>14}")
    for row in rows:
        p50, p95 = _quantile(row.times, 50), _quantile(row.times, 95)
        figures = "".join(f"{seconds * 1e3:>7.0f} ms" for seconds in (row.each, p50, p95))
        print(f"{row.title:<{wide}}{row.submissions:>8}{60 / row.each:>12.0f}{figures}{slow / row.each:>13.1f}×")
    print()


def _quantile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


if __name__ == "__main__":
    main()
