"""A cluster's worker: what it says about itself, and one run. Called there by `cluster`, with plain data only."""

from __future__ import annotations

import atexit
import functools
import json
import threading
from typing import Any

from distributed import get_worker

from autograder.authoring.exercise import Exercise
from autograder.batch import run_key
from autograder.batch.pool import Finished, timed
from autograder.batch.results import ran_from_json, to_keep
from autograder.cases import load
from autograder.core import wire
from autograder.core.paths import UserError
from autograder.judging.answer_key import AnswerKey
from autograder.lesson import source
from autograder.runner import sandbox
from autograder.runner.client import RunnerFailed
from autograder.runner.job import CodeCell, Limits
from autograder.runner.warm import WarmRunner
from autograder.submission import grade as grading
from autograder.submission.grade import Marking

_runners: dict[str, WarmRunner] = {}
_preparing = threading.Lock()


def unsuitable(level: str, versions: dict[str, str]) -> str:
    """Why this worker must not run jobs at this level of the sandbox for a grader with these versions; else empty."""
    ours = run_key.versions_of_all()
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
    lesson: str,
    modules: list[str],
    level: str,
    versions: dict[str, str],
) -> dict[str, Any]:
    """Run a submission's cells and the cases of a lesson (`lesson_to_json`).

    Returned is a Finished as JSON (`finished_from_json`), {"refused": why, "machine": which worker} or {"failed": why}.
    """
    machine = get_worker().address
    if reason := unsuitable(level, versions):
        return {"refused": reason, "machine": machine}
    with _preparing:
        marks = _marking(lesson)
    job = grading.job(tuple(CodeCell(**cell) for cell in cells), marks, Limits(**limits))
    try:
        with _runner(level).using(tuple(modules)) as runner:
            done = timed(lambda: grading.run_job(job, marks, runner), machine)
    except RunnerFailed as error:
        return {"failed": str(error)}
    about = {"started": done.started, "seconds": done.seconds, "machine": done.machine}
    return {**about, "ran": to_keep(done.ran)[1]}


def finished_from_json(node: dict[str, Any]) -> Finished:
    """What `run` returned, on the grader's side. Raises ValueError, LookupError or TypeError when it is damaged."""
    return Finished(**{**node, "ran": ran_from_json(node["ran"])})


def _runner(level: str) -> WarmRunner:
    """This process's warm runner, started with the first job and ended with the process."""
    with _preparing:
        if level not in _runners:
            _runners[level] = WarmRunner(level)
            atexit.register(_runners[level].close)
        return _runners[level]


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
