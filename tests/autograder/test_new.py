"""`autograder new`: the smallest lesson, which proves and is released as it is; names that can't be had are refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from autograder.core.paths import PACKAGE_ROOT, UserError
from autograder.lesson.new import new_lesson
from autograder.lesson.release import release
from autograder.proof.prove import prove_lesson


def test_it_can_be_proven_and_released_with_a_figure_that_moves(tmp_path):
    made = new_lesson("12_attention", tmp_path / "solutions", figure=True)
    folder = tmp_path / "solutions" / "12_attention"
    assert [path.relative_to(folder).as_posix() for path in made] == [
        "attention.md",
        "checks.py",
        "hidden/distance.py",
        "widgets/__init__.py",
        "widgets/figure.py",
    ]
    assert prove_lesson(folder).problems == []
    release(folder, tmp_path / "lessons")
    code = "import widgets; print(type(widgets.two_numbers(a=3, b=9.5)).__name__)"
    moved = python(tmp_path / "lessons" / "12_attention", code)
    assert (moved.returncode, moved.stdout) == (0, "FigureWidget\n"), moved.stderr


@pytest.mark.parametrize("names", [{}, {"distance": lambda a, b: b - a}])
def test_its_figure_runs_on_the_learners_function_and_moves_without_one(tmp_path, names, monkeypatch):
    from course.figures import Functions

    new_lesson("12_attention", tmp_path, figure=True)
    monkeypatch.syspath_prepend(str(tmp_path / "12_attention" / "widgets"))
    monkeypatch.delitem(sys.modules, "figure", raising=False)
    from figure import TwoNumbers

    figure = TwoNumbers()
    state = figure.reduce(figure.start(), {"type": "drag", "thing": "a", "x": 9.2})
    functions = Functions(figure.uses, names, {})
    arrays = figure.compute(state, functions)
    assert figure.scene(state, arrays)
    assert figure.describe(state, arrays) == f"9.00 and 5.00 are {'−4.00' if names else '4.00'} apart."
    assert ("your distance" if names else "own code") in functions.badge()


def test_a_folder_that_formgrader_made_and_that_is_empty_is_taken(tmp_path):
    (tmp_path / "12_attention").mkdir()
    assert new_lesson("12_attention", tmp_path)
    with pytest.raises(UserError, match="There is a lesson 12_attention already"):
        new_lesson("12_attention", tmp_path)


def test_without_a_wish_there_is_no_figure(tmp_path):
    new_lesson("00_first_steps", tmp_path / "solutions")
    assert {path.name for path in (tmp_path / "solutions" / "00_first_steps").iterdir()} == {
        "first_steps.md",
        "checks.py",
        "hidden",
    }


@pytest.mark.parametrize(
    "name",
    [
        "attention",
        "1_attention",
        "012_attention",
        "12-attention",
        "12_",
        "12_Attention",
        "12_2nd",
        "../12_x",
        "12_é",
        "١٢_x",
    ],
)
def test_a_name_of_another_form_is_refused_with_one_that_would_do(tmp_path, name):
    with pytest.raises(UserError, match=r"can't be a lesson's name: it takes two digits.*such as 12_attention"):
        new_lesson(name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["12_attention", "12_memory"])
def test_a_number_that_is_taken_is_refused_and_what_is_there_stays(tmp_path, name):
    new_lesson("12_attention", tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match="There is a lesson 12_attention already"):
        new_lesson(name, tmp_path)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


@pytest.mark.parametrize("word", ["no", "null", "true", "attention"])
def test_the_title_is_a_text_whatever_the_word_means_in_yaml(tmp_path, word):
    text = new_lesson(f"12_{word}", tmp_path)[0].read_text(encoding="utf-8")
    assert yaml.safe_load(text.split("---")[1])["jupyter"]["ground_up"]["title"] == word.capitalize()


def test_the_command_names_the_files_and_what_to_do_next(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("")
    (tmp_path / "solutions").mkdir()
    done = python(tmp_path, "from autograder.cli import main; main(['new', '12_attention'])")
    made = [
        str(Path("solutions", "12_attention", name)) for name in ("attention.md", "checks.py", "hidden/distance.py")
    ]
    assert done.stdout.splitlines()[:3] == made, done.stderr
    assert "autograder prove 12_attention" in done.stdout


def python(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
