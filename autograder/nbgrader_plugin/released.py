"""Before `nbgrader autograde` touches anything: is there something to grade against?"""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Application

from autograder.core.paths import course_root
from autograder.nbgrader_plugin.gradebook import nbgrader_config
from autograder.nbgrader_plugin.submitted import prepare


def before_autograde(notebooks: list[str], assignment: str = "", student: str = "") -> None:
    """nbgrader's hook before each submission: the lesson must be released, then the submission is made fit to read.

    Raises SystemExit with a sentence when the gradebook doesn't know the lesson: nothing could be graded, and nbgrader
    would otherwise show a traceback for every student. (It swallows every other exception of this hook.)
    """
    folder = Path(notebooks[0]).parent
    coursedir = _coursedir(folder)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            gradebook.find_assignment(folder.name)
        except MissingEntry:
            raise SystemExit(f"{folder.name} isn't released yet: run `autograder release {folder.name}`.") from None
    prepare(notebooks, assignment, student)


def _coursedir(folder: Path) -> CourseDirectory:
    """That of the command that is running, with its options; elsewhere (in formgrader) that of the settings."""
    running = Application.instance() if Application.initialized() else None
    if isinstance(coursedir := getattr(running, "coursedir", None), CourseDirectory):
        return coursedir
    return CourseDirectory(config=nbgrader_config(course_root(folder)))
