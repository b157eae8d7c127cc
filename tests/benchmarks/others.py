"""Stock `nbgrader autograde` and `otter run` on a sample of a class, with the same tests."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nbformat
from equivalent import PACKED, pack
from made import Course, write
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.lesson.notebooks import CHECK_SUFFIX
from autograder.submission import grade

HERE = Path(__file__).resolve().parent
OTTER_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = {points}


@test_case()
def test_it(env):
    from equivalent import assert_right

    assert_right("{name}", env)
"""


@dataclass
class Sampled:
    """each: seconds that one more submission takes; times: of the sample's members; passed: exercises, in all."""

    each: float
    times: list[float]
    passed: int


def _environment(course: Course, python: str = sys.executable) -> dict[str, str]:
    return {
        **os.environ,
        PACKED: str(pack(grade.marking(course.folder, held_out=True), course.root / "tests.pickle")),
        "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1])]),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_CONFIG_DIR": str(course.root / "jupyter"),
        "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",  # nbgrader calls alembic by name
    }


def stock(course: Course, sample: dict[str, NotebookNode], scratch: Path) -> Sampled:
    """A plain `nbgrader autograde`; its start-up, measured with the first submission, doesn't count."""
    (scratch / "source" / course.lesson).mkdir(parents=True)
    (scratch / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stock'\n")
    nbformat.write(course.with_tests(), scratch / "source" / course.lesson / course.notebook)
    environment = _environment(course)

    def nbgrader(*arguments: str) -> None:
        command = [sys.executable, "-m", "nbgrader", *arguments, "--log-level=ERROR"]
        subprocess.run(command, cwd=scratch, env=environment, check=True, capture_output=True)

    nbgrader("generate_assignment", course.lesson)
    paths = write(sample, scratch / "submitted", course)
    for path in paths.values():
        shutil.copy(course.root / "lessons" / course.lesson / "nn.py", path.parent)
    first = next(iter(paths))
    started = time.perf_counter()
    nbgrader("autograde", course.lesson, f"--student={first}")
    alone = time.perf_counter() - started
    started = time.perf_counter()
    nbgrader("autograde", course.lesson, "--force")
    each = (time.perf_counter() - started - alone) / (len(sample) - 1)
    written = [p.stat().st_mtime for p in sorted((scratch / "autograded").glob("*/*/*.ipynb"))]
    times = [after - before for before, after in pairwise(sorted(written))]
    with Gradebook(f"sqlite:///{scratch / 'gradebook.db'}") as gradebook:
        grades = [g for s in gradebook.assignment_submissions(course.lesson) for n in s.notebooks for g in n.grades]
        passed = sum(1 for g in grades if g.name.endswith(CHECK_SUFFIX) and g.auto_score and g.auto_score > 0)
    return Sampled(each, times, passed)


def make_otter(cache: Path) -> str:
    """An environment for otter-grader, made once; it shares this one's packages. The path of its `otter`.

    Raises subprocess.CalledProcessError when it can't be installed.
    """
    otter = cache / "bin" / "otter"
    if not otter.exists():
        subprocess.run([sys.executable, "-m", "venv", str(cache)], check=True, capture_output=True)
        (shared,) = cache.glob("lib/python*/site-packages")
        (shared / "shared.pth").write_text(str(Path(nbformat.__file__).parents[1]) + "\n")
        python = cache / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", "otter-grader"], check=True, capture_output=True)
    return str(otter)


def otter_run(course: Course, sample: dict[str, NotebookNode], scratch: Path, otter: str) -> Sampled:
    """`otter run` for each submission, as its manual has it for one after the other without containers."""
    environment = _environment(course, otter)
    tests = scratch / "tests"
    tests.mkdir(parents=True)
    for name, points in course.points.items():
        (tests / f"{name}.py").write_text(OTTER_TEST.format(name=name, points=points))
    archive = scratch / "autograder.zip"
    options = ["-t", str(tests), "-o", str(archive), "--no-requirements", "--no-environment", "--no-config"]
    shutil.copy(course.folder / "nn.py", scratch)
    options.append("nn.py")
    subprocess.run([otter, "generate", *options], cwd=scratch, env=environment, check=True, capture_output=True)
    times, passed = [], 0
    for student, path in write(sample, scratch / "submitted", course).items():
        made = scratch / "results" / student
        made.mkdir(parents=True)
        command = [otter, "run", "--no-logo", "-a", str(archive), "-o", str(made), str(path)]
        started = time.perf_counter()
        subprocess.run(command, cwd=scratch, env=environment, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
        results = json.loads((made / "results.json").read_text())["tests"]
        passed += sum(1 for test in results if test.get("max_score") and test["score"] == test["max_score"])
    return Sampled(statistics.mean(times), times, passed)
