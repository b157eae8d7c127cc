"""What a class hands in: right and wrong, renamed and cut to pieces, empty, forged, hostile."""

from __future__ import annotations

import json
import os

import nbformat
from classroom import Classroom, cell_of, with_scripts, without

SPY = """\
def weighted_sum(x, w, b):
    if np.shape(x) not in [(3,), (4, 3), (3, 3), (2, 2, 3)]:
        print("SP" + "IED", x, w, b)
        raise type("SP" + "IED", (Exception,), {})("SP" + "IED %s" % x)
    return x @ w + b
"""


WRITTEN = "It could only turn its line around the origin, which cuts off no single corner."
MISPLACED = ["answer_below", "answer_in_code", "question_lost", "question_renamed", "question_copied"]


def hand_in(course: Classroom) -> None:
    """Put a submission of every kind into the course, one per student."""
    answer = {"why-bias": "It could only turn its line around the origin: $0 < 1$."}
    course.submit("right", course.notebook({**course.solved, **answer}))
    course.submit("untouched", course.notebook({}))
    course.submit("half", course.notebook({name: course.solved[name] for name in ("weighted_sum", "relu")}))
    course.submit(
        "wrong",
        course.solution(
            weighted_sum="def weighted_sum(x, w, b):\n    return x @ w",
            relu="def relu(z):\n    print('<b>mine</b>')\n    return z[",
            logic_gates="logic_gates = {'AND': ((1, 1), -1.5), 'OR': ((1, 1), -1.5), 'NAND': ((-1, -1), 1.5)}",
        ),
    )
    course.submit("check_deleted", without(course.solution(relu="def relu(z):\n    return z"), "relu-check"))
    course.submit("answer_deleted", without(course.solution(), "sigmoid"))
    course.submit("all_deleted", without(course.solution(), "sigmoid", "sigmoid-check", "relu-check", "why-bias"))
    course.submit("nothing_left", nbformat.v4.new_notebook())
    course.submit("renamed", course.solution(), "neuron (1).ipynb")
    course.submit("doubled", _doubled(course))
    course.submit("spy", course.solution(weighted_sum=SPY))
    course.submit("forger", _forged(course))
    course.submit("script", with_scripts(course))
    for student in MISPLACED:
        course.submit(student, _misplaced(course, student))
    text = nbformat.writes(course.solution())
    course.submit("byte_order_mark", text.encode("utf-8-sig"))
    course.submit("utf-16", text.encode("utf-16"))
    course.submit("[ada]", course.solution())
    course.submit("empty", b"")
    course.submit("cut_off", nbformat.writes(course.solution()).encode()[:20_000])
    course.submit(
        "old_format", json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}).encode()
    )
    course.submit("two_names", course.solution(), "neuron (1).ipynb")
    course.submit("two_names", course.solution(), "neuron (2).ipynb")
    path = course.submit("links", course.solution())
    secret = course.root / "grading" / "secret.txt"
    secret.write_text("for instructors only", encoding="utf-8")
    (path.parent / "notes.txt").symlink_to(secret)
    (path.parent / "data").symlink_to(secret.parent)
    os.mkfifo(path.parent / "pipe")


def _misplaced(course: Classroom, how: str) -> nbformat.NotebookNode:
    """The solved lesson with an answer to the question, in the wrong cell."""
    notebook = course.solution(**{"why-bias": cell_of(course.handed_out, "why-bias").source})
    question = cell_of(notebook, "why-bias")
    at = notebook.cells.index(question)
    if how == "answer_below":
        notebook.cells.insert(at + 1, nbformat.v4.new_markdown_cell(WRITTEN, id="below"))
    elif how == "answer_in_code":
        notebook.cells.append(nbformat.v4.new_code_cell(f"# {WRITTEN}", id="in-code"))
    elif how == "question_lost":
        notebook.cells[at] = nbformat.v4.new_markdown_cell(WRITTEN, id="lost")
    elif how == "question_renamed":
        question.source, question.metadata.nbgrader.grade_id = WRITTEN, "why_bias"
    else:
        notebook.cells.insert(at, nbformat.from_dict({**question, "source": WRITTEN, "id": "copied"}))
    return notebook


def _doubled(course: Classroom) -> nbformat.NotebookNode:
    """The answer to relu twice, with the same metadata: first wrong, then right."""
    notebook = course.solution()
    right = cell_of(notebook, "relu")
    wrong = nbformat.from_dict({**right, "source": "def relu(z):\n    return -z", "id": "again"})
    notebook.cells.insert(notebook.cells.index(right), wrong)
    return notebook


def _forged(course: Classroom) -> nbformat.NotebookNode:
    """Metadata that would stop nbgrader or give points to whoever wrote it."""
    notebook = course.notebook({})
    cell_of(notebook, "relu-check").metadata.nbgrader.points = 1000
    cell_of(notebook, "sigmoid-check").metadata.nbgrader.schema_version = 99
    cell_of(notebook, "neuron-check").source = "5.0"
    check = cell_of(notebook, "weighted_sum-check")
    check.metadata.nbgrader.update(points="many", solution=True, locked="?")
    for number, meta in enumerate(
        [{"grade_id": ["relu"]}, {"grade_id": "mine-check", "grade": True, "points": 50}, {}]
    ):
        cell = nbformat.v4.new_code_cell("5.0", id=f"forged-{number}")
        cell.metadata.nbgrader = meta
        notebook.cells.append(cell)
    notebook.metadata.kernelspec = {"name": "mine", "display_name": "mine"}
    return notebook
