"""What a learner calls in a notebook: `check`, `hint`, `solution`, `reset`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import Exercise
from autograder.cases.run import OutOfTime, run_case
from autograder.core import outcome
from autograder.core.outcome import Outcome
from autograder.core.paths import SUPPORT, UserError, lessons, solutions, suggest, support
from autograder.judging import answer_key, verdicts
from autograder.judging.answer_key import AnswerKey
from autograder.judging.report import Overview, Report
from autograder.judging.verdicts import Result
from autograder.learner import kernel, progress
from autograder.lesson import checks, handed_out, source
from autograder.lesson.handed_out import HandedOut

TIME_LIMIT = 30.0  # seconds for all cases of one exercise


class CheckFailed(AssertionError):
    """Raised where outputs aren't read by a person (nbgrader's Validate), so that the cell counts as failed."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the report, not the way through our code."""
        return str(self).splitlines()


@dataclass
class _Lesson:
    folder: Path
    stamp: tuple[float, ...]
    exercises: dict[str, Exercise]
    answers: dict[str, AnswerKey]
    handed_out: HandedOut


_lesson: _Lesson | None = None


def check(name: str | None = None) -> Report | Overview | None:
    """Check one exercise of this lesson, or all of them.

    name: as in the exercise's heading, such as "sigmoid". Shows a report: what is right, what isn't, and why.
    """
    with _explained():
        lesson = _open()
        namespace = _namespace()
        if name is None:
            return Overview(_check_all(lesson, namespace))
        exercise = _exercise(lesson, name)
        if reason := _not_run(lesson, exercise.name):
            return Report(Result(exercise, verdicts.NOT_RUN, 0.0, reason))
        result = _check(lesson, exercise.name, namespace)
        progress.record(lesson.folder, exercise.name, result.verdict, result.points, result.max_points)
        report = Report(result, _footer(result))
        if os.environ.get("NBGRADER_EXECUTION") and result.verdict != verdicts.PASSED and result.max_points:
            raise CheckFailed(str(report))
        return report
    return None


def hint(name: str) -> None:
    """Show one more hint for an exercise: first a question, then the formula or shape, then the step in words."""
    with _explained():
        lesson = _open()
        exercise = _exercise(lesson, name)
        shown = min(_hints_shown.get(exercise.name, 0) + 1, len(exercise.hints))
        _hints_shown[exercise.name] = shown
        progress.record_hint(lesson.folder, exercise.name, shown)
        for number, text in enumerate(exercise.hints[:shown], 1):
            print(f"Hint {number} of {len(exercise.hints)}: {text}")
        if shown == len(exercise.hints):
            print(f'That was the last one. If you are still stuck: solution("{exercise.name}")')


def solution(name: str, sure: bool = False) -> None:
    """Show the reference solution of an exercise, or the model answer of a question, after asking once.

    sure: don't ask. Solutions are there only in a full copy of the course.
    """
    with _explained():
        lesson = _open()
        text = _solution_text(lesson, name)
        if not sure and not _agrees(name):
            print("Not shown. Another look at the hints may do.")
            return
        print(text)


def reset(name: str) -> None:
    """Put the exercise as it was handed out into this cell; what you wrote stays where it is."""
    with _explained():
        lesson = _open()
        exercise = _exercise(lesson, name)
        stub = _stub(lesson, exercise.name)
        shell = _shell()
        if shell is None:
            print(stub)
            return
        shell.set_next_input(stub, replace=True)
        print(
            f"This cell now holds {exercise.name} as it was handed out. Your earlier attempt stays in its own cell; "
            "delete the one you don't need."
        )


_hints_shown: dict[str, int] = {}


def _check_all(lesson: _Lesson, namespace: dict[str, Any]) -> list[Result]:
    reasons = {name: _not_run(lesson, name) for name in lesson.exercises}
    results = [
        Result(exercise, verdicts.NOT_RUN, 0.0, reasons[name]) if reasons[name] else _check(lesson, name, namespace)
        for name, exercise in lesson.exercises.items()
    ]
    for result in results:
        if result.verdict == verdicts.PASSED:  # a look at all of them is no try
            progress.record(lesson.folder, result.name, result.verdict, result.points, result.max_points)
    return results


def _check(lesson: _Lesson, name: str, namespace: dict[str, Any]) -> Result:
    result = _judge_one(lesson, name, namespace)
    needs = lesson.exercises[name].needs
    if result.verdict in (verdicts.PASSED, verdicts.NOT_ATTEMPTED, verdicts.MISSING) or not needs:
        return result
    return verdicts.after_needs(result, {other: _judge_one(lesson, other, namespace) for other in needs})


def _not_run(lesson: _Lesson, name: str) -> str:
    """Why what the notebook holds under this name isn't what stands in its cell; empty where it is, or unknown."""
    runs = kernel.cells_run(_shell())
    return runs.before_check(name, {*lesson.exercises, *lesson.handed_out.defines}) if runs else ""


def _judge_one(lesson: _Lesson, name: str, namespace: dict[str, Any]) -> Result:
    exercise = lesson.exercises[name]
    outcomes: dict[str, Outcome] = {}
    deadline = time.monotonic() + TIME_LIMIT
    for case in exercise.visible_cases:
        try:
            with _time_limit(deadline - time.monotonic()):
                outcomes[case.name] = run_case(case, name, namespace)
        except OutOfTime:
            outcomes[case.name] = Outcome(outcome.TIMEOUT, seconds=TIME_LIMIT)
            break
    for case in exercise.visible_cases:
        outcomes.setdefault(case.name, Outcome(outcome.NOT_RUN))
    return verdicts.judge(exercise, exercise.visible_cases, outcomes, lesson.answers[name])


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after so many seconds, where the system can (not on Windows or in a thread).

    It is interrupted again and again, since a bare `except:` in the learner's loop swallows the first time.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    over = False

    def interrupt(_signal: int, _frame: Any) -> None:
        if not over:
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 0.2)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """What the learner can put right is one sentence, not a traceback of ours."""
    try:
        yield
    except (UserError, ModuleNotFoundError, verdicts.JudgeFailed) as error:
        text = str(error)
        if isinstance(error, verdicts.JudgeFailed):
            text = (
                f"`{error.exercise}` can't be judged: the check “{error.case.replace('_', ' ')}” is broken. "
                "That is the course's fault, not yours; please tell your instructor."
            )
        if isinstance(error, ModuleNotFoundError):
            text = f"The package {error.name!r} is missing in this environment: python3 start.py installs it."
        if os.environ.get("NBGRADER_EXECUTION"):
            raise CheckFailed(text) from None
        print(text)


def _open(folder: Path | None = None) -> _Lesson:
    """The lesson in the working folder; loaded again only when its files changed."""
    global _lesson
    _watch()
    folder = folder or Path.cwd()
    paths = support(folder, "checks.py"), support(folder, "answers.json")
    if not all(path.is_file() for path in paths):
        raise UserError(
            f"There is no lesson in {folder}: open the notebook in the folder in which you got it, with all that lay "
            f"there (the checks are in its hidden folder {SUPPORT})."
        )
    stamp = tuple(path.stat().st_mtime for path in paths)
    if _lesson is None or _lesson.folder != folder or _lesson.stamp != stamp:
        try:
            known, _ = answer_key.read(paths[1])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UserError(f"{paths[1]} is damaged: start Ground Up again, which puts it right.") from None
        exercises = checks.load(folder)
        asked = {(name, case.name) for name, exercise in exercises.items() for case in exercise.visible_cases}
        if asked - {(name, case) for name, answer in known.items() for case in answer.expected}:
            raise UserError(f"checks.py and answers.json in {folder} don't belong together: start Ground Up again.")
        _lesson = _Lesson(folder, stamp, exercises, known, handed_out.read(folder))
        _hints_shown.clear()
    return _lesson


def _exercise(lesson: _Lesson, name: Any) -> Exercise:
    if not isinstance(name, str):
        namespace = _namespace()
        meant = next(
            (known for known in lesson.exercises if namespace.get(known) is name), next(iter(lesson.exercises))
        )
        raise UserError(f'Write the exercise\'s name in quotation marks, such as "{meant}".')
    if name not in lesson.exercises:
        names = list(lesson.exercises)
        raise UserError(f"No exercise is called {name!r}.{suggest(name, names)} In this lesson: {', '.join(names)}.")
    return lesson.exercises[name]


def _footer(result: Result) -> str:
    if result.verdict in (verdicts.PASSED, verdicts.NOT_ATTEMPTED, verdicts.MISSING) or result.first_see:
        return ""
    left = len(result.exercise.hints) - _hints_shown.get(result.name, 0)
    if left > 0:
        return f'Stuck? `hint("{result.name}")` gives {"a" if not _hints_shown.get(result.name) else "the next"} hint.'
    return f'`solution("{result.name}")` shows one way to do it.'


def _solution_text(lesson: _Lesson, name: str) -> str:
    folder = solutions() / lesson.folder.name
    if not folder.is_dir():
        raise UserError("The solutions aren't part of this copy of the course; your instructor has them.")
    parsed = source.read(folder)
    for cell in parsed.cells:
        if cell.question and cell.question == name:
            return cell.source
    return parsed.solution(_exercise(lesson, name).name)


def _agrees(name: str) -> bool:
    try:
        reply = input(f"Show the solution of {name}? You learn more by one more try. [y/N] ")
    except (EOFError, OSError, NotImplementedError):
        raise UserError(f'Nobody can be asked here: use solution("{name}", sure=True).') from None
    return reply.strip().lower() in ("y", "yes")


def _stub(lesson: _Lesson, name: str) -> str:
    """The exercise's cell as handed out, from the released notebook."""
    for notebook in sorted((lessons() / lesson.folder.name).glob("*.ipynb")):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
                return "".join(cell["source"])
    raise UserError(f"The cell of {name} as it was handed out can't be found in {lessons()}.")


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _watch() -> None:
    """Have an eye on the cells, where a person runs them; the sandbox's shell is no person's."""
    shell = _shell()
    if shell is not None and kernel.is_persons(shell):
        kernel.turn_on(shell)


def _namespace() -> dict[str, Any]:
    """The names the learner has defined: the notebook's, or those of the program that called us."""
    shell = _shell()
    return shell.user_ns if shell is not None else sys.modules["__main__"].__dict__


_watch()  # the first cell of a lesson imports us: from there on the cells are known
