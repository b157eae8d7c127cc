"""What the lessons say of the results that their cells show: a table for each lesson, and how its numbers are read.

A claim ties a piece of a lesson's text to a question about what a cell printed. Whoever changes the sentence, or the
cell, has to look at both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace

REAL, STAND_IN = "real", "stand-in"


@dataclass(frozen=True)
class Claim:
    """A sentence and the numbers it speaks of.

    said: a piece of the text; cell: a piece of the demo cell, or "^" and its beginning; holds: asked with what the cell printed; probe:
    statements that print what the cell draws or keeps, run behind it, and asked about instead; data: REAL or STAND_IN
    where the sentence speaks of one of them, else it must hold with both.
    """

    said: str
    cell: str
    holds: Callable[[str], bool]
    probe: str = ""
    data: str = ""


def is_of(piece: str, cell: str) -> bool:
    """Whether a piece, as a claim gives it, is one of this cell."""
    return cell.startswith(piece[1:]) if piece.startswith("^") else piece in cell


def table(lesson: str):
    """The module with a lesson's CLAIMS, and SILENT: pieces of the printing cells that the text says nothing about.

    A new lesson may do without: then both are empty.
    """
    name = f"claims.lesson_{lesson.partition('_')[0]}"
    return import_module(name) if find_spec(name) else SimpleNamespace(CLAIMS=(), SILENT=())


def numbers(text: str) -> list[float]:
    """All numbers in a text, in order; thousands may have commas."""
    return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*\.?\d*(?:e[-+]?\d+)?", text)]


def percents(text: str) -> list[float]:
    """All numbers before a percent sign, in order."""
    return [float(found) for found in re.findall(r"(\d+(?:\.\d+)?) ?%", text)]


def last(text: str) -> list[float]:
    """The last number of each line that has one."""
    return [found[-1] for found in map(numbers, text.splitlines()) if found]


def behind(text: str, before: str) -> list[float]:
    """The numbers of a line behind what stands before them there."""
    return numbers(re.search(re.escape(before) + r"(.*)", text).group(1))


def near(one: float, other: float, by: float) -> bool:
    return abs(one - other) <= by
