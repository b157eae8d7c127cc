"""The cells of a submission as the lesson sees them, and how much of their code is taken on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.submission.given_out import ANSWER, QUESTION, GivenOut

MOST_CODE = 50_000  # words and signs in all cells of a notebook; the longest lesson, solved, has an eighth of that
_EACH = 20  # what a cell costs, however short
_SIGN = re.compile(r"\w+|[^\w ]")


@dataclass(frozen=True)
class SubmittedCell:
    """A submitted cell. role: that of the lesson's cell of this name, or "own". runs: whether its code is to be run.

    too_long: there is more code in the notebook than is taken on, and this cell is left out.
    """

    role: str
    name: str
    cell_type: str
    source: str
    demo: bool = False
    runs: bool = False
    too_long: bool = False


def is_code(cell: SubmittedCell) -> bool:
    """Whether a cell's text is to be read as code."""
    return cell.cell_type == "code" and cell.role != QUESTION and not cell.demo


def too_long(cells: Sequence[SubmittedCell], given: GivenOut) -> set[int]:
    """The cells to leave out, so that what is left has no more than MOST_CODE words and signs.

    Answers come first, then what the lesson itself has, then the rest.
    """
    code = [number for number, cell in enumerate(cells) if is_code(cell) or cell.role == ANSWER]
    if sum(len(cells[number].source) + _EACH for number in code) <= MOST_CODE:
        return set()
    left, out = MOST_CODE, set()

    def rank(number: int) -> int:
        cell = cells[number]
        return 0 if cell.role == ANSWER else 1 if cell.source.strip() in given.sources else 2

    for number in sorted(code, key=rank):
        cost = _EACH + _signs(cells[number].source, left)
        if cost <= left:
            left -= cost
        else:
            out.add(number)
    return out


def _signs(source: str, most: int) -> int:
    """Words and signs of a text; it stops counting where there are more than `most`."""
    count = 0
    for _ in _SIGN.finditer(source):
        count += 1
        if count > most:
            break
    return count
