"""`autograder handout`: a copy of the course for students, with nothing in it that only instructors may have.

It holds what `python3 start.py` needs, the lessons named as they were released, and a README of its own. Not in it:
history, `solutions/`, tests, docs, what a class handed in and was given, and the lessons that weren't named. (A later
lesson's `nn.py` holds the solutions of the lessons before it.)
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from autograder.core.paths import PACKAGE_ROOT, SUPPORT, UserError, find_lesson, lesson_names, support
from autograder.judging import answer_key
from autograder.lesson import build
from autograder.lesson.new import TEMPLATES

FILES = (
    "start.py",
    "widgets.py",
    "pyproject.toml",
    "requirements.txt",
    "constraints.txt",
    "LICENSE",
    "LICENSE-lessons",
)
FOLDERS = ("autograder", "course")
README = TEMPLATES / "students" / "README.md"
_LEFT_OUT = ("__pycache__", "*.pyc", ".*", "*.part", "*.egg-info")


def hand_out(course: Path, target: Path, names: Iterable[str] = ()) -> list[str]:
    """Make the copy in `target`; the names of the lessons in it.

    course: the folder with lessons/ and solutions/; names: the lessons that go along (default: all released ones).
    Raises UserError where `target` has something in it already or lies in the course, and where a lesson isn't
    released as it is now.
    """
    if target.is_symlink() or target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise UserError(f"{target} is there already: name a folder that is new or empty.")
    within = [PACKAGE_ROOT / part for part in FOLDERS] + [course / "lessons", course / "solutions"]
    if any(target.resolve().is_relative_to(part) for part in within):
        raise UserError(f"{target} lies in the course itself: name a folder outside of it.")
    released = course / "lessons"
    lessons = [find_lesson(name, released) for name in sorted(set(names) or lesson_names(released))]
    for lesson in lessons:
        _require_as_released(lesson, course / "solutions" / lesson.name)
    try:
        _fill(target, lessons)
    except BaseException as error:
        for made in target.iterdir() if target.is_dir() else ():
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        if isinstance(error, OSError):
            why = error.strerror or " ".join(str(error).split())[:200]
            raise UserError(f"The copy could not be made ({why}), and nothing is left of it in {target}.") from error
        raise
    return [lesson.name for lesson in lessons]


def _fill(target: Path, lessons: list[Path]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(PACKAGE_ROOT / name, target / name)
    shutil.copyfile(README, target / "README.md")
    for name in FOLDERS:
        _copy(PACKAGE_ROOT / name, target / name)
    for lesson in lessons:
        _copy(lesson, target / "lessons" / lesson.name)
        _copy(lesson / SUPPORT, target / "lessons" / lesson.name / SUPPORT)


def _require_as_released(lesson: Path, source: Path) -> None:
    if not source.is_dir():
        raise UserError(f"{lesson.name} has no source in {source.parent}: a handout is made where the solutions are.")
    try:
        _, made_from = answer_key.read(support(lesson, build.ANSWERS))
    except (OSError, ValueError, KeyError):  # damaged, or of an interrupted release
        made_from = ""
    if made_from != build.digest(source):
        raise UserError(f"The source of {lesson.name} changed since it was released: run `autograder release` first.")


def _copy(folder: Path, target: Path) -> None:
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns(*_LEFT_OUT))
