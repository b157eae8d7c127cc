"""One warm runner for the whole nbgrader process: started for the first submission, ended with the process."""

from __future__ import annotations

import atexit
import contextlib
from pathlib import Path

from autograder.lesson import build
from autograder.runner.client import Runner, RunnerFailed
from autograder.submission import grade as grading
from autograder.submission.grade import Graded, Marking
from autograder.submission.reading import Submission

_markings: dict[Path, tuple[str, Marking]] = {}
_runner: Runner | None = None
_started_for: tuple[tuple[str, ...], str] = ((), "")


def grade(submission: Submission, folder: Path, sandbox: str) -> Graded:
    """Grade a submission of the lesson in `folder` (under solutions/), held-out cases included.

    A runner that fails is replaced once; then the verdict is INFRA. Raises UserError when there is no such sandbox.
    """
    marks = _marking(folder)
    modules = grading.modules(marks, [submission])
    graded = Graded(folder.name, grading.INFRA, "none")
    for _ in range(grading.TRIES):
        try:
            graded = grading.grade(submission, marks, _warm(modules, sandbox))
        except RunnerFailed as error:
            graded = Graded(folder.name, grading.INFRA, "none", notes=(str(error),))
        if graded.verdict != grading.INFRA:
            break
        close()
    return graded


@atexit.register
def close() -> None:
    """End the runner; the next submission starts a new one."""
    global _runner
    if _runner is not None:
        _runner.close()
        _runner = None


def _marking(folder: Path) -> Marking:
    digest = build.digest(folder)
    known = _markings.get(folder)
    if known is None or known[0] != digest:
        known = digest, grading.marking(folder, held_out=True)
        _markings[folder] = known
    return known[1]


def _warm(modules: tuple[str, ...], sandbox: str) -> Runner:
    """The runner with at least these modules imported."""
    global _runner, _started_for
    have, level = _started_for
    if _runner is not None and level == sandbox and set(modules) <= set(have):
        return _runner
    close()
    wanted = tuple(dict.fromkeys([*have, *modules]))
    runner = Runner(wanted, sandbox)
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(runner.close)
        runner.__enter__()
        on_failure.pop_all()
    _runner, _started_for = runner, (wanted, sandbox)
    return runner
