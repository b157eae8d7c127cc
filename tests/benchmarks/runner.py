"""Grading one submission and twenty: our runner against stock `nbgrader autograde`, in one run on one machine.

    python tests/benchmarks/runner.py [LESSON] [SUBMISSIONS]

Everybody hands in the solved lesson without its demo cells, so both sides run the same code; stock nbgrader runs with
a plain configuration in a course of its own. "cold" includes starting everything, "warm" only grading (for stock
nbgrader there is no warm state: each notebook starts a kernel).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from autograder import grade
from autograder.build import open_lesson
from autograder.notebooks import solution_notebook
from autograder.paths import lessons, solutions
from autograder.runner import sandbox
from autograder.runner.client import Runner
from autograder.submissions import read


def main(name: str = "01_neuron", class_size: str = "20") -> None:
    """Measure and print the table."""
    count = int(class_size)
    with tempfile.TemporaryDirectory() as scratch:
        notebook = without_demos(name, Path(scratch))
        rows = [(f"stock nbgrader, {n}", n, stock(name, notebook, Path(scratch) / f"stock-{n}", n)) for n in (1, count)]
        for level in [sandbox.BUBBLEWRAP] * sandbox.bubblewrap_works() + [sandbox.NONE]:
            rows.append((f"ours cold ({level}), 1", 1, timed(lambda level=level: command(notebook, level))))
            rows += ours(notebook, level, count)
            course = Path(scratch) / f"course-{level}"
            rows.append(
                (f"autograder grade ({level}), {count}", count, whole_class(name, notebook, course, level, count))
            )
    per_stock = {n: seconds / n for _, n, seconds in rows[:2]}
    print(f"\n{name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end\n")
    print(f"{'':<40}{'seconds':>10}{'each':>12}{'per minute':>12}{'stock / this':>14}")
    for title, n, seconds in rows:
        each = seconds / n
        print(f"{title:<40}{seconds:>10.2f}{each * 1e3:>9.0f} ms{60 / each:>12.0f}{per_stock[n] / each:>13.1f}×")


def ours(notebook: Path, level: str, count: int) -> list[tuple[str, int, float]]:
    """One and many submissions through a warm runner, one after the other and a few at a time."""
    submission = read(notebook, solutions())
    marks = grade.marking(solutions() / submission.lesson, held_out=True)

    def graded(_: object = None) -> None:
        result = grade.grade(submission, marks, runner)
        assert result.score == result.max_score, result.notes

    def together() -> None:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(graded, range(count)))

    with Runner(grade.modules(marks, [submission]), level) as runner:
        graded()
        return [
            (f"ours warm ({level}), 1", 1, timed(graded)),
            (f"ours warm ({level}), {count}", count, timed(lambda: [graded() for _ in range(count)])),
            (f"ours warm ({level}), {count}, all cores", count, timed(together)),
        ]


def command(notebook: Path, level: str) -> None:
    """Everything from nothing: a new Python, a new runner, one submission."""
    arguments = ["check", str(notebook), "--held-out", "--json", "--sandbox", level]
    subprocess.run([sys.executable, "-m", "autograder.cli", *arguments], check=True, capture_output=True)


def whole_class(name: str, notebook: Path, course: Path, level: str, count: int) -> float:
    """Seconds that `autograder grade` takes for so many submissions, from nothing to the gradebook."""
    shutil.copytree(solutions(), course / "solutions")
    shutil.copy(solutions().parent / "nbgrader_config.py", course)

    def autograder(*arguments: str) -> None:
        command = [sys.executable, "-m", "autograder.cli", *arguments]
        subprocess.run(command, cwd=course, check=True, capture_output=True)

    autograder("release", name)
    for number in range(count):
        handed_in = course / "grading" / "submitted" / f"student{number:02d}" / name
        handed_in.mkdir(parents=True)
        shutil.copy(notebook, handed_in)
    return timed(lambda: autograder("grade", name, "--sandbox", level, "--json"))


def stock(name: str, notebook: Path, course: Path, count: int) -> float:
    """Seconds that a plain `nbgrader autograde` takes for so many submissions."""
    (course / "source" / name).mkdir(parents=True)
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stock'\n")
    shutil.copy(notebook, course / "source" / name)
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(course / "jupyter"),
        "JUPYTER_NO_CONFIG": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # nbgrader calls alembic by name
    }

    def nbgrader(*arguments: str) -> None:
        command = [sys.executable, "-m", "nbgrader", *arguments, "--log-level=ERROR"]
        subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True)

    nbgrader("generate_assignment", name)
    for number in range(count):
        handed_in = course / "submitted" / f"student{number:02d}" / name
        shutil.copytree(lessons() / name, handed_in)
        shutil.copy(notebook, handed_in)
    return timed(lambda: nbgrader("autograde", name))


def without_demos(name: str, scratch: Path) -> Path:
    """The solved lesson without what is long or interactive."""
    lesson = open_lesson(solutions() / name)
    notebook = solution_notebook(lesson)
    notebook.cells = [cell for cell in notebook.cells if "demo" not in cell.metadata.get("tags", [])]
    path = scratch / f"{lesson.source.notebook}.ipynb"
    nbformat.write(notebook, path)
    return path


def timed(function: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(*sys.argv[1:])
