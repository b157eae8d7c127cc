"""What a learner calls in a notebook: `check`, `hint`, `solution`, `reset`."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

from autograder.cases.run import OutOfTime, run_case
from autograder.core import outcome
from autograder.core.outcome import Outcome
from autograder.core.paths import UserError
from autograder.judging import verdicts
from autograder.judging.report import Overview, Report
from autograder.judging.verdicts import Result
from autograder.learner import boxes, course_map, frontend, kernel, ledger, opened, progress, resets
from autograder.learner.boxes import Box
from autograder.learner.cells_run import left_to_run
from autograder.learner.opened import Lesson
from autograder.learner.time_limit import time_limit
from autograder.learner.unfinished import defined_in_notebook

_NAME_ERROR = re.compile(r"name '(\w+)' is not defined")
TIME_LIMIT = 5.0  # seconds for all cases of one exercise that doesn't ask for more


class CheckFailed(AssertionError):
    """Raised where outputs aren't read by a person (nbgrader's Validate), so that the cell counts as failed."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the report, not the way through our code."""
        return str(self).splitlines()


def check(name: str | None = None) -> Report | Overview | None:
    """Check one exercise of this lesson, or all of them.

    name: as in the exercise's heading, such as "sigmoid". Shows a report: what is right, what isn't, and why.
    """
    with _explained():
        lesson = _open()
        namespace = _namespace()
        if name is None:
            return Overview(_check_all(lesson, namespace))
        exercise = opened.exercise(lesson, name, namespace)
        if reason := _not_run(lesson, exercise.name):
            return Report(Result(exercise, verdicts.NOT_RUN, 0.0, reason))
        result = _check(lesson, exercise.name, namespace)
        if missing := _left_to_run(result, namespace):
            text = f"`{exercise.name}` uses `{missing}`. {left_to_run(missing)} Nothing was judged."
            return Report(Result(exercise, verdicts.NOT_RUN, 0.0, text))
        with progress.told():
            before = lesson.passed()
            _record(lesson, result)
            report = Report(result, _footer(lesson, result, before))
        if os.environ.get("NBGRADER_EXECUTION") and result.verdict != verdicts.PASSED and result.max_points:
            raise CheckFailed(str(report))
        return report
    return None


def hint(name: str | None = None) -> Box | None:
    """Show one more hint for an exercise: first a question, then the formula or shape, then the step in words."""
    with _explained():
        lesson = _open()
        if name is None:
            return boxes.exercises("hint", lesson.exercises, lesson.passed())
        exercise = opened.exercise(lesson, name, _namespace())
        if not exercise.hints:
            return Box("HINT", exercise.name, f"`{exercise.name}` has no hints.")
        shown = min(lesson.hints_shown.get(exercise.name, 0) + 1, len(exercise.hints))
        lesson.hints_shown[exercise.name] = shown
        with progress.told():
            progress.record_hint(lesson.folder, exercise.name, shown)
        frontend.tell({"progress": True})
        is_last = shown == len(exercise.hints)
        footer = f'That was the last one. If you are still stuck: `solution("{exercise.name}")`' if is_last else ""
        return boxes.hints(exercise.name, list(exercise.hints[:shown]), len(exercise.hints), footer)
    return None


def solution(name: str | None = None, sure: bool = False) -> Box | None:
    """Show the reference solution of an exercise, or the model answer of a question.

    Behind a click, until the exercise passed; where nothing can be clicked, it takes sure=True, which prints it at
    once. Solutions are there only in a full copy of the course.
    """
    with _explained():
        lesson = _open()
        if name is None:
            return boxes.exercises("solution", lesson.exercises, lesson.passed())
        text, is_answer = opened.solution_text(lesson, name, _namespace())
        if is_answer and not sure:
            return boxes.model_answer(name, text)
        if not sure:
            return boxes.solution(name, text, name in lesson.passed(), f'solution("{name}", sure=True)')
        print(text)
    return None


def reset(name: str | None = None, undo: bool = False) -> Box | None:
    """Put an exercise back as it was handed out, and keep the attempt that stood there.

    undo: put the newest attempt that was kept back instead. Where the buttons of Ground Up are, it goes into the
    exercise's own cell; elsewhere into the cell that asked for it.
    """
    with _explained():
        lesson = _open()
        if name is None:
            return boxes.exercises("reset", lesson.exercises, lesson.passed())
        exercise = opened.exercise(lesson, name, _namespace())
        if frontend.is_there():
            frontend.tell({"asked": "undo" if undo else "reset", "exercise": exercise.name})
            return None
        runs = kernel.cells_run(_shell())
        attempt = runs.attempt(exercise.name) if runs else ""
        if undo:
            text, path = resets.newest_kept(lesson, exercise.name, attempt)
            resets.keep(lesson, exercise.name, attempt)
            said = f"This cell now holds the attempt of {exercise.name} that was kept in {path}."
        else:
            text, path = resets.stub(lesson, exercise.name), resets.keep(lesson, exercise.name, attempt)
            said = f"This cell now holds {exercise.name} as it was handed out."
            said += f" Your earlier attempt is kept in {path}, and stays" if path else " Your earlier attempt stays"
            said += " in its own cell; delete the one you don't need."
        shell = _shell()
        if shell is None:
            print(text)
            return None
        shell.set_next_input(text, replace=True)
        print(said)
    return None


def _check_all(lesson: Lesson, namespace: dict[str, Any]) -> list[Result]:
    reasons = {name: _not_run(lesson, name) for name in lesson.exercises}
    results = [
        Result(exercise, verdicts.NOT_RUN, 0.0, reasons[name]) if reasons[name] else _check(lesson, name, namespace)
        for name, exercise in lesson.exercises.items()
    ]
    with progress.told():
        for result in results:
            if result.verdict == verdicts.PASSED:  # a look at all of them is no try
                _record(lesson, result)
    return results


def _record(lesson: Lesson, result: Result) -> None:
    if result.verdict == verdicts.PASSED:
        lesson.solved.add(result.name)
    progress.record(lesson.folder, result.name, result.verdict, result.points, result.max_points)
    frontend.tell({"progress": True})


def _check(lesson: Lesson, name: str, namespace: dict[str, Any]) -> Result:
    result = _judge_one(lesson, name, namespace)
    needs = lesson.exercises[name].needs
    if result.verdict in (verdicts.PASSED, verdicts.NOT_ATTEMPTED, verdicts.MISSING) or not needs:
        return result
    return verdicts.after_needs(result, {other: _judge_one(lesson, other, namespace) for other in needs})


def _not_run(lesson: Lesson, name: str) -> str:
    """Why what the notebook holds under this name isn't what stands in its cell; empty where it is, or unknown."""
    runs = kernel.cells_run(_shell())
    if runs is None:
        return ""
    return runs.before_check(name, {*lesson.exercises, *lesson.handed_out.defines}, lambda: defined_in_notebook(name))


def _left_to_run(result: Result, namespace: dict[str, Any]) -> str:
    """The name that an answer missed because the cell of the lesson that makes it hasn't run in this kernel, if any."""
    runs = kernel.cells_run(_shell())
    if runs is None:
        return ""
    for case in result.cases:
        error = case.outcome.error
        found = _NAME_ERROR.search(error.message) if error and error.type_name == "NameError" else None
        name = found[1] if found else case.outcome.missing
        if name and name not in namespace and not runs.defined(name) and name in defined_in_notebook(result.name):
            return name
    return ""


def _judge_one(lesson: Lesson, name: str, namespace: dict[str, Any]) -> Result:
    exercise = lesson.exercises[name]
    outcomes: dict[str, Outcome] = {}
    limit = exercise.seconds or TIME_LIMIT
    deadline = time.monotonic() + limit
    for case in exercise.visible_cases:
        try:
            with time_limit(deadline - time.monotonic()):
                outcomes[case.name] = run_case(case, name, namespace)
        except OutOfTime:
            outcomes[case.name] = Outcome(outcome.TIMEOUT, seconds=limit)
            break
    for case in exercise.visible_cases:
        outcomes.setdefault(case.name, Outcome(outcome.NOT_RUN))
    return verdicts.judge(exercise, exercise.visible_cases, outcomes, lesson.answers[name])


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
            text = text if error.name else str(error)
        if os.environ.get("NBGRADER_EXECUTION"):
            raise CheckFailed(text) from None
        print(text)


def _open() -> Lesson:
    _watch()
    return opened.here()


def _footer(lesson: Lesson, result: Result, before: set[str]) -> str:
    """before: the exercises that had passed before this check."""
    if result.verdict == verdicts.PASSED:
        return " ".join(filter(None, [result.exercise.passed, _how_far(lesson, before)]))
    if result.verdict in (verdicts.NOT_ATTEMPTED, verdicts.MISSING) or result.first_see:
        return ""
    kept = "You had this right before, and that stays counted. " if result.name in before else ""
    shown = lesson.hints_shown.get(result.name, 0)
    if shown < len(result.exercise.hints):
        return f'{kept}Stuck? `hint("{result.name}")` gives {"the next" if shown else "a"} hint.'
    return (
        f'{kept}`solution("{result.name}")` shows one way to do it.' if opened.has_solutions(lesson) else kept.strip()
    )


def _how_far(lesson: Lesson, before: set[str]) -> str:
    """How far the lesson is, where progress is kept."""
    passed = progress.passed(lesson.folder) & lesson.exercises.keys()
    if not passed:
        return ""
    if len(passed) == len(lesson.exercises) and passed - before:
        return f"That was the last exercise of this lesson; read it to its end. {_onward(lesson)}"
    return f"{len(passed)} of {len(lesson.exercises)} exercises."


def _onward(lesson: Lesson) -> str:
    work = lesson.folder.resolve().parent
    try:
        step = course_map.of(ledger.read(work), progress.load(work), work)["next"]
    except (UserError, OSError):
        return "There is the link to the next one."
    return f"Then go on with {step['title']}." if step else "You have passed every exercise there is: well done."


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
