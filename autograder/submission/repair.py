"""A submission's cells put back in order by the lesson's own.

Nothing that a submitted notebook says about itself is believed: whether a cell is an answer, a check or a question is
what the lesson says about the cell of that name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.submission import written_answers
from autograder.submission.cells import MOST_CODE, SubmittedCell, is_code, too_long
from autograder.submission.definitions import defined
from autograder.submission.given_out import (
    ANSWER,
    CHECK,
    OWN,
    QUESTION,
    GivenOut,
    Official,
    grade_id,
    is_demo,
    named_cells,
    text_of,
)
from autograder.submission.written_answers import Written

_NAMED = 5


@dataclass(frozen=True)
class Ordered:
    """A submission's cells in its own order, with what had to be put right and what else a person may want to know.

    written: of each question whose answer isn't simply in its cell, what may be the answer.
    """

    cells: tuple[SubmittedCell, ...]
    repairs: tuple[str, ...]
    remarks: tuple[str, ...]
    written: Mapping[str, Written]


def ordered(notebook: Mapping[str, Any], given: GivenOut) -> Ordered:
    """A submission's cells by the lesson's own. notebook: JSON of notebook shape (`reading.load`).

    given: without named cells it isn't known what was given out; then the notebook's own word must do.
    """
    official = given.named or named_cells(notebook)
    cells = [_cell(cell, official.get(grade_id(cell)), given) for cell in notebook["cells"]]
    left_out = sorted(too_long(cells, given))
    for number in left_out:
        cells[number] = replace(cells[number], runs=False, too_long=True)
    definitions = [defined(cell.source) if is_code(cell) and not cell.too_long else {} for cell in cells]
    names = [name for name, cell in official.items() if cell.role == ANSWER]
    written = {name for name in names if any(found.get(name) for n, found in _running(cells, definitions))}
    elsewhere, again = [], []
    for number, cell in enumerate(cells):
        if cell.role == ANSWER and cell.cell_type != "code" and cell.name not in written and not cell.too_long:
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
    found = written_answers.find(cells, given)
    repairs = _repairs(notebook["cells"], cells, official, elsewhere)
    repairs += [answer.repair for answer in found.values() if answer.repair]
    remarks = [f"`{name}` is defined again after its own cell; the last definition counted." for name in again]
    return Ordered(tuple(cells), tuple(repairs), (*remarks, *_left_out(left_out)), found)


def _cell(cell: Mapping[str, Any], official: Official | None, given: GivenOut) -> SubmittedCell:
    source, kind = text_of(cell), str(cell.get("cell_type"))
    if official:
        runs = official.role == ANSWER and kind == "code" and bool(source.strip())
        return SubmittedCell(official.role, official.name, kind, source, runs=runs)
    demo = is_demo(cell) or source.strip() in given.demos  # some programs save no tags
    return SubmittedCell(OWN, "", kind, source, demo, runs=kind == "code" and not demo and bool(source.strip()))


def _left_out(numbers: Sequence[int]) -> list[str]:
    """A sentence about the cells that are too long."""
    if not numbers:
        return []
    named = ", ".join(str(number + 1) for number in numbers[:_NAMED])
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return [
        f"Left out, because the notebook has more than {MOST_CODE:,} words and signs of code: cell {named}{more} "
        "(counted from the top, text cells too). Everything else was run. Ask for a notebook without such data in it."
    ]


def _running(cells: Sequence[SubmittedCell], definitions: list[dict[str, bool]]) -> list[tuple[int, dict[str, bool]]]:
    return [(n, found) for n, found in enumerate(definitions) if cells[n].runs]


def _repairs(
    cells: list[Mapping[str, Any]],
    submitted: Sequence[SubmittedCell],
    official: Mapping[str, Official],
    elsewhere: list[str],
) -> list[str]:
    """What was put right, each as the end of a sentence."""
    there = [(grade_id(cell), cell) for cell in cells]
    counts = Counter(name for name, _ in there)
    last = {name: cell for name, cell in there if name in official}
    several = [name for name in last if counts[name] > 1]
    twice = [name for name in several if official[name].role != QUESTION]
    asked_twice = [name for name in several if official[name].role == QUESTION]
    missing = [name for name in official if name not in last]
    retyped = [name for name, cell in last.items() if cell.get("cell_type") != official[name].cell_type]
    changed = [name for name, cell in last.items() if not _has_flags(cell, official[name])]
    edited = [
        name
        for name, cell in last.items()
        if official[name].role == CHECK and text_of(cell).strip() != official[name].source.strip()
    ]
    claims = sum(1 for cell, seen in zip(cells, submitted, strict=True) if seen.role == OWN and _claims(cell))
    order = list(dict.fromkeys(name for name, _ in there if name in official))
    moved = [name for name in order if name not in _in_order(order, list(official))]
    said = [
        (elsewhere, "the answer to {} was found in another cell"),
        ([name for name in missing if name not in elsewhere], "the cell{s} {} {was} missing"),
        (twice, "the cell{s} {} {was} there more than once (the last definition counts)"),
        (asked_twice, "the question{s} {} {was} there more than once (what was written in any of them counts)"),
        (retyped, "the cell{s} {} {was} of another kind"),
        (moved, "the cell{s} {} stood in another place"),
        (changed, "points or flags of {} had been changed (those given out count)"),
        (edited, "the check{s} {} had been edited (what was given out counts)"),
    ]
    found = [
        text.format(", ".join(f"`{name}`" for name in names), s="s" * (len(names) > 1), was=_was(names))
        for names, text in said
        if names
    ]
    if claims:
        found.append(f"{claims} of its own cells claimed to be the lesson's (they earn nothing)")
    return found


def _was(names: list[str]) -> str:
    return "was" if len(names) == 1 else "were"


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
