"""A learner's page to show others (`work/what-i-built.html`): what passed, what each function is, their pictures.

One file that needs nothing else and holds nothing that acts; whatever comes from the learner is escaped, and of
pictures only PNG and JPEG are taken.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment

from autograder import templates
from autograder.core.paths import UserError, numbered
from autograder.judging.verdicts import PASSED
from autograder.learner import ledger, own_file, progress
from autograder.learner.ledger import ListedLesson
from autograder.learner.saved_notebook import Picture, SavedNotebook
from autograder.lesson import handed_out

FILE = "what-i-built.html"
LONGEST_NAME = 80  # characters


@dataclass(frozen=True)
class Built:
    """An exercise that passed. heading: how it is called, such as "relu(z)"; about: its docstring's first words."""

    heading: str
    about: str
    code: str


@dataclass(frozen=True)
class BuiltLesson:
    """A lesson of which something passed. of: how many exercises it has."""

    title: str
    question: str
    exercises: list[Built]
    of: int
    pictures: list[Picture]


def write(work: Path, name: str = "", code_too: bool = False) -> Path:
    """Write the page anew; its path. name: the learner's; code_too: with their code. Raises UserError, OSError."""
    return own_file.write(work, FILE, render(work, name, code_too, datetime.now()))


def render(work: Path, name: str, code_too: bool, when: datetime) -> str:
    """The page as HTML. Raises UserError where nothing has passed yet."""
    known = progress.load(work)["lessons"]
    lessons = [
        built
        for lesson in ledger.read(work).lessons
        if (built := _lesson(lesson, work, known.get(lesson.name, {}).get("exercises", {}), code_too))
    ]
    if not lessons:
        raise UserError("Nothing has passed yet, so there is nothing to show: the page comes with your first exercise.")
    return (
        _environment()
        .get_template("built.html.j2")
        .render(
            name=" ".join(str(name).split())[:LONGEST_NAME],
            lessons=lessons,
            count=sum(len(lesson.exercises) for lesson in lessons),
            pictures=sum(len(lesson.pictures) for lesson in lessons),
            when=f"{when.day} {when:%B %Y}",
        )
    )


def _lesson(lesson: ListedLesson, work: Path, entries: dict[str, Any], code_too: bool) -> BuiltLesson | None:
    passed = [name for name in lesson.points if entries.get(name, {}).get("verdict") == PASSED]
    if not passed:
        return None
    notebook = SavedNotebook(work / lesson.notebook)
    stubs = handed_out.read(work / lesson.name).exercises
    exercises = [
        Built(*described(name, stubs.get(name) or notebook.cell(name)), notebook.cell(name) if code_too else "")
        for name in passed
    ]
    title = numbered(lesson.name, lesson.title)
    return BuiltLesson(title, lesson.question, exercises, len(lesson.points), notebook.pictures(passed))


def described(name: str, source: str) -> tuple[str, str]:
    """How an exercise is called and what it is, from the text of its cell as far as that can be read."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return name, ""
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = [node for node in body if isinstance(node, kinds)]
    node = next((each for each in found if each.name == name), found[0] if found else None)
    if node is None:
        return name, ""
    about = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
    arguments = f"({ast.unparse(node.args)})" if isinstance(node, ast.FunctionDef) and node.name == name else ""
    return f"{name}{arguments}", about


@functools.cache
def _environment() -> Environment:
    environment = templates.environment(Path(__file__).parent)
    environment.filters["counted"] = lambda number, one: f"{number} {one}{'s' * (number != 1)}"
    return environment
