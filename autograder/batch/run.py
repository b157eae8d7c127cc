"""Running a class: every submission that changed is run, and what came of it is kept at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.batch import depends, key, reuse
from autograder.batch.found import HandedIn, digest
from autograder.batch.pool import Finished, Pool
from autograder.batch.results import Results, ran_from_json
from autograder.runner.client import RunnerFailed
from autograder.runner.job import Job, Limits
from autograder.submission import grade as grading
from autograder.submission import reading
from autograder.submission.grade import Graded, Marking
from autograder.submission.reading import Submission, Ungradable


@dataclass(frozen=True)
class Class:
    """What all runs of a class share. solutions: the folder of the lessons' sources; level: of the sandbox.

    protections: what was found to hold in it here (`sandbox.protections`); empty when others run the submissions.
    """

    solutions: Path
    marks: Marking
    level: str
    limits: Limits
    protections: tuple[str, ...] = ()

    @cached_property
    def base(self) -> str:
        """The key of what all cases depend on."""
        return key.of_base(self.marks, self.limits, self.level)

    @cached_property
    def cases(self) -> dict[str, dict[str, str]]:
        """Of each case, by exercise and name, a hash of the source it depends on."""
        return depends.of_cases(self.marks)

    @cached_property
    def key(self) -> str:
        return key.of_class(self.base, self.cases)

    def key_of_cells(self, handed: HandedIn) -> str:
        """What running the cells of a submission depends on, whatever the cases."""
        return key.of_submission(self.base, handed.digest)


Done = Callable[[HandedIn, Graded, Submission | None, float], object]


def run(
    course: Class, todo: Mapping[HandedIn, str], results: Results, pool: Pool, done: Done, anew: bool = False
) -> None:
    """Run what was handed in (with the key of each run) in a pool.

    done: called after each with its grade, submission (None if it can't be graded) and seconds. What was finished is
    in `results` by then; that in which we failed ourselves is not. Of a submission that was run before, only the cases
    that changed are run, unless `anew`. Raises PoolFailed.
    """
    runs = _Runs(course, todo, results, done)
    jobs: dict[HandedIn, Job] = {}
    for handed in todo:
        submission = runs.read(handed)
        if submission is None:
            continue
        kept = None if anew else runs.kept(handed)
        only = reuse.to_run(kept, course.cases) if kept else None
        if kept and not only and (held := reuse.joined(kept, None, course.cases)):
            runs.finish(handed, Finished(_now(), 0.0, "", held), 0)
        else:
            jobs[handed] = grading.job(submission.cells, course.marks, course.limits, only or None)
            if only:
                runs.parts.add(handed)
    whole = _run(runs, jobs, pool)
    _run(runs, whole, pool)


def _run(runs: _Runs, jobs: dict[HandedIn, Job], pool: Pool) -> dict[HandedIn, Job]:
    """Run jobs; what must be run once more, as a whole."""
    if not jobs:
        return {}
    course, again = runs.course, {}
    waiting = set(jobs)
    modules = grading.modules(course.marks, [runs.readable[handed] for handed in jobs])
    try:
        with contextlib.closing(pool.run(jobs, course.marks, modules)) as ended:
            for handed, end in ended:
                waiting.remove(handed)
                if isinstance(end, RunnerFailed):
                    runs.fail(handed, end)
                elif not runs.take(handed, end):
                    again[handed] = grading.job(runs.readable[handed].cells, course.marks, course.limits)
    except RunnerFailed as error:  # nothing can be run there
        for handed in waiting:
            runs.fail(handed, error)
    return again


class _Runs:
    """The runs of a class: what is read, what is kept, what is done. parts: of which only some cases are run."""

    def __init__(self, course: Class, todo: Mapping[HandedIn, str], results: Results, done: Done) -> None:
        self.course = course
        self.readable: dict[HandedIn, Submission] = {}
        self.parts: set[HandedIn] = set()
        self._todo = todo
        self._results = results
        self._done = done

    def read(self, handed: HandedIn) -> Submission | None:
        """What was handed in; None when it can't be graded, which is said."""
        try:
            submission = read(handed, self.course)
        except Ungradable as error:
            graded = ungradable(handed, error, self.course)
            self._done(handed, self._keep(handed, graded, {}), None, 0.0)
            return None
        if digest(handed.path) != handed.digest:
            self._done(handed, _infra(self.course, _CHANGED), submission, 0.0)
            return None
        self.readable[handed] = submission
        return submission

    def kept(self, handed: HandedIn) -> dict[str, Any] | None:
        """The last run of the same cells under the same conditions."""
        record = self._results.like(handed.student, self.course.key_of_cells(handed))
        return record if record and "run" in record else None

    def take(self, handed: HandedIn, end: Finished) -> bool:
        """Take a run that ended. False: it was a part of one, and doesn't go with what is kept."""
        count = sum(map(len, end.run["outcomes"].values()))
        if handed in self.parts:
            self.parts.remove(handed)
            kept = self.kept(handed)
            held = reuse.joined(kept, end.run, self.course.cases) if kept else None
            if held is None:
                return False
            end = replace(end, run=held)
        self.finish(handed, end, count)
        return True

    def finish(self, handed: HandedIn, end: Finished, count: int) -> None:
        """Judge and keep a whole run. count: of the cases that were run for it."""
        submission = self.readable.pop(handed)
        graded = grading.judge_run(submission, self.course.marks, ran_from_json(end.run), self.course.level)
        facts = {**end.to_json(), "cases_run": count, "made_with": submission.made_with}
        self._done(handed, self._keep(handed, graded, facts), submission, end.seconds)

    def fail(self, handed: HandedIn, error: RunnerFailed) -> None:
        """We failed ourselves, so there is no grade."""
        self._done(handed, _infra(self.course, error), self.readable.pop(handed), 0.0)

    def _keep(self, handed: HandedIn, graded: Graded, facts: dict[str, Any]) -> Graded:
        """Keep a finished run; a result that can't be kept (the disk is full) doesn't count."""
        try:
            self._results.append({**_record(self.course, self._todo[handed], handed, graded), **facts})
        except OSError as error:
            text = f"{self._results.path.name} can't be written ({error.strerror}): put that right, then grade again."
            return replace(graded, verdict=grading.INFRA, results=(), notes=(text,))
        return graded


_CHANGED = "The submission changed while the class was being graded: grade again."


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def read(handed: HandedIn, course: Class) -> Submission:
    """The submission's cells. Raises Ungradable."""
    if not handed.path.is_file():
        raise Ungradable(
            f"There is no {handed.path.name} in what was handed in: hand in the lesson's notebook, so named."
        )
    submission = reading.read(handed.path, course.solutions, course.marks.lesson)
    return replace(submission, notes=(*handed.notes, *submission.notes))


def ungradable(handed: HandedIn, error: Ungradable, course: Class) -> Graded:
    """The grade of what can't be read."""
    graded = grading.ungradable(course.marks.lesson, error, course.level)
    return replace(graded, notes=(*graded.notes, *handed.notes))


def judged(record: dict[str, Any], submission: Submission, marks: Marking) -> Graded:
    """The grade that a kept run has by today's answers."""
    return grading.judge_run(submission, marks, ran_from_json(record["run"]), record["sandbox"])


def _record(course: Class, run_key: str, handed: HandedIn, graded: Graded) -> dict[str, Any]:
    found = graded.to_json()
    exercises = [
        {field: result[field] for field in ("name", "verdict", "points", "max_points", "mistake")}
        for result in found["exercises"]
    ]
    return {
        "key": run_key,
        "student": handed.student,
        **found,
        "exercises": exercises,
        "submission": handed.digest,
        "attempt": handed.attempt,
        "handed_in": handed.when.isoformat() if handed.when else None,
        "base": course.key_of_cells(handed),
        "cases": course.cases,
        "limits": asdict(course.limits),
        "protections": list(course.protections),
        "versions": key.versions(),
    }


def _infra(course: Class, error: RunnerFailed | str) -> Graded:
    return Graded(course.marks.lesson, grading.INFRA, course.level, notes=(str(error),))
