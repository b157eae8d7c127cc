"""Grading a class: find what was handed in, run what changed, store what isn't in the gradebook yet."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from tqdm import tqdm

from autograder.batch import counting, found, key
from autograder.batch import run as running
from autograder.batch.attempts import BEST, Attempts
from autograder.batch.busy import Unwritable
from autograder.batch.found import HandedIn
from autograder.batch.pool import Pool
from autograder.batch.results import Results
from autograder.batch.summary import Summary
from autograder.batch.where import open_pool
from autograder.core.paths import UserError
from autograder.core.text import clean
from autograder.lesson import build
from autograder.runner import sandbox
from autograder.submission import grade as grading
from autograder.submission import reading
from autograder.submission.grade import Graded
from autograder.submission.reading import Submission, Ungradable

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

    from autograder.batch.store import StoreGrades
    from autograder.batch.writer import Writer

AUTO = "auto"
LOOKED_AT = 20  # new submissions, to find out which modules the runner should import


def grade_class(
    folder: Path,
    level: str = AUTO,
    jobs: int = 0,
    force: bool = False,
    show: bool = False,
    scheduler: str = "",
    count: str | None = None,
) -> Summary:
    """Grade everybody who handed in the lesson in `folder` (under solutions/).

    level: of the sandbox ("auto": the strongest there is, never none). jobs: how many at a time, 0 for one per core.
    force: run and store also what didn't change. show: a progress bar on a terminal. scheduler: of the Dask cluster
    whose workers run the submissions, or empty. count: which attempt counts, "latest" or "best", from now on; as
    before unless given. Raises UserError, PoolFailed when the cluster can't be reached and, when another program
    doesn't even let us read the gradebook, GradebookBusy, or Unwritable when attempts can't be kept.
    """
    started = time.perf_counter()
    level = sandbox.BUBBLEWRAP if level == AUTO else level
    if not scheduler:  # a cluster's workers look for themselves
        level = sandbox.choose(level)
    root, lesson = folder.parents[1], folder.name
    results = root / "grading" / "results" / f"{lesson}.jsonl"
    with _alone(results), contextlib.closing(open_pool(level, jobs or os.cpu_count() or 1, scheduler, _say)) as pool:
        marks = grading.marking(folder, held_out=True)
        held = sandbox.protections() if level == sandbox.BUBBLEWRAP and not scheduler else {}
        protections = tuple(name for name, holds in held.items() if holds)
        course = running.Class(folder.parent, marks, level, marks.limits, protections)
        kept = Results(results)
        _start_ahead(pool, course, kept, root / "grading" / "submitted", force)
        summary = _with_gradebook(course, kept, root, pool, force, show, count)
    summary.total_seconds = time.perf_counter() - started
    return summary


def _start_ahead(pool: Pool, course: running.Class, kept: Results, submitted: Path, force: bool) -> None:
    """Have the pool start if a look at the usual places says that it will be needed, for what it says."""
    shared, lesson = course.key, course.marks.lesson
    new: list[Submission] = []
    for path in sorted(submitted.glob(f"*/{lesson}/*.ipynb")):
        student = path.parents[1].name
        if force or kept.get(student, key.of_submission(shared, found.digest(path))) is None:
            with contextlib.suppress(UserError):
                new.append(reading.read(path, course.solutions, lesson))
        if len(new) == LOOKED_AT:
            break
    if new:
        pool.start(grading.modules(course.marks, new))


def _with_gradebook(
    course: running.Class, kept: Results, root: Path, pool: Pool, force: bool, show: bool, count: str | None
) -> Summary:
    with _left_out("rfc3987_syntax"):  # jsonschema's check of addresses, which notebooks don't need: half the time
        from autograder.batch.store import StoreGrades  # imports nbgrader: after the pool's start
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
        attempts = Attempts(root / "grading" / "attempts", lesson)
        summary.count = attempts.counts(count)
        _Grading(course, class_, attempts, kept, store, summary, force).do(pool, show)
        kept.compact()
        summary.waiting = store.book.waiting()
    summary.page = os.path.relpath(_write_page(summary, coursedir, kept.path.with_suffix(".html")))
    return summary


class _Grading:
    """Runs what isn't kept, chooses the attempt that counts, has the writer store what isn't stored."""

    def __init__(
        self,
        course: running.Class,
        class_: list[HandedIn],
        attempts: Attempts,
        kept: Results,
        store: StoreGrades,
        summary: Summary,
        force: bool,
    ) -> None:
        self._course, self._attempts, self._kept, self._store = course, attempts, kept, store
        self._summary, self._force = summary, force
        self._histories = {handed.student: _attempts_of(handed, attempts) for handed in class_}
        wanted = {student: counting.wanted(history, summary.count) for student, history in self._histories.items()}
        self._keys = {h: key.of_submission(course.key, h.digest) for tries in wanted.values() for h in tries}
        self._waiting = {student: set(tries) for student, tries in wanted.items()}
        self._grades: dict[str, dict[HandedIn, Graded]] = {student: {} for student in wanted}
        self._submissions: dict[HandedIn, Submission | None] = {}
        self._penalty = store.late_penalties() if summary.count == BEST else counting.nothing
        self._answers = build.digest(course.solutions / course.marks.lesson)
        self._official, self._held = found.digest(store.official()), store.book.auto_scores()

    def do(self, pool: Pool, show: bool) -> None:
        from autograder.batch.writer import Writer  # imports nbgrader

        keys = self._keys
        todo = {h: key for h, key in keys.items() if self._force or self._kept.get(h.student, key) is None}
        with _progress(len(self._histories), show) as bar, Writer(self._store, bar.update) as writer:

            def graded(handed: HandedIn, grade: Graded, submission: Submission | None, seconds: float) -> None:
                if self._note(handed, grade, submission, seconds) and not self._settle(handed.student, writer):
                    bar.update()

            for handed in keys:
                if handed not in todo:
                    record = self._kept.get(handed.student, keys[handed])
                    graded(handed, *_judged(record, handed, self._course), record.get("seconds", 0.0))
            running.run(self._course, todo, self._kept, pool, graded, self._force)
        summary = self._summary
        for student, reason in writer.trouble.items():
            failed = replace(summary.grades[student], verdict=grading.INFRA, results=(), notes=(reason,))
            summary.grades[student] = failed
        summary.stored -= set(writer.trouble)

    def _note(self, handed: HandedIn, grade: Graded, submission: Submission | None, seconds: float) -> bool:
        """Whether now all attempts of the student that matter are graded."""
        student, summary = handed.student, self._summary
        self._grades[student][handed], self._submissions[handed] = grade, submission
        if grade.verdict != grading.INFRA:
            summary.seconds[student] = summary.seconds.get(student, 0.0) + seconds
            self._attempts.note_result(handed, self._kept.get(student, self._keys[handed]) or {})
        self._waiting[student].discard(handed)
        return not self._waiting[student]

    def _settle(self, student: str, writer: Writer) -> bool:
        """Have the writer store the grade that counts; False when it is stored already."""
        summary, grades = self._summary, self._grades.pop(student)
        handed = counting.choose(grades, self._penalty)
        graded = grades[handed]
        submission = {each: self._submissions.pop(each) for each in grades}[handed]
        results = tuple(replace(result, cases=()) for result in graded.results)
        summary.grades[student] = replace(graded, cells=(), results=results)  # the summary needs no more of it
        summary.counted[student] = counting.counted(
            handed, grades, self._histories.pop(student), self._attempts, self._kept
        )
        mark = key.of_grade(self._keys[handed], self._answers, handed.stamp, self._official)
        again = self._force or graded.verdict == grading.INFRA
        if not again and self._store.is_stored(student, graded, mark, self._held):
            return False
        summary.stored.add(student)
        writer.put(handed, graded, mark, submission)
        return True


def _attempts_of(handed: HandedIn, attempts: Attempts) -> list[HandedIn]:
    try:
        return attempts.of(handed)
    except OSError as error:
        text = f"grading/attempts can't be written ({error.strerror}): put that right, then grade again."
        raise Unwritable(text) from error


def _judged(record: dict[str, Any], handed: HandedIn, course: running.Class) -> tuple[Graded, Submission | None]:
    """The grade of a kept run by today's answers, and the submission if it can be graded."""
    try:
        submission = running.read(handed, course)
    except Ungradable as error:
        return running.ungradable(handed, error, course), None
    return running.judged(record, submission, course.marks), submission


def _write_page(summary: Summary, coursedir: CourseDirectory, path: Path) -> Path:
    from nbgrader.api import Gradebook

    from autograder.batch.page import book, render

    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        held = book.read(gradebook, summary.lesson)
    render.write(render.render(summary, held, datetime.now()), path)
    return path


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


def _say(sentence: str) -> None:
    tqdm.write(" ".join(clean(sentence).split()), file=sys.stderr)


def _progress(total: int, show: bool) -> Any:
    return tqdm(total=total, desc="grading", unit=" submissions", disable=None if show and total else True)
