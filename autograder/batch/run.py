"""First phase: every submission that changed is run, several at a time, and what came of it is kept at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder import grade as grading
from autograder import submissions
from autograder.batch import key
from autograder.batch.ahead import Ahead
from autograder.batch.found import HandedIn, digest
from autograder.batch.results import Results, ran_from_json, ran_to_json
from autograder.grade import Graded, Marking
from autograder.runner.client import Runner, RunnerFailed
from autograder.runner.job import Limits
from autograder.submissions import Submission, Ungradable


@dataclass(frozen=True)
class Class:
    """What all runs of a class share. solutions: the folder of the lessons' sources; level: of the sandbox."""

    solutions: Path
    marks: Marking
    level: str
    limits: Limits

    @property
    def key(self) -> str:
        return key.of_class(self.marks, self.limits, self.level)


Done = Callable[[str, Graded, Submission | None, float], object]


def run(
    course: Class, todo: dict[str, tuple[str, HandedIn]], results: Results, jobs: int, done: Done, ahead: Ahead
) -> None:
    """Run submissions (by student: key and what was handed in), at most `jobs` at a time.

    done: called after each with student, grade, submission (None if it can't be graded) and seconds. What was
    finished is in `results` by then; that in which we failed ourselves is not. ahead: a runner that may have been
    started already.
    """
    readable: dict[str, Submission] = {}
    for student, (key_, handed) in todo.items():
        try:
            readable[student] = read(handed, course)
        except Ungradable as error:
            graded = grading.ungradable(course.marks.lesson, error, course.level)
            done(student, _kept(results, _record(course, key_, handed, graded), graded), None, 0.0)
        else:
            if digest(handed.path) != handed.digest:
                done(student, _infra(course, _CHANGED), readable.pop(student), 0.0)
    if not readable:
        return
    runner = ahead.runner(grading.modules(course.marks, readable.values()))
    for student, ended in _in_parallel(course, readable, runner, jobs):
        if isinstance(ended, RunnerFailed):
            done(student, _infra(course, ended), readable[student], 0.0)
        else:
            record = {**_record(course, *todo[student], ended.graded), **ended.facts}
            graded = _kept(results, record, ended.graded)
            done(student, graded, readable[student], ended.facts["seconds"])


_CHANGED = "The submission changed while the class was being graded: grade again."


def _kept(results: Results, record: dict[str, Any], graded: Graded) -> Graded:
    """Keep a finished run; a result that can't be kept (the disk is full) doesn't count."""
    try:
        results.append(record)
    except OSError as error:
        text = f"{results.path.name} can't be written ({error.strerror}): put that right, then grade again."
        return replace(graded, verdict=grading.INFRA, results=(), notes=(text,))
    return graded


def read(handed: HandedIn, course: Class) -> Submission:
    """The submission's cells. Raises Ungradable."""
    if not handed.path.is_file():
        raise Ungradable(
            f"There is no {handed.path.name} in what was handed in: hand in the lesson's notebook, so named."
        )
    return submissions.read(handed.path, course.solutions, course.marks.lesson)


def judged(record: dict[str, Any], submission: Submission, marks: Marking) -> Graded:
    """The grade that a kept run has by today's answers."""
    return grading.judge_run(submission, marks, ran_from_json(record["run"]), record["sandbox"])


@dataclass(frozen=True)
class _Ended:
    graded: Graded
    facts: dict[str, Any]


def _in_parallel(
    course: Class, readable: dict[str, Submission], runner: Runner, jobs: int
) -> Iterable[tuple[str, _Ended | RunnerFailed]]:
    pool = ThreadPoolExecutor(jobs)
    try:
        students = {pool.submit(_one, course, submission, runner): student for student, submission in readable.items()}
        for future in as_completed(students):
            error = future.exception()
            if error is not None and not isinstance(error, RunnerFailed):
                raise error
            yield students.pop(future), error or future.result()  # popped: a big class's results don't pile up
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        runner.close()  # after an interruption the runs under way end with it


def _one(course: Class, submission: Submission, runner: Runner) -> _Ended:
    started, clock = datetime.now(UTC), time.perf_counter()
    kept = ran_to_json(grading.run(submission, course.marks, runner, course.limits))
    seconds = time.perf_counter() - clock
    graded = grading.judge_run(submission, course.marks, ran_from_json(kept), course.level)
    facts = {"started": started.isoformat(timespec="milliseconds"), "seconds": round(seconds, 3), "run": kept}
    return _Ended(graded, facts)


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
        "limits": asdict(course.limits),
        "versions": key.versions(),
    }


def _infra(course: Class, error: RunnerFailed | str) -> Graded:
    return Graded(course.marks.lesson, grading.INFRA, course.level, notes=(str(error),))
