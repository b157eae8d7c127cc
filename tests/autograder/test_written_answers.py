"""A written answer that doesn't stand in its cell waits for a person, who sees it there; the lesson's text is none."""

from __future__ import annotations

import copy
import time

import nbformat
import pytest
from nbgrader import utils

from autograder.nbgrader_plugin.submitted import clean_copy
from autograder.submission import repair
from autograder.submission.given_out import as_given, grade_id

STUB = "*Your answer: write a few sentences.*"
ANSWER = "Without a bias every line goes through the origin, and then one corner alone can't be cut off."
INTRODUCTION = "## Why?\n\nA neuron adds up weighted evidence and a bias, and then it bends the sum a little."
RECAP = "## Recap\n\nThe bias slides the line, the direction of the weights turns it, and that is all there is to it."


def _named(kind: str, name: str, source: str, **flags: object) -> dict:
    nbgrader = {"grade_id": name, "schema_version": 3, "task": False, "locked": False, **flags}
    return {"cell_type": kind, "metadata": {"nbgrader": nbgrader}, "source": source}


def _text(source: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str) -> dict:
    return {"cell_type": "code", "metadata": {}, "source": source}


def _official() -> nbformat.NotebookNode:
    """An exercise, a demonstration, and a question with text around it."""
    demo = {**_code("print('a line that the lesson itself draws, with words')"), "metadata": {"tags": ["demo"]}}
    cells = [
        _text("# A lesson"),
        _named("code", "relu", "relu = ...", grade=False, solution=True),
        _named("code", "relu-check", 'check("relu")', grade=True, solution=False, points=1),
        _text(INTRODUCTION),
        demo,
        _named("markdown", "why", STUB, grade=True, solution=True, points=2),
        _text(RECAP),
    ]
    notebook = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    question = notebook.cells[QUESTION]
    question.metadata.nbgrader.checksum = utils.compute_checksum(question)
    return notebook


QUESTION = 5
OFFICIAL = _official()


def _copied(cell: dict, source: str) -> dict:
    return {**copy.deepcopy(cell), "source": source}


def _with(question: str | None, edit) -> dict:
    """The lesson with something in its question's cell, and an edit of the list of cells."""
    notebook = {"cells": [copy.deepcopy(dict(cell)) for cell in OFFICIAL.cells]}
    if question is not None:
        notebook["cells"][QUESTION]["source"] = question
    edit(notebook["cells"])
    return notebook


def _renamed(cells: list[dict]) -> None:
    cells[QUESTION] = _named("markdown", "why_not", ANSWER, grade=True, solution=True, points=2)


def _without_metadata(cells: list[dict]) -> None:
    for cell in cells:
        cell["metadata"] = {}


def _merged(cells: list[dict]) -> None:
    cells[3]["source"] += "\n\n" + ANSWER
    del cells[QUESTION]


def _made_code(cells: list[dict]) -> None:
    cells[QUESTION]["cell_type"] = "code"


HALF = "It could cut off no corner but this one."
ELSEWHERE = {
    "typed anew": (None, lambda cells: cells.__setitem__(QUESTION, _text(ANSWER))),
    "raw": (None, lambda cells: cells.__setitem__(QUESTION, {**_text(ANSWER), "cell_type": "raw"})),
    "an older name": (None, _renamed),
    "no metadata": (ANSWER, _without_metadata),
    "a copy above": (None, lambda cells: cells.insert(QUESTION, _copied(cells[QUESTION], ANSWER))),
    "a copy below": (None, lambda cells: cells.insert(QUESTION + 1, _copied(cells[QUESTION], ANSWER))),
    "below": (None, lambda cells: cells.insert(QUESTION + 1, _text(ANSWER))),
    "below, its own cell emptied": (" ", lambda cells: cells.insert(QUESTION + 1, _text(ANSWER))),
    "at the end": (None, lambda cells: cells.append(_text(ANSWER))),
    "at the top": (None, lambda cells: cells.insert(0, _text(ANSWER))),
    "in the text above": (None, lambda cells: cells[3].update(source=INTRODUCTION + "\n\n" + ANSWER)),
    "behind the last line below": (None, lambda cells: cells[-1].update(source=f"{RECAP} {ANSWER}")),
    "merged into the text above": (None, _merged),
    "made code": (f"# {ANSWER}", _made_code),
    "a comment": (None, lambda cells: cells.append(_code(f"# {ANSWER}"))),
    "a string": (None, lambda cells: cells.insert(QUESTION + 1, _code(f'answer = """{ANSWER}"""'))),
    "prose in a code cell": (None, lambda cells: cells.insert(QUESTION + 1, _code(ANSWER))),
}
IN_ITS_CELL = {"in its cell": (ANSWER, lambda cells: None), "with the stub": (f"{STUB}\n{ANSWER}", lambda cells: None)}
SPLIT = {
    "split": lambda cells: cells.insert(QUESTION + 1, _copied(cells[QUESTION], HALF)),
    "split, without metadata": lambda cells: cells.insert(QUESTION + 1, _text(HALF)),
}
NOTHING = {
    "untouched": (None, lambda cells: None),
    "gone": (None, lambda cells: cells.pop(QUESTION)),
    "no metadata": (None, _without_metadata),
    "the lesson's text again": (None, lambda cells: cells.append(_text(RECAP))),
    "the lesson in other lines": (None, lambda cells: cells[-1].update(source=RECAP.replace(", ", ",\n"))),
    "another edition": (None, lambda cells: cells[-1].update(source=RECAP.replace("a little", "somewhat"))),
    "twice": (None, lambda cells: cells.append(copy.deepcopy(cells[QUESTION]))),
    "code of one's own": (None, lambda cells: cells.append(_code('# try it\nsolution("why")'))),
    "an answer to the exercise": (
        None,
        lambda cells: cells[1].update(source="def relu(z):\n    # all that is below 0\n"),
    ),
}


def _question(notebook: dict) -> nbformat.NotebookNode:
    """The question in the copy that a person looks at; it is there once, and nothing else got lost."""
    made = clean_copy(copy.deepcopy(notebook), OFFICIAL)
    found = [cell for cell in made.cells if grade_id(cell) == "why"]
    assert len(found) == 1
    everything = "\n".join(cell.source for cell in made.cells)
    assert all(cell["source"].strip() in everything for cell in notebook["cells"] if cell["source"] != STUB)
    return found[0]


def _waits(question: nbformat.NotebookNode) -> bool:
    return utils.determine_grade(question)[0] is None


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_an_answer_that_stands_elsewhere_waits_and_is_seen_in_the_questions_place(kind):
    notebook = _with(*ELSEWHERE[kind])
    question = _question(notebook)
    assert _waits(question)
    assert ANSWER in question.source
    said = " ".join(repair.ordered(notebook, as_given(OFFICIAL)).repairs)
    assert "what may be the answer to `why` was found in" in said or "the question `why`" in said or "kind" in said


@pytest.mark.parametrize("kind", SPLIT)
def test_both_halves_of_an_answer_are_seen(kind):
    question = _question(_with(ANSWER, SPLIT[kind]))
    assert _waits(question)
    assert question.source.index(ANSWER) < question.source.index(HALF)


@pytest.mark.parametrize("kind", IN_ITS_CELL)
def test_an_answer_in_its_place_stays_as_it_is(kind):
    notebook = _with(*IN_ITS_CELL[kind])
    assert _question(notebook).source == notebook["cells"][QUESTION]["source"]
    assert not repair.ordered(notebook, as_given(OFFICIAL)).repairs


@pytest.mark.parametrize("kind", NOTHING)
def test_where_nobody_wrote_anything_nobody_waits(kind):
    question = _question(_with(*NOTHING[kind]))
    assert (question.source, _waits(question)) == (STUB, False)


def test_a_picture_comes_along():
    cell = {**_text("![mine](attachment:mine.png)"), "attachments": {"mine.png": {"image/png": "aGVsbG8="}}}
    question = _question(_with(None, lambda cells: cells.append(cell)))
    assert _waits(question)
    assert question.attachments == {"mine.png": {"image/png": "aGVsbG8="}}


def test_each_question_gets_what_stands_near_it():
    official = _official()
    second = _named("markdown", "why-not", STUB, grade=True, solution=True, points=2)
    official.cells.append(nbformat.from_dict(second))
    notebook = {"cells": [copy.deepcopy(dict(cell)) for cell in official.cells]}
    notebook["cells"][QUESTION + 1 : QUESTION + 1] = [_text(ANSWER)]
    notebook["cells"].append(_text(HALF))
    written = repair.ordered(notebook, as_given(official)).written
    assert ANSWER in written["why"].text
    assert HALF not in written["why"].text
    assert HALF in written["why-not"].text


LARGE = {
    "words": "words " * 200_000,
    "blank lines": "\n" * 500_000,
    "short lines": "a\n" * 200_000,
    "headings": "#" * 500_000,
    "fences": "`" * 500_000,
    "the lesson's own": f"{RECAP} " * 5_000,
}


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("kind", ["markdown", "code"])
def test_no_text_takes_long_to_look_through(kind, name):
    cell = {"cell_type": kind, "metadata": {}, "source": LARGE[name]}
    notebook = _with(None, lambda cells: cells.append(cell))
    started = time.process_time()
    clean_copy(notebook, OFFICIAL)
    assert time.process_time() - started < 5


def test_demonstrations_are_known_by_their_text():
    notebook = _with(None, _without_metadata)
    order = repair.ordered(notebook, as_given(OFFICIAL))
    assert [number for number, cell in enumerate(order.cells) if cell.demo] == [4]
    assert not order.cells[4].runs
    copied = clean_copy(notebook, OFFICIAL).cells
    assert [cell.source for cell in copied if "demo" in cell.metadata.get("tags", ())] == [OFFICIAL.cells[4].source]
