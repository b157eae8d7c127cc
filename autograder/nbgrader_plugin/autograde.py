"""`nbgrader autograde` with our runner and our points: takes the place of nbgrader's Execute and SaveAutoGrades."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Enum

from autograder.core.paths import UserError
from autograder.nbgrader_plugin import arrival, in_this_process, scores, shown
from autograder.nbgrader_plugin.submitted import submitted_file
from autograder.runner import sandbox
from autograder.submission import grade as grading
from autograder.submission import reading
from autograder.submission.grade import Graded
from autograder.submission.reading import Submission, Ungradable

Passed = tuple[NotebookNode, dict[str, Any]]


class GradeSubmission(NbGraderPreprocessor):
    """Runs what was handed in, in our sandbox, and shows reports and printed text in the notebook."""

    sandbox = Enum(
        [sandbox.BUBBLEWRAP, sandbox.NONE],
        default_value=sandbox.BUBBLEWRAP,
        help="How far apart submissions run. 'none' only where you trust every submission's code.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Passed:
        names = resources["nbgrader"]
        coursedir = self.parent.parent.coursedir
        folder = Path(coursedir.format_path(coursedir.source_directory, ".", names["assignment"]))
        with Gradebook(names["db_url"]) as gradebook:  # whatever happens now, an earlier submission's points are gone
            scores.store(gradebook, names, Graded(names["assignment"], grading.INFRA, sandbox.NONE), {})
        try:
            submission = _read(self._submitted(coursedir, names), folder)
        except Ungradable as error:
            graded = grading.ungradable(names["assignment"], error)
            shown.show_instruction(nb, str(error))
        else:
            graded = in_this_process.grade(submission, folder, self.sandbox)
            shown.show_grade(nb, submission, graded)
        self._tell(graded, names)
        if graded.verdict == grading.INFRA:
            raise NbGraderException(f"Our fault, not the submission's, so it has no score: {' '.join(graded.notes)}")
        resources["ground_up"] = graded
        return nb, resources

    def _submitted(self, coursedir: CourseDirectory, names: dict[str, str]) -> Path:
        return submitted_file(coursedir, names)

    def _tell(self, graded: Graded, names: dict[str, str]) -> None:
        who = f"{names['student']}, {names['assignment']}"
        if graded.verdict == grading.GRADED:
            self.log.info("%s: %g of %g points", who, graded.score, graded.max_score)
        else:
            self.log.error("%s: %s. %s", who, graded.verdict, " ".join(graded.notes))


class SaveResults(SaveAutoGrades):
    """Stores the points of what `GradeSubmission` found; free text waits for a person, as with nbgrader."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Passed:
        names = resources["nbgrader"]
        answers = [cell for cell in nb.cells if utils.is_grade(cell) and utils.is_solution(cell)]
        written = {cell.metadata.nbgrader.grade_id: utils.determine_grade(cell)[0] is None for cell in answers}
        with Gradebook(names["db_url"]) as gradebook:
            try:
                scores.store(gradebook, names, resources["ground_up"], written)
            except UserError as error:
                raise NbGraderException(str(error)) from error
        return nb, resources


def _read(path: Path, folder: Path) -> Submission:
    if not path.is_file():
        raise Ungradable(arrival.no_notebook(path))
    return reading.read(path, folder.parent, folder.name)
