"""Storing a class: what nbgrader's Autograde leaves in gradebook and autograded/, without its price per submission.

A submission's folder is first made beside its place; when the gradebook has its grade, the folder is put in place as
a whole, with a small file in it that says what the grade comes from. So a grade counts as stored only if all of it is.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from autograder.batch import counting
from autograder.batch.autograded_notebook import OnItsWay, Steps
from autograder.batch.class_gradebook import ALL, NONE, ClassGradebook, Row, Stages
from autograder.batch.counting import Penalty
from autograder.batch.handed_in import HandedIn, digest, handed_in
from autograder.batch.notebooks import Notebooks
from autograder.core.paths import UserError
from autograder.lesson.notebooks import CHECK_SUFFIX
from autograder.nbgrader_plugin import arrival, released, teams, unusable
from autograder.nbgrader_plugin.arrival import TIMESTAMP
from autograder.nbgrader_plugin.submitted import clean_copy, prepare
from autograder.nbgrader_plugin.teams import HandedOut
from autograder.submission import grade as grading
from autograder.submission.given_out import as_given
from autograder.submission.grade import Graded, Marking
from autograder.submission.reading import Submission

MARK = (
    ".ground-up-grade"  # in autograded/<student>/<lesson>/: what that grade comes from; goes when nbgrader grades anew
)


@dataclass(frozen=True)
class ToStore:
    """A grade on its way into the gradebook. mark: what it comes from; submission: None where it can't be graded."""

    handed: HandedIn
    graded: Graded
    mark: str
    submission: Submission | None = None


@dataclass(frozen=True)
class Staged:
    """A submission whose folder is made, beside its place (None: it gets none), but not yet in the gradebook."""

    student: str
    folder: Path | None
    row: Row


class StoreGrades(Autograde):
    """nbgrader's Autograde (its settings, its folders) for submissions that were run before.

    Use as a context manager: `find`, then for each submission `stage`, and when the gradebook (`gradebook`) has its
    row, `put_in_place`. No two of these at a time.
    """

    def __init__(self, config: Config, marks: Marking, notebooks: Notebooks) -> None:
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = marks.lesson
        super().__init__(coursedir=coursedir, config=config)
        self._marks, self._notebooks = marks, notebooks
        self.gradebook = ClassGradebook(coursedir, marks.lesson, self.official().stem, self.create_student)

    def __enter__(self) -> StoreGrades:
        """Raises UserError when the gradebook can't be used, doesn't know the lesson or knows another version of it."""
        with unusable.told(), contextlib.ExitStack() as opened:
            opened.enter_context(self.gradebook)
            self._require_release()
            self._steps = Steps(self, self.gradebook.source_cells())
            self.gradebook.penalties = self._steps.penalties
            self._official: NotebookNode = nbformat.read(self.official(), as_version=4)
            self._given = as_given(self._official)
            self._course_files = self._files_of_the_course()
            opened.pop_all()  # from now on `__exit__` closes it
        return self

    def __exit__(self, *error: object) -> None:
        self.gradebook.__exit__(*error)

    def hand_out_to_teams(self, table: Path) -> HandedOut:
        """Let every member have what the team handed in, before `find`. Raises UserError when the table is wrong."""
        coursedir, lesson = self.coursedir, self.coursedir.assignment_id
        teams_ = teams.read(table, lesson, self.gradebook.students())
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, ".", "."))
        done = teams.hand_out(teams_, submitted, lesson, self.notebook_name(), table.with_suffix(""))
        for folder in done.folders:
            self._notebooks.read_again(folder / self.notebook_name())
        return done

    def find(self, nobodys: Collection[str]) -> list[HandedIn]:
        """The submissions that nbgrader would grade, by student, each made fit for reading first.

        Also of who handed in other files than notebooks: nothing in them can be graded, and that is to be seen.
        nobodys: names of folders with such files that are no student's.
        """
        try:
            super().init_notebooks()
        except NbGraderException:  # there are none
            self.assignments: dict[str, list[str]] = {}
        lesson, name = self.coursedir.assignment_id, self.notebook_name()
        excluded = self.coursedir.student_id_exclude.split(",")
        folders = {self._student_of(folder): folder for folder in self.assignments}
        found = []
        others = {s: folder for s, folder in self._with_other_files() if s not in folders and s not in nobodys}
        for student, folder in sorted((folders | others).items()):
            if student in excluded:
                continue
            path = Path(folder) / name
            if student in others:
                found.append(handed_in(student, path))
                continue
            before = _state(path)
            self.notebooks = list(self.assignments[folder])
            prepare(self.notebooks, lesson, student)
            if self.pre_convert_hook != prepare:  # an instructor's own
                self.run_pre_convert_hook()
            if _state(path) != before:  # another of the student's notebooks stands there now
                self._notebooks.read_again(path)
            found.append(handed_in(student, path, self._notebooks.read(path).digest))
        return found

    def _with_other_files(self) -> Iterator[tuple[str, str]]:
        """Students and their folders, as far as there are files in them that nobody but a person put there."""
        coursedir, lesson = self.coursedir, self.coursedir.assignment_id
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, ".", "."))
        for folder in submitted.glob(f"*/{lesson}"):
            if folder.is_dir() and not folder.parent.name.startswith(".") and arrival.files(folder):
                yield folder.parent.name, str(folder)

    def notebook_name(self) -> str:
        """The file name of the lesson's notebook. Raises UserError when it isn't released."""
        return self.official().name

    def official(self) -> Path:
        """The lesson's notebook as it was given out."""
        lesson = self.coursedir.assignment_id
        folder = Path(self.coursedir.format_path(self.coursedir.release_directory, ".", lesson))
        notebooks = sorted(folder.glob("*.ipynb"))
        if not notebooks:
            raise released.release_first(lesson)
        return notebooks[0]

    def is_stored(self, student: str, graded: Graded, mark: str, held: dict[str, dict[str, float | None]]) -> bool:
        """Whether the gradebook holds this very grade. held: `ClassGradebook.auto_scores()`."""
        path = self._place(student) / MARK
        if student not in held or not path.is_file() or not _has_points(held[student], graded):
            return False
        return path.read_text(encoding="utf-8") == mark

    def late_penalties(self) -> Penalty:
        """What the configured plugin takes from the score of an attempt that came late."""
        used = AssignLatePenalties in self.autograde_preprocessors
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            return counting.late_penalties(self.config, self.coursedir.assignment_id, gradebook, used)

    def stage(self, item: ToStore) -> Staged:
        """Make the submission's folder beside its place. Raises what goes wrong; then nothing is left of it."""
        student, handed, graded = item.handed.student, item.handed, item.graded
        if graded.verdict != grading.INFRA and digest(handed.path) != handed.digest:
            text = "The submission changed while the class was being graded: grade again."
            graded = Graded(graded.lesson, grading.INFRA, graded.sandbox, notes=(text,))
        row = Row(student, graded, {}, handed.when)
        if graded.verdict == grading.INFRA:
            return Staged(student, None, row)
        folder = Path(self._format_dest(self.coursedir.assignment_id, student))
        _remove(folder)
        try:
            row = self._fill(folder, item, row)
            self.set_permissions(self.coursedir.assignment_id, student)
            (folder / MARK).write_text(item.mark, encoding="utf-8")
        except BaseException:
            _remove(folder)
            raise
        return Staged(student, folder, row)

    def put_in_place(self, staged: Staged) -> None:
        """The grade is in the gradebook: let the new folder take the place of the old one."""
        place = self._place(staged.student)
        _remove(place)
        if staged.folder is not None:
            staged.folder.rename(place)
            self.notebooks = [str(place / self.notebook_name())]
            self.run_post_convert_hook()

    def discard(self, staged: Staged) -> None:
        """The grade could not be stored: the folder that belongs to it goes, the old one stays."""
        if staged.folder is not None:
            _remove(staged.folder)

    def tidy(self) -> None:
        """Remove what an interrupted command left beside the submissions' places."""
        for folder in glob.glob(self._format_dest(self.coursedir.assignment_id, "*")):
            _remove(Path(folder))

    def _require_release(self) -> None:
        try:
            known = self.gradebook.max_scores()
        except MissingEntry:
            raise released.release_first(self._marks.lesson) from None
        released.require_same_version(known, self._marks)

    def _student_of(self, folder: str) -> str:
        found = re.match(self._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True), folder)
        assert found is not None  # nbgrader found the folder by the same pattern
        return found["student_id"]

    def _fill(self, folder: Path, item: ToStore, row: Row) -> Row:
        """Files and notebook as nbgrader writes them; what is left to be done in the gradebook."""
        lesson, student = self.coursedir.assignment_id, row.student
        folder.mkdir(parents=True)
        BaseConverter.init_assignment(self, lesson, student)  # the student's other files
        if item.handed.path.parent != Path(self._format_source(lesson, student)):  # an earlier attempt
            (folder / TIMESTAMP).unlink(missing_ok=True)
            _copy_over(item.handed.path.parent / TIMESTAMP, folder / TIMESTAMP)
        for path, relative in self._course_files:
            _copy_over(path, folder / relative)
        name = self.official().stem
        names = {"student": student, "assignment": lesson, "notebook": name, "db_url": self.coursedir.db_url}
        way = OnItsWay(names, row.graded, item.submission, folder)
        text = self._steps.run(self._clean_copy(item), way, lambda stages: self._store_now(way, row, stages))
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
        self._notebooks.forget(item.handed)
        return replace(row, written=way.written, stages=ALL if self._steps.only_ours else NONE)

    def _clean_copy(self, item: ToStore) -> NotebookNode:
        return clean_copy(self._notebooks.cells(item.handed), self._official, self._given)

    def _store_now(self, way: OnItsWay, row: Row, stages: Stages) -> None:
        trouble = self.gradebook.write([replace(row, written=way.written, stages=stages)])
        if row.student in trouble:
            raise UserError(trouble[row.student])

    def _files_of_the_course(self) -> list[tuple[Path, str]]:
        """What lies beside the notebook for every student: files of the source that aren't ignored or left to them."""
        lesson = self.coursedir.assignment_id
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", lesson)
        found = utils.find_all_files(source, [*self.coursedir.ignore, "*.ipynb"])
        theirs = {os.path.join(source, name) for name in self.exclude_overwriting.get(lesson, [])}
        return [(Path(path), os.path.relpath(path, source)) for path in sorted(set(found) - theirs)]

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        """Where nbgrader's methods write: beside the submission's place."""
        place = Path(super()._format_dest(assignment_id, student_id, escape))
        return str(place.with_name(f".{place.name}.part"))

    def _place(self, student: str) -> Path:
        return Path(super()._format_dest(self.coursedir.assignment_id, student))


def _has_points(held: dict[str, float | None], graded: Graded) -> bool:
    if graded.verdict != grading.GRADED:
        return all(score is None for score in held.values())
    return all(held.get(f"{result.name}{CHECK_SUFFIX}") == result.points for result in graded.results)


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _copy_over(path: Path, target: Path) -> None:
    if not path.is_file():
        return
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)


def _state(path: Path) -> tuple[int, int] | None:
    """What tells a file apart from another one that takes its name; None where there is none."""
    if not path.is_file():
        return None
    about = path.stat()
    return about.st_ino, about.st_mtime_ns


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
