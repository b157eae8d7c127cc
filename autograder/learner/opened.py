"""The lesson in the working folder, as `check` and its kin have it in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import Exercise
from autograder.core.paths import SUPPORT, UserError, solutions, suggest, support
from autograder.judging import answer_key
from autograder.judging.answer_key import AnswerKey
from autograder.learner import progress
from autograder.lesson import checks, handed_out, source
from autograder.lesson.handed_out import HandedOut


@dataclass
class Lesson:
    """A lesson with what this kernel knows of it. hints_shown: how many of each exercise; solved: what passed here."""

    folder: Path
    stamp: tuple[float, ...]
    exercises: dict[str, Exercise]
    answers: dict[str, AnswerKey]
    handed_out: HandedOut
    hints_shown: dict[str, int] = field(default_factory=dict)
    solved: set[str] = field(default_factory=set)

    def passed(self) -> set[str]:
        """The exercises that passed: in this kernel, and where progress is kept ever."""
        return self.solved | progress.passed(self.folder)


_lesson: Lesson | None = None


def here(folder: Path | None = None) -> Lesson:
    """The lesson in the working folder; loaded again only when its files changed."""
    global _lesson
    folder = folder or Path.cwd()
    paths = support(folder, "checks.py"), support(folder, "answers.json")
    if not all(path.is_file() for path in paths):
        raise UserError(
            f"There is no lesson in {folder}: open the notebook in the folder in which you got it, with all that lay "
            f"there (the checks are in its hidden folder {SUPPORT})."
        )
    stamp = tuple(path.stat().st_mtime for path in paths)
    if _lesson is None or _lesson.folder != folder or _lesson.stamp != stamp:
        try:
            known, _ = answer_key.read(paths[1])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UserError(f"{paths[1]} is damaged: start Ground Up again, which puts it right.") from None
        exercises = checks.load(folder)
        asked = {(name, case.name) for name, exercise in exercises.items() for case in exercise.visible_cases}
        if asked - {(name, case) for name, answer in known.items() for case in answer.expected}:
            raise UserError(f"checks.py and answers.json in {folder} don't belong together: start Ground Up again.")
        _lesson = Lesson(folder, stamp, exercises, known, handed_out.read(folder))
    return _lesson


def exercise(lesson: Lesson, name: Any, names: dict[str, Any]) -> Exercise:
    """The exercise of this name. names: the notebook's, to see which one is meant by what was passed instead."""
    if not isinstance(name, str):
        meant = next((known for known in lesson.exercises if names.get(known) is name), next(iter(lesson.exercises)))
        raise UserError(f'Write the exercise\'s name in quotation marks, such as "{meant}".')
    if name not in lesson.exercises:
        known = list(lesson.exercises)
        raise UserError(f"No exercise is called {name!r}.{suggest(name, known)} In this lesson: {', '.join(known)}.")
    return lesson.exercises[name]


def has_solutions(lesson: Lesson) -> bool:
    """Whether this copy of the course has the lesson's solutions."""
    return (solutions() / lesson.folder.name).is_dir()


def solution_text(lesson: Lesson, name: Any, names: dict[str, Any]) -> tuple[str, bool]:
    """The reference solution of an exercise or the model answer of a question, and whether it is a question's."""
    if not has_solutions(lesson):
        raise UserError("The solutions aren't part of this copy of the course; your instructor has them.")
    parsed = source.read(solutions() / lesson.folder.name)
    for cell in parsed.cells:
        if cell.question and cell.question == name:
            return cell.source, True
    return parsed.solution(exercise(lesson, name, names).name), False
