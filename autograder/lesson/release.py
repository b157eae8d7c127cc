"""`autograder release`: solutions/ → lessons/, and the assignment into nbgrader's gradebook."""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.judging import answer_key
from autograder.lesson import build
from autograder.lesson.notebooks import learner_notebook, solution_notebook

# What stays with the author: never copied, whatever it is called.
AUTHORS_ONLY = ("hidden.py", "held_out.json")


@dataclass(frozen=True)
class Released:
    """A lesson's files in lessons/ that were (or, with `--check`, would be) changed."""

    lesson: str
    changed: tuple[str, ...]


def release(folder: Path, lessons: Path, check: bool = False) -> Released:
    """Build the lesson in `folder` and bring `lessons/<name>` in line with it; with `check`, change nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        beside, made = Path(scratch, "beside"), Path(scratch, "made")
        beside.mkdir()
        made.mkdir()
        generate(folder, folder if not check else beside, made)
        target = lessons / folder.name
        changed = _differing(made, target)
        if not check:
            _bring(made, target, changed)
    return Released(folder.name, tuple(changed))


def generate(folder: Path, beside: Path, made: Path) -> None:
    """Build the lesson in `folder`: what nbgrader needs beside the source goes to `beside`, the rest to `made`."""
    lesson = build.open_lesson(folder)
    solved = solution_notebook(lesson)
    notebook = f"{lesson.source.notebook}.ipynb"
    _write_notebook(beside / notebook, solved)
    build.write_answers(lesson, beside)
    _write_notebook(made / notebook, learner_notebook(solved))
    for path in (*sorted(folder.iterdir()), beside / "answers.json", beside / "nn.py"):
        if path.is_file() and path.suffix not in (".md", ".ipynb") and path.name not in AUTHORS_ONLY:
            shutil.copyfile(path, made / path.name)


def _write_notebook(path: Path, notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def _differing(made: Path, target: Path) -> list[str]:
    have = {p.name for p in target.iterdir() if p.is_file()} if target.is_dir() else set()
    names = {p.name for p in made.iterdir()}
    return sorted(
        name for name in names | have if name not in have or name not in names or not _alike(made / name, target / name)
    )


def _alike(made: Path, there: Path) -> bool:
    if filecmp.cmp(made, there, shallow=False):
        return True
    return made.name == "answers.json" and answer_key.agree(made, there)


def _bring(made: Path, target: Path, changed: list[str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if (made / name).exists():
            part = target / f".{name}.part"
            shutil.copyfile(made / name, part)
            os.replace(part, target / name)
        else:
            (target / name).unlink()
