"""The command `autograder`: what it prints, with which exit status, whatever it is given."""

import json
import os

import nbformat
import pytest
import tiny
from click.testing import CliRunner

from autograder.cli import main
from autograder.runner.client import Runner, RunnerFailed
from autograder.submission import grade


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny.released(tmp_path_factory.mktemp("course"))


@pytest.fixture(autouse=True)
def inside(course, monkeypatch):
    monkeypatch.chdir(course)


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


def notebook(course, tmp_path, name="tiny.ipynb", **answers):
    """The released notebook with some answers filled in; its path."""
    made = nbformat.read(course / "lessons" / "01_tiny" / "tiny.ipynb", 4)
    for cell in made.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    path = tmp_path / name
    nbformat.write(made, path)
    return path


def graded(path, *options):
    ran = run("check", path, "--json", *options)
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


SOLVED = {
    "double": "def double(x):\n    return 2 * x",
    "norm": "def norm(x):\n    return np.sqrt(np.sum(x * x)), np.sqrt(np.sum(double(x) * double(x)))",
    "limit": "limit = 3.5",
}


@pytest.mark.parametrize("options", [(), ("--held-out",)])
def test_a_solved_notebook_gets_full_marks(course, tmp_path, options):
    result = graded(notebook(course, tmp_path, **SOLVED), *options)
    assert (result["verdict"], result["score"], result["max_score"]) == ("GRADED", 5, 5)
    assert {e["verdict"] for e in result["exercises"]} == {"PASSED"}


@pytest.mark.parametrize("options", [(), ("--held-out",)])
def test_an_untouched_notebook_gets_none(course, tmp_path, options):
    result = graded(notebook(course, tmp_path), *options)
    assert result["score"] == 0
    assert {e["verdict"] for e in result["exercises"]} == {"NOT_ATTEMPTED"}
    assert result["notes"] == []


def test_a_half_solved_notebook_gets_what_it_earned(course, tmp_path):
    answers = {"double": "def double(x):\n    return x + 2", "limit": "limit = 4.0"}
    result = graded(notebook(course, tmp_path, **answers))
    assert [(e["verdict"], e["mistake"]) for e in result["exercises"]] == [
        ("FAILED", "plus-two"),
        ("NOT_ATTEMPTED", None),
        ("FAILED", "four"),
    ]


def test_the_json_has_the_documented_keys(course, tmp_path):
    result = graded(notebook(course, tmp_path, **SOLVED), "--held-out")
    documented = {"lesson", "verdict", "score", "max_score", "sandbox", "exercises"}
    assert documented <= set(result) and set(result) - documented <= {"questions", "notes"}
    exercise = result["exercises"][0]
    keys = ["name", "verdict", "points", "max_points", "mistake", "message", "cases"]
    assert [key for key in exercise if key != "parts"] == keys
    assert all(list(case) == ["name", "verdict", "held_out"] for case in exercise["cases"])
    assert [case["held_out"] for case in exercise["cases"]] == [False, False, True, True]
    assert result["lesson"] == "01_tiny" and result["questions"] == ["why"]


def test_held_out_cases_are_run_only_when_asked_for(course, tmp_path):
    lookup = "def double(x):\n    return 6.0 if np.ndim(x) == 0 else np.array([2.0, -4.0, 1.0])"
    alone = "def norm(x):\n    return np.linalg.norm(x), 2 * np.linalg.norm(x)"
    path = notebook(course, tmp_path, double=lookup, norm=alone, limit="limit = 3.5")
    assert graded(path)["score"] == 5
    with_held_out = graded(path, "--held-out")
    assert with_held_out["exercises"][0]["verdict"] == "FAILED"
    assert with_held_out["exercises"][0]["message"].startswith("In a held-out case")


def test_people_get_a_table_and_a_report_per_wrong_exercise(course, tmp_path):
    ran = run("check", notebook(course, tmp_path, double="def double(x):\n    return x + 2"))
    assert ran.exit_code == 0
    assert "You added 2 instead of multiplying by it." in ran.output
    assert "01_tiny: 0 of 5 points (sandbox: " in ran.output
    assert "why: a written answer, graded by hand in formgrader." in ran.output


@pytest.mark.parametrize("level", ["none", "auto"])
def test_going_without_a_sandbox_is_said_unless_asked_for(course, tmp_path, monkeypatch, level):
    monkeypatch.setattr("autograder.runner.sandbox.choose", lambda wanted: "none")
    ran = CliRunner().invoke(main, ["check", str(notebook(course, tmp_path, **SOLVED)), "--sandbox", level])
    assert ("no sandbox on this machine" in ran.stderr) == (level == "auto")


@pytest.mark.parametrize("level", ["auto", "none"])
def test_the_sandbox_used_is_said(course, tmp_path, level):
    sandbox = graded(notebook(course, tmp_path, **SOLVED), "--sandbox", level)["sandbox"]
    assert sandbox == "none" if level == "none" else sandbox in ("none", "bubblewrap")


# --- what can't be graded -----------------------------------------------------------------------------------------

EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
UNGRADABLE = {
    "empty.ipynb": "",
    "cut.ipynb": '{"cells": [{"cell_type": "co',
    "conflict.ipynb": "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other",
    "list.ipynb": "[]",
    "old.ipynb": json.dumps(EMPTY | {"nbformat": 3}),
    "future.ipynb": json.dumps(EMPTY | {"nbformat": 9}),
    "unknown.ipynb": json.dumps(EMPTY),
    "cells.ipynb": json.dumps(EMPTY | {"cells": {"a": 1}}),
    "cell.ipynb": json.dumps(EMPTY | {"cells": [3]}),
    "source.ipynb": json.dumps(EMPTY | {"cells": [{"cell_type": "code", "source": [1], "metadata": {}}]}),
    "tags.ipynb": json.dumps(EMPTY | {"cells": [{"cell_type": "code", "source": "", "metadata": {"tags": 1}}]}),
    "deep.ipynb": "[" * 200_000,
    "script.py": "print(1)",
    "metadata.ipynb": json.dumps(EMPTY | {"metadata": [1]}),
    "lesson.ipynb": json.dumps(EMPTY | {"metadata": {"ground_up": {"lesson": ["01_tiny"]}}}),
}


@pytest.mark.parametrize("name", UNGRADABLE)
def test_what_is_no_notebook_of_a_lesson_gets_an_instruction_and_no_score(tmp_path, name):
    path = tmp_path / name
    path.write_text(UNGRADABLE[name])
    ran = run("check", path, "--json")
    assert ran.exit_code == 2
    result = json.loads(ran.stdout)
    assert (result["verdict"], result["score"], result["exercises"]) == ("UNGRADABLE", None, [])
    assert "hand" in result["notes"][0]
    as_text = run("check", path)
    assert as_text.exit_code == 2 and as_text.output.startswith("UNGRADABLE: ")


def test_bytes_that_are_no_text_are_ungradable(tmp_path):
    path = tmp_path / "bytes.ipynb"
    path.write_bytes(b"\xff\xfe\x00{")
    assert run("check", path).exit_code == 2


def test_a_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert run("check", tmp_path / "pipe.ipynb").exit_code == 2


def test_a_missing_file_is_said(tmp_path):
    ran = run("check", tmp_path / "none.ipynb")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("There is no file") and len(ran.stderr.splitlines()) == 1


def test_a_wrong_lesson_name_suggests_the_right_one(course, tmp_path):
    for ran in (
        run("check", notebook(course, tmp_path), "--lesson", "tiny"),
        run("prove", "01_tinny"),
        run("release", "01_tinny", "--check"),
    ):
        assert ran.exit_code == 2
        assert "Did you mean '01_tiny'? Lessons: 01_tiny." in ran.stderr


def test_a_renamed_notebook_is_graded(course, tmp_path):
    assert graded(notebook(course, tmp_path, "tiny (1).ipynb", **SOLVED))["score"] == 5


@pytest.mark.parametrize("evil", ["x = '\ud800'", "x = '\x00'", "# \u202e \x1b[2J", "# é😀\r\ny = 1", "\ufeffx = 1"])
def test_odd_characters_in_a_cell_are_no_trouble(course, tmp_path, evil):
    path = notebook(course, tmp_path, **SOLVED)
    content = json.loads(path.read_text())
    content["cells"].insert(2, {"cell_type": "code", "metadata": {}, "outputs": [], "source": evil})
    answer = {"grade": True, "solution": True, "grade_id": evil, "points": 1}
    content["cells"].append({"cell_type": "markdown", "metadata": {"nbgrader": answer}, "source": evil})
    path.write_text(json.dumps(content))
    assert graded(path)["score"] == 5
    assert run("check", path).exit_code == 0


def test_forged_metadata_changes_nothing(course, tmp_path):
    path = notebook(course, tmp_path, **SOLVED | {"double": "def double(x):\n    return 0"})
    content = json.loads(path.read_text())
    for cell in content["cells"]:
        nbgrader = cell["metadata"].get("nbgrader", {})
        nbgrader |= {"points": 1_000, "schema_version": 99, "locked": "maybe", "checksum": ["x"]}
    content["cells"].append(
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": 7, "solution": 1}}, "source": "1"}
    )
    path.write_text(json.dumps(content))
    result = graded(path)
    assert (result["max_score"], result["exercises"][0]["points"]) == (5, 0)


def test_our_own_fault_has_a_status_of_its_own(course, tmp_path, monkeypatch):
    def fails(self, zygote):
        raise RunnerFailed("The process that runs notebooks did not start: no memory")

    monkeypatch.setattr(Runner, "_await_ready", fails)
    ran = run("check", notebook(course, tmp_path), "--json")
    assert ran.exit_code == 3
    result = json.loads(ran.stdout)
    assert (result["verdict"], result["score"]) == (grade.INFRA, None)


# --- release ------------------------------------------------------------------------------------------------------


def test_release_writes_what_differs_and_check_only_looks(tmp_path, monkeypatch):
    root = tiny.course(tmp_path)
    monkeypatch.chdir(root)
    looked = run("release", "--check")
    assert (looked.exit_code, (root / "lessons").exists()) == (1, False)
    wrote = run("release", "--no-gradebook")
    assert wrote.output.startswith(
        "01_tiny: wrote .lesson/answers.json, .lesson/checks.py, .lesson/handed_out.json, nn.py, tiny.ipynb"
    )
    assert run("release", "--check").output == "01_tiny: up to date\n"
    assert run("release", "--no-gradebook").output == "01_tiny: up to date\n"


def test_release_removes_what_is_gone_and_notices_an_edit(tmp_path, monkeypatch):
    root = tiny.released(tmp_path)
    monkeypatch.chdir(root)
    lesson = root / "lessons" / "01_tiny"
    (lesson / "old.py").write_text("x = 1")
    (lesson / ".lesson" / "checks.py").write_text("# edited by hand")
    looked = run("release", "--check")
    assert looked.exit_code == 1
    assert "01_tiny: differs in .lesson/checks.py, old.py" in looked.output
    run("release", "--no-gradebook")
    assert not (lesson / "old.py").exists()
    assert (lesson / ".lesson" / "checks.py").read_text() == tiny.CHECKS


def test_what_stays_with_the_author_is_not_released(course):
    folder = course / "lessons" / "01_tiny"
    released = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert set(released) == {
        *(f".lesson/{name}.json" for name in ("answers", "handed_out")),
        ".lesson/checks.py",
        "nn.py",
        "tiny.ipynb",
    }
    everything = "".join(released.values())
    for secret in ("2 * x\\n", "BEGIN SOLUTION", "a_batch", "by_linalg", "no_root", "secret of the held-out case"):
        assert secret not in everything


def test_a_hostile_file_name_commands_no_terminal(tmp_path):
    path = tmp_path / "a\x1b[2J\u202eb.ipynb"
    path.write_text("")
    for given in (path, tmp_path / "\x1b[2Jnot there.ipynb"):
        assert not set(run("check", given).output) & {"\x1b", "\u202e"}
