"""Where things are, and finding a lesson by name."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
SUPPORT = ".lesson"  # beside a lesson's notebook, out of sight: its checks, answers and figures
STATE = ".ground-up"  # in the course's folder: what can be made anew at any time
_HEADER = re.compile(r"\A\ufeff?---\n(?:(?!---\n).*\n)*?\s+ground_up:")
_LONGEST_HEADER = 10_000  # characters


class UserError(Exception):
    """Something the person at the keyboard can put right; the message is one sentence that says how."""


def course_root(start: Path | None = None) -> Path:
    """The course's folder: the nearest one above `start` with nbgrader_config.py and solutions/, else this one."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "nbgrader_config.py").is_file() and (folder / "solutions").is_dir():
            return folder
    return PACKAGE_ROOT


def solutions(start: Path | None = None) -> Path:
    """The folder of the lessons' sources."""
    return course_root(start) / "solutions"


def lessons(start: Path | None = None) -> Path:
    """The folder of the released lessons."""
    return course_root(start) / "lessons"


def support(lesson: Path, name: str) -> Path:
    """A file of a lesson that learners don't open: in its hidden folder, or beside the notebook.

    Beside it lies what an author edits, and what was handed out when there was no hidden folder yet.
    """
    beside = lesson / name
    return beside if beside.exists() else lesson / SUPPORT / name


def is_lesson(folder: Path) -> bool:
    """Whether a folder holds a lesson: its source, or what was built from one.

    Checks alone don't tell: an assignment of somebody's own may bring a `checks.py` beside its notebooks.
    """
    if not support(folder, "checks.py").is_file():
        return False
    is_built = support(folder, "answers.json").is_file()
    return is_built or any(map(_has_our_header, folder.glob("*.md"))) or not any(folder.glob("*.ipynb"))


def _has_our_header(source: Path) -> bool:
    """Whether a Markdown file's header says anything under `ground_up`."""
    with open(source, encoding="utf-8", errors="replace") as file:
        return bool(_HEADER.match(file.read(_LONGEST_HEADER)))


def lesson_names(folder: Path) -> list[str]:
    """The names of all lessons in `folder` (solutions/ or lessons/), in order."""
    return sorted({path.name for path in folder.glob("*/") if is_lesson(path)})


def numbered(lesson: str, title: str) -> str:
    """A lesson's title with the number that its folder's name begins with, such as "1 · One neuron"."""
    number, text = lesson.split("_")[0], " ".join(title.split())
    return f"{int(number)} · {text}" if number.isdecimal() else text


def find_lesson(name: str, folder: Path) -> Path:
    """The folder of a lesson. Raises UserError with the nearest name when there is none."""
    names = lesson_names(folder)
    if name.strip("/") in names:
        return folder / name.strip("/")
    raise UserError(f"There is no lesson {name!r}.{suggest(name, names)} Lessons: {', '.join(names) or 'none'}.")


def suggest(name: str, names: list[str]) -> str:
    """' Did you mean 'sigmoid'?' for a near miss, else nothing."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if not near:
        near = [known for known in names if name and (name in known or known in name)][:1]
    return f" Did you mean {near[0]!r}?" if near else ""
