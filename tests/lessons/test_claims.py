"""No lesson contradicts its own results: what its text says of a cell is what the cell printed, whatever the data."""

import ast

import claims
import pytest
from solved_run import demos

from autograder.lesson.notebooks import solution_notebook
from course.datasets import stand_ins
from course.datasets.fetched import CLOTHES

FETCHED = ("07_pytorch", "08_convolution", "09_cnn", "10_rnn", "11_lstm")  # lessons whose data may have a stand-in


def test_every_claim_stands_in_the_text_and_speaks_of_one_cell(lesson):
    text = (lesson.source.folder / f"{lesson.source.notebook}.md").read_text(encoding="utf-8")
    cells = demos(solution_notebook(lesson))
    for claim in claims.table(lesson.name).CLAIMS:
        assert claim.said in text, f"the text no longer says {claim.said!r}: look at its check"
        assert sum(claims.is_of(claim.cell, cell) for cell in cells) == 1, claim.cell


def test_every_cell_that_prints_has_its_claims(lesson):
    """Or stands among those that the text says nothing of, so that a new sentence about it isn't forgotten."""
    table = claims.table(lesson.name)
    if not table.CLAIMS:
        pytest.skip("this lesson has no table of claims")
    spoken_of = [claim.cell for claim in table.CLAIMS]
    for cell in filter(prints, demos(solution_notebook(lesson))):
        claimed, silent = (any(claims.is_of(piece, cell) for piece in pieces) for pieces in (spoken_of, table.SILENT))
        assert claimed != silent, f"a claim about this cell, or a place among the silent ones, please:\n{cell}"


@pytest.mark.heavy_for("08_convolution", "09_cnn", "10_rnn", "11_lstm")
@pytest.mark.timeout(900)
def test_what_the_text_says_is_what_its_cells_printed(lesson, solved_run):
    contradictions(lesson, solved_run(lesson.name))


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_it_is_so_with_the_stand_ins_too(lesson, solved_run):
    if lesson.name not in FETCHED:
        pytest.skip("this lesson's data come with its packages")
    run = solved_run(lesson.name, stand_ins=True)
    assert not run.real
    contradictions(lesson, run)


def test_the_stand_ins_are_as_large_as_the_lessons_say():
    """The cheap part of the claims about stand-ins: what the trainings start from."""
    digits = stand_ins.enlarged_digits()
    assert len(digits.labels) - round(len(digits.labels) / 3) == 1198  # lesson 8
    held_out = len(digits.labels) - 1437  # lesson 9
    assert held_out == len(digits.labels) // 5 + 1 and round(held_out / 10) == 36
    assert stand_ins.PER_KIND * len(CLOTHES) >= 4000 + 1500  # lesson 7
    cities = stand_ins.cities().names  # lesson 10
    assert 200 < len(cities) < 800 and len({"\n", *"".join(cities)}) == 27
    assert abs(len(stand_ins.python_manual().text) - 5e5) < 1e5  # lesson 11


def contradictions(lesson, run):
    """Fails with every claim of the lesson that the run doesn't bear out."""
    data = claims.REAL if run.real else claims.STAND_IN
    wrong = []
    for claim in claims.table(lesson.name).CLAIMS:
        printed = run.printed(claim)
        if claim.data in ("", data) and not claim.holds(printed):
            wrong.append(f"the text: {claim.said}\nthe cell ({data} data):\n{printed}")
    assert not wrong, "\n\n".join(wrong)


def prints(cell):
    """Whether a cell prints, or ends with a value that is shown."""
    tree = ast.parse(cell)
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    end = tree.body[-1]
    shown = isinstance(end, ast.Expr) and not ast.unparse(end).startswith(("plt.", "widgets.", "print("))
    return "print" in calls or (shown and not isinstance(end.value, ast.Constant))
