"""A submitted notebook put in order by what was given out, and what is said about it."""

import copy
import json

import nbformat
import pytest

from autograder.core.outcome import RAISED, RETURNED, Outcome, Raised
from autograder.runner.job import CellRun
from autograder.submission import grade, reading, versions
from autograder.submission.definitions import defined
from tests.autograder import tiny

NORM = "def norm(x):\n    return np.sqrt(np.sum(x * x)), 2 * np.sqrt(np.sum(x * x))"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny.released(tmp_path_factory.mktemp("course"))


@pytest.fixture
def notebook(course):
    made = nbformat.read(course / "lessons" / "01_tiny" / "tiny.ipynb", as_version=4)
    cell(made, "double").source = "def double(x):\n    return 2 * x"
    cell(made, "norm").source = NORM
    cell(made, "limit").source = "limit = 3.5"
    return made


@pytest.fixture
def read(course, tmp_path):
    def read(notebook):
        path = tmp_path / "tiny.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return reading.read(path, course / "solutions")

    return read


def cell(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def code(source):
    return nbformat.v4.new_code_cell(source)


def test_an_ordinary_submission_is_not_noted(read, notebook):
    for each in notebook.cells:
        each.metadata.execution = {"iopub.execute_input": "now"}
        if each.cell_type == "code":
            each.execution_count, each.outputs = 3, [nbformat.v4.new_output("stream", text="hello")]
    notebook.metadata.widgets = {}
    notebook.cells.insert(3, code("x = 3\nprint(double(x))"))
    notebook.cells.append(code("def my_helper(z):\n    return z"))
    cell(notebook, "why").source = "My answer."
    assert read(notebook).notes == ()


def test_as_handed_out_is_not_noted(read, course):
    assert read(nbformat.read(course / "lessons" / "01_tiny" / "tiny.ipynb", as_version=4)).notes == ()


REPAIRS = {
    "answer missing": (lambda nb: nb.cells.remove(cell(nb, "limit")), "the cell `limit` was missing"),
    "check missing": (lambda nb: nb.cells.remove(cell(nb, "norm-check")), "the cell `norm-check` was missing"),
    "twice": (lambda nb: nb.cells.append(copy.deepcopy(cell(nb, "norm"))), "the cell `norm` was there more than once"),
    "moved": (lambda nb: nb.cells.insert(0, _take(nb, "norm")), "the cell `norm` stood in another place"),
    "points": (lambda nb: cell(nb, "norm-check").metadata.nbgrader.update(points=9), "points or flags of `norm-check`"),
    "schema": (lambda nb: cell(nb, "norm").metadata.nbgrader.update(schema_version=99), "points or flags of `norm`"),
    "flags": (lambda nb: cell(nb, "norm").metadata.nbgrader.update(grade=True), "points or flags of `norm`"),
    "check edited": (lambda nb: cell(nb, "norm-check").update(source="5.0"), "the check `norm-check` had been edited"),
    "own grade cell": (lambda nb: nb.cells.append(_claiming("../x")), "1 of its own cells claimed to be the lesson's"),
    "odd grade id": (lambda nb: nb.cells.append(_claiming(["norm"])), "1 of its own cells claimed to be the lesson's"),
    "new cell": (lambda nb: _elsewhere(nb), "the answer to `norm` was found in another cell"),
    "retyped": (lambda nb: cell(nb, "norm").update(cell_type="raw"), "the cell `norm` was of another kind"),
    "question as code": (lambda nb: cell(nb, "why").update(cell_type="code"), "the cell `why` was of another kind"),
}


@pytest.mark.parametrize(("edit", "said"), REPAIRS.values(), ids=REPAIRS)
def test_what_was_put_right_is_said_in_one_sentence(read, notebook, edit, said):
    edit(notebook)
    (note,) = read(notebook).notes
    assert note.startswith("REPAIRED: ")
    assert note.endswith(".")
    assert said in note
    assert ";" not in note


def test_an_answer_turned_into_text_is_run_in_its_place(read, notebook):
    cell(notebook, "norm").cell_type = "markdown"
    assert [(c.name, c.source) for c in read(notebook).cells if "def norm" in c.source] == [("norm", NORM)]


def test_an_answer_turned_into_text_stays_text_when_there_is_another(read, notebook):
    cell(notebook, "norm").cell_type = "markdown"
    notebook.cells.append(code("def norm(x):\n    return 1.0"))
    assert [c.source for c in read(notebook).cells if "def norm" in c.source] == ["def norm(x):\n    return 1.0"]


def test_an_answer_merged_into_a_check_is_run(read, notebook):
    notebook.cells.remove(cell(notebook, "norm"))
    cell(notebook, "double-check").source += f"\n\n{NORM}"
    submission = read(notebook)
    assert any(NORM in c.source for c in submission.cells)
    assert "the answer to `norm` was found in another cell" in submission.notes[0]


def test_a_check_turned_into_an_answer_is_not_run(read, notebook):
    cell(notebook, "norm-check").metadata.nbgrader.update(solution=True, grade=False)
    assert not any("check(" in c.source for c in read(notebook).cells if "import" not in c.source)


def test_an_answer_whose_flags_say_it_is_a_check_is_run(read, notebook):
    cell(notebook, "norm").metadata.nbgrader.update(solution=False, grade=True)
    assert NORM in [c.source for c in read(notebook).cells]


def test_the_stub_below_an_answer_in_a_new_cell_does_not_undo_it(read, notebook):
    _elsewhere(notebook)
    notebook.cells.insert(2, notebook.cells.pop())
    assert [c.source for c in read(notebook).cells if "def norm" in c.source] == [NORM]


def test_a_later_cell_that_defines_an_exercise_again_is_noted(read, notebook):
    notebook.cells.append(code("norm = abs"))
    assert read(notebook).notes == ("`norm` is defined again after its own cell; the last definition counted.",)


def test_free_text_is_found_whatever_its_cell_says_it_is(read, notebook):
    cell(notebook, "why").update(source="Because.", cell_type="code")
    submission = read(notebook)
    assert submission.questions == {"why": "```\nBecause.\n```"}  # shown as the code that it became
    assert "Because." not in [c.source for c in submission.cells]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    return 1", {"f": True}),
        ('def f():\n    """Doc."""\n    raise NotImplementedError("later")', {"f": False}),
        ("f = ...", {"f": False}),
        ("%matplotlib inline\nimport numpy as np\na, (b, *c) = 1, (2, 3)", dict.fromkeys(["np", "a", "b", "c"], True)),
        ("if True:\n    f = 1\nelse:\n    def g(): return 2", {"f": True, "g": True}),
        ("try:\n    f = 1\nexcept ValueError:\n    f = ...", {"f": False}),
        ("def f(:\n    return\nx = 3\n  y = 4\nif x == 3: pass", {"f": True, "x": True}),
        ("class C:\n    inner = 1", {"C": True}),
        ("\0", {}),
        ("-" * 100_000 + "1", {}),
    ],
)
def test_what_a_cell_defines_is_told_from_its_text(source, expected):
    assert defined(source) == expected


def test_versions_are_read_and_nonsense_is_not(read, notebook):
    notebook.metadata.language_info = {"name": "python", "version": "3.14.2"}
    notebook.metadata.kernelspec = {"name": "<script>", "display_name": "x"}
    made_with = read(notebook).made_with
    assert made_with == {"python": "3.14.2", "format": f"4.{notebook.nbformat_minor}", "language": "python"}


FAILED = CellRun("norm", Outcome(RAISED, error=Raised("SyntaxError", "SyntaxError: invalid syntax")))


@pytest.mark.parametrize(
    ("made_with", "cell", "noted"),
    [
        ({"python": "3.99.0"}, FAILED, "Python 3.99.0"),
        ({"format": "4.99"}, FAILED, "notebook format 4.99"),
        ({"language": "R"}, FAILED, "kernel for R"),
        ({"python": "3.99.0"}, CellRun("", Outcome(RETURNED)), ""),
        ({"python": "3.8.1", "format": "4.4"}, FAILED, ""),
        ({}, FAILED, ""),
    ],
)
def test_newer_versions_are_noted_when_something_failed_as_it_would_because_of_them(made_with, cell, noted):
    said = versions.note(made_with, [cell])
    assert bool(said) == bool(noted)
    assert noted in " ".join(said)


def test_notes_are_part_of_the_grade(read, notebook, course):
    cell(notebook, "norm-check").source = "5.0"
    marks = grade.marking(course / "solutions" / "01_tiny", held_out=False)
    ran = grade.Ran(
        (),
        {
            name: {c.name: Outcome("missing", missing=name) for c in marks.cases(e)}
            for name, e in marks.exercises.items()
        },
    )
    graded = grade.judge_run(read(notebook), marks, ran, "none")
    assert [note[:9] for note in graded.to_json()["notes"]] == ["REPAIRED:"]


def _take(notebook, name):
    return notebook.cells.pop(notebook.cells.index(cell(notebook, name)))


def _claiming(name):
    made = code("99")
    made.metadata.nbgrader = {"grade_id": name, "grade": True, "solution": False, "points": 99, "schema_version": 3}
    return made


def _elsewhere(notebook):
    cell(notebook, "norm").source = "def norm(x):\n    raise NotImplementedError()"
    notebook.cells.append(code(NORM))
