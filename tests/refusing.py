"""For tests of commands that refuse: a graded class, what it has, and how a refusal is said."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat
from classroom import LESSON, Classroom
from click.testing import CliRunner, Result
from nbgrader.api import Gradebook

from autograder.cli import main

OWN = "hw1"  # an assignment of the instructor's own, with points already


def an_assignment_of_ones_own(course: Classroom) -> None:
    """As stock nbgrader leaves it: a source, a release, a submission with 12 points, its notebook and its feedback."""
    cell = nbformat.v4.new_code_cell("assert mean([1, 2, 3]) == 2")
    about = {"grade": True, "grade_id": "t-mean", "locked": True, "points": 12, "schema_version": 3}
    cell.metadata.nbgrader = {**about, "solution": False, "task": False}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("def mean(xs):\n    ..."), cell])
    grading = course.root / "grading"
    places = [course.root / "solutions" / OWN, course.root / "lessons" / OWN]
    for folder in (*places, *(grading / step / "ada" / OWN for step in ("submitted", "autograded", "feedback"))):
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "mean.ipynb")
    (grading / "feedback" / "ada" / OWN / "mean.html").write_text("<p>12 of 12")
    with Gradebook(course.db_url) as gradebook:
        gradebook.add_assignment(OWN)
        gradebook.add_notebook("mean", OWN)
        gradebook.add_grade_cell("t-mean", "mean", OWN, max_score=12, cell_type="code")
        gradebook.add_submission(OWN, "ada")
        grade = gradebook.find_grade("t-mean", "mean", OWN, "ada")
        grade.auto_score, grade.needs_manual_grade = 12, False
        gradebook.db.commit()


def edit(course: Classroom, name: str, old: str, new: str) -> None:
    """Edit a file of the lesson's source."""
    path = course.root / "solutions" / LESSON / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def run(*arguments: str) -> Result:
    """The command `autograder`."""
    return CliRunner().invoke(main, [*arguments])


def one_sentence(done: Result, said: str, status: int = 2) -> None:
    """Nothing but that was said. said: a pattern."""
    assert done.exit_code == status, (done.output, done.exception)
    _says(done.stderr, said)
    assert done.stderr.count("\n") == 1, done.stderr


def refused(done: dict, said: str) -> None:
    """As formgrader shows it: the sentence in the log, and no traceback below it."""
    assert not done["success"]
    assert "error" not in done
    assert done["log"].count("[ERROR]") == 1 and "Traceback" not in done["log"], done["log"]
    _says(" ".join(done["log"].split()), said)


def _says(text: str, said: str) -> None:
    assert re.search(said, text), text


def everything(course: Classroom) -> dict[str, bytes]:
    """Everything that an instructor has, gradebook included; what grading locks or keeps to save time is not in it."""
    found = files(course.root)
    return {name: data for name, data in found.items() if not name.startswith((".ground-up/", "grading/results/"))}


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, Python's caches left out."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def forget(course: Classroom) -> None:
    """Take the lesson out of the gradebook."""
    with Gradebook(course.db_url) as gradebook:
        gradebook.remove_assignment(LESSON)


def damage(course: Classroom) -> None:
    """Make the gradebook's file something else."""
    _database(course).write_bytes(b"no database at all" * 100)


@contextmanager
def locked(course: Classroom) -> Iterator[None]:
    """Another program has the gradebook, and nobody waits long for it."""
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as settings:
        settings.write('c.CourseDirectory.db_url += "?timeout=0.1"\n')
    with closing(sqlite3.connect(_database(course), isolation_level=None)) as database:
        database.execute("begin exclusive")
        yield
        database.execute("rollback")


def _database(course: Classroom) -> Path:
    return course.root / "grading" / "gradebook.db"
