"""What a person looks at has a limit; the lesson's own cells and the answers are always in it."""

from __future__ import annotations

import copy

import nbformat
import pytest

from autograder.nbgrader_plugin import shown_text
from autograder.nbgrader_plugin.submitted import clean_copy
from autograder.submission.given_out import grade_id

PROSE = "# A lesson\n\nWith some text."


def _official() -> nbformat.NotebookNode:
    nbgrader = {"grade_id": "relu", "grade": False, "solution": True, "locked": False, "schema_version": 3}
    answer = {"cell_type": "code", "metadata": {"nbgrader": nbgrader}, "source": "relu = ..."}
    cells = [{"cell_type": "markdown", "metadata": {}, "source": PROSE}, answer]
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


OFFICIAL = _official()
MORE = {
    "many cells": [f"x{n} = {n}" for n in range(5_000)],
    "the lesson's text many times": [PROSE] * 5_000,
    "much text": ["word " * 20_000] * 30,
    "one text": ["word " * 1_000_000],
}


@pytest.mark.parametrize("kind", ["markdown", "code"])
@pytest.mark.parametrize("name", MORE)
def test_what_is_shown_stays_within_its_limits(name, kind):
    notebook = {"cells": [copy.deepcopy(dict(cell)) for cell in OFFICIAL.cells]}
    more = [{"cell_type": kind, "metadata": {}, "source": source} for source in MORE[name]]
    notebook["cells"][:0] = more
    made = clean_copy(notebook, OFFICIAL)
    assert len(made.cells) <= shown_text.MOST_CELLS + len(OFFICIAL.cells) + 1
    most = shown_text.MOST_OF_ALL + shown_text.MOST_OF_A_CELL + 1_000
    assert sum(len(cell.source) for cell in made.cells) <= most
    assert [cell.source for cell in made.cells if grade_id(cell) == "relu"] == ["relu = ..."]
    assert PROSE in [cell.source for cell in made.cells]
    left_out, cut = (any(word in cell.source for cell in made.cells) for word in ("more cells aren't shown", "cut off"))
    assert left_out or cut


def test_an_ordinary_notebook_is_shown_as_it_is():
    notebook = {"cells": [copy.deepcopy(dict(cell)) for cell in OFFICIAL.cells]}
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": "relu(3)"})
    assert [cell.source for cell in clean_copy(notebook, OFFICIAL).cells] == [PROSE, "relu = ...", "relu(3)"]
