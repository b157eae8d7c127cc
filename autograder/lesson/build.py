"""Building a lesson: from its source to notebooks, answers and the growing library.

What learners get is in `lessons/<lesson>/`; the answers, held-out ones included, are kept in `.ground-up/answers/`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import AuthoringError, Exercise
from autograder.cases import forbidden
from autograder.core import machine
from autograder.core.paths import PACKAGE_ROOT, STATE, lesson_names, support
from autograder.judging import answer_key
from autograder.judging.answer_key import AnswerKey
from autograder.lesson import checks, source
from autograder.lesson.source import LessonSource

ANSWERS, HELD_OUT, LIBRARY, MADE_WITH = "answers.json", "held_out.json", "nn.py", "made_with"
ENGINE = ("authoring/*.py", "cases/*.py", "core/wire.py", "judging/answer_key.py")


@dataclass(frozen=True)
class Lesson:
    """A lesson as its author has it: source, exercises with everything hidden, solved namespace."""

    source: LessonSource
    exercises: dict[str, Exercise]
    library: str
    reference: dict[str, Any]

    @property
    def name(self) -> str:
        return self.source.name

    def visible_answers(self) -> dict[str, AnswerKey]:
        """The answers that travel with the lesson."""
        return {n: answer_key.work_out(e, e.visible_cases, self.reference) for n, e in self.exercises.items()}

    def held_out_answers(self) -> dict[str, AnswerKey]:
        """The answers that stay here."""
        held_out = {n: [c for c in e.cases if c.held_out] for n, e in self.exercises.items()}
        return {n: answer_key.work_out(e, held_out[n], self.reference) for n, e in self.exercises.items()}


def open_lesson(folder: Path) -> Lesson:
    """Read, load and solve the lesson in `folder`. Raises AuthoringError when its parts don't fit together."""
    parsed = source.read(folder)
    library = source.library(parsed.name, folder.parent)
    with source.library_module(library):
        exercises = checks.load(folder, hidden=True)
        _require_known(exercises)
        reference = source.reference_namespace(parsed, library)
    written = [cell.exercise for cell in parsed.cells if cell.exercise]
    if missing := sorted(set(exercises) ^ set(written)):
        where = "a cell in its .md" if missing[0] in exercises else "an exercise in its checks.py"
        raise AuthoringError(f"{parsed.name}: {missing[0]!r} lacks {where}.")
    if missing := [name for name in written if name not in reference]:
        raise AuthoringError(f"{parsed.name}: the solution of {missing[0]!r} doesn't define that name.")
    return Lesson(parsed, {name: exercises[name] for name in written}, library, reference)


def _require_known(exercises: dict[str, Exercise]) -> None:
    for exercise in exercises.values():
        for name in exercise.forbids:
            try:
                forbidden.target(name)
            except forbidden.Unknown as error:
                raise AuthoringError(f"{exercise.name} forbids what can't be forbidden: {error}.") from None


def digest(folder: Path) -> str:
    """A hash of everything that the answers depend on: the lesson's sources, the texts of the lessons before it, and
    what runs and records a case."""
    own = [*folder.glob("*.md"), *folder.glob("checks.py"), *folder.glob("hidden/*.py")]
    earlier = [
        p for name in lesson_names(folder.parent) if name < folder.name for p in (folder.parent / name).glob("*.md")
    ]
    summary = hashlib.sha256(_engine().encode())
    for path in sorted(own) + earlier:
        summary.update(path.name.encode() + b"\0" + path.read_bytes())
    return summary.hexdigest()[:16]


@functools.cache
def _engine() -> str:
    """A hash of the modules that have a say in what a case returns and how that is compared and written down."""
    summary = hashlib.sha256()
    for path in sorted(path for part in ENGINE for path in (PACKAGE_ROOT / "autograder").glob(part)):
        summary.update(path.name.encode() + b"\0" + path.read_bytes())
    return summary.hexdigest()


@dataclass(frozen=True)
class Built:
    """What grading needs of a lesson."""

    answers: dict[str, AnswerKey]
    library: str


def built(folder: Path, released: Path, held_out: bool) -> Built:
    """The answers and library of the lesson in `folder`; worked out again only when its sources changed.

    released: the same lesson in lessons/, whose visible answers serve where nothing was kept yet.
    """
    current = digest(folder)
    for place in (kept_in(folder), released):
        try:
            visible, made_from = answer_key.read(support(place, ANSWERS))
            library = (place / LIBRARY).read_text(encoding="utf-8")
            if made_from != current:
                continue
            if not held_out:
                return Built(visible, library)
            hidden, made_from = answer_key.read(place / HELD_OUT)
            if made_from == current:
                return Built(answer_key.merge(visible, hidden), library)
        except (OSError, ValueError, KeyError):
            continue  # absent or from an interrupted build: made anew below
    lesson = open_lesson(folder)
    visible, hidden = keep_answers(lesson)
    return Built(answer_key.merge(visible, hidden) if held_out else visible, lesson.library)


def kept_in(folder: Path) -> Path:
    """Where the answers of the lesson in `folder` (under solutions/) are kept, the held-out ones too."""
    return folder.parent.parent / STATE / "answers" / folder.name


def keep_answers(lesson: Lesson) -> tuple[dict[str, AnswerKey], dict[str, AnswerKey]]:
    """The visible and the held-out answers, kept with the library; worked out unless they were just so, here."""
    folder, place = lesson.source.folder, kept_in(lesson.source.folder)
    if is_kept(folder):
        with contextlib.suppress(OSError, ValueError, KeyError):
            return answer_key.read(place / ANSWERS)[0], answer_key.read(place / HELD_OUT)[0]
    visible, hidden = lesson.visible_answers(), lesson.held_out_answers()
    keep(folder, lesson.library, visible, hidden)
    return visible, hidden


def is_kept(folder: Path) -> bool:
    """Whether the answers kept for the lesson in `folder` are those of today's sources, worked out as they'd be now."""
    try:
        return (kept_in(folder) / MADE_WITH).read_text(encoding="utf-8") == _made_with(folder)
    except OSError:
        return False


def keep(folder: Path, library: str, visible: dict[str, AnswerKey], hidden: dict[str, AnswerKey]) -> None:
    """Keep the answers of the lesson in `folder`, and the library that it has."""
    current, place = digest(folder), kept_in(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, answers in ((ANSWERS, visible), (HELD_OUT, hidden)):
        write_whole(place / name, answer_key.text(folder.name, answers, current))
    write_whole(place / LIBRARY, library)
    write_whole(place / MADE_WITH, _made_with(folder))


def _made_with(folder: Path) -> str:
    return f"{digest(folder)} {machine.circumstances()}\n"


def write_whole(path: Path, text: str) -> None:
    """Write a file that another process may be reading or writing."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as part:
        part.write(text)
    os.replace(part.name, path)
