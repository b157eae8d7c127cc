"""First phase: every submission that changed is run, several at a time, and what came of it is kept at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder import grade as grading
from autograder import submissions
from autograder.batch import key
from autograder.batch.found import HandedIn
from autograder.batch.pool import Pool
from autograder.batch.results import Results, ran_from_json
from autograder.grade import Graded, Marking
from autograder.runner.client import RunnerFailed
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


def run(
    course: Class, todo: dict[str, tuple[str, HandedIn]], results: Results, pool: Pool, done: Callable[[], object]
) -> dict[str, Graded]:
    """Run submissions (by student: key and what was handed in) in `pool`. done: called after each.

    Finished runs are in `results`; returned are, by student, those in which we failed ourselves.
    """
    readable: dict[str, Submission] = {}
    for student, (_, handed) in todo.items():
        try:
            readable[student] = read(handed, course)
        except Ungradable as error:
            graded = grading.ungradable(course.marks.lesson, error, course.level)
            results.append(_record(course, *todo[student], graded))
            done()
    if not readable:
        return {}
    failed: dict[str, Graded] = {}
    wanted = {student: grading.job(each.cells, course.marks, course.limits) for student, each in readable.items()}
    try:
        with contextlib.closing(
            pool.run(wanted, course.marks, grading.modules(course.marks, readable.values()))
        ) as runs:
            for student, ended in runs:
                if isinstance(ended, RunnerFailed):
                    failed[student] = _infra(course, ended)
                else:
                    ran = ran_from_json(ended.run)
                    graded = grading.judge_run(readable[student], course.marks, ran, course.level)
                    results.append({**_record(course, *todo[student], graded), **ended.to_json()})
                done()
    except RunnerFailed as error:  # it didn't even start
        return {student: _infra(course, error) for student in readable}
    return failed


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


def _infra(course: Class, error: RunnerFailed) -> Graded:
    return Graded(course.marks.lesson, grading.INFRA, course.level, notes=(str(error),))
