"""A lesson's source (`solutions/<lesson>/<notebook>.md`) as cells, and the solved namespace it makes.

The source is jupytext Markdown. A code cell with `exercise="name"` is to be solved by the learner; `tags=["demo"]` is
skipped when grading; `tags=["export"]` joins the growing library. `<!-- #region question="name" points=2 -->` holds
the model answer of a free-text question.
"""

from __future__ import annotations

import ast
import copy
import functools
import re
import sys
import types
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import AuthoringError
from autograder.core.paths import lesson_names
from autograder.lesson import slips
from autograder.lesson.growing_library import Exports
from autograder.lesson.growing_library import text as text_of_library
from autograder.lesson.limits import of_lesson

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
MUST_SAY, MAY_SAY = (
    ("title", "question"),
    ("part", "minutes", "write", "files", "limits"),
)  # in the header, under ground_up
_FENCED = re.compile(r"^```python *(?P<options>[^\n]*)\n(?P<source>.*?)\n?^```$", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r'(\w+)=("[^"]*"|\[[^\]]*\])')


@dataclass(frozen=True)
class SourceCell:
    """kind: "code" or "markdown"; exercise, question: the name it belongs to, or empty."""

    kind: str
    source: str
    exercise: str = ""
    question: str = ""
    points: float = 0
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class LessonSource:
    """A parsed lesson. about: what its header says under `ground_up`."""

    folder: Path
    notebook: str
    about: dict[str, Any]
    cells: tuple[SourceCell, ...]

    @property
    def name(self) -> str:
        return self.folder.name

    def solution(self, exercise: str) -> str:
        """The solved code of an exercise, without the markers."""
        cell = next(cell for cell in self.cells if cell.exercise == exercise)
        return solved(cell.source)

    def code(self) -> tuple[str, ...]:
        """The solved code cells, demos left out."""
        return tuple(solved(cell.source) for cell in self.cells if cell.kind == "code" and "demo" not in cell.tags)

    def exported(self) -> list[str]:
        """The solutions that join the growing library."""
        return [solved(cell.source) for cell in self.cells if "export" in cell.tags]


def read(folder: Path) -> LessonSource:
    """Parse the lesson in `folder`. Raises AuthoringError when there isn't exactly one Markdown source."""
    sources = sorted(folder.glob("*.md"))
    if len(sources) != 1:
        raise AuthoringError(f"{folder} must hold exactly one .md file, the lesson's source; it holds {len(sources)}.")
    of_lesson(folder)  # wrong limits are said when the lesson is built, not when it is graded
    about, cells = _parsed(sources[0], sources[0].read_text(encoding="utf-8"))
    return LessonSource(folder, sources[0].stem, copy.deepcopy(about), cells)


@functools.lru_cache(maxsize=64)
def _parsed(path: Path, text: str) -> tuple[dict[str, Any], tuple[SourceCell, ...]]:
    """The header's ground_up and the cells of a source. path: for messages."""
    import jupytext

    notebook = jupytext.reads(text, fmt="md")
    about = dict(notebook.metadata.get("ground_up", {}))
    if missing := set(MUST_SAY) - set(about):
        raise AuthoringError(f"{path}: the header's ground_up lacks {sorted(missing)[0]!r}.")
    if unknown := set(about) - {*MUST_SAY, *MAY_SAY}:
        known = ", ".join((*MUST_SAY, *MAY_SAY))
        raise AuthoringError(f"{path}: the header's ground_up has no {sorted(unknown)[0]!r}; it has {known}.")
    cells = []
    for cell in notebook.cells:
        meta = cell.metadata
        tags = tuple(meta.get("tags", ()))
        cells.append(
            SourceCell(
                cell.cell_type,
                cell.source,
                meta.get("exercise", ""),
                meta.get("question", ""),
                float(meta.get("points", 0)),
                tags,
            )
        )
    _refuse_twins(path, cells)
    return about, tuple(cells)


def code_cells(folder: Path) -> tuple[SourceCell, ...]:
    """The code cells of the lesson in `folder`, read in a few milliseconds: for a figure, which opens while one waits.

    `read` gives the same, and says what is wrong with a source; but jupytext alone takes a second to import.
    """
    (path,) = folder.glob("*.md")
    cells = []
    for found in _FENCED.finditer(path.read_text(encoding="utf-8")):
        options = {name: ast.literal_eval(value) for name, value in _OPTION.findall(found["options"])}
        tags = tuple(options.get("tags", ()))
        cells.append(SourceCell("code", found["source"], options.get("exercise", ""), tags=tags))
    return tuple(cells)


def solved(source: str) -> str:
    """A cell's code without the solution markers."""
    return "\n".join(line for line in source.split("\n") if line.strip() not in (BEGIN, END))


def stub(source: str, name: str) -> str:
    """What the learner gets: the solution replaced by one line.

    Inside a function that is `raise NotImplementedError()`; for a class's whole body `pass`; at the top level,
    `name = ...`.
    """
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        if line.strip() == BEGIN:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines.append(f"{indent}{_stub_line(indent, _opening(lines, indent), name)}")
        elif line.strip() == END:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def _stub_line(indent: str, opening: str, name: str) -> str:
    """The line that stands where the solution was. opening: the line that opens the block it was in."""
    if not indent:
        return f"{name} = ..."
    statement = "pass" if opening.startswith("class ") else "raise NotImplementedError()"
    return f"{statement}  # replace this line with your code"


def _opening(lines: list[str], indent: str) -> str:
    """The last `class` or `def` line that is indented less."""
    openings = (line for line in reversed(lines) if re.match(r"\s*(class|def|async def)\b", line))
    return next((line.strip() for line in openings if len(line) - len(line.lstrip()) < len(indent)), "")


def library(lesson: str, folder: Path) -> str:
    """The text of `nn.py` for a lesson: the exported solutions of all lessons before it in `folder`, imports first."""
    earlier = [read(folder / name) for name in lesson_names(folder) if name < lesson]
    return text_of_library(Exports(each.name, each.code(), tuple(each.exported())) for each in earlier)


def reference_namespace(lesson: LessonSource, library_source: str | None = None) -> dict[str, Any]:
    """Run the solved lesson's code cells (demos left out) and return the names they define."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with library_module(library(lesson.name, lesson.folder.parent) if library_source is None else library_source):
        for number, cell in enumerate(lesson.cells):
            if cell.kind == "code" and "demo" not in cell.tags:
                place = f"cell {number} of {lesson.notebook}.md"
                with slips.told(lesson.name, place, f"<{place}>"):
                    exec(compile(solved(cell.source), f"<{place}>", "exec"), namespace)
    return namespace


@contextmanager
def library_module(text: str):
    """While active, `import nn` gives the growing library of this text."""

    module = types.ModuleType("nn")
    before = sys.modules.get("nn")
    sys.modules["nn"] = module  # already here for its own classes, which are looked up by the name of their module
    try:
        exec(compile(text, "nn.py", "exec"), module.__dict__)
        yield module
    finally:
        if before is None:
            sys.modules.pop("nn", None)
        else:
            sys.modules["nn"] = before


def _refuse_twins(path: Path, cells: list[SourceCell]) -> None:
    names = [cell.exercise or cell.question for cell in cells if cell.exercise or cell.question]
    if twins := sorted({name for name in names if names.count(name) > 1}):
        raise AuthoringError(f"{path}: {twins[0]!r} stands there twice; each exercise and question has one cell.")
