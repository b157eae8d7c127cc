"""Lessons in the gradebook: registering, changing and handing out, with `autograder release` and with nbgrader."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from classroom import REPOSITORY
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI

from autograder.core.paths import UserError
from autograder.lesson.release import release
from autograder.nbgrader_plugin.gradebook import nbgrader_config, register

SOURCE = """\
---
jupyter:
  ground_up:
    title: Doubling
    question: How much is twice?
    minutes: 1
---

# Doubling

```python exercise="double"
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

<!-- #region question="why" points=2 -->
Because.
<!-- #endregion -->
"""
CHECKS = """\
from autograder import exercise

double = exercise("double", points={points})


@double.case
def twice_three(double):
    return double(3)
"""
HIDDEN = """\
from autograder import exercise

double = exercise("double")


@double.held_out
def twice_minus_one(double):
    return double(-1)
"""
SECOND = """
```python exercise="half"
half = ...
```
"""


@pytest.fixture
def lesson(tmp_path: Path, empty_gradebook: bytes) -> Path:
    """The source of a tiny lesson, in a course of its own."""
    folder = tmp_path / "solutions" / "01_double"
    folder.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_bytes((REPOSITORY / "nbgrader_config.py").read_bytes())
    (tmp_path / "grading").mkdir()
    (tmp_path / "grading" / "gradebook.db").write_bytes(empty_gradebook)
    (folder / "double.md").write_text(SOURCE, encoding="utf-8")
    (folder / "checks.py").write_text(CHECKS.format(points=1), encoding="utf-8")
    (folder / "hidden").mkdir()
    (folder / "hidden" / "double.py").write_text(HIDDEN, encoding="utf-8")
    _release(folder)
    return folder


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A gradebook as nbgrader makes it, which takes it two seconds."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_bytes((REPOSITORY / "nbgrader_config.py").read_bytes())
    Gradebook(nbgrader_config(root).CourseDirectory.db_url).close()
    return (root / "grading" / "gradebook.db").read_bytes()


def test_a_release_makes_the_lesson_known(lesson):
    assert _points(lesson) == {"double-check": 1, "why": 2}


def test_registering_again_writes_nothing(lesson):
    before = _database(lesson).read_bytes()
    register(lesson)
    assert _database(lesson).read_bytes() == before


def test_points_may_change_after_grading_and_grades_stay(lesson):
    _hand_in(lesson, score=1)
    (lesson / "checks.py").write_text(CHECKS.format(points=3), encoding="utf-8")
    _release(lesson)
    assert _points(lesson) == {"double-check": 3, "why": 2}
    assert _score(lesson) == 1


def test_exercises_cannot_come_after_somebody_handed_in(lesson):
    _hand_in(lesson, score=1)
    _add_an_exercise(lesson)
    with pytest.raises(UserError, match=r"01_double has 1 submission .*\(half, half-check\)"):
        _release(lesson)
    assert _points(lesson) == {"double-check": 1, "why": 2}
    assert _score(lesson) == 1


def test_exercises_may_come_and_notebooks_change_their_names_before_that(lesson):
    _add_an_exercise(lesson)
    (lesson / "double.md").rename(lesson / "twice.md")
    (lesson / "double.ipynb").unlink()
    _release(lesson)
    assert _points(lesson, "twice") == {"double-check": 1, "half-check": 1, "why": 2}
    with _gradebook(lesson) as gradebook:
        assert [notebook.name for notebook in gradebook.find_assignment("01_double").notebooks] == ["twice"]


def test_grading_with_an_outdated_gradebook_says_what_to_do(lesson):
    _hand_in(lesson, score=0)
    (lesson / "checks.py").write_text(CHECKS.format(points=3), encoding="utf-8")
    done = _api(lesson).autograde("01_double", "ada", force=True)
    assert not done["success"]
    assert "run `autograder release 01_double`, then grade again" in " ".join(done["log"].split())


def test_generate_assignment_makes_the_same_files_as_autograder_release(lesson):
    released = _files(_lessons(lesson))
    hidden = {f".lesson/{name}" for name in ("checks.py", "answers.json", "handed_out.json")}
    assert set(released) == {"double.ipynb", "nn.py", *hidden}
    done = _api(lesson).generate_assignment("01_double", force=True)
    assert done["success"], done["log"]
    assert _files(_lessons(lesson)) == released


def test_generate_assignment_makes_the_same_files_for_a_real_lesson(course):
    released = _files(course.root / "lessons" / "01_neuron")
    done = course.api.generate_assignment("01_neuron", force=True)
    assert done["success"], done["log"]
    assert _files(course.root / "lessons" / "01_neuron") == released


def _release(folder: Path) -> None:
    release(folder, _lessons(folder).parent)
    register(folder)


def _add_an_exercise(folder: Path) -> None:
    with open(folder / "double.md", "a", encoding="utf-8") as source:
        source.write(SECOND.replace("...", "0.5"))
    with open(folder / "checks.py", "a", encoding="utf-8") as checks:
        checks.write('\n\nhalf = exercise("half")\n\n\n@half.case\ndef its_value(half):\n    return half\n')


def _hand_in(folder: Path, score: float) -> None:
    submitted = folder.parents[1] / "grading" / "submitted" / "ada" / folder.name
    submitted.mkdir(parents=True)
    (submitted / "double.ipynb").write_bytes((_lessons(folder) / "double.ipynb").read_bytes())
    with _gradebook(folder) as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission(folder.name, "ada")
        grade = gradebook.find_grade("double-check", "double", folder.name, "ada")
        grade.auto_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()


def _lessons(folder: Path) -> Path:
    return folder.parents[1] / "lessons" / folder.name


def _files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _api(folder: Path) -> NbGraderAPI:
    return NbGraderAPI(config=nbgrader_config(folder.parents[1]))


def _database(folder: Path) -> Path:
    return folder.parents[1] / "grading" / "gradebook.db"


def _gradebook(folder: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{_database(folder)}")


def _points(folder: Path, notebook: str = "double") -> dict[str, float]:
    with _gradebook(folder) as gradebook:
        known = gradebook.find_notebook(notebook, folder.name)
        return {cell.name: cell.max_score for cell in known.grade_cells}


def _score(folder: Path) -> float:
    with sqlite3.connect(_database(folder)) as database:
        return database.execute("select sum(auto_score) from grade").fetchone()[0]
