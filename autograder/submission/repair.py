"""A lesson's own cells as they were given out, and a submission's cells put back in order by them.

Nothing that a submitted notebook says about itself is believed: whether a cell is an answer, a check or a question is
what the lesson says about the cell of that name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.submission.definitions import defined

ANSWER, CHECK, QUESTION, OWN = "answer", "check", "question", "own"
_FLAGS = ("grade", "solution", "locked", "task", "points", "schema_version")


@dataclass(frozen=True)
class Official:
    """A cell of the lesson that nbgrader knows by name. role: answer, check or question."""

    name: str
    role: str
    cell_type: str
    source: str
    flags: Mapping[str, Any]


@dataclass(frozen=True)
class SubmittedCell:
    """A submitted cell. role: that of the lesson's cell of this name, or "own". runs: whether its code is to be run."""

    role: str
    name: str
    cell_type: str
    source: str
    demo: bool = False
    runs: bool = False


@dataclass(frozen=True)
class Ordered:
    """A submission's cells in its own order, with what had to be put right and what else a person may want to know."""

    cells: tuple[SubmittedCell, ...]
    repairs: tuple[str, ...]
    remarks: tuple[str, ...]


def given_out(released: Path) -> dict[str, Official]:
    """The named cells of the lesson in `released` (under lessons/), in order; none when it isn't there."""
    notebooks = sorted(released.glob("*.ipynb"))
    return official_cells(json.loads(notebooks[0].read_text(encoding="utf-8"))) if notebooks else {}


def official_cells(notebook: Mapping[str, Any]) -> dict[str, Official]:
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


def text_of(cell: Mapping[str, Any]) -> str:
    """The source of a cell, which a file may hold in lines."""
    return "".join(cell.get("source", ""))


def ordered(notebook: Mapping[str, Any], official: Mapping[str, Official]) -> Ordered:
    """A submission's cells by the lesson's own. notebook: JSON of notebook shape (`submissions.load`).

    official: none when it isn't known what was given out; then the notebook's own word must do.
    """
    if not official:
        official = official_cells(notebook)
    cells = [_cell(cell, official.get(grade_id(cell))) for cell in notebook["cells"]]
    definitions = [defined(cell.source) if _is_code(cell) else {} for cell in cells]
    names = [name for name, cell in official.items() if cell.role == ANSWER]
    written = {name for name in names if any(found.get(name) for n, found in _running(cells, definitions))}
    elsewhere, again = [], []
    for number, cell in enumerate(cells):
        if cell.role == ANSWER and cell.cell_type != "code" and cell.name not in written:
            cells[number] = cell = replace(cell, runs=True)  # an answer that was turned into text
            definitions[number] = defined(cell.source)
        if cell.role == CHECK and any(definitions[number].get(name) for name in set(names) - written):
            cells[number] = replace(cell, runs=True)  # an answer that was merged into a check
    for name in names:
        places = [(n, found[name]) for n, found in _running(cells, definitions) if name in found]
        answers = [n for n, is_written in places if is_written]
        own = [n for n in answers if cells[n].role == ANSWER and cells[n].name == name]
        if answers and not own:
            elsewhere.append(name)
            for n, _ in places:
                if n > answers[-1] and set(definitions[n]) == {name}:
                    cells[n] = replace(cells[n], runs=False)  # the stub, untouched, after the answer
        elif answers and answers[-1] not in own:
            again.append(name)
    repairs = _repairs(notebook["cells"], official, elsewhere)
    remarks = [f"`{name}` is defined again after its own cell; the last definition counted." for name in again]
    return Ordered(tuple(cells), tuple(repairs), tuple(remarks))


def _cell(cell: Mapping[str, Any], official: Official | None) -> SubmittedCell:
    source, kind = text_of(cell), str(cell.get("cell_type"))
    if official:
        runs = official.role == ANSWER and kind == "code" and bool(source.strip())
        return SubmittedCell(official.role, official.name, kind, source, runs=runs)
    demo = "demo" in cell.get("metadata", {}).get("tags", ())
    return SubmittedCell(OWN, "", kind, source, demo, runs=kind == "code" and not demo and bool(source.strip()))


def _is_code(cell: SubmittedCell) -> bool:
    return cell.cell_type == "code" and cell.role != QUESTION and not cell.demo


def _running(cells: Sequence[SubmittedCell], definitions: list[dict[str, bool]]) -> list[tuple[int, dict[str, bool]]]:
    return [(n, found) for n, found in enumerate(definitions) if cells[n].runs]


def _repairs(cells: list[Mapping[str, Any]], official: Mapping[str, Official], elsewhere: list[str]) -> list[str]:
    """What was put right, each as the end of a sentence."""
    there = [(grade_id(cell), cell) for cell in cells]
    counts = Counter(name for name, _ in there)
    last = {name: cell for name, cell in there if name in official}
    twice = [name for name in last if counts[name] > 1]
    missing = [name for name in official if name not in last]
    retyped = [name for name, cell in last.items() if cell.get("cell_type") != official[name].cell_type]
    changed = [name for name, cell in last.items() if not _has_flags(cell, official[name])]
    edited = [
        name
        for name, cell in last.items()
        if official[name].role == CHECK and text_of(cell).strip() != official[name].source.strip()
    ]
    claims = sum(1 for name, cell in there if name not in official and _claims(cell))
    order = list(dict.fromkeys(name for name, _ in there if name in official))
    moved = [name for name in order if name not in _in_order(order, list(official))]
    said = [
        (elsewhere, "the answer to {} was found in another cell"),
        ([name for name in missing if name not in elsewhere], "the cell {} was missing"),
        (twice, "the cell {} was there more than once (the last definition counts)"),
        (retyped, "the cell {} was of another kind"),
        (moved, "the cell {} stood in another place"),
        (changed, "points or flags of {} had been changed (those given out count)"),
        (edited, "the check {} had been edited (the one given out counts)"),
    ]
    found = [text.format(", ".join(f"`{name}`" for name in names)) for names, text in said if names]
    if claims:
        found.append(f"{claims} of its own cells claimed to be the lesson's (they earn nothing)")
    return found


def _has_flags(cell: Mapping[str, Any], official: Official) -> bool:
    flags = cell["metadata"]["nbgrader"]
    return all(flags.get(flag) == value for flag, value in official.flags.items())


def _claims(cell: Mapping[str, Any]) -> bool:
    return bool(cell.get("metadata", {}).get("nbgrader"))


def _in_order(names: list[str], official: list[str]) -> set[str]:
    """The largest part of the names that stand in the official order (so the others were moved)."""
    places = [official.index(name) for name in names]
    best: list[list[int]] = []
    for place in places:
        before = max((run for run in best if run[-1] < place), key=len, default=[])
        best.append([*before, place])
    return {official[place] for place in max(best, key=len, default=[])}
