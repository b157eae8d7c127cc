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

from autograder.batch import counting, handed_in, run_key, runs
from autograder.batch.attempts import BEST, Attempts
from autograder.batch.class_report import ClassReport
from autograder.batch.errors import GradebookBusy, Unwritable
from autograder.batch.handed_in import HandedIn
from autograder.batch.notebooks import Notebooks
from autograder.batch.pool import Pool, open_pool
from autograder.batch.results import Results
from autograder.core.paths import UserError
from autograder.core.text import clean
from autograder.nbgrader_plugin import teams
from autograder.runner import sandbox
from autograder.submission import grade as grading
from autograder.submission.grade import Graded
from autograder.submission.reading import Submission, Ungradable

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

    from autograder.batch.store import StoreGrades
    from autograder.batch.writer import Writer

AUTO = "auto"
LOOKED_AT = 20  # new submissions: they say which modules the runner should import, and are run first


def grade_class(
    folder: Path,
    level: str = AUTO,
    jobs: int = 0,
    force: bool = False,
    show: bool = False,
    scheduler: str = "",
    count: str | None = None,
) -> ClassReport:
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
        conditions = runs.Conditions(folder.parent, marks, level, marks.limits, protections)
        notebooks, kept = Notebooks(folder.parent, lesson), Results(results)
        _start_ahead(pool, conditions, notebooks, kept, root / "grading" / "submitted", force)
        report = _with_gradebook(conditions, notebooks, kept, root, pool, force, show, count)
    report.total_seconds = time.perf_counter() - started
    return report


def _start_ahead(
    pool: Pool, conditions: runs.Conditions, notebooks: Notebooks, kept: Results, submitted: Path, force: bool
) -> None:
    """Have the pool start if a look at the usual places says that it will be needed, for what it says.

    It runs the first submissions while we import nbgrader.
    """
    new: list[Submission] = []
    for path in sorted(submitted.glob(f"*/{conditions.marks.lesson}/*.ipynb")):
        if path.is_symlink():  # it will be set aside
            continue
        read = notebooks.read(path)
        known = kept.has(path.parents[1].name, conditions.key(read.digest))
        if (force or not known) and isinstance(read.submission, Submission):
            new.append(read.submission)
        if len(new) == LOOKED_AT:
            break
    if new:
        jobs = [grading.job(each.cells, conditions.marks, conditions.limits) for each in new]
        pool.start(grading.modules(conditions.marks, new), jobs, conditions.marks)


def _with_gradebook(
    conditions: runs.Conditions,
    notebooks: Notebooks,
    kept: Results,
    root: Path,
    pool: Pool,
    force: bool,
    show: bool,
    count: str | None,
) -> ClassReport:
    from autograder.batch.store import StoreGrades  # imports nbgrader: after the pool's start
    from autograder.nbgrader_plugin.gradebook import nbgrader_config

    lesson = conditions.marks.lesson
    with StoreGrades(nbgrader_config(root), conditions.marks, notebooks) as store:
        store.tidy()
        handed_out = store.hand_out_to_teams(root / "grading" / teams.FILE)
        class_ = store.find(handed_out.unusable)
        coursedir = store.coursedir
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, ".", ".")).resolve()
        place = os.path.relpath(submitted / "<student>" / lesson / store.notebook_name(), root)
        report = ClassReport(lesson, place, conditions.level)
        assignments = {path.name for path in conditions.solutions.iterdir()}
        report.ignored = handed_in.ignored(submitted, lesson, assignments, handed_out.unusable)
        attempts = Attempts(root / "grading" / "attempts", lesson)
        report.count = attempts.counts(count)
        report.teams, report.teams_missing = handed_out.sources, handed_out.missing
        report.teams_rows = sorted(set(handed_out.own) & store.gradebook.students())
        _Grading(conditions, notebooks, class_, attempts, kept, store, report, force).do(pool, show)
        kept.compact()
        try:
            report.points_shared = store.gradebook.share_points(_twins(report, handed_out.members))
            report.penalties_changed = store.gradebook.renew_penalties()
        except GradebookBusy:
            _say(
                "Late penalties are as they were, and so is what teams share: another program uses the gradebook. "
                "Grade again when it has ended."
            )
        report.waiting = store.gradebook.waiting()
    report.page = os.path.relpath(_write_page(report, coursedir, kept.path.with_suffix(".html")))
    return report


class _Grading:
    """Runs what isn't kept, chooses the attempt that counts, has the writer store what isn't stored."""

    def __init__(
        self,
        conditions: runs.Conditions,
        notebooks: Notebooks,
        class_: list[HandedIn],
        attempts: Attempts,
        kept: Results,
        store: StoreGrades,
        report: ClassReport,
        force: bool,
    ) -> None:
        self._conditions, self._notebooks = conditions, notebooks
        self._attempts, self._kept, self._store = attempts, kept, store
        self._report, self._force = report, force
        self._histories = {handed.student: _attempts_of(handed, attempts) for handed in class_}
        wanted = {student: counting.wanted(history, report.count) for student, history in self._histories.items()}
        self._keys = {h: conditions.key(h.digest) for tries in wanted.values() for h in tries}
        self._waiting = {student: set(tries) for student, tries in wanted.items()}
        self._grades: dict[str, dict[HandedIn, Graded]] = {student: {} for student in wanted}
        self._submissions: dict[HandedIn, Submission | None] = {}
        self._penalty = store.late_penalties() if report.count == BEST else counting.nothing
        self._official, self._held = handed_in.digest(store.official()), store.gradebook.auto_scores()

    def do(self, pool: Pool, show: bool) -> None:
        from autograder.batch.writer import Writer  # imports nbgrader

        todo = [h for h, key in self._keys.items() if self._force or not self._kept.has(h.student, key)]
        known = self._keys.keys() - set(todo)
        with _progress(len(self._histories), show) as bar, Writer(self._store, bar.update) as writer:

            def graded(handed: HandedIn, grade: Graded, submission: Submission | None, seconds: float) -> None:
                if self._note(handed, grade, submission, seconds) and not self._settle(handed.student, writer):
                    bar.update()

            for handed in [handed for handed in self._keys if handed in known]:
                record = self._kept.get(handed.student, self._keys[handed]) or {}
                try:
                    judged = self._judged(handed, record)
                except ValueError:  # the record is damaged: that run is done again
                    todo.append(handed)
                else:
                    graded(handed, *judged, record.get("seconds", 0.0))
            runs.run(self._conditions, todo, self._notebooks, self._kept, pool, graded)
        report = self._report
        for student, reason in writer.trouble.items():
            failed = replace(report.grades[student], verdict=grading.INFRA, results=(), notes=(reason,))
            report.grades[student] = failed
        report.stored -= set(writer.trouble)

    def _judged(self, handed: HandedIn, record: dict[str, Any]) -> tuple[Graded, Submission | None]:
        """The grade of a kept run by today's answers, and the submission if it can be graded."""
        try:
            submission = self._notebooks.submission(handed)
        except Ungradable as error:
            return runs.ungradable(handed, error, self._conditions), None
        return runs.judged(record, submission, self._conditions.marks), submission

    def _note(self, handed: HandedIn, grade: Graded, submission: Submission | None, seconds: float) -> bool:
        """Whether now all attempts of the student that matter are graded."""
        student, report = handed.student, self._report
        self._grades[student][handed], self._submissions[handed] = grade, submission
        if grade.verdict != grading.INFRA:
            report.seconds[student] = report.seconds.get(student, 0.0) + seconds
            self._attempts.note_result(handed, grade)
        self._waiting[student].discard(handed)
        return not self._waiting[student]

    def _settle(self, student: str, writer: Writer) -> bool:
        """Have the writer store the grade that counts; False when it is stored already."""
        report, grades = self._report, self._grades.pop(student)
        handed = counting.choose(grades, self._penalty)
        graded = grades[handed]
        submission = {each: self._submissions.pop(each) for each in grades}[handed]
        results = tuple(replace(result, cases=()) for result in graded.results)
        report.grades[student] = replace(graded, cells=(), results=results)  # the report needs no more of it
        report.counted[student] = counting.counted(
            handed, grades, self._histories.pop(student), self._attempts, self._kept
        )
        mark = run_key.of_grade(graded, handed.digest, handed.stamp, self._official)
        again = self._force or graded.verdict == grading.INFRA
        stored = not again and self._store.is_stored(handed.student, graded, mark, self._held)
        for each in grades:
            if stored or each != handed:
                self._notebooks.forget(each)
        if stored:
            return False
        report.stored.add(student)
        writer.put(handed, graded, mark, submission)
        return True


def _twins(report: ClassReport, teams_: list[tuple[str, ...]]) -> list[list[str]]:
    """The students of one team of whom the same notebook counts. teams_: each one's members."""
    found = []
    for members in teams_:
        same: dict[str, list[str]] = {}
        for student in members:
            if student in report.counted:
                same.setdefault(report.counted[student].handed.digest, []).append(student)
        found += [students for students in same.values() if len(students) > 1]
    return found


def _attempts_of(handed: HandedIn, attempts: Attempts) -> list[HandedIn]:
    try:
        return attempts.of(handed)
    except OSError as error:
        text = f"grading/attempts can't be written ({error.strerror}): put that right, then grade again."
        raise Unwritable(text) from error


def _write_page(report: ClassReport, coursedir: CourseDirectory, path: Path) -> Path:
    from nbgrader.api import Gradebook

    from autograder.batch.page import points, render

    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        held = points.read(gradebook, report.lesson)
    render.write(render.render(report, held, datetime.now()), path)
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


def _say(sentence: str) -> None:
    tqdm.write(" ".join(clean(sentence).split()), file=sys.stderr)


def _progress(total: int, show: bool) -> Any:
    return tqdm(total=total, desc="grading", unit=" submissions", disable=None if show and total else True)
