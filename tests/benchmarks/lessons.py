"""How long the lessons take from top to bottom, and what their training runs reach.

    python tests/benchmarks/lessons.py [LESSON …]

Each solved notebook runs in a real Jupyter kernel on two cores, demos and checks included. Below, the reference
solutions are called directly: held-out accuracy and seconds of what a lesson trains, on data it has not seen.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from autograder.core.paths import PACKAGE_ROOT, lesson_names, solutions
from autograder.lesson.build import Lesson, open_lesson
from autograder.lesson.notebooks import CHECK_SUFFIX, solution_notebook
from autograder.lesson.release import release
from autograder.lesson.source import library_module
from course.data import breast_cancer, digits, iris, mnist

CORES = 2
BAR_LESSON, BAR_CELL = 90.0, 30.0  # seconds
LONGER_CELLS = {"11_lstm": 60.0}  # it trains a writer on a million characters


@dataclass(frozen=True)
class Run:
    """A notebook run: the seconds of each code cell with its first line; passed: checks that did, of how many."""

    cells: list[tuple[float, str]]
    passed: int
    checks: int
    stopped: str = ""


@dataclass(frozen=True)
class Trained:
    """Something a lesson trains. train: gets the reference's functions by name, returns held-out accuracy."""

    number: str
    function: str
    what: str
    train: Callable[[dict[str, Any]], float]


def main(names: list[str]) -> None:
    """Print both tables."""
    stay_on(CORES)
    names = names or lesson_names(solutions())
    opened = {name: open_lesson(solutions() / name) for name in names}
    print(f"{'lesson':<20}{'seconds':>9}{'checks':>9}   longest cell (bars: {BAR_LESSON:g} s, {BAR_CELL:g} s)")
    for name, lesson in opened.items():
        ran = run(lesson)
        seconds, line = max(ran.cells, default=(0.0, ""))
        total = sum(taken for taken, _ in ran.cells)
        bar = LONGER_CELLS.get(name, BAR_CELL)
        mark = " too long" if total > BAR_LESSON or seconds > bar else ""
        print(f"{name:<20}{total:>9.1f}{ran.passed:>6}/{ran.checks:<2}   {seconds:.1f} s: {line[:70]}{mark}")
        if ran.stopped:
            print(f"{'':<20} stopped: {ran.stopped}")
    print(f"\n{'lesson':<20}{'held-out accuracy':>18}{'seconds':>9}   what")
    for each in TRAINED:
        lesson = next((lesson for name, lesson in opened.items() if name.startswith(each.number)), None)
        print(f"{lesson.name if lesson else each.number:<20}{reached(each, lesson)}   {each.what}")


def run(lesson: Lesson) -> Run:
    """Run the solved notebook in a copy of what learners get."""
    with tempfile.TemporaryDirectory() as scratch, cache_in(scratch):
        shutil.copytree(PACKAGE_ROOT / "solutions", Path(scratch) / "solutions")
        release(Path(scratch) / "solutions" / lesson.name, Path(scratch) / "lessons")
        notebook = solution_notebook(lesson)
        folder = str(Path(scratch) / "lessons" / lesson.name)
        client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}})
        cells: list[tuple[float, str]] = []
        stopped = ""
        with client.setup_kernel():
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type == "code":
                    started = time.perf_counter()
                    try:
                        client.execute_cell(cell, index)
                    except CellExecutionError as error:
                        stopped = str(error).strip().splitlines()[-1]
                        break
                    cells.append((time.perf_counter() - started, first_line(cell.source)))
    shown = [outputs(cell) for cell in notebook.cells if is_check(cell)]
    return Run(cells, sum("data-verdict='PASSED'" in html for html in shown), len(shown), stopped)


def is_check(cell: Any) -> bool:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return cell.cell_type == "code" and grade_id.endswith(CHECK_SUFFIX)


def outputs(cell: Any) -> str:
    return "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)


def first_line(source: str) -> str:
    return next((line for line in source.splitlines() if line.strip()), "")


@contextlib.contextmanager
def cache_in(scratch: str) -> Iterator[None]:
    """IPython's and matplotlib's files go to `scratch`, so that nothing of an earlier run helps."""
    before = {name: os.environ.get(name) for name in ("IPYTHONDIR", "MPLCONFIGDIR")}
    os.environ.update({name: str(Path(scratch) / name) for name in before})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def stay_on(cores: int) -> None:
    """Let this process and its kernels use so many cores only, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def reached(each: Trained, lesson: Lesson | None) -> str:
    """Accuracy and seconds as two columns, or why there are none."""
    if lesson is None:
        return f"{'not measured: no such lesson here':>27}"
    with library_module(lesson.library):
        known = {**vars(importlib.import_module("nn")), **lesson.reference}
        if not callable(known.get(each.function)):
            return f"{'has no ' + each.function:>27}"
        started = time.perf_counter()
        try:
            accuracy = each.train(known)
        except (TypeError, ValueError, LookupError, ArithmeticError) as error:
            return f"{type(error).__name__}: {error}"
        return f"{accuracy:>17.1%} {time.perf_counter() - started:>9.2f}"


# --- what the lessons train: the same data and settings whatever their notebooks choose -----------------------------


def perceptron(known: dict[str, Any]) -> float:
    """Every other iris to learn from, petal length and width."""
    flowers = iris()
    X, y = flowers.X[:, 2:], (flowers.y == 0).astype(int)
    w, b = known["train_perceptron"](X[::2], y[::2], 10, 0.1)
    return share(X[1::2] @ w + b > 0, y[1::2])


def logistic(known: dict[str, Any]) -> float:
    """Two of three tumours to learn from."""
    tumours = breast_cancer()
    held_out = np.arange(len(tumours.y)) % 3 == 2
    train = tumours.X[~held_out]
    X = (tumours.X - train.mean(axis=0)) / train.std(axis=0)
    w, b = known["train_logistic"](X[~held_out], tumours.y[~held_out], 0.5, 500)
    return share(X[held_out] @ w + b > 0, tumours.y[held_out])


def network(known: dict[str, Any]) -> float:
    """Digits in any order: the held-out 360 are by the same writers as the others."""
    return _digits(known, np.random.default_rng(1).permutation(1797))


def network_on_other_writers(known: dict[str, Any]) -> float:
    """Digits in the order of the file: the last 360, held out, are by other writers."""
    return _digits(known, np.arange(1797))


def _digits(known: dict[str, Any], order: np.ndarray) -> float:
    data = digits()
    X, y = data.X[order] / 16, data.y[order]
    params, _ = known["train"](X[:1437], y[:1437], (64, 64, 10), 30, 0.2, 32, np.random.default_rng(0))
    return share(known["forward"](X[1437:], params).argmax(axis=1), y[1437:])


def cnn(known: dict[str, Any]) -> float:
    """Four of five of MNIST's test images to learn from, 8 epochs."""
    handwriting = mnist()
    images = (handwriting.images / 255).astype(np.float32)[:, None]
    order = np.random.default_rng(0).permutation(len(images))
    train, held_out = order[: -len(order) // 5], order[-len(order) // 5 :]
    torch.manual_seed(0)
    model = known["ConvNet"]()
    known["train_cnn"](model, images[train], handwriting.labels[train], range(8), np.random.default_rng(0))
    with torch.no_grad():
        answers = model(torch.tensor(images[held_out])).argmax(dim=1).numpy()
    return share(answers, handwriting.labels[held_out])


def share(answers: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(answers == labels))


TRAINED = (
    Trained("01", "train_perceptron", "one neuron, iris: setosa or not, 10 epochs", perceptron),
    Trained("03", "train_logistic", "logistic regression, breast cancer, 500 steps", logistic),
    Trained("05", "train", "NumPy network 64-64-10, digits, 30 epochs", network),
    Trained("05", "train", "the same, tested on other writers' digits", network_on_other_writers),
    Trained("09", "train_cnn", "the CNN of lesson 9, MNIST, 8000 images, 8 epochs", cnn),
)


if __name__ == "__main__":
    main(sys.argv[1:])
