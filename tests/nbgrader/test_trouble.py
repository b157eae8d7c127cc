"""`autograder grade` when something is in the way: locks, a full disk, changes under its hands, Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from classroom import LESSON, NOTEBOOK, Classroom, make_classroom
from click.testing import CliRunner, Result

from autograder.batch import class_gradebook, runs
from autograder.batch.store import MARK, StoreGrades
from autograder.cli import main
from autograder.core.paths import SUPPORT
from autograder.runner.sandbox import bubblewrap_works

COMMAND = [sys.executable, "-m", "autograder.cli", "grade", LESSON]
STUDENTS = [f"student{number}" for number in range(8)]
HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""
FULL = """
set -e
mount -t tmpfs -o size=6m tmpfs "$1/grading"
cp -a "$1/before/." "$1/grading/"
"$2" -c "import os, sys; free = os.statvfs(sys.argv[1]); open(sys.argv[1] + '/filler', 'wb').write(bytes(
    max(free.f_bavail * free.f_frsize - int(sys.argv[2]), 0)))" "$1/grading" "$3"
set +e
cd "$1"
"$2" -m autograder.cli grade 01_neuron --json > "$1/first.json" 2> "$1/first.txt"
echo $? > "$1/first.status"
rm "$1/grading/filler"
"$2" -m autograder.cli grade 01_neuron --json > "$1/second.json" 2> "$1/second.txt"
echo $? > "$1/second.status"
cp -a "$1/grading" "$1/after"
"""
BROKEN_PLUGIN = """
from nbgrader.plugins import BasePlugin


class Breaks(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        raise ZeroDivisionError("a penalty by zero")


c.AssignLatePenalties.plugin_class = Breaks
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    course = make_classroom(tmp_path_factory.mktemp("made"))
    for number, student in enumerate(STUDENTS):
        course.submit(student, course.solution() if number % 2 else course.notebook({"relu": course.solved["relu"]}))
    return course


@pytest.fixture
def fresh(made: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """A class that handed in and wasn't graded yet."""
    shutil.copytree(made.root, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return Classroom(tmp_path / "course", made.handed_out, made.solved)


def test_a_gradebook_locked_for_a_while_is_waited_for(fresh):
    with _locked(fresh, "begin immediate") as holder:
        process = _start(fresh)
        while len(_lines(fresh)) < len(STUDENTS):
            assert process.poll() is None
        holder.stdin.close()
        assert process.wait() == 0
    _all_is_well(fresh)


def test_a_gradebook_that_stays_locked_is_infra_and_nothing_is_half_stored(fresh, monkeypatch):
    assert _grade().exit_code == 0
    fresh.submit("student0", fresh.solution())
    before, tree = _database(fresh), _tree(fresh)
    monkeypatch.setattr(class_gradebook, "PATIENCE", 0.5)
    with _locked(fresh, "begin immediate"):
        done = _grade("--json")
    assert done.exit_code == 3
    (said,) = json.loads(done.output)["infra"]
    assert said["student"] == "student0"
    assert "used by another program" in said["reason"]
    assert (_database(fresh), _tree(fresh)) == (before, tree)
    lines = len(_lines(fresh))
    assert _grade().exit_code == 0
    assert len(_lines(fresh)) == lines
    assert _points(fresh)["student0"] == 16


def test_a_gradebook_that_cannot_even_be_read_is_one_sentence(fresh, monkeypatch):
    monkeypatch.setattr(class_gradebook, "PATIENCE", 0.0)
    with _locked(fresh, "begin exclusive"):
        done = _grade()
    assert done.exit_code == 3
    assert "used by another program" in done.stderr
    assert done.stderr.count("\n") == 1
    assert _grade().exit_code == 0
    _all_is_well(fresh)


@pytest.mark.parametrize("left", [0, 60_000, 250_000])
def test_a_full_disk_costs_nobody_a_grade(fresh, left):
    private = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    probe = subprocess.run([*private, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("a small file system can't be mounted here")
    (fresh.root / "grading").rename(fresh.root / "before")
    (fresh.root / "grading").mkdir()
    command = [*private, "sh", "-c", FULL, "sh", str(fresh.root), sys.executable, str(left)]
    subprocess.run(command, check=True, cwd=fresh.root)
    assert (fresh.root / "first.status").read_text().strip() == "3", (fresh.root / "first.txt").read_text()
    assert "Traceback" not in (fresh.root / "first.txt").read_text()
    if (fresh.root / "first.json").read_text():
        said = json.loads((fresh.root / "first.json").read_text())
        assert any("o space left" in each["reason"] or "is full" in each["reason"] for each in said["infra"])
    assert (fresh.root / "second.status").read_text().strip() == "0", (fresh.root / "second.txt").read_text()
    (fresh.root / "grading").rmdir()
    (fresh.root / "after").rename(fresh.root / "grading")
    _all_is_well(fresh)


def test_a_submission_that_changes_while_it_is_graded_has_no_score(fresh, monkeypatch):
    original = runs._Class.finish

    def changes(self, handed, *rest):
        if handed.student == "student1":
            fresh.submit("student1", fresh.notebook({}))
        return original(self, handed, *rest)

    monkeypatch.setattr(runs._Class, "finish", changes)
    done = _grade("--json")
    assert done.exit_code == 3
    assert [each["student"] for each in json.loads(done.output)["infra"]] == ["student1"]
    assert "changed while" in json.loads(done.output)["infra"][0]["reason"]
    assert {grade["auto_score"] for grade in fresh.grades("student1").values()} == {None}
    monkeypatch.undo()
    monkeypatch.chdir(fresh.root)
    assert _grade().exit_code == 0
    assert _points(fresh)["student1"] == 0


def test_what_goes_wrong_with_one_student_costs_the_others_nothing(fresh):
    with open(fresh.root / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(BROKEN_PLUGIN)
    with sqlite3.connect(fresh.root / "grading" / "gradebook.db") as database:
        database.execute("update assignment set duedate = '2020-01-01 00:00:00.000000'")
    (fresh.folder("student2") / "timestamp.txt").write_text("2020-01-02 00:00:00 UTC")
    done = _grade("--json")
    assert done.exit_code == 3
    said = json.loads(done.output)
    assert said["infra"] == [{"student": "student2", "reason": "a penalty by zero"}]
    assert said["graded"] == len(STUDENTS) - 1
    assert set(_points(fresh)) == set(STUDENTS) - {"student2"}


def test_a_writer_that_breaks_ends_the_command_instead_of_waiting_for_ever(fresh, monkeypatch):
    def breaks(*_: object) -> None:
        raise RuntimeError("a fault in the writer")

    monkeypatch.setattr(StoreGrades, "put_in_place", breaks)
    done = _grade()
    assert isinstance(done.exception, RuntimeError)
    monkeypatch.undo()
    monkeypatch.chdir(fresh.root)
    assert _grade().exit_code == 0
    _all_is_well(fresh)


def test_control_c_keeps_what_was_finished(fresh):
    process = _start(fresh, stderr=subprocess.PIPE, text=True)
    while len(_lines(fresh)) < 3:
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors == "Interrupted: what was finished is kept, and the same command goes on from there.\n"
    finished = {json.loads(line)["student"] for line in _lines(fresh)}
    assert 3 <= len(finished) < len(STUDENTS)
    stored = {path.parents[1].name for path in _marks(fresh)}
    assert set(_points(fresh)) == stored <= finished
    assert len(finished - stored) <= 1  # put down, and interrupted before it was handed on: stored by the next command
    lines = len(_lines(fresh))
    assert _grade().exit_code == 0
    assert len(_lines(fresh)) == len(STUDENTS) >= lines
    _all_is_well(fresh)


def test_a_second_command_at_the_same_time_is_told_to_wait(fresh):
    process = _start(fresh)
    while not _lines(fresh):
        assert process.poll() is None
    done = _grade()
    assert done.exit_code == 2
    assert done.stderr == f"{LESSON} is being graded by another command: wait until that has ended.\n"
    assert process.wait() == 0
    _all_is_well(fresh)


def _start(course: Classroom, **arguments: object) -> subprocess.Popen:
    arguments = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **arguments}
    return subprocess.Popen(COMMAND, cwd=course.root, start_new_session=True, **arguments)


def _grade(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["grade", LESSON, *arguments])


@contextmanager
def _locked(course: Classroom, how: str) -> Iterator[subprocess.Popen]:
    """Another process holds the gradebook; it lets go when its input closes."""
    command = [sys.executable, "-c", HOLD, str(course.root / "grading" / "gradebook.db"), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        yield holder


def _lines(course: Classroom) -> list[str]:
    path = course.root / "grading" / "results" / f"{LESSON}.jsonl"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _database(course: Classroom) -> list[str]:
    with sqlite3.connect(course.root / "grading" / "gradebook.db") as database:
        return list(database.iterdump())


def _tree(course: Classroom) -> dict[str, bytes]:
    top = course.root / "grading" / "autograded"
    return {str(path): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


def _marks(course: Classroom) -> list[Path]:
    return list((course.root / "grading" / "autograded").glob(f"*/{LESSON}/{MARK}"))


def _points(course: Classroom) -> dict[str, float]:
    """The sum of the points of each submission that the gradebook has."""
    query = """
        select submitted_assignment.student_id, sum(grade.auto_score) from grade
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id group by 1
    """
    with sqlite3.connect(course.root / "grading" / "gradebook.db") as database:
        return dict(database.execute(query))


def _all_is_well(course: Classroom) -> None:
    """Everybody has the right points, a notebook and a mark, and nothing else lies about."""
    assert _points(course) == {student: 16 if number % 2 else 1 for number, student in enumerate(STUDENTS)}
    assert {path.parents[1].name for path in _marks(course)} == set(STUDENTS)
    autograded = course.root / "grading" / "autograded"
    assert {path.name for path in autograded.rglob(".*")} == {MARK, SUPPORT}
    assert len(list(autograded.glob(f"*/{LESSON}/{NOTEBOOK}.ipynb"))) == len(STUDENTS)
