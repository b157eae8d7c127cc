"""A lesson's whole way through nbgrader's exchange with this course's settings: out, in, graded, back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import warm_commands
from bs4 import BeautifulSoup
from classroom import LESSON, NOTEBOOK, make_classroom
from click.testing import CliRunner

from autograder.cli import main
from autograder.core.paths import SUPPORT
from autograder.runner.sandbox import bubblewrap_works

pytestmark = [
    pytest.mark.skipif(not bubblewrap_works(), reason="bubblewrap doesn't work here"),
    pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's exchange needs a POSIX system"),
]
COURSE = ("--course", "ground_up")
HIDDEN_AWAY = {f"{SUPPORT}/{name}" for name in ("checks.py", "answers.json", "widgets/__init__.py")}


def test_a_lesson_goes_out_comes_in_and_returns_as_feedback(tmp_path, monkeypatch):
    course = make_classroom(tmp_path / "course")
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as settings:
        settings.write(f"c.Exchange.root = {str(exchange)!r}\n")
    student = tmp_path / "student"
    student.mkdir()
    (student / "nbgrader_config.py").write_text(f"c.Exchange.root = {str(exchange)!r}\n", encoding="utf-8")

    released = _files(course.root / "lessons" / LESSON)
    assert released > HIDDEN_AWAY and not any(path.startswith("hidden") for path in released)
    shutil.rmtree(course.root / "lessons" / LESSON)
    _done(course.nbgrader("generate_assignment", LESSON, "--force"))
    assert _files(course.root / "lessons" / LESSON) == released
    _done(course.nbgrader("release_assignment", LESSON))
    _as_student(student, "fetch_assignment", LESSON, *COURSE)
    assert _files(student / LESSON) == released
    _check_passes(student / LESSON, course.solved["relu"])
    nbformat.write(course.notebook({"relu": course.solved["relu"]}), student / LESSON / f"{NOTEBOOK}.ipynb")
    _as_student(student, "submit", LESSON, *COURSE)

    _done(course.nbgrader("collect", LESSON))
    (who,) = (course.root / "grading" / "submitted").iterdir()
    assert released <= _files(who / LESSON)
    monkeypatch.chdir(course.root)
    graded = CliRunner().invoke(main, ["grade", LESSON])
    assert graded.exit_code == 0, graded.output
    assert "1 graded" in graded.output
    assert "Ignored" not in graded.output
    assert course.grades(who.name)["relu-check"]["auto_score"] == 1

    course.submit("a_by_hand", course.solution())
    graded = CliRunner().invoke(main, ["grade", LESSON])
    assert graded.exit_code == 0, graded.output
    _done(course.nbgrader("generate_feedback", LESSON))
    released_feedback = course.nbgrader("release_feedback", LESSON)
    _done(released_feedback)
    assert "otherwise than through the exchange" in released_feedback.stderr
    assert released_feedback.stderr.count("a_by_hand") == 1
    _as_student(student, "fetch_feedback", LESSON, *COURSE)
    (page,) = (student / LESSON / "feedback").rglob("*.html")
    report = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("[data-exercise=relu]")
    assert report["data-verdict"] == "PASSED"


def _files(folder: Path) -> set[str]:
    """The paths of all files below, hidden folders included, without Python's and JupyterLab's own."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)}


def _check_passes(folder: Path, relu: str) -> None:
    """A learner's check and figures work in the folder as it came through the exchange."""
    code = f"import numpy as np\nimport widgets\nfrom autograder import check\n{relu}\nprint(check('relu'))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "Correct" in ran.stdout, ran.stdout


def _as_student(folder: Path, *arguments: str) -> None:
    _done(warm_commands.nbgrader(*arguments, cwd=folder))


def _done(ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 0, ran.stderr
