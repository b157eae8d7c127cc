"""A cluster's worker: what it says about itself, and one run. Called there by `cluster`, with plain data only."""

from __future__ import annotations

import atexit
import functools
import json
import threading
from typing import Any

from distributed import get_worker

from autograder.authoring.exercise import Exercise
from autograder.batch import key
from autograder.batch.pool import timed
from autograder.cases import load
from autograder.core import wire
from autograder.core.paths import UserError
from autograder.judging.answer_key import AnswerKey
from autograder.lesson import source
from autograder.runner import sandbox
from autograder.runner.client import Runner, RunnerFailed
from autograder.runner.job import CodeCell, Limits
from autograder.submission import grade as grading
from autograder.submission.grade import Marking

_runners: dict[tuple[str, tuple[str, ...]], Runner] = {}
_preparing = threading.Lock()


def unsuitable(level: str, versions: dict[str, str]) -> str:
    """Why this worker must not run jobs at this level of the sandbox for a grader with these versions; else empty."""
    ours = key.versions()
    if ours != versions:
        differing = [
            f"{name} {ours.get(name, 'missing')} instead of {versions.get(name, 'none')}"
            for name in sorted({*ours, *versions})
            if ours.get(name) != versions.get(name)
        ]
        return f"it has {', '.join(differing)}; give it the grader's version of Ground Up and of the packages."
    try:
        sandbox.choose(level)
    except UserError as error:
        return str(error)
    return ""


def run(
    cells: list[dict[str, str]],
    limits: dict[str, Any],
    only: dict[str, list[str]],
    lesson: str,
    modules: list[str],
    level: str,
    versions: dict[str, str],
) -> dict[str, Any]:
    """Run a submission's cells, and some cases (by exercise) of a lesson (`lesson_to_json`).

    Returned is a Finished as JSON, {"refused": why, "where": which worker} or {"failed": why}.
    """
    where = get_worker().address
    if reason := unsuitable(level, versions):
        return {"refused": reason, "where": where}
    with _preparing:
        marks = _marking(lesson)
    job = grading.job(
        tuple(CodeCell(**cell) for cell in cells), marks, Limits(**limits), {n: set(c) for n, c in only.items()}
    )
    try:
        runner = _runner(level, tuple(modules))
        return timed(lambda: grading.run_job(job, marks, runner), where).to_json()
    except RunnerFailed as error:
        return {"failed": str(error)}


def _runner(level: str, modules: tuple[str, ...]) -> Runner:
    """This process's warm runner, started with the first job and ended with the process."""
    with _preparing:
        if (level, modules) not in _runners:
            runner = Runner(modules, level)
            runner.__enter__()
            atexit.register(runner.close)
            _runners[level, modules] = runner
        return _runners[level, modules]


def lesson_to_json(marks: Marking) -> str:
    """What a worker needs of a lesson: its cases, files, points and what right answers return, but no mistakes."""
    answers = {
        name: {"points": answer.points, "expected": {case: wire.to_json(v) for case, v in answer.expected.items()}}
        for name, answer in marks.answers.items()
    }
    names = ("lesson", "held_out", "checks", "files")
    return json.dumps({**{name: getattr(marks, name) for name in names}, "answers": answers})


@functools.lru_cache(maxsize=8)
def _marking(lesson: str) -> Marking:
    node = json.loads(lesson)
    exercises: dict[str, Exercise] = {}
    with source.library_module(node["files"]["nn.py"]):
        for number, text in enumerate(node["checks"]):
            load.run(text, f"<checks {number}>", exercises)
    answers = {
        name: AnswerKey(answer["points"], {case: wire.from_json(value) for case, value in answer["expected"].items()})
        for name, answer in node["answers"].items()
    }
    return Marking(node["lesson"], exercises, answers, node["held_out"], tuple(node["checks"]), node["files"])
