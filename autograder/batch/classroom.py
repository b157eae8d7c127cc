"""Grading a class: find what was handed in, run what changed, store what isn't in the gradebook yet."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from tqdm import tqdm

from autograder import build
from autograder import grade as grading
from autograder.batch import found, key
from autograder.batch import run as running
from autograder.batch.found import HandedIn
from autograder.batch.pool import Pool, open_pool
from autograder.batch.results import Results
from autograder.batch.store import StoreGrades, waiting
from autograder.batch.summary import Summary
from autograder.grade import Graded
from autograder.nbgrader_plugin.gradebook import nbgrader_config
from autograder.paths import UserError
from autograder.runner import sandbox
from autograder.submissions import Ungradable
from autograder.text import clean

AUTO = "auto"


def grade_class(
    folder: Path, level: str = AUTO, jobs: int = 0, force: bool = False, show: bool = False, scheduler: str = ""
) -> Summary:
    """Grade everybody who handed in the lesson in `folder` (under solutions/).

    level: of the sandbox ("auto": the strongest there is, never none). jobs: how many at a time, 0 for one per core.
    force: run and store also what didn't change. show: a progress bar on a terminal. scheduler: of the Dask cluster
    whose workers run the submissions, or empty. Raises UserError, and PoolFailed when the cluster can't be reached.
    """
    started = time.perf_counter()
    level = sandbox.BUBBLEWRAP if level == AUTO else level
    if not scheduler:  # a cluster's workers look for themselves
        level = sandbox.choose(level)
    pool = open_pool(level, jobs or os.cpu_count() or 1, scheduler, _say)
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
        course = running.Class(folder.parent, marks, level, marks.limits)
        kept = Results(results)
        _grade(course, class_, kept, converter, summary, pool, force, show)
        summary.waiting = waiting(coursedir, lesson)
        summary.page = os.path.relpath(_write_page(summary, coursedir, results.with_name(f"{lesson}.html")))
    summary.total_seconds = time.perf_counter() - started
    return summary


def _grade(
    course: running.Class,
    class_: list[HandedIn],
    kept: Results,
    converter: StoreGrades,
    summary: Summary,
    pool: Pool,
    force: bool,
    show: bool,
) -> None:
    shared = course.key
    keys = {handed.student: key.of_submission(shared, handed.digest) for handed in class_}
    todo = [handed for handed in class_ if force or kept.get(handed.student, keys[handed.student]) is None]
    with _progress("running", len(todo), show) as bar:
        failed = running.run(course, {h.student: (keys[h.student], h) for h in todo}, kept, pool, bar.update)
    answers, official = build.digest(course.solutions / course.marks.lesson), found.digest(converter.official())
    to_store: dict[str, tuple[HandedIn, Graded, str]] = {}
    coursedir = converter.coursedir
    again = {handed.student for handed in todo} if force else set()
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for handed in class_:
            student = handed.student
            record = kept.get(student, keys[student])
            graded = failed[student] if student in failed else _graded(record, handed, course)
            summary.grades[student] = graded
            if student not in failed:
                summary.seconds[student] = record.get("seconds", 0.0)
            mark = key.of_grade(keys[student], answers, handed.stamp, official)
            if student in again or student in failed or not converter.is_stored(student, graded, mark, gradebook):
                to_store[student] = handed, graded, mark
    with _progress("storing", len(to_store), show) as bar:
        trouble = converter.store(to_store, bar.update) if to_store else {}
    for student, reason in trouble.items():
        graded = summary.grades[student]
        summary.grades[student] = replace(graded, verdict=grading.INFRA, results=(), notes=(reason,))
    summary.stored = set(to_store) - set(trouble)


def _write_page(summary: Summary, coursedir: CourseDirectory, path: Path) -> Path:
    from autograder.batch.page import book, render  # what has not been imported by now isn't needed before

    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        held = book.read(gradebook, summary.lesson)
    render.write(render.render(summary, held, datetime.now()), path)
    return path


def _graded(record: dict[str, Any], handed: HandedIn, course: running.Class) -> Graded:
    try:
        submission = running.read(handed, course)
    except Ungradable as error:
        return grading.ungradable(course.marks.lesson, error, course.level)
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


def _say(sentence: str) -> None:
    tqdm.write(" ".join(clean(sentence).split()), file=sys.stderr)


def _progress(what: str, total: int, show: bool) -> Any:
    return tqdm(total=total, desc=what, unit=" submissions", disable=None if show and total else True)
