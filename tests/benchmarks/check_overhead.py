"""What `check()` costs on top of the learner's own code, exercise by exercise.

    python tests/benchmarks/check_overhead.py [LESSON …]

"own code": the visible cases called directly on the reference solution; "check": the same through `check(name)`,
which also loads, judges and reports. The first check of a lesson also reads its files ("cold").
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import autograder
from autograder.core.paths import lesson_names, lessons, solutions
from autograder.learner import session
from autograder.lesson.build import open_lesson
from autograder.lesson.source import library_module

REPEATS = 15


def main(names: list[str]) -> None:
    """Print one table per lesson."""
    for name in names or lesson_names(solutions()):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / name
            shutil.copytree(lessons() / name, folder)
            with contextlib.chdir(folder):
                measure(name)


def measure(name: str) -> None:
    """Measure the lesson in the working folder."""
    lesson = open_lesson(solutions() / name)
    session._namespace = lambda: lesson.reference
    with library_module(lesson.library):
        started = time.perf_counter()
        autograder.check(next(iter(lesson.exercises)))
        cold = time.perf_counter() - started
        print(f"\n{name}: first check {cold * 1e3:.1f} ms\n")
        print(f"{'exercise':<22}{'own code':>12}{'check':>12}{'on top':>12}{'ratio':>9}")
        for exercise in lesson.exercises.values():

            def own_code(exercise=exercise) -> None:
                for case in exercise.visible_cases:
                    case.function(*(lesson.reference[parameter] for parameter in case.parameters))

            own, check = median(own_code), median(lambda exercise=exercise: str(autograder.check(exercise.name)))
            print(
                f"{exercise.name:<22}{own * 1e3:>9.2f} ms{check * 1e3:>9.2f} ms{(check - own) * 1e3:>9.2f} ms"
                f"{check / own:>8.1f}×"
            )


def median(function: Callable[[], object]) -> float:
    """Seconds that a call takes, the median of several."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    os.environ.pop("NBGRADER_EXECUTION", None)
    main(sys.argv[1:])
