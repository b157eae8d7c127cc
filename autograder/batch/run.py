"""First phase: every submission that changed is run, several at a time, and what came of it is kept at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from autograder import grade as grading
from autograder import submissions
from autograder.batch import depends, key, reuse
from autograder.batch.found import HandedIn
from autograder.batch.results import Results, ran_from_json, ran_to_json
from autograder.grade import Graded, Marking
from autograder.runner.client import Runner, RunnerFailed
from autograder.runner.job import Limits
from autograder.submissions import Submission, Ungradable

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Class:
    """What all runs of a class share. solutions: the folder of the lessons' sources; level: of the sandbox."""

    solutions: Path
    marks: Marking
    level: str
    limits: Limits

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


def run(
    course: Class,
    todo: dict[Name, tuple[str, HandedIn]],
    results: Results,
    jobs: int,
    done: Callable[[], object],
    anew: bool = False,
) -> dict[Name, Graded]:
    """Run submissions (by any name: key and what was handed in), at most `jobs` at a time. done: called after each.

    Of a submission that was run before, only the cases that changed are run, unless `anew`. Finished runs are in
    `results`; returned are, by the same names, those in which we failed ourselves.
    """
    readable: dict[Name, Submission] = {}
    for name, (run_key, handed) in todo.items():
        try:
            submission = read(handed, course)
        except Ungradable as error:
            results.append(_record(course, run_key, handed, ungradable(handed, error, course)))
            done()
            continue
        kept = None if anew else _kept(course, handed, results)
        if kept and not reuse.to_run(kept, course.cases) and (held := reuse.joined(kept, None, course.cases)):
            ended = _ended(course, submission, held, 0, time.perf_counter())
            results.append({**_record(course, run_key, handed, ended.graded), **ended.facts})
            done()
        else:
            readable[name] = submission
    if not readable:
        return {}
    failed: dict[Name, Graded] = {}

    def one(name: Name) -> _Ended:
        kept = None if anew else _kept(course, todo[name][1], results)
        return _one(course, readable[name], runner, kept)

    try:
        with Runner(grading.modules(course.marks, readable.values()), course.level) as runner:
            for name, ended in _in_parallel(list(readable), one, runner, jobs):
                if isinstance(ended, RunnerFailed):
                    failed[name] = _infra(course, ended)
                else:
                    results.append({**_record(course, *todo[name], ended.graded), **ended.facts})
                done()
    except RunnerFailed as error:  # it didn't even start
        return {name: _infra(course, error) for name in readable}
    return failed


def read(handed: HandedIn, course: Class) -> Submission:
    """The submission's cells. Raises Ungradable."""
    if not handed.path.is_file():
        raise Ungradable(
            f"There is no {handed.path.name} in what was handed in: hand in the lesson's notebook, so named."
        )
    submission = submissions.read(handed.path, course.solutions, course.marks.lesson)
    return replace(submission, notes=(*handed.notes, *submission.notes))


def ungradable(handed: HandedIn, error: Ungradable, course: Class) -> Graded:
    """The grade of what can't be read."""
    graded = grading.ungradable(course.marks.lesson, error, course.level)
    return replace(graded, notes=(*graded.notes, *handed.notes))


def judged(record: dict[str, Any], submission: Submission, marks: Marking) -> Graded:
    """The grade that a kept run has by today's answers."""
    return grading.judge_run(submission, marks, ran_from_json(record["run"]), record["sandbox"])


@dataclass(frozen=True)
class _Ended:
    graded: Graded
    facts: dict[str, Any]


def _in_parallel(
    names: list[Name], one: Callable[[Name], _Ended], runner: Runner, jobs: int
) -> Iterable[tuple[Name, _Ended | RunnerFailed]]:
    pool = ThreadPoolExecutor(jobs)
    try:
        running = {pool.submit(one, name): name for name in names}
        for future in as_completed(running):
            error = future.exception()
            if error is not None and not isinstance(error, RunnerFailed):
                raise error
            yield running[future], error or future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        runner.close()  # after an interruption the runs under way end with it


def _one(course: Class, submission: Submission, runner: Runner, kept: dict[str, Any] | None) -> _Ended:
    """Run a submission: what changed since `kept`, or all of it when that can't be joined with what is kept."""
    clock = time.perf_counter()
    count = 0
    if kept is not None:
        only = reuse.to_run(kept, course.cases)
        ran = ran_to_json(grading.run(submission, course.marks, runner, course.limits, only))
        count += _count(ran)
        if held := reuse.joined(kept, ran, course.cases):
            return _ended(course, submission, held, count, clock)
    ran = ran_to_json(grading.run(submission, course.marks, runner, course.limits))
    return _ended(course, submission, ran, count + _count(ran), clock)


def _ended(course: Class, submission: Submission, ran: dict[str, Any], count: int, clock: float) -> _Ended:
    seconds = time.perf_counter() - clock
    started = datetime.fromtimestamp(time.time() - seconds, UTC)
    graded = grading.judge_run(submission, course.marks, ran_from_json(ran), course.level)
    facts = {"started": started.isoformat(timespec="milliseconds"), "seconds": round(seconds, 3), "cases_run": count}
    return _Ended(graded, {**facts, "made_with": submission.made_with, "run": ran})


def _count(ran: dict[str, Any]) -> int:
    return sum(map(len, ran["outcomes"].values()))


def _kept(course: Class, handed: HandedIn, results: Results) -> dict[str, Any] | None:
    record = results.like(handed.student, course.key_of_cells(handed))
    return record if record and "run" in record else None


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
        "versions": key.versions(),
    }


def _infra(course: Class, error: RunnerFailed) -> Graded:
    return Graded(course.marks.lesson, grading.INFRA, course.level, notes=(str(error),))
