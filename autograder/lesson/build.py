"""Building a lesson: from its source to notebooks, answers and the growing library.

Everything generated lies beside the source for nbgrader (`solutions/<lesson>/`, ignored by git); what learners get is
copied to `lessons/<lesson>/`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import AuthoringError, Exercise
from autograder.cases import forbidden
from autograder.core.paths import lesson_names
from autograder.judging import answer_key
from autograder.judging.answer_key import AnswerKey
from autograder.lesson import checks, source
from autograder.lesson.source import LessonSource

FORMAT = "2"


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
    """A hash of everything that the answers depend on: the lesson's sources and the texts of the lessons before it."""
    own = [p for p in sorted(folder.glob("*")) if p.suffix == ".md" or p.name in ("checks.py", "hidden.py")]
    earlier = [
        p for name in lesson_names(folder.parent) if name < folder.name for p in (folder.parent / name).glob("*.md")
    ]
    summary = hashlib.sha256(FORMAT.encode())
    for path in own + earlier:
        summary.update(path.name.encode() + b"\0" + path.read_bytes())
    return summary.hexdigest()[:16]


@dataclass(frozen=True)
class Built:
    """What grading needs of a lesson."""

    answers: dict[str, AnswerKey]
    library: str


def built(folder: Path, released: Path, held_out: bool) -> Built:
    """The answers and library of the lesson in `folder`; worked out again only when its sources changed.

    released: the same lesson in lessons/, whose visible answers serve where nothing was built beside the source yet.
    """
    current = digest(folder)
    for place in (folder, released):
        try:
            visible, made_from = answer_key.read(place / "answers.json")
            library = (place / "nn.py").read_text(encoding="utf-8")
            if made_from != current:
                continue
            if not held_out:
                return Built(visible, library)
            hidden, made_from = answer_key.read(place / "held_out.json")
            if made_from == current:
                return Built(answer_key.merge(visible, hidden), library)
        except (OSError, ValueError, KeyError):
            continue  # absent or from an interrupted build: made anew below
    lesson = open_lesson(folder)
    visible, hidden = write_answers(lesson, folder)
    return Built(answer_key.merge(visible, hidden) if held_out else visible, lesson.library)


def write_answers(lesson: Lesson, beside: Path) -> tuple[dict[str, AnswerKey], dict[str, AnswerKey]]:
    """Work out the visible and the held-out answers and write them, with the library, to the folder `beside`."""
    current = digest(lesson.source.folder)
    visible, hidden = lesson.visible_answers(), lesson.held_out_answers()
    answer_key.write(beside / "answers.json", lesson.name, visible, current)
    answer_key.write(beside / "held_out.json", lesson.name, hidden, current)
    (beside / "nn.py").write_text(lesson.library, encoding="utf-8")
    return visible, hidden
