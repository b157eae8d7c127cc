"""A refusal changes nothing: what stands in a command's way is found out before nbgrader touches anything.

nbgrader's converters remove what is there, copy files and enter students and submissions before they ask a hook, an
exporter or a preprocessor. So these look first:

nbgrader autograde            is it a lesson, released as it is now, is there a sandbox, can the gradebook be written?
nbgrader generate_assignment  makes what `autograder release` makes, by the same code; fails without a change
nbgrader generate_feedback    does the gradebook know it? What was there comes back where a page can't be made
"""

from __future__ import annotations

import functools
import os
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbgrader.apps import api
from nbgrader.converters import (
    Autograde,
    BaseConverter,
    GenerateAssignment,
    GenerateFeedback,
    GenerateSolution,
    GenerateSourceWithTests,
)
from nbgrader.converters import base as nbgrader_base
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.authoring.exercise import AuthoringError
from autograder.core.paths import UserError
from autograder.core.text import clean
from autograder.lesson.release import release
from autograder.nbgrader_plugin import in_this_process, put_back, unusable
from autograder.nbgrader_plugin.assignments import require_lesson
from autograder.nbgrader_plugin.autograde import GradeSubmission
from autograder.nbgrader_plugin.gradebook import release_and_register
from autograder.nbgrader_plugin.released import require_released
from autograder.runner import sandbox

NO_SANDBOX = (
    "The bubblewrap sandbox doesn't work on this machine: install the package bubblewrap (Linux), or, if you trust the "
    'code of every submission, set c.GradeSubmission.sandbox = "none" in nbgrader_config.py. Nothing was changed.'
)
_IN_A_DIALOG = 76  # characters in a line of formgrader's
_courses: set[Path] = set()


def find_out_first(root: Path) -> None:
    """From now on nbgrader's converters look first where they work in the course at `root`."""
    if not _courses:  # settings are read more than once in a process
        _replace(Autograde, "start", _autograde)
        _replace(GenerateAssignment, "start", _generate)
        _replace(GenerateFeedback, "start", _feedback)
        for converter in (GenerateFeedback, GenerateSolution, GenerateSourceWithTests):
            _replace(converter, "init_destination", put_back.before)
            _replace(converter, "convert_notebooks", put_back.after)
        _replace(api, "capture_log", _captured)
    _courses.add(root.resolve())


def _autograde(start: Callable[[Autograde], None], converter: Autograde) -> None:
    if _is_ours(converter) and GradeSubmission in converter.autograde_preprocessors:
        _or_refuse(converter, lambda: _each(converter, _require_gradable))
    start(converter)


def _generate(start: Callable[[GenerateAssignment], None], converter: GenerateAssignment) -> None:
    if _is_ours(converter):
        _or_refuse(converter, lambda: _each(converter, _release))
    else:
        start(converter)


def _feedback(start: Callable[[GenerateFeedback], None], converter: GenerateFeedback) -> None:
    if _is_ours(converter):
        _or_refuse(converter, lambda: _require_known(converter.coursedir))
    start(converter)


def _captured(capture: Callable[..., dict[str, Any]], app: Any, *more: Any, **options: Any) -> dict[str, Any]:
    """For formgrader, whose dialog shows the log, in lines as they are, and then a traceback: a refusal is said."""
    result = capture(app, *more, **options)
    if getattr(app, "ground_up_refused", False):
        result.pop("error", None)
        lines = result.get("log", "").splitlines()
        result["log"] = "\n".join(textwrap.fill(line, _IN_A_DIALOG) for line in lines)
    return result


def _or_refuse(converter: BaseConverter, action: Callable[[], object]) -> None:
    """Do it; what a person can put right is one sentence in the log."""
    try:
        action()
    except (UserError, AuthoringError, ModuleNotFoundError) as error:
        converter.ground_up_refused = True
        converter.log.error("%s", clean(str(error)))
        raise NbGraderException(str(error)) from error


def _each(converter: BaseConverter, action: Callable[[Any, Path], object]) -> None:
    """Do it for each lesson that is asked for, if all are lessons."""
    folders = _folders(converter)
    for folder in folders:
        require_lesson(folder)
    for folder in folders:
        action(converter, folder)


def _folders(converter: BaseConverter) -> list[Path]:
    """Of each assignment asked for (a name or, as nbgrader has it, a pattern) the folder under solutions/."""
    coursedir = converter.coursedir
    asked = coursedir.format_path(coursedir.source_directory, ".", coursedir.assignment_id)
    found = [path for path in nbgrader_base.glob.glob(asked) if os.path.isdir(path)]
    return [Path(os.path.normpath(path)) for path in sorted(found) or [asked]]


def _require_gradable(converter: BaseConverter, folder: Path) -> None:
    level = GradeSubmission(config=converter.config).sandbox
    if level == sandbox.BUBBLEWRAP and not sandbox.bubblewrap_works():
        raise UserError(NO_SANDBOX)
    require_released(converter.coursedir, in_this_process.marking(folder))


def _release(converter: GenerateAssignment, folder: Path) -> None:
    coursedir = converter.coursedir
    lessons = Path(os.path.normpath(coursedir.format_path(coursedir.release_directory, ".", folder.name))).parent
    if converter.no_database:
        changed = release(folder, lessons).changed
    else:
        changed = release_and_register(folder, lessons, coursedir).changed
    converter.log.info("%s: %s", folder.name, f"wrote {', '.join(changed)}" if changed else "up to date")


def _require_known(coursedir: CourseDirectory) -> None:
    name = coursedir.assignment_id
    with unusable.gradebook(coursedir) as gradebook:
        if name not in {assignment.name for assignment in gradebook.assignments} and not set("*?[") & set(name):
            raise UserError(f"The gradebook knows no {name}, so it has no points to tell: grade it first.")


def _is_ours(converter: BaseConverter) -> bool:
    return Path(converter.coursedir.root).resolve() in _courses


def _replace(owner: Any, name: str, ours: Callable[..., Any]) -> None:
    """Put `ours`, which gets the original first, in the place of a function."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def replaced(*arguments: Any, **options: Any) -> Any:
        return ours(original, *arguments, **options)

    setattr(owner, name, replaced)
