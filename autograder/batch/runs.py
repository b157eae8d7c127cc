"""Running a class: every submission that changed is run, and what came of it is kept at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.batch import case_sources, run_key
from autograder.batch.handed_in import HandedIn
from autograder.batch.notebooks import Notebooks
from autograder.batch.pool import Finished, Pool
from autograder.batch.results import Results, ran_from_json, to_keep
from autograder.runner.client import RunnerFailed
from autograder.runner.job import Limits
from autograder.submission import grade as grading
from autograder.submission.grade import Graded, Marking
from autograder.submission.reading import Submission, Ungradable


@dataclass(frozen=True)
class Conditions:
    """What all runs of a class share. solutions: the folder of the lessons' sources; level: of the sandbox.

    protections: what was found to hold in it here (`sandbox.protections`); empty when others run the submissions.
    """

    solutions: Path
    marks: Marking
    level: str
    limits: Limits
    protections: tuple[str, ...] = ()

    @cached_property
    def cases(self) -> dict[str, dict[str, str]]:
        """Of each case, by exercise and name, a hash of the source it depends on."""
        return case_sources.of_cases(self.marks)

    def key(self, digest: str) -> str:
        """The key of a run of the notebook with this content."""
        return run_key.of_submission(self._shared, digest)

    @cached_property
    def _shared(self) -> str:
        return run_key.of_class(self.marks, self.limits, self.level, self.cases)


Done = Callable[[HandedIn, Graded, Submission | None, float], object]


def run(
    conditions: Conditions, todo: list[HandedIn], notebooks: Notebooks, results: Results, pool: Pool, done: Done
) -> None:
    """Run what was handed in, in a pool.

    done: called after each with its grade, submission (None if it can't be graded) and seconds. What was finished is
    in `results` by then; that in which we failed ourselves is not. Raises PoolFailed.
    """
    class_ = _Class(conditions, results, done)
    for handed in todo:
        class_.take_in(handed, notebooks)
    if not class_.waiting:
        return
    marks = conditions.marks
    jobs = {
        handed: grading.job(submission.cells, marks, conditions.limits) for handed, submission in class_.waiting.items()
    }
    modules = grading.modules(marks, class_.waiting.values())
    try:
        with contextlib.closing(pool.run(jobs, marks, modules)) as ended:
            for handed, end in ended:
                if isinstance(end, RunnerFailed):
                    class_.fail(handed, end)
                else:
                    class_.finish(handed, end)
    except RunnerFailed as error:  # nothing can be run there
        for handed in list(class_.waiting):
            class_.fail(handed, error)


class _Class:
    """waiting: what is still to be run."""

    def __init__(self, conditions: Conditions, results: Results, done: Done) -> None:
        self.waiting: dict[HandedIn, Submission] = {}
        self._conditions, self._results, self._done = conditions, results, done

    def take_in(self, handed: HandedIn, notebooks: Notebooks) -> None:
        """Let it wait for its run; what can't be graded is finished with that."""
        try:
            self.waiting[handed] = notebooks.submission(handed)
        except Ungradable as error:
            graded = ungradable(handed, error, self._conditions)
            self._done(handed, self._keep(handed, graded, {}), None, 0.0)

    def finish(self, handed: HandedIn, end: Finished) -> None:
        """Judge and keep a run."""
        submission = self.waiting.pop(handed)
        ran, node = to_keep(end.ran)
        graded = grading.judge_run(submission, self._conditions.marks, ran, self._conditions.level)
        about = {"started": end.started, "seconds": end.seconds, "where": end.machine, "run": node}
        kept = self._keep(handed, graded, {**about, "made_with": submission.made_with})
        self._done(handed, kept, submission, end.seconds)

    def fail(self, handed: HandedIn, error: RunnerFailed) -> None:
        """We failed ourselves, so there is no grade."""
        conditions = self._conditions
        graded = Graded(conditions.marks.lesson, grading.INFRA, conditions.level, notes=(str(error),))
        self._done(handed, graded, self.waiting.pop(handed), 0.0)

    def _keep(self, handed: HandedIn, graded: Graded, facts: dict[str, Any]) -> Graded:
        """Keep a finished run; a result that can't be kept (the disk is full) doesn't count."""
        try:
            self._results.append({**_record(self._conditions, handed, graded), **facts})
        except OSError as error:
            text = f"{self._results.path.name} can't be written ({error.strerror}): put that right, then grade again."
            return replace(graded, verdict=grading.INFRA, results=(), notes=(text,))
        return graded


def ungradable(handed: HandedIn, error: Ungradable, conditions: Conditions) -> Graded:
    """The grade of what can't be read."""
    graded = grading.ungradable(conditions.marks.lesson, error, conditions.level)
    return replace(graded, notes=(*graded.notes, *handed.notes))


def judged(record: Mapping[str, Any], submission: Submission, marks: Marking) -> Graded:
    """The grade that a kept run has by today's answers. Raises ValueError when the record is damaged."""
    ran = ran_from_json(record["run"])
    if missing := marks.exercises.keys() - ran.outcomes.keys():
        raise ValueError(f"no run: of {', '.join(missing)} nothing came")
    return grading.judge_run(submission, marks, ran, record["sandbox"])


def _record(conditions: Conditions, handed: HandedIn, graded: Graded) -> dict[str, Any]:
    return {
        "key": conditions.key(handed.digest),
        "student": handed.student,
        **graded.in_short(),
        "submission": handed.digest,
        "attempt": handed.attempt,
        "handed_in": handed.handed_in,
        "cases": conditions.cases,
        "limits": asdict(conditions.limits),
        "protections": list(conditions.protections),
        "versions": run_key.versions(),
    }
