"""`autograder release`: solutions/ → lessons/, and what nbgrader needs of a lesson beside its source.

    lessons/01_neuron/neuron.ipynb, nn.py     what a learner opens and imports
    lessons/01_neuron/.lesson/                out of sight: checks.py, answers.json, handed_out.json, widgets/

Beside the source, ignored by git, lies the same with the solved notebook: nbgrader's own commands look for it there.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.exercise import AuthoringError
from autograder.core.paths import SUPPORT, UserError
from autograder.judging import answer_key
from autograder.lesson import build, handed_out
from autograder.lesson.handed_out import HANDED_OUT
from autograder.lesson.notebooks import learner_notebook, solution_notebook

# What stays with the author: never copied, whatever it is called.
AUTHORS_ONLY = ("hidden", "authors", "held_out.json")
HIDDEN_AWAY = ("checks.py", "widgets")  # handed out in the hidden folder
GENERATED = ("nn.py", "answers.json", HANDED_OUT, SUPPORT)


@dataclass(frozen=True)
class Released:
    """A lesson's files in lessons/ that were (or, with `--check`, would be) changed."""

    lesson: str
    changed: tuple[str, ...]


def release(
    folder: Path, lessons: Path, check: bool = False, agree: Callable[[NotebookNode], object] = lambda notebook: None
) -> Released:
    """Build the lesson in `folder` and bring `lessons/<name>` in line with it; with `check`, change nothing.

    agree: called with the notebook that learners get when all of it is built and nothing is written yet; what it
    raises stops the release. Raises AuthoringError when the lesson can't be built; then what was released stays.
    """
    with tempfile.TemporaryDirectory() as scratch:
        made, beside = Path(scratch, "made"), Path(scratch, "beside")
        lesson = build.open_lesson(folder)
        generate(lesson, beside, made)
        target = lessons / folder.name
        changed = _differing(lesson, made, target)
        if not check:
            agree(nbformat.read(made / f"{lesson.source.notebook}.ipynb", as_version=4))
            _bring(made, target, changed)
            _bring(beside, folder, sorted(_files(beside)))
    return Released(folder.name, tuple(changed))


def generate(lesson: build.Lesson, beside: Path, made: Path) -> None:
    """Build a lesson: what learners get goes to `made`, the same with the solved notebook to `beside`."""
    parts = _parts(lesson)
    visible, _ = build.keep_answers(lesson)
    solved = solution_notebook(lesson)
    learners = learner_notebook(solved)
    for place, notebook in ((beside, solved), (made, learners)):
        (place / SUPPORT).mkdir(parents=True)
        nbformat.validate(notebook)
        text = nbformat.writes(notebook) + "\n"
        (place / f"{lesson.source.notebook}.ipynb").write_text(text, encoding="utf-8")
        (place / build.LIBRARY).write_text(lesson.library, encoding="utf-8")
        answers = answer_key.text(lesson.name, visible, build.digest(lesson.source.folder))
        (place / SUPPORT / build.ANSWERS).write_text(answers, encoding="utf-8")
        (place / SUPPORT / HANDED_OUT).write_text(handed_out.text(learners), encoding="utf-8")
        for path in parts:
            if place is made or path.name in HIDDEN_AWAY:
                _copy(path, place / SUPPORT / path.name if path.name in HIDDEN_AWAY else place / path.name)


def _parts(lesson: build.Lesson) -> list[Path]:
    """What is handed out as it is. Raises AuthoringError where something lies there of which nobody said what it is."""
    folder, more, taken = lesson.source.folder, _listed(lesson), []
    for path in sorted(folder.iterdir()):
        if path.name in (*HIDDEN_AWAY, *more):
            taken.append(path)
        elif not (path.name in (*AUTHORS_ONLY, *GENERATED, "__pycache__") or path.suffix in (".md", ".ipynb")):
            if path.name.startswith("."):
                continue
            raise AuthoringError(
                f"{lesson.name}: {path.name} is no part of a lesson. To hand it out, list it in the header "
                f"(ground_up: files: [{path.name}]); otherwise move it away."
            )
    if linked := [path for part in taken for path in (part, *part.rglob("*")) if path.is_symlink()]:
        raise AuthoringError(f"{lesson.name}: {linked[0].relative_to(folder)} is a link; put the file itself there.")
    return taken


def _listed(lesson: build.Lesson) -> list[str]:
    """The files and folders that the header asks to hand out. Raises AuthoringError for what can't be."""
    listed = lesson.source.about.get("files", [])
    if not isinstance(listed, list):
        raise AuthoringError(f"{lesson.name}: `files` in its header must be a list, such as [map.csv].")
    for name in listed:
        if name in AUTHORS_ONLY or str(name).endswith((".md", ".ipynb")):
            raise AuthoringError(
                f"{lesson.name}: its header lists {name!r} under `files`, but {name} stays with the author."
            )
        if name not in {path.name for path in lesson.source.folder.iterdir()}:
            raise AuthoringError(f"{lesson.name}: its header lists {name!r} under `files`, which isn't there.")
    return listed


def _copy(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    else:
        shutil.copyfile(path, target)


def _files(folder: Path) -> set[str]:
    """The paths of all files below, Python's caches left out."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def _differing(lesson: build.Lesson, made: Path, target: Path) -> list[str]:
    have, names = _files(target), _files(made)

    def differs(name: str) -> bool:
        if name not in have or name not in names:
            return True
        if filecmp.cmp(made / name, target / name, shallow=False):
            return False
        is_answers = name == f"{SUPPORT}/{build.ANSWERS}"
        return not (is_answers and answer_key.agree(made / name, target / name, lesson.exercises))

    return sorted(filter(differs, names | have))


def _bring(made: Path, target: Path, changed: list[str]) -> None:
    """Copy what is new or different; what is no more goes, with the folders it leaves empty.

    All of it is copied beside its place before anything takes its place: a full disk costs nothing that was there.
    """
    parts = {name: (target / name).with_name(f".{Path(name).name}.part") for name in changed if (made / name).exists()}
    try:
        for name, part in parts.items():
            part.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made / name, part)
    except OSError as error:
        for part in parts.values():
            part.unlink(missing_ok=True)
        text = f"{target} can't be written ({error.strerror}): put that right, then release again."
        raise UserError(text) from error
    for name in changed:
        if name in parts:
            os.replace(parts[name], target / name)
        else:
            (target / name).unlink()
            for parent in list((target / name).parents)[: len(Path(name).parts) - 1]:
                if not any(parent.iterdir()):
                    parent.rmdir()
