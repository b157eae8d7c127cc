"""Building a lesson: from its source to notebooks, answers and the growing library.

Everything generated lies beside the source for nbgrader (`solutions/<lesson>/`, ignored by git); what learners get is
copied to `lessons/<lesson>/`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import answers, checks, source
from autograder.answers import Answer
from autograder.exercise import AuthoringError, Exercise
from autograder.source import LessonSource

FORMAT = "1"


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

    def visible_answers(self) -> dict[str, Answer]:
        """The answers that travel with the lesson."""
        return {n: answers.work_out(e, e.visible_cases, self.reference) for n, e in self.exercises.items()}

    def held_out_answers(self) -> dict[str, Answer]:
        """The answers that stay here."""
        held_out = {n: [c for c in e.cases if c.held_out] for n, e in self.exercises.items()}
        return {n: answers.work_out(e, held_out[n], self.reference) for n, e in self.exercises.items()}


def open_lesson(folder: Path) -> Lesson:
    """Read, load and solve the lesson in `folder`. Raises AuthoringError when its parts don't fit together."""
    parsed = source.read(folder)
    library = source.library(parsed.name, folder.parent)
    with source.library_module(library):
        exercises = checks.load(folder, hidden=True)
        reference = source.reference_namespace(parsed, library)
    written = [cell.exercise for cell in parsed.cells if cell.exercise]
    if missing := sorted(set(exercises) ^ set(written)):
        where = "a cell in its .md" if missing[0] in exercises else "an exercise in its checks.py"
        raise AuthoringError(f"{parsed.name}: {missing[0]!r} lacks {where}.")
    if missing := [name for name in written if name not in reference]:
        raise AuthoringError(f"{parsed.name}: the solution of {missing[0]!r} doesn't define that name.")
    return Lesson(parsed, {name: exercises[name] for name in written}, library, reference)


def digest(folder: Path) -> str:
    """A hash of everything that the answers depend on."""
    made_from = [p for p in sorted(folder.glob("*")) if p.suffix == ".md" or p.name in ("checks.py", "hidden.py")]
    summary = hashlib.sha256(FORMAT.encode())
    for path in made_from:
        summary.update(path.name.encode() + b"\0" + path.read_bytes())
    summary.update(source.library(folder.name, folder.parent).encode())
    return summary.hexdigest()[:16]


def all_answers(folder: Path) -> dict[str, Answer]:
    """Visible and held-out answers of a lesson; worked out again only when its sources changed."""
    current = digest(folder)
    paths = folder / "answers.json", folder / "held_out.json"
    try:
        (visible, a), (held_out, b) = (answers.read(path) for path in paths)
        if a == b == current:
            return answers.merge(visible, held_out)
    except (OSError, ValueError, KeyError):
        pass  # absent or from an interrupted build: made anew
    lesson = open_lesson(folder)
    visible, held_out = lesson.visible_answers(), lesson.held_out_answers()
    answers.write(paths[0], lesson.name, visible, current)
    answers.write(paths[1], lesson.name, held_out, current)
    return answers.merge(visible, held_out)
