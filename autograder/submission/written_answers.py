"""Written answers that don't stand where they were asked for: what may be one is found, and a person decides.

An answer is lost in many honest ways: its cell was deleted and typed anew, copied, split, renamed, turned into code,
or left alone while the answer was written below it. Whatever somebody wrote is better read once too often than never.
What the lesson itself says is no answer.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.core import cell_text
from autograder.submission.cells import SubmittedCell
from autograder.submission.given_out import OWN, QUESTION, GivenOut

MOST = 200_000  # characters of a cell that are compared with the lesson's; of longer ones all is taken for new
_WORDS = 4  # so many make a comment or string something that may have been meant as an answer
_COMMENT = re.compile(r"#([^\n]*)")


@dataclass(frozen=True)
class Written:
    """What may be the answer to a question, for the question's own cell. cells: where it stood, by number."""

    text: str
    cells: tuple[int, ...]
    repair: str


@dataclass(frozen=True)
class _Question:
    """name; own: its cells' numbers; written: those of them in which somebody wrote; near: the cells around it."""

    name: str
    own: list[int]
    written: list[int]
    near: range

    @property
    def at(self) -> int:
        return self.own[-1] if self.own else self.near.stop


def find(cells: list[SubmittedCell], given: GivenOut) -> dict[str, Written]:
    """Of each question whose answer isn't simply in its cell: what may be the answer. Nothing where nothing is.

    cells: changed in place where one, without a name of its own, turns out to be a question's.
    """
    if not given.sources:
        return {}
    questions = [_question(name, cells, given) for name, cell in given.named.items() if cell.role == QUESTION]
    found = {question.name: _near(question, cells, given) for question in questions}
    taken = {number for numbers in found.values() for number in numbers}
    for question in questions:
        if not question.written and not found[question.name]:  # nothing around it: then cells of their own, anywhere
            anywhere = _texts(sorted(set(range(len(cells))) - taken), cells, given)
            found[question.name] = {n: text for n, text in anywhere.items() if text == cells[n].source.strip()}
    answers = {q.name: _answer(q, found[q.name], cells, given) for q in questions if q.written or found[q.name]}
    return {name: written for name, written in answers.items() if written is not None}


def _question(name: str, cells: Sequence[SubmittedCell], given: GivenOut) -> _Question:
    own = [number for number, cell in enumerate(cells) if cell.role == QUESTION and cell.name == name]
    stub = given.named[name].source.strip()
    written = [number for number in own if cells[number].source.strip() not in ("", stub)]
    return _Question(name, own, written, _around(name, own, cells, given))


def _around(name: str, own: list[int], cells: Sequence[SubmittedCell], given: GivenOut) -> range:
    """From the lesson's named cell before a question to the one after it."""
    place = {known: number for number, known in enumerate(given.named)}
    places = [place.get(cell.name, given.places.get(cell.source.strip())) for cell in cells]
    here = place[name]
    if own:
        begin, before = own[-1] + 1, [n for n in range(own[0]) if places[n] not in (None, here)]
    else:
        before = [n for n, its in enumerate(places) if its is not None and its < here]
        begin = before[-1] + 1 if before else 0
    after = (n for n in range(begin, len(cells)) if places[n] not in (None, here))
    return range(before[-1] + 1 if before else 0, next(after, len(cells)))


def _near(question: _Question, cells: Sequence[SubmittedCell], given: GivenOut) -> dict[int, str]:
    """What somebody wrote around a question, by cell. Of a question with an answer: what goes on right below it."""
    below = range(question.at + 1 if question.own else question.near.start, question.near.stop)
    if question.written:
        found: dict[int, str] = {}
        for number in below:
            more = _texts([number], cells, given)
            if not more:
                break
            found |= more
        return found
    texts = _texts(question.near, cells, given)
    return dict(sorted((texts | _in_code(below, cells, given)).items()))


def _texts(numbers: Sequence[int], cells: Sequence[SubmittedCell], given: GivenOut) -> dict[int, str]:
    """Of cells that are no code and not the lesson's, what is new in them."""
    own = [number for number in numbers if cells[number].role == OWN and cells[number].cell_type != "code"]
    new = {number: _new(cells[number].source, given) for number in own}
    return {number: text for number, text in new.items() if text}


def _in_code(numbers: Sequence[int], cells: Sequence[SubmittedCell], given: GivenOut) -> dict[int, str]:
    """Of code cells that aren't the lesson's, those in which somebody wrote sentences."""
    own = [n for n in numbers if cells[n].role == OWN and cells[n].cell_type == "code" and not cells[n].demo]
    return {n: _fenced(cells[n].source) for n in own if any(_is_sentence(s, given) for s in _said(cells[n].source))}


def _said(source: str) -> Iterator[str]:
    """Comments and strings of a code cell; all of it when it is no Python."""
    tree = cell_text.parsed(source)
    if tree is None:
        yield from source[:MOST].splitlines()
        return
    yield from _COMMENT.findall(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is_sentence(text: str, given: GivenOut) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", text[:MOST])) >= _WORDS and bool(_new(text, given))


def _new(text: str, given: GivenOut) -> str:
    return given.new_in(text) if len(text) <= MOST else text


def _answer(question: _Question, found: dict[int, str], cells: list[SubmittedCell], given: GivenOut) -> Written | None:
    """What goes into the question's cell; None when it stands there already, and nowhere else."""
    name, own, written = question.name, question.own, question.written
    if not own and (first := min(found)) is not None and found[first] == cells[first].source.strip():
        cells[first] = replace(cells[first], role=QUESTION, name=name, runs=False)  # it lost its name, nothing else
        own = written = [first]
    at = own[-1] if own else min(found)
    copies = {cells[number].source.strip(): number for number in reversed(written)}
    in_place = sorted(copies.values())
    parts = [_fenced(cells[n].source) if cells[n].cell_type == "code" else cells[n].source for n in in_place]
    if not found and len(parts) == 1 and (written[-1] == at or in_place == [at]) and cells[at].cell_type != "code":
        return None
    places = ["another copy of its cell"] if in_place and in_place != [at] else []
    for number, text in found.items():
        if number in in_place:
            places.append("a cell that had lost its name")
            continue
        place = f"{'code' if cells[number].cell_type == 'code' else 'text'} {'above' if number < at else 'below'}"
        parts.append(f"*Found in the {place}:*\n\n{text}")
        places.append(f"a {place.replace(' ', ' cell ')} it")
    where = " and ".join(dict.fromkeys(places))
    repair = f"what may be the answer to `{name}` was found in {where}" if where else ""
    return Written("\n\n".join(parts), tuple(sorted({*in_place, *found})), repair)


def _fenced(source: str) -> str:
    """Code as it is shown in a text cell."""
    longest = max(map(len, re.findall(r"`{3,}", source)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{source.rstrip()}\n{fence}"
