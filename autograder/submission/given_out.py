"""A lesson as it was given out: its named cells, its demonstrations, and which text is the lesson's own."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ANSWER, CHECK, QUESTION, OWN = "answer", "check", "question", "own"
_FLAGS = ("grade", "solution", "locked", "task", "points", "schema_version")
_WORD = re.compile(r"\w+")
_CHANGED = 8  # so many runs of three words in a row may differ from one edition of the lesson to another


@dataclass(frozen=True)
class Official:
    """A cell of the lesson that nbgrader knows by name. role: answer, check or question."""

    name: str
    role: str
    cell_type: str
    source: str
    flags: Mapping[str, Any]


@dataclass(frozen=True)
class GivenOut:
    """named: the lesson's named cells, in order. sources: every cell's text, without space around it. demos: those of
    the demonstrations. Without sources it isn't known what was given out.
    """

    named: Mapping[str, Official]
    sources: frozenset[str] = frozenset()
    demos: frozenset[str] = frozenset()

    @cached_property
    def places(self) -> dict[str, int]:
        """Where in the order of the named cells a text belongs, of each text that only one of them has."""
        texts = [cell.source.strip() for cell in self.named.values()]
        counts = Counter(texts)
        return {text: place for place, text in enumerate(texts) if text and counts[text] == 1}

    @cached_property
    def _lines(self) -> frozenset[str]:
        return frozenset(line.strip() for source in self.sources for line in source.splitlines())

    @cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        return frozenset(run for line in self._lines for run in _threes(line))

    def is_own(self, text: str) -> bool:
        """Whether a line is the lesson's: as it stands there, or mostly in the lesson's words (another edition)."""
        if text.strip() in self._lines:
            return True
        known = [run in self._runs for run in _threes(text)]
        return sum(known) > len(known) / 2 and _longest_gap(known) <= _CHANGED

    def new_in(self, text: str) -> str:
        """The lines that somebody added to what the lesson says; of a line that goes on from the lesson's, all of it.

        Takes time in proportion to the text.
        """
        if text.strip() in self.sources:
            return ""
        lines = text.splitlines()
        return "\n".join(line for line in lines if not line.strip() or not self.is_own(line)).strip()


def _threes(line: str) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(line.lower())
    return zip(words, words[1:], words[2:], strict=False)


def _longest_gap(known: list[bool]) -> int:
    return max((len(list(group)) for is_known, group in itertools.groupby(known) if not is_known), default=0)


def given_out(released: Path) -> GivenOut:
    """The lesson in `released` (under lessons/); nothing when it isn't there."""
    notebooks = sorted(released.glob("*.ipynb"))
    return _read(notebooks[0], notebooks[0].stat().st_mtime_ns) if notebooks else GivenOut({})


@functools.lru_cache(maxsize=32)
def _read(path: Path, _: int) -> GivenOut:
    return as_given(json.loads(path.read_text(encoding="utf-8")))


def as_given(notebook: Mapping[str, Any]) -> GivenOut:
    """A lesson's notebook as it is given out."""
    texts = [(cell, text_of(cell).strip()) for cell in notebook["cells"]]
    demos = frozenset(text for cell, text in texts if is_demo(cell))
    return GivenOut(named_cells(notebook), frozenset(text for _, text in texts), demos)


def named_cells(notebook: Mapping[str, Any]) -> dict[str, Official]:
    """The named cells of a lesson's notebook, in order."""
    found: dict[str, Official] = {}
    for cell in notebook["cells"]:
        flags = cell.get("metadata", {}).get("nbgrader", {})
        name = grade_id(cell)
        if name and (flags.get("grade") or flags.get("solution")):
            role = ANSWER if not flags.get("grade") else QUESTION if flags.get("solution") else CHECK
            kept = {flag: flags.get(flag) for flag in _FLAGS}
            found[name] = Official(name, role, cell["cell_type"], text_of(cell), kept)
    return found


def grade_id(cell: Mapping[str, Any]) -> str:
    """The name that a cell gives itself; empty when it gives none."""
    name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
    return name if isinstance(name, str) else ""


def is_demo(cell: Mapping[str, Any]) -> bool:
    """Whether a cell says that it is a demonstration."""
    return "demo" in cell.get("metadata", {}).get("tags", ())


def text_of(cell: Mapping[str, Any]) -> str:
    """The source of a cell, which a file may hold in lines."""
    return "".join(cell.get("source", ""))
