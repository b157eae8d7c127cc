"""`autograder grade` leaves what `nbgrader autograde` leaves: every row of the gradebook, every file in autograded/."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from classroom import LESSON, NOTEBOOK, Classroom, make_classroom
from click.testing import CliRunner, Result
from handed_in import hand_in
from nbgrader.api import Gradebook

from autograder.batch.store import MARK
from autograder.cli import main
from autograder.core.paths import SUPPORT

PENALTIES = """
from nbgrader.plugins import BasePlugin


class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {"very_late": score + 5, "late_by_hand": None}.get(student_id, score / 2)


c.AssignLatePenalties.plugin_class = Half
"""
OTHERS = """
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearOutput, DeduplicateIds, NbGraderPreprocessor, OverwriteCells


class First(NbGraderPreprocessor):
    def preprocess_cell(self, cell, resources, index):
        cell.metadata["first"] = [index, resources["nbgrader"]["student"]]
        return cell, resources


class Last(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            submitted.flagged = submitted.score > 10
            gradebook.db.commit()
        nb.metadata["last"] = sum("first" in cell.metadata for cell in nb.cells)
        if names["student"] == "breaks":
            raise ValueError("not this one")
        return nb, resources


c.Autograde.sanitize_preprocessors = [ClearOutput, DeduplicateIds, First, OverwriteCells]
c.Autograde.autograde_preprocessors = [GradeSubmission, SaveResults, AssignLatePenalties, Last]
c.LimitOutput.enabled = False
"""
Courses = tuple[Classroom, Classroom]


@pytest.fixture(scope="module")
def courses(course: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Courses:
    """The same course twice, with the same earlier grades, points by hand and hand-ins; one to be graded each way."""
    root = tmp_path_factory.mktemp("twice")
    theirs = make_classroom(root / "theirs")
    _configure(theirs, PENALTIES)
    first = theirs.notebook({"why-bias": "Because.", "relu": theirs.solved["relu"]})
    for student in ("by_hand", "late_by_hand", "resubmits", "loses_all"):
        theirs.submit(student, first)
    assert theirs.nbgrader("autograde", LESSON).returncode == 0
    with Gradebook(theirs.db_url) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=datetime(2020, 1, 2))
        for student in ("by_hand", "late_by_hand"):
            grade = gradebook.find_grade("why-bias", NOTEBOOK, LESSON, student)
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
            gradebook.find_comment("why-bias", NOTEBOOK, LESSON, student).manual_comment = "Well said."
            gradebook.find_grade("relu-check", NOTEBOOK, LESSON, student).manual_score = 0.5
        gradebook.update_or_create_student("ada", first_name="Ada", last_name="Lovelace", email="ada@example.org")
        gradebook.db.commit()
    shutil.copytree(theirs.root, root / "ours", symlinks=True)
    ours = Classroom(root / "ours", theirs.handed_out, theirs.solved)
    for each in (theirs, ours):
        hand_in(each)
        _hand_in_again(each)
    return theirs, ours


def _hand_in_again(course: Classroom) -> None:
    again = course.solution(**{"why-bias": "Because of that.", "sigmoid": "def sigmoid(z):\n    return z"})
    for student in ("by_hand", "late_by_hand", "resubmits"):
        course.submit(student, again)
    course.submit("loses_all", b"{")
    course.submit("ada", course.solution())
    course.submit("late", course.solution())
    course.submit("very_late", course.notebook({"relu": course.solved["relu"]}))
    course.submit("late_and_empty", b"")
    course.submit("in_time", course.solution())
    course.submit("ünï cödé 'n' [x]", course.solution())
    for student in ("late", "very_late", "late_by_hand", "late_and_empty"):
        (course.folder(student) / "timestamp.txt").write_text("2020-01-03 04:05:06 UTC")
    (course.folder("in_time") / "timestamp.txt").write_text("2020-01-01 04:05:06 +0200")
    extra = course.folder("in_time") / "data" / "more"
    extra.mkdir(parents=True)
    (course.folder("in_time") / "hidden").mkdir()
    for path in (extra / "table.csv", *(course.folder("in_time") / name for name in ("widgets.py", "hidden/relu.py"))):
        path.write_text("x = 1\n")
    (extra / "table.csv").chmod(0o755)
    (extra / "scratch.ipynb").write_text("{}")


@pytest.fixture(scope="module")
def graded(courses: Courses) -> Iterator[Courses]:
    theirs, ours = courses
    done = theirs.nbgrader("autograde", LESSON, "--force")
    assert done.returncode == 0, done.stderr
    assert _grade(ours).exit_code == 0
    yield courses


def test_every_row_of_the_gradebook_is_the_same(graded):
    theirs, ours = (_tables(course) for course in graded)
    assert set(theirs) == set(ours)
    for table in theirs:
        assert ours[table] == theirs[table], table
    penalties = {row["assignment_id"]: row["late_submission_penalty"] for row in ours["submitted_notebook"]}
    assert penalties["late"] == 8
    assert penalties["very_late"] == 1
    assert penalties["in_time"] is None
    assert len(ours["submitted_assignment"]) > 25


def test_every_file_in_autograded_is_the_same(graded):
    theirs, ours = (_files(course) for course in graded)
    assert set(theirs) == set(ours)
    for path in theirs:
        assert ours[path] == theirs[path], path
    assert "in_time/01_neuron/data/more/table.csv" in ours


def test_nothing_else_is_left_in_autograded(graded):
    _, ours = graded
    hidden = {path.name for path in (ours.root / "grading" / "autograded").rglob(".*")}
    assert hidden == {MARK, SUPPORT}


def test_preprocessors_that_an_instructor_added_run_in_their_place(tmp_path, course):
    theirs = make_classroom(tmp_path / "theirs")
    _configure(theirs, OTHERS)
    for student, notebook in (("right", theirs.solution()), ("untouched", theirs.notebook({}))):
        theirs.submit(student, notebook)
    theirs.submit("empty", b"")
    shutil.copytree(theirs.root, tmp_path / "ours")
    ours = Classroom(tmp_path / "ours", theirs.handed_out, theirs.solved)
    done = theirs.nbgrader("autograde", LESSON)
    assert done.returncode == 0, done.stderr
    assert _grade(ours).exit_code == 0
    assert _tables(ours) == _tables(theirs)
    assert _files(ours) == _files(theirs)
    notebook = json.loads((ours.folder("right", "autograded") / f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8"))
    assert notebook["metadata"]["last"] == len(notebook["cells"])
    assert {row["assignment_id"]: row["flagged"] for row in _tables(ours)["submitted_notebook"]}["right"] == 1
    ours.submit("breaks", ours.solution())
    done = _grade(ours, "--json")
    assert done.exit_code == 3
    assert [(each["student"], each["reason"]) for each in json.loads(done.output)["infra"]] == [
        ("breaks", "not this one")
    ]
    assert not ours.folder("breaks", "autograded").exists()


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("c.Autograde.autograde_preprocessors.remove(GradeSubmission)", "GradeSubmission"),
        ("c.Autograde.autograde_preprocessors.remove(SaveResults)", "SaveResults"),
        ("from nbconvert.exporters import NotebookExporter as Plain\nc.Autograde.exporter_class = Plain", "exporter"),
    ],
)
def test_a_configuration_without_our_part_is_refused_in_one_sentence(graded, monkeypatch, line, missing):
    _, ours = graded
    config = ours.root / "nbgrader_config.py"
    before = config.read_text(encoding="utf-8")
    try:
        config.write_text(f"{before}\n{line}\n", encoding="utf-8")
        done = _grade(ours)
    finally:
        config.write_text(before, encoding="utf-8")
    assert done.exit_code == 2
    assert missing in done.stderr
    assert "put" in done.stderr
    assert done.stderr.count("\n") == 1


def _configure(course: Classroom, lines: str) -> None:
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(lines)


def _grade(course: Classroom, *arguments: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        return CliRunner().invoke(main, ["grade", LESSON, *arguments])


def _tables(course: Classroom) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, its ids replaced by what they stand for."""
    with sqlite3.connect(course.root / "grading" / "gradebook.db") as database:
        database.row_factory = sqlite3.Row
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        tables = {name: [dict(row) for row in database.execute(f"select * from {name}")] for name in names}
    known: dict[Any, str] = {}
    for table, field in (("assignment", "name"), ("notebook", "name"), ("base_cell", "name")):
        known |= {row["id"]: row[field] for row in tables[table]}
    known |= {row["id"]: row["student_id"] for row in tables["submitted_assignment"]}
    known |= {row["id"]: known[row["assignment_id"]] for row in tables["submitted_notebook"]}
    for table, rows in tables.items():
        for row in rows:
            for field in row:
                if field.endswith("_id") or (field == "id" and table not in ("student", "course")):
                    row[field] = known.get(row[field], "" if field == "id" else row[field])
        rows.sort(key=lambda row: json.dumps(row, sort_keys=True, default=str))
    return tables


def _files(course: Classroom) -> dict[str, Any]:
    """Every file and folder in autograded/ with its permissions; notebooks parsed."""
    top = course.root / "grading" / "autograded"
    found: dict[str, Any] = {}
    for path in top.rglob("*"):
        if path.is_dir():
            found[str(path.relative_to(top))] = oct(path.stat().st_mode), None
        elif path.name != MARK:
            content = path.read_bytes()
            parsed = json.loads(content) if path.suffix == ".ipynb" else content
            found[str(path.relative_to(top))] = oct(path.stat().st_mode), parsed
    return found
