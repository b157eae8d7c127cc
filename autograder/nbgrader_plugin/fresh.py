"""Refusing to hand out what no longer agrees with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.core.paths import SUPPORT
from autograder.judging import answer_key
from autograder.lesson import build


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
