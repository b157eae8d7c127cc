"""The copy for students: it starts, its checks work, and nothing in it is an answer."""

import ast
import errno
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import tiny
from click.testing import CliRunner

from autograder.cli import main
from autograder.core.paths import PACKAGE_ROOT, SUPPORT, UserError, lesson_names
from autograder.judging import answer_key
from autograder.lesson import checks, source
from autograder.lesson.handout import FILES, hand_out
from autograder.lesson.held_out import registered_as

SOLUTIONS = PACKAGE_ROOT / "solutions"
LESSONS = lesson_names(SOLUTIONS)
FIRST, LAST = LESSONS[0], LESSONS[2]
SOLUTION = re.compile(rf"{source.BEGIN}\n(.*?)\s*{source.END}", re.DOTALL)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """All lessons, handed out."""
    target = tmp_path_factory.mktemp("handout") / "ground-up"
    assert hand_out(PACKAGE_ROOT, target) == LESSONS
    return target


# --- what is in it ------------------------------------------------------------------------------------------------


def test_it_holds_what_a_student_needs_and_nothing_else(copy):
    assert {path.name for path in copy.iterdir()} == {*FILES, "README.md", "autograder", "course", "lessons"}
    assert sorted(path.name for path in (copy / "lessons").iterdir()) == LESSONS
    names = {path.name for path in copy.rglob("*")}
    assert not names & {"__pycache__", ".git", ".ground-up", "held_out.json", "gradebook.db", "solutions"}
    assert not [path for path in copy.rglob("*") if path.is_symlink()]
    for lesson in LESSONS:
        there = {path.name for path in (copy / "lessons" / lesson).iterdir()}
        listed = source.read(SOLUTIONS / lesson).about.get("files", [])
        assert there == {next(SOLUTIONS.glob(f"{lesson}/*.md")).stem + ".ipynb", "nn.py", SUPPORT, *listed}


def test_only_the_lessons_named_are_in_it(tmp_path):
    assert hand_out(PACKAGE_ROOT, tmp_path / "copy", [LAST, FIRST]) == [FIRST, LAST]
    assert sorted(path.name for path in (tmp_path / "copy" / "lessons").iterdir()) == [FIRST, LAST]


# --- nothing in it is an answer -----------------------------------------------------------------------------------


def normal(statements: list[ast.stmt]) -> str:
    """Code without its layout and docstring."""
    if statements and isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant):
        statements = statements[1:]
    return "\n".join(map(ast.unparse, statements))


def pieces(text: str) -> set[str]:
    """The bodies of all functions and classes in Python code, and its top-level statements, each without layout."""
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a cell with a magic command
        return set()
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {normal(body) for body in bodies} | {ast.unparse(node) for node in tree.body}


def sources(path: Path) -> list[str]:
    """The pieces of code in a file of the copy."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [path.read_text(encoding="utf-8")] if path.suffix == ".py" else []


@cache
def code_in(copy: Path) -> dict[str, set[str]]:
    """All pieces of code of the copy, by file."""
    files = [path for path in copy.rglob("*") if path.suffix in (".py", ".ipynb")]
    return {path.relative_to(copy).as_posix(): set().union(*map(pieces, sources(path))) for path in files}


def may_hold_answers(name: str, lesson: str) -> bool:
    """A later lesson's nn.py holds what the lessons before it were to write."""
    parts = name.split("/")
    return parts[0] == "lessons" and parts[1] > lesson and parts[2:] == ["nn.py"]


# Pieces of solutions that are allowed to be there, as they stand in the code and as text.
ALLOWED = {
    "return (self.X[i], self.y[i])",  # lesson 7: a figure's data set fetches by index too; it makes no tensors
    # lesson 11: cases need a small model; the second hint to CharLSTM says how it goes forward, and there is more to it
    "H, state = self.lstm(self.embedding(ids), state) return self.head(H), state",
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_solution_is_in_it(copy, lesson):
    parsed = source.read(SOLUTIONS / lesson)
    answers = {}
    for cell in parsed.cells:
        if cell.exercise:
            solved = pieces(source.solved(cell.source)) - pieces(source.stub(cell.source, cell.exercise))
            answers |= {piece: cell.exercise for piece in solved}
    assert set(answers.values()) == {cell.exercise for cell in parsed.cells if cell.exercise}
    found = [
        f"{answers[piece]} in {name}"
        for name, code in code_in(copy).items()
        if not may_hold_answers(name, lesson)
        for piece in code & answers.keys() - ALLOWED
    ]
    assert found == []


def words(text: str) -> str:
    """Text without its line breaks and indents."""
    return " ".join(text.split())


@cache
def texts_in(copy: Path) -> dict[str, str]:
    """What can be read in each file of the copy, code, prose and strings in JSON alike."""
    found = {}
    for path in copy.rglob("*"):
        if path.suffix in (".py", ".md", ".json", ".js", ".css", ".txt", ".toml"):
            text = path.read_text(encoding="utf-8").replace("\\n", "\n").replace('\\"', '"')
        elif path.suffix == ".ipynb":
            text = "\n".join("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
        else:
            continue
        found[path.relative_to(copy).as_posix()] = words(text)
    return found


LONG = 60  # characters: shorter pieces of text, such as `return X @ W + b`, may be what the lesson explains


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_text_of_a_solution_or_model_answer_is_in_it(copy, lesson):
    secrets = {}
    for cell in source.read(SOLUTIONS / lesson).cells:
        if cell.question:
            secrets[words(cell.source)] = cell.question
        for block in SOLUTION.findall(cell.source):
            secrets[words(block)] = cell.exercise
    secrets = {text: name for text, name in secrets.items() if len(text) > LONG and text not in ALLOWED}
    assert len(secrets) > 2
    found = [
        f"{secret} in {name}"
        for name, text in texts_in(copy).items()
        if not may_hold_answers(name, lesson)
        for told, secret in secrets.items()
        if told in text
    ]
    assert found == []


LEAST = 25  # characters: what is shorter (`return -z`) is written by anyone for any reason


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_held_out_case_and_no_code_of_mistakes_and_variants_is_in_it(copy, lesson):
    hidden: dict[str, str] = {}
    for path in (SOLUTIONS / lesson).rglob("hidden/*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and registered_as(node):
                hidden[normal(node.body)] = f"{node.name} of {path.name}"
    hidden = {piece: what for piece, what in hidden.items() if len(piece) > LEAST}
    assert len(hidden) > 20
    found = [
        f"{hidden[piece]} in {name}"
        for name, code in code_in(copy).items()
        if not name.endswith("/nn.py")  # a right answer to an earlier lesson may be a mistake in this one
        for piece in code & hidden.keys()
    ]
    assert found == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_answers_in_it_are_those_of_visible_cases(copy, lesson):
    handed_out = copy / "lessons" / lesson
    visible = {
        name: {case.name for case in exercise.visible_cases} for name, exercise in checks.load(handed_out).items()
    }
    answers, _ = answer_key.read(handed_out / SUPPORT / "answers.json")
    for name, answer in answers.items():
        assert answer.expected.keys() == visible[name]
        assert all(known.values.keys() | known.errors.keys() <= visible[name] for known in answer.mistakes)


# --- it works -----------------------------------------------------------------------------------------------------


def run(copy: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a folder of the copy, with the engine of the copy."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def work(copy) -> Path:
    """The workspace that the copy's `start.py` prepares."""
    prepared = run(copy, copy, "-m", "autograder.learner.workspace")
    assert prepared.returncode == 0, prepared.stderr
    assert prepared.stdout == f"New: {', '.join(LESSONS)}\n"
    return copy / "work"


def test_what_start_py_installs_and_says_is_there(copy, tmp_path, monkeypatch):
    helped = run(copy, copy, "start.py", "--help")
    assert (helped.returncode, "--restore" in helped.stdout) == (0, True)
    for name in ("requirements.txt", "constraints.txt"):
        assert (copy / name).read_bytes() == (PACKAGE_ROOT / name).read_bytes()
    made = run(
        copy,
        copy,
        "-c",
        f"from setuptools import build_meta as b; b.prepare_metadata_for_build_wheel({str(tmp_path)!r})",
    )
    assert made.returncode == 0, made.stderr


def test_check_runs_in_it(work, copy):
    code = "\n".join(
        [
            "import numpy as np, autograder, widgets",
            "from autograder import check, hint, solution",
            "def relu(z):\n    return np.maximum(z, 0)",
            "print(check('relu'), check('sigmoid'), sep='\\n')",
            "solution('relu', sure=True)",
            "print(autograder.__file__)",
        ]
    )
    ran = run(copy, work / FIRST, "-c", code)
    assert ran.returncode == 0, ran.stderr
    assert "relu: Correct" in ran.stdout and "sigmoid" in ran.stdout.split("relu: Correct")[1]
    assert "The solutions aren't part of this copy" in ran.stdout
    assert ran.stdout.strip().endswith(str(copy / "autograder" / "__init__.py"))


def test_a_figure_moves_in_it(work, copy):
    ran = run(copy, work / FIRST, "-c", "import widgets; print(type(widgets.neuron_playground()).__name__)")
    assert (ran.returncode, ran.stdout) == (0, "FigureWidget\n"), ran.stderr


@pytest.mark.parametrize("option", ["test", "--instructor"])
def test_what_only_the_whole_course_has_is_refused_in_a_sentence(copy, option):
    ran = run(copy, copy, "start.py", option)
    assert ran.returncode == 3
    assert "a copy of the course for students" in ran.stderr and "Traceback" not in ran.stderr


# --- what is refused ----------------------------------------------------------------------------------------------


def handout(*arguments: str):
    return CliRunner().invoke(main, ["handout", *arguments])


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    refused = handout(str(tmp_path))
    assert (refused.exit_code, "is there already: name a folder that is new or empty" in refused.output) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert handout(str(tmp_path / "mine.txt")).exit_code == 2


def test_a_folder_inside_of_what_is_copied_is_refused():
    refused = handout(str(PACKAGE_ROOT / "course" / "copy"))
    assert (refused.exit_code, "lies in the course itself" in refused.output) == (2, True)
    assert not (PACKAGE_ROOT / "course" / "copy").exists()


def test_an_unknown_lesson_is_named_with_the_nearest_one(tmp_path):
    refused = handout(str(tmp_path / "copy"), "01_neurons")
    assert (refused.exit_code, "Did you mean '01_neuron'" in refused.output) == (2, True)
    assert not (tmp_path / "copy").exists()


def test_a_lesson_that_changed_since_its_release_is_refused(tmp_path):
    root = tiny.released(tmp_path / "course")
    assert hand_out(root, tmp_path / "copy") == ["01_tiny"]
    with open(root / "solutions" / "01_tiny" / "tiny.md", "a", encoding="utf-8") as text:
        text.write("\nOne sentence more.\n")
    with pytest.raises(UserError, match="01_tiny changed since it was released: run `autograder release`"):
        hand_out(root, tmp_path / "another copy")
    assert not (tmp_path / "another copy").exists()


def test_a_copy_that_fails_leaves_nothing_of_itself(tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(shutil, "copytree", full)
    for name in ("new", "empty"):
        done = handout(str(tmp_path / name), FIRST)
        assert done.exit_code == 2
        assert "The copy could not be made (No space left on device)" in done.stderr
        assert list((tmp_path / name).iterdir()) == []
    monkeypatch.undo()
    assert handout(str(tmp_path / "new"), FIRST).exit_code == 0


def test_a_lesson_whose_answers_are_damaged_is_not_handed_out(tmp_path):
    root = tmp_path / "course"
    shutil.copytree(PACKAGE_ROOT / "lessons" / FIRST, root / "lessons" / FIRST)
    (root / "solutions" / FIRST).mkdir(parents=True)
    (root / "lessons" / FIRST / SUPPORT / "answers.json").write_text("{")
    with pytest.raises(UserError, match="run `autograder release` first"):
        hand_out(root, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
