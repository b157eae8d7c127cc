"""Grading a class: find what was handed in, run what changed, store what isn't in the gradebook yet."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from nbgrader.api import Gradebook
from tqdm import tqdm

from autograder import build
from autograder import grade as grading
from autograder.batch import counting, found, key
from autograder.batch import run as running
from autograder.batch.attempts import Attempts
from autograder.batch.found import HandedIn
from autograder.batch.results import Results
from autograder.batch.store import StoreGrades, waiting
from autograder.batch.summary import Summary
from autograder.grade import Graded
from autograder.nbgrader_plugin.gradebook import nbgrader_config
from autograder.paths import UserError
from autograder.runner import sandbox
from autograder.runner.job import Limits
from autograder.submissions import Ungradable

AUTO = "auto"


def grade_class(
    folder: Path,
    level: str = AUTO,
    jobs: int = 0,
    force: bool = False,
    show: bool = False,
    count: str | None = None,
) -> Summary:
    """Grade everybody who handed in the lesson in `folder` (under solutions/).

    level: of the sandbox ("auto": the strongest there is, never none). jobs: how many at a time, 0 for one per core.
    force: run and store also what didn't change. show: a progress bar on a terminal. count: which attempt counts,
    "latest" or "best", from now on; as before unless given. Raises UserError.
    """
    started = time.perf_counter()
    level = sandbox.choose(sandbox.BUBBLEWRAP if level == AUTO else level)
    root, lesson = folder.parents[1], folder.name
    converter = StoreGrades(nbgrader_config(root), lesson)
    coursedir = converter.coursedir
    marks = grading.marking(folder, held_out=True)
    converter.require_release(marks)
    results = root / "grading" / "results" / f"{lesson}.jsonl"
    with _alone(results):
        class_ = converter.find()
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, ".", ".")).resolve()
        place = os.path.relpath(submitted / "<student>" / lesson / converter.notebook_name(), root)
        summary = Summary(lesson, place, level)
        summary.ignored = found.ignored(submitted, lesson, {path.name for path in folder.parent.iterdir()})
        course = running.Class(folder.parent, marks, level, Limits())
        kept = Results(results)
        attempts = Attempts(root / "grading" / "attempts", lesson)
        summary.count = attempts.counts(count)
        _grade(course, class_, attempts, kept, converter, summary, jobs or os.cpu_count() or 1, force, show)
        kept.compact()
        summary.waiting = waiting(coursedir, lesson)
    summary.total_seconds = time.perf_counter() - started
    return summary


def _grade(
    course: running.Class,
    class_: list[HandedIn],
    attempts: Attempts,
    kept: Results,
    converter: StoreGrades,
    summary: Summary,
    jobs: int,
    force: bool,
    show: bool,
) -> None:
    shared = course.key
    histories = {handed.student: attempts.of(handed) for handed in class_}
    wanted = {student: counting.wanted(history, summary.count) for student, history in histories.items()}
    keys = {handed: key.of_submission(shared, handed.digest) for tries in wanted.values() for handed in tries}
    todo = [handed for handed in keys if force or kept.get(handed.student, keys[handed]) is None]
    with _progress("running", len(todo), show) as bar:
        failed = running.run(course, {h: (keys[h], h) for h in todo}, kept, jobs, bar.update, force)
    answers, official = build.digest(course.solutions / course.marks.lesson), found.digest(converter.official())
    to_store: dict[str, tuple[HandedIn, Graded, str]] = {}
    coursedir = converter.coursedir
    again = {handed.student for handed in todo} if force else set()
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        penalty = converter.late_penalties(gradebook)
        for student, tries in wanted.items():
            grades = {}
            for each in tries:
                record = kept.get(student, keys[each]) or {}
                grades[each] = failed[each] if each in failed else _graded(record, each, course)
                summary.seconds[student] = summary.seconds.get(student, 0.0) + record.get("seconds", 0.0)
                if each not in failed:
                    attempts.note_result(each, record)
            handed = counting.choose(grades, penalty)
            summary.grades[student] = graded = grades[handed]
            summary.counted[student] = counting.counted(handed, grades, histories[student], attempts, kept)
            mark = key.of_grade(keys[handed], answers, handed.stamp, official)
            if student in again or handed in failed or not converter.is_stored(student, graded, mark, gradebook):
                to_store[student] = handed, graded, mark
    with _progress("storing", len(to_store), show) as bar:
        trouble = converter.store(to_store, bar.update) if to_store else {}
    for student, reason in trouble.items():
        graded = summary.grades[student]
        summary.grades[student] = replace(graded, verdict=grading.INFRA, results=(), notes=(reason,))
    summary.stored = set(to_store) - set(trouble)


def _graded(record: dict[str, Any], handed: HandedIn, course: running.Class) -> Graded:
    try:
        submission = running.read(handed, course)
    except Ungradable as error:
        return running.ungradable(handed, error, course)
    return running.judged(record, submission, course.marks)


@contextmanager
def _alone(results: Path) -> Iterator[None]:
    """Two at once would both write: the second is told to wait. The lock goes with the process, however it ends."""
    results.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(results.with_suffix(".lock"), timeout=0):
            yield
    except Timeout:
        raise UserError(f"{results.stem} is being graded by another command: wait until that has ended.") from None


def _progress(what: str, total: int, show: bool) -> Any:
    return tqdm(total=total, desc=what, unit=" submissions", disable=None if show and total else True)
