"""Grading within the nbgrader process: one warm runner for all of it, started for the first submission."""

from __future__ import annotations

import atexit
from pathlib import Path

from autograder.lesson import build
from autograder.runner.client import RunnerFailed
from autograder.runner.warm import WarmRunner
from autograder.submission import grade as grading
from autograder.submission.grade import Graded, Marking
from autograder.submission.reading import Submission

_markings: dict[Path, tuple[str, Marking]] = {}
_runners: dict[str, WarmRunner] = {}


def grade(submission: Submission, folder: Path, sandbox: str) -> Graded:
    """Grade a submission of the lesson in `folder` (under solutions/), held-out cases included.

    sandbox: its level. A runner that fails is replaced once; then the verdict is INFRA. Raises UserError when there is
    no such sandbox.
    """
    marks = marking(folder)
    modules = grading.modules(marks, [submission])
    graded = Graded(folder.name, grading.INFRA, "none")
    for _ in range(grading.TRIES):
        try:
            with _runners.setdefault(sandbox, WarmRunner(sandbox)).using(modules) as runner:
                graded = grading.grade(submission, marks, runner)
        except RunnerFailed as error:
            graded = Graded(folder.name, grading.INFRA, "none", notes=(str(error),))
        if graded.verdict != grading.INFRA:
            break
        close()
    return graded


@atexit.register
def close() -> None:
    """End the runners; the next submission starts a new one."""
    for runner in _runners.values():
        runner.close()


def marking(folder: Path) -> Marking:
    """What the submissions of a lesson are graded by; known from then on. Raises AuthoringError, UserError."""
    digest = build.digest(folder)
    known = _markings.get(folder)
    if known is None or known[0] != digest:
        known = digest, grading.marking(folder, held_out=True)
        _markings[folder] = known
    return known[1]
