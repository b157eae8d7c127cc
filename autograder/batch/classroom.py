"""Grading a class: find what was handed in, run what changed, store what isn't in the gradebook yet."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from tqdm import tqdm

from autograder import build, submissions
from autograder import grade as grading
from autograder.batch import found, key
from autograder.batch import run as running
from autograder.batch.ahead import Ahead
from autograder.batch.found import HandedIn
from autograder.batch.results import Results
from autograder.batch.summary import Summary
from autograder.grade import Graded
from autograder.paths import UserError
from autograder.runner import sandbox
from autograder.runner.job import Limits
from autograder.submissions import Submission, Ungradable

if TYPE_CHECKING:
    from autograder.batch.store import StoreGrades

AUTO = "auto"
LOOKED_AT = 20  # new submissions, to find out which modules the runner should import


def grade_class(folder: Path, level: str = AUTO, jobs: int = 0, force: bool = False, show: bool = False) -> Summary:
    """Grade everybody who handed in the lesson in `folder` (under solutions/).

    level: of the sandbox ("auto": the strongest there is, never none). jobs: how many at a time, 0 for one per core.
    force: run and store also what didn't change. show: a progress bar on a terminal. Raises UserError
    and, when another program doesn't even let us read the gradebook, GradebookBusy.
    """
    started = time.perf_counter()
    level = sandbox.choose(sandbox.BUBBLEWRAP if level == AUTO else level)
    root, lesson = folder.parents[1], folder.name
    results = root / "grading" / "results" / f"{lesson}.jsonl"
    with _alone(results), Ahead(level) as ahead:
        marks = grading.marking(folder, held_out=True)
        course = running.Class(folder.parent, marks, level, Limits())
        kept = Results(results)
        _start_ahead(ahead, course, kept, root / "grading" / "submitted", force)
        summary = _with_gradebook(course, kept, root, jobs or os.cpu_count() or 1, force, show, ahead)
    summary.total_seconds = time.perf_counter() - started
    return summary


def _start_ahead(ahead: Ahead, course: running.Class, kept: Results, submitted: Path, force: bool) -> None:
    """Start the runner if a look at the usual places says that it will be needed, for what it says."""
    shared, lesson = course.key, course.marks.lesson
    new: list[Submission] = []
    for path in sorted(submitted.glob(f"*/{lesson}/*.ipynb")):
        student = path.parents[1].name
        if force or kept.get(student, key.of_submission(shared, found.digest(path))) is None:
            with contextlib.suppress(UserError):
                new.append(submissions.read(path, course.solutions, lesson))
        if len(new) == LOOKED_AT:
            break
    if new:
        ahead.start(grading.modules(course.marks, new))


def _with_gradebook(
    course: running.Class, kept: Results, root: Path, jobs: int, force: bool, show: bool, ahead: Ahead
) -> Summary:
    with _left_out("rfc3987_syntax"):  # jsonschema's check of addresses, which notebooks don't need: half the time
        from autograder.batch.store import StoreGrades  # imports nbgrader: after the runner's start
        from autograder.nbgrader_plugin.gradebook import nbgrader_config

    lesson = course.marks.lesson
    with StoreGrades(nbgrader_config(root), lesson) as store:
        store.require_release(course.marks)
        store.tidy()
        class_ = store.find()
        coursedir = store.coursedir
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, ".", ".")).resolve()
        place = os.path.relpath(submitted / "<student>" / lesson / store.notebook_name(), root)
        summary = Summary(lesson, place, course.level)
        summary.ignored = found.ignored(submitted, lesson, {path.name for path in course.solutions.iterdir()})
        _grade(course, class_, kept, store, summary, jobs, force, show, ahead)
        summary.waiting = store.book.waiting()
    return summary


def _grade(
    course: running.Class,
    class_: list[HandedIn],
    kept: Results,
    store: StoreGrades,
    summary: Summary,
    jobs: int,
    force: bool,
    show: bool,
    ahead: Ahead,
) -> None:
    from autograder.batch.writer import ToStore, Writer

    shared, by_student = course.key, {handed.student: handed for handed in class_}
    keys = {handed.student: key.of_submission(shared, handed.digest) for handed in class_}
    answers = build.digest(course.solutions / course.marks.lesson)
    official, held = found.digest(store.official()), store.book.auto_scores()
    todo = {student: h for student, h in by_student.items() if force or kept.get(student, keys[student]) is None}

    def mark(student: str) -> str:
        return key.of_grade(keys[student], answers, by_student[student].stamp, official)

    with _progress(len(class_), show) as bar, Writer(store, bar.update) as writer:

        def graded(student: str, graded: Graded, submission: Submission | None, seconds: float) -> None:
            summary.grades[student] = replace(graded, cells=())  # what cells printed may be long
            if graded.verdict != grading.INFRA:
                summary.seconds[student] = seconds
            again = force or graded.verdict == grading.INFRA
            if again or not store.is_stored(student, graded, mark(student), held):
                summary.stored.add(student)
                writer.put(ToStore(by_student[student], graded, mark(student), submission))
            else:
                bar.update()

        for handed in class_:
            if handed.student not in todo:
                record = kept.get(handed.student, keys[handed.student])
                graded(handed.student, *_judged(record, handed, course), record.get("seconds", 0.0))
        running.run(
            course, {student: (keys[student], handed) for student, handed in todo.items()}, kept, jobs, graded, ahead
        )
    for student, reason in writer.trouble.items():
        summary.grades[student] = replace(summary.grades[student], verdict=grading.INFRA, results=(), notes=(reason,))
    summary.stored -= set(writer.trouble)


def _judged(record: dict[str, Any], handed: HandedIn, course: running.Class) -> tuple[Graded, Submission | None]:
    """The grade of a kept run by today's answers, and the submission if it can be graded."""
    try:
        submission = running.read(handed, course)
    except Ungradable as error:
        return grading.ungradable(course.marks.lesson, error, course.level), None
    return running.judged(record, submission, course.marks), submission


@contextmanager
def _alone(results: Path) -> Iterator[None]:
    """Two at once would both write: the second is told to wait. The lock goes with the process, however it ends."""
    results.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(results.with_suffix(".lock"), timeout=0):
            yield
    except Timeout:
        raise UserError(f"{results.stem} is being graded by another command: wait until that has ended.") from None


@contextmanager
def _left_out(module: str) -> Iterator[None]:
    """Import without an optional module that takes a second to import."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None
    try:
        yield
    finally:
        del sys.modules[module]


def _progress(total: int, show: bool) -> Any:
    return tqdm(total=total, desc="grading", unit=" submissions", disable=None if show and total else True)
