"""A cluster's worker: what it says about itself, and one run. Called there by `cluster`, with plain data only."""

from __future__ import annotations

import atexit
import threading
from typing import Any

from distributed import get_worker

from autograder import grade as grading
from autograder.batch import key
from autograder.batch.pool import timed
from autograder.paths import UserError
from autograder.runner import sandbox
from autograder.runner.client import Runner, RunnerFailed
from autograder.runner.job import CasesOf, CodeCell, Job, Limits

_runners: dict[tuple[str, tuple[str, ...]], Runner] = {}
_starting = threading.Lock()


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


def run(job: dict[str, Any], modules: list[str], level: str, versions: dict[str, str]) -> dict[str, Any]:
    """Run a job (`asdict` of it).

    Returned is a Finished as JSON, {"refused": why, "where": which worker} or {"failed": why}.
    """
    where = get_worker().address
    if reason := unsuitable(level, versions):
        return {"refused": reason, "where": where}
    try:
        runner = _runner(level, tuple(modules))
        return timed(lambda: grading.run_job(_job(job), runner), where).to_json()
    except RunnerFailed as error:
        return {"failed": str(error)}


def _runner(level: str, modules: tuple[str, ...]) -> Runner:
    """This process's warm runner, started with the first job and ended with the process."""
    with _starting:
        if (level, modules) not in _runners:
            runner = Runner(modules, level)
            runner.__enter__()
            atexit.register(runner.close)
            _runners[level, modules] = runner
        return _runners[level, modules]


def _job(node: dict[str, Any]) -> Job:
    wanted = (CasesOf(each["exercise"], tuple(each["cases"]), each["held_out"]) for each in node["exercises"])
    return Job(
        cells=tuple(CodeCell(**cell) for cell in node["cells"]),
        files=node["files"],
        checks=tuple(node["checks"]),
        exercises=tuple(wanted),
        limits=Limits(**node["limits"]),
    )
