"""`autograder readme`: the tables that are worked out, each between two comments that name it.

README.md has the table of lessons, from their headers; docs/proof.md the kill table, from their proofs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from autograder.core.paths import UserError, lesson_names
from autograder.lesson import source
from autograder.proof import kept
from autograder.proof.prove import LessonProof
from autograder.proof.table import markdown

LESSONS, KILLS = "lessons", "kill table"
_ROW = re.compile(r"^\| `(\w+)` \|.*$", re.MULTILINE)


def with_lessons(page: str, solutions: Path) -> str:
    """The page with the table of all lessons in `solutions`. Raises UserError where its comments are missing."""
    return _replaced(page, LESSONS, table_of_lessons(solutions))


def with_proofs(page: str, solutions: Path, proofs: Sequence[LessonProof]) -> str:
    """The page with the rows of `proofs` in its kill table. Raises UserError where the table's comments are missing.

    Rows of other lessons stay as they are, of lessons that are no more they go.
    """
    names = lesson_names(solutions)
    fresh = markdown(proofs, {proof.lesson: kept.fingerprint(solutions / proof.lesson) for proof in proofs})
    rows = {row[1]: row[0] for row in _ROW.finditer(_part(page, KILLS))}
    rows |= {row[1]: row[0] for row in _ROW.finditer(fresh)}
    head = fresh.splitlines()[:2]
    return _replaced(page, KILLS, "\n".join([*head, *(rows[name] for name in names if name in rows)]))


def table_of_lessons(solutions: Path) -> str:
    """One row per lesson: number, title, question, and what the learner writes (the header's `write`, or the names)."""
    rows = ["| | Lesson | The question it answers | You write |", "|---|---|---|---|"]
    for name in lesson_names(solutions):
        lesson = source.read(solutions / name)
        exercises = ", ".join(f"`{cell.exercise}`" for cell in lesson.cells if cell.exercise)
        about = lesson.about
        cells = [name.split("_")[0], about["title"], about["question"], about.get("write", exercises)]
        rows.append(f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in cells)} |")
    return "\n".join(rows)


def _part(readme: str, name: str) -> str:
    return _find(readme, name)[1]


def _replaced(readme: str, name: str, text: str) -> str:
    found = _find(readme, name)
    return f"{readme[: found.start(1)]}{text}\n{readme[found.end(1) :]}"


def _find(readme: str, name: str) -> re.Match[str]:
    begin, end = f"<!-- {name}: written by `autograder readme` -->", f"<!-- end of {name} -->"
    found = re.search(rf"{re.escape(begin)}\n(.*?){re.escape(end)}", readme, re.DOTALL)
    if found is None:
        raise UserError(f"A page lacks the lines {begin} and {end}: put them around where the table belongs.")
    return found
