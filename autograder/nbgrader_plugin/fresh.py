"""`nbgrader generate_assignment`: it refuses what no longer agrees with its source, and leaves what release would."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.core.paths import SUPPORT, lessons
from autograder.judging import answer_key
from autograder.lesson import build
from autograder.lesson.release import HIDDEN_AWAY


class RequireFreshBuild(NbGraderPreprocessor):
    """Stops `nbgrader generate_assignment` when the lesson's source changed since `autograder release` built it."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        lesson = resources["nbgrader"]["assignment"]
        coursedir = self.parent.parent.coursedir
        folder = Path(coursedir.format_path(coursedir.source_directory, ".", lesson))
        try:
            _, built_from = answer_key.read(folder / SUPPORT / build.ANSWERS)
        except (OSError, ValueError, KeyError):
            built_from = ""
        if built_from != build.digest(folder.resolve()):
            raise NbGraderException(
                f"The source of {lesson} changed since it was built: run `autograder release {lesson}`."
            )
        return nb, resources


def put_out_of_sight(notebooks: list[str], assignment: str = "", student: str = "") -> None:
    """nbgrader's hook after a lesson was generated: what learners get in the hidden folder isn't beside the notebook.

    notebooks: the paths of the source's. nbgrader copies all that lies there, and can tell files by their names alone,
    which are the same in the hidden folder.
    """
    source = Path(notebooks[0]).parent
    for name in HIDDEN_AWAY:
        copied = lessons(source) / source.name / name
        if copied.is_dir():
            shutil.rmtree(copied)
        else:
            copied.unlink(missing_ok=True)
