"""Nothing that is handed out with a lesson is an answer to it: not one function, method or value earns a point."""

import ast
import contextlib
import inspect
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import handed_out
import pytest

from autograder.authoring.exercise import Exercise
from autograder.cases.run import OutOfTime, run_case
from autograder.core import outcome, wire
from autograder.core.outcome import Outcome
from autograder.core.paths import PACKAGE_ROOT, lessons, solutions
from autograder.judging import verdicts
from autograder.learner import session
from autograder.lesson import source
from autograder.lesson.build import open_lesson
from autograder.proof.forked import Ended, Task, alone
from autograder.runner.client import Runner
from autograder.runner.job import CodeCell
from autograder.submission import grade
from autograder.submission.reading import Submission

SECONDS = 2.0  # for one function in one exercise
ALLOWED = {  # (lesson, place, exercise): why it has to be there
    (
        "02_network",
        "nn.py: weighted_sum",
        "dense",
    ): "the learner's own of lesson 01: x @ w + b, of a table of weights too",
}


@contextlib.contextmanager
def at_most(seconds: float):
    """Whatever runs inside is stopped after so many seconds, if need be again and again."""

    def stop(*_):
        raise OutOfTime

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def fits(value, reference) -> bool:
    """Whether a function takes as many arguments as the reference: one that doesn't fails before it begins."""
    try:
        asked = inspect.signature(reference).parameters.values()
        taken = inspect.signature(value)
    except (TypeError, ValueError):  # one of a library's, of which Python can't tell
        return True
    if any(parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) for parameter in asked):
        return True
    least = sum(parameter.default is parameter.empty for parameter in asked)
    return any(_binds(taken, count) for count in range(least, len(asked) + 1))


def _binds(signature: inspect.Signature, count: int) -> bool:
    try:
        signature.bind(*range(count))
    except TypeError:
        return False
    return True


def earns(exercise: Exercise, value, reference: dict, marks: grade.Marking) -> bool:
    """Whether a value in the place of an answer gets points, if only for one part. All else is right."""
    names = dict(reference) | {exercise.name: value}
    for part in exercise.parts if exercise.independent else list(exercise.parts)[:1]:
        cases = [case for case in marks.cases(exercise) if case.part == part]
        for case in cases:
            try:
                with at_most(SECONDS):
                    outcomes = {case.name: run_case(case, exercise.name, names)}
            except OutOfTime:
                break
            if verdicts.judge(exercise, [case], outcomes, marks.answers[exercise.name]).verdict != verdicts.PASSED:
                break
        else:
            return True
    return False


def earning(modules: Iterable[handed_out.Module], lesson, marks: grade.Marking) -> set[str]:
    """What of these modules earns points: "place → exercise"."""
    return _apart(lambda: _earning(modules, lesson, marks))


def _earning(modules: Iterable[handed_out.Module], lesson, marks: grade.Marking) -> Iterator[str]:
    for candidate in handed_out.candidates(modules):
        for name, exercise in marks.exercises.items():
            value, answer = candidate.value, lesson.reference[name]
            alike = fits(value, answer) if callable(answer) and callable(value) else callable(answer) == callable(value)
            if alike and earns(exercise, value, lesson.reference, marks):
                yield f"{candidate.place} → {name}"


def _apart(search: Callable[[], Iterable[str]]) -> set[str]:
    """What is found, in a process of its own: who knows what all these functions do when they are called."""
    found = alone(Task(lambda: dict.fromkeys(search(), Outcome(outcome.RETURNED, value=wire.plain(1))), seconds=540))
    assert not isinstance(found, Ended), found.how
    return set(found)


@pytest.mark.heavy_for("07_pytorch", "08_convolution")
def test_no_function_method_or_value_that_is_handed_out_earns_a_point(lesson, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    marks = grade.marking(lesson.source.folder, held_out=True)
    found = earning(handed_out.modules(lesson.source.folder, lesson.library), lesson, marks)
    assert found == {f"{place} → {name}" for (where, place, name) in ALLOWED if where == lesson.name}


PLANTED = """
import numpy as np

class Curves:
    def bend(self, z):
        return np.maximum(z, 0)

    @staticmethod
    def total(x, w, b):
        return x @ w + b

def picture(state):
    def squash(z):
        return 0.5 + 0.5 * np.tanh(z / 2)
    return squash(state)

TABLE = {"all": [lambda x, w, b, activation: activation(x @ w + b)], "best": 0.75}
GATES = {"AND": ((1, 1), -1.5), "OR": ((1, 1), 5), "NAND": ((1, 1), 5)}
"""


def test_an_answer_is_found_wherever_it_hides(tmp_path, monkeypatch):
    """In a method, inside another function, in a collection, with one part of it right."""
    monkeypatch.chdir(tmp_path)
    lesson = open_lesson(solutions() / "01_neuron")
    names = {"__name__": "widgets_planted"}
    exec(PLANTED, names)
    found = earning([handed_out.Module("here", PLANTED, names)], lesson, grade.marking(lesson.source.folder, True))
    assert found == {
        "here, line 5 without self → relu",
        "here: Curves.total → weighted_sum",
        "here, line 9 → weighted_sum",
        "here: picture → sigmoid",
        "here, line 13 → sigmoid",
        "here: TABLE.all.0 → neuron",
        "here, line 17 → neuron",
        "here: TABLE.best → xor_best_accuracy",
        "here: GATES → logic_gates",
        "here: Curves.().bend → relu",
    }


# --- notebooks that hold all of it ----------------------------------------------------------------------------


def untouched(lesson) -> list[CodeCell]:
    """The learner's notebook as it is handed out, without its demos."""
    cells = [cell for cell in lesson.source.cells if cell.kind == "code" and "demo" not in cell.tags]
    return [
        CodeCell(cell.exercise, source.stub(cell.source, cell.exercise) if cell.exercise else cell.source)
        for cell in cells
    ]


def copied(modules: list[handed_out.Module]) -> list[CodeCell]:
    """A cell with the text of each module, without what would import one of the others: it stands above."""
    places = {module.place: module for module in modules}
    cells: list[CodeCell] = []
    underway: set[str] = set()

    def add(module: handed_out.Module) -> None:
        if module.place in underway:
            return
        underway.add(module.place)
        tree = ast.parse(module.text)
        for node in list(tree.body):
            if isinstance(node, ast.ImportFrom) and node.level:
                add(places[f"widgets/{node.module}.py"])
                tree.body.remove(node)
            elif isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
                tree.body.remove(node)  # what a script does when it is run
        cells.append(CodeCell("", f"__file__ = {module.place!r}\n{ast.unparse(tree)}"))

    for module in modules:
        if module.place.startswith(("widgets", "nn")):
            add(module)
    return cells


def functions_of(modules: Iterable[handed_out.Module]) -> dict[str, object]:
    """All functions and classes by name, as after `from … import …` of each."""
    return {
        name: value
        for module in modules
        for name, value in module.names.items()
        if callable(value) and name[:2] != "__"
    }


@pytest.fixture(scope="module")
def runner():
    with Runner(("numpy",)) as made:
        yield made


def test_a_notebook_that_copies_in_all_that_is_handed_out_is_graded_with_0(lesson, runner):
    cells = (*untouched(lesson), *copied(handed_out.modules(lesson.source.folder, lesson.library)))
    marks = grade.marking(lesson.source.folder, held_out=True)
    graded = grade.grade(Submission(Path("x.ipynb"), lesson.name, cells, {}), marks, runner)
    assert graded.verdict == grade.GRADED
    assert [cell.outcome for cell in graded.cells if cell.outcome.kind == outcome.RAISED and not cell.name] == []
    assert {result.name: result.points for result in graded.results} == dict.fromkeys(marks.exercises, 0)


def test_a_notebook_that_imports_all_that_is_handed_out_is_checked_with_0(lesson, monkeypatch):
    modules = handed_out.modules(lesson.source.folder, lesson.library)
    monkeypatch.chdir(lessons() / lesson.name)
    namespace: dict = {"__name__": "__main__"}
    for cell in untouched(lesson):
        with contextlib.suppress(NotImplementedError):
            exec(cell.source, namespace)
    namespace |= functions_of(modules)
    monkeypatch.setattr(session, "_namespace", lambda: namespace)
    results = session.check().results
    assert {result.name: result.points for result in results} == dict.fromkeys(lesson.exercises, 0)


# --- a copy without solutions ---------------------------------------------------------------------------------

OPEN_ALL = """
import inspect, widgets
for name, show in vars(widgets).items():
    if inspect.isfunction(show):
        frame = show().session.frame
        print(f"{name}: {frame.badge} {frame.strip}")
"""


@pytest.fixture(scope="module")
def without_solutions(tmp_path_factory):
    """What a class gets: the course without its solutions."""
    root = tmp_path_factory.mktemp("course")
    for name in ("autograder", "course"):
        shutil.copytree(PACKAGE_ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "widgets.py"):
        shutil.copy(PACKAGE_ROOT / name, root)
    return root


def test_every_figure_opens_in_a_copy_without_solutions_and_says_whose_code_it_runs_on(lesson, without_solutions):
    if not (lesson.source.folder / "widgets").is_dir():
        pytest.skip(f"{lesson.name} has no figures")
    folder = without_solutions / "work" / lesson.name
    shutil.copytree(lesson.source.folder / "widgets", folder / ".lesson" / "widgets")
    (folder / "nn.py").write_text(lesson.library, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", OPEN_ALL],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(without_solutions)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any("the figure's own code (until your " in line for line in lines), done.stdout
    for line in lines:
        badge, _, strip = line.partition("running on: ")[2].rpartition(" [")
        ours = {part.removeprefix("our ") for part in badge.split(" · ") if part.startswith("our ")}
        assert badge and strip == "]", line
        assert not ours & set(lesson.exercises), line  # from earlier lessons, or trained weights
