"""Second phase: nbgrader's own Autograde puts the class into the gradebook, with results that are there already."""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from autograder import grade as grading
from autograder.batch import counting
from autograder.batch.counting import Penalty
from autograder.batch.found import HandedIn, digest, handed_in
from autograder.grade import Graded, Marking
from autograder.nbgrader_plugin.arrival import TIMESTAMP
from autograder.nbgrader_plugin.autograde import GradeSubmission
from autograder.nbgrader_plugin.submitted import prepare
from autograder.notebooks import CHECK_SUFFIX
from autograder.paths import UserError
from autograder.submissions import Submission

MARK = (
    ".ground-up-grade"  # in autograded/<student>/<lesson>/: what that grade comes from; goes when nbgrader grades anew
)


class TakeGrade(GradeSubmission):
    """`GradeSubmission` with a result that is there already instead of a run."""

    def _submitted(self, coursedir: CourseDirectory, names: dict[str, str]) -> Path:
        return self.parent.parent.standing_in(super()._submitted(coursedir, names))

    def _grade(self, submission: Submission, folder: Path) -> Graded:
        return self.parent.parent.take(submission)


class StoreGrades(Autograde):
    """nbgrader's Autograde for submissions that were run before. Use `find`, then `store`."""

    def __init__(self, config: Config, lesson: str) -> None:
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = lesson
        super().__init__(coursedir=coursedir, config=config)
        used = self.autograde_preprocessors
        if GradeSubmission not in used:
            raise UserError(
                "c.Autograde.autograde_preprocessors in nbgrader_config.py lacks GradeSubmission: put it back."
            )
        self.autograde_preprocessors = [TakeGrade if each is GradeSubmission else each for each in used]
        self.force = True
        self._folders: dict[str, tuple[str, list[str]]] = {}
        self._todo: dict[str, tuple[HandedIn, Graded, str]] = {}
        self._now = ""
        self._stored: list[str] = []
        self._trouble: dict[str, str] = {}
        self._done: Callable[[], object] = lambda: None

    def find(self) -> list[HandedIn]:
        """The submissions that nbgrader would grade, by student, each made fit for reading first."""
        try:
            super().init_notebooks()
        except NbGraderException:  # there are none
            return []
        lesson = self.coursedir.assignment_id
        pattern = self._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
        excluded = self.coursedir.student_id_exclude.split(",")
        for folder, notebooks in self.assignments.items():
            student = re.match(pattern, folder)["student_id"]
            if student not in excluded:
                self._folders[student] = folder, notebooks
        name = self.notebook_name()
        found = []
        for student, (folder, notebooks) in sorted(self._folders.items()):
            prepare(list(notebooks), lesson, student)
            self._folders[student] = folder, [str(p) for p in sorted(Path(folder).glob("[!.]*.ipynb"))]
            found.append(handed_in(student, Path(folder) / name))
        return found

    def notebook_name(self) -> str:
        """The file name of the lesson's notebook. Raises UserError when it isn't released."""
        return self.official().name

    def official(self) -> Path:
        """The lesson's notebook as it was given out."""
        lesson = self.coursedir.assignment_id
        released = Path(self.coursedir.format_path(self.coursedir.release_directory, ".", lesson))
        notebooks = sorted(released.glob("*.ipynb"))
        if not notebooks:
            raise _release_first(lesson)
        return notebooks[0]

    def require_release(self, marks: Marking) -> None:
        """Raise UserError when the gradebook doesn't know the lesson, or knows another version of it."""
        name = self.official().stem
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                known = {cell.name: cell.max_score for cell in gradebook.find_notebook(name, marks.lesson).grade_cells}
            except MissingEntry:
                raise _release_first(marks.lesson) from None
        if any(known.get(f"{n}{CHECK_SUFFIX}") != exercise.points for n, exercise in marks.exercises.items()):
            raise UserError(
                f"The gradebook knows another version of {marks.lesson}: "
                f"run `autograder release {marks.lesson}`, then grade again."
            )

    def is_stored(self, student: str, graded: Graded, mark: str, gradebook: Gradebook) -> bool:
        """Whether the gradebook holds this very grade."""
        lesson, path = self.coursedir.assignment_id, self._mark(student)
        if not path.is_file() or path.read_text(encoding="utf-8") != mark:
            return False
        try:
            held = gradebook.find_submission_notebook(self.official().stem, lesson, student).grades
        except MissingEntry:
            return False
        points = {grade.name: grade.auto_score for grade in held}
        if graded.verdict != grading.GRADED:
            return all(score is None for score in points.values())
        return all(points.get(f"{result.name}{CHECK_SUFFIX}") == result.points for result in graded.results)

    def store(self, todo: dict[str, tuple[HandedIn, Graded, str]], done: Callable[[], object]) -> dict[str, str]:
        """Put grades into the gradebook, by student: what was handed in, its grade, its mark. done: called after each.

        Returned are, by student, the reasons why some could not be stored.
        """
        self._todo, self._done = todo, done
        self._stored, self._trouble = [], {}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # nbgrader's own affair
                self.start()
        except NbGraderException as error:
            for student in todo:
                if student not in self._stored:
                    self._trouble.setdefault(student, str(error))
        return self._trouble

    def late_penalties(self, gradebook: Gradebook) -> Penalty:
        """What the configured plugin takes from the score of an attempt that came late."""
        used = AssignLatePenalties in self.autograde_preprocessors
        return counting.late_penalties(self.config, self.coursedir.assignment_id, gradebook, used)

    def standing_in(self, path: Path) -> Path:
        """The notebook to be read instead of the submitted one at `path`: that of the attempt that counts."""
        return self._todo[self._now][0].path

    def take(self, submission: Submission) -> Graded:
        """The result of the submission that is being stored."""
        handed, graded, _ = self._todo[self._now]
        if digest(submission.path) != handed.digest:
            text = "The submission changed while the class was being graded: grade again."
            return Graded(graded.lesson, grading.INFRA, graded.sandbox, notes=(text,))
        return graded

    def init_notebooks(self) -> None:
        self.assignments = dict(folder for student, folder in self._folders.items() if student in self._todo)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        self._now = student_id
        return super().init_destination(assignment_id, student_id)

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with self._noting_trouble():
            super().init_assignment(assignment_id, student_id)
            handed, _, _ = self._todo[student_id]
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                gradebook.update_or_create_submission(assignment_id, student_id, timestamp=handed.when)
            stamp = Path(self._format_dest(assignment_id, student_id)) / TIMESTAMP
            stamp.unlink(missing_ok=True)
            if (handed.path.parent / TIMESTAMP).is_file():
                shutil.copyfile(handed.path.parent / TIMESTAMP, stamp)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        with self._noting_trouble():
            super().convert_single_notebook(notebook_filename)

    @contextmanager
    def _noting_trouble(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._trouble[self._now] = " ".join(str(error).split())
            self._done()
            raise

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        super().set_permissions(assignment_id, student_id)
        self._mark(student_id).write_text(self._todo[student_id][2], encoding="utf-8")
        self._stored.append(student_id)
        self._done()

    def _mark(self, student: str) -> Path:
        return Path(self._format_dest(self.coursedir.assignment_id, student)) / MARK


def waiting(coursedir: Any, lesson: str) -> list[str]:
    """The students whose submission has something that a person must grade."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        submissions = gradebook.find_assignment(lesson).submissions
        return sorted(each.student.id for each in submissions if each.needs_manual_grade)


def _release_first(lesson: str) -> UserError:
    return UserError(f"{lesson} isn't released yet: run `autograder release {lesson}`.")
