"""Proofs that needn't be found again: an exercise's proof is kept by a key of all that it depends on.

They lie in `.ground-up/proofs/<lesson>/<exercise>.json`, with the answers that came of the same runs. One that doesn't
hold isn't kept.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.core import machine
from autograder.core.paths import PACKAGE_ROOT, STATE, lesson_names
from autograder.judging import answer_key
from autograder.judging.answer_key import AnswerKey
from autograder.lesson import hidden, source
from autograder.lesson.build import write_whole
from autograder.lesson.source import LessonSource
from autograder.lesson.symbols import needed, uses
from autograder.proof.results import ExerciseProof

_ENGINE = ("authoring/*.py", "cases/*.py", "core/*.py", "judging/*.py", "lesson/*.py", "proof/**/*.py")
_ENGINE_ALSO = ("runner/frames.py", "runner/job.py")


@dataclass(frozen=True)
class Proven:
    """An exercise's proof, and the answers to all its cases that came of the same runs. visible: names of cases."""

    proof: ExerciseProof
    answers: AnswerKey
    visible: tuple[str, ...]


def fingerprint(folder: Path) -> str:
    """A short hash of what the proof of the lesson in `folder` depends on, the same on every machine and Python."""
    codes = [source.read(folder.parent / name).code() for name in lesson_names(folder.parent) if name <= folder.name]
    checks = machine.hash_of([folder / "checks.py", *sorted((folder / hidden.FOLDER).glob("*.py"))])
    return _hash([_engine(), machine.data(), codes, checks])[:12]


def keys(lesson: LessonSource, library: str) -> dict[str, str]:
    """By exercise, a hash of what its proof depends on.

    That is the engine and the circumstances, the code of the lesson and what it imports of earlier ones, checks.py
    without what is there for other exercises alone, the exercise's own file in hidden/ with what this takes from
    shared.py; no prose, and no other exercise's file.
    """
    folder, cells = lesson.folder, {cell.exercise: cell.source for cell in lesson.cells if cell.exercise}
    files = {file.exercise: file.text() for file in hidden.read(folder, dict.fromkeys(cells))}
    checks = ast.parse((folder / "checks.py").read_text(encoding="utf-8")).body
    shared = [_engine(), machine.circumstances(), lesson.name, lesson.code(), library, list(cells), sorted(files)]
    return {
        name: _hash([*shared, name, cell, _checks_of(name, checks), files.get(name, "")])
        for name, cell in cells.items()
    }


def _checks_of(exercise: str, checks: list[ast.stmt]) -> str:
    """A lesson's visible checks without other exercises and their cases, as far as nothing that is left uses them."""
    declared = {node: names for node in checks if (names := _declared(node))}
    mine = {variable for variable, name in declared.values() if name == repr(exercise)}
    others: set[ast.stmt] = {node for node, (variable, _) in declared.items() if variable not in mine}
    others |= {node for node in checks if _registers_on(node) and not _registers_on(node) & mine}
    left = [node for node in checks if node not in others]
    left += needed(set().union(*map(uses, left)), others)
    return "\n".join(ast.unparse(node) for node in checks if node in left)


def _declared(node: ast.stmt) -> tuple[str, str] | None:
    """For `relu = exercise("relu", …)` the variable, and the name as it is written."""
    if not (
        isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name)
    ):
        return None
    is_exercise = getattr(node.value.func, "id", "") == "exercise"
    return (node.targets[0].id, ast.unparse(node.value.args[0])) if is_exercise else None


def _registers_on(node: ast.stmt) -> set[str]:
    """The variables of the exercises of which a function is a case; empty where a decorator is something else."""
    found = set()
    for decorator in getattr(node, "decorator_list", []):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not (isinstance(called, ast.Attribute) and called.attr == "case" and isinstance(called.value, ast.Name)):
            return set()
        found.add(called.value.id)
    return found


def read(folder: Path, exercise: str, key: str) -> Proven | None:
    """The proof of an exercise of the lesson in `folder` that was kept by this key, if there is one."""
    path = _place(folder) / f"{exercise}.json"
    try:
        node = json.loads(path.read_text(encoding="utf-8"))
        answers, made_from = answer_key.read(path.with_suffix(".answers.json"))
        if node["key"] != key or made_from != key:
            return None
        return Proven(ExerciseProof.from_json(node["proof"]), answers[exercise], tuple(node["visible"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None  # absent, or from an interrupted run: found again


def keep(folder: Path, key: str, proven: Proven) -> None:
    """Keep a proof that holds."""
    name, place = proven.proof.name, _place(folder)
    if proven.proof.problems:
        return
    place.mkdir(parents=True, exist_ok=True)
    node = {"key": key, "proof": asdict(proven.proof), "visible": proven.visible}
    write_whole(place / f"{name}.answers.json", answer_key.text(folder.name, {name: proven.answers}, key))
    write_whole(place / f"{name}.json", json.dumps(node, indent=1, ensure_ascii=False) + "\n")


def _place(folder: Path) -> Path:
    return folder.parent.parent / STATE / "proofs" / folder.name


@functools.cache
def _engine() -> str:
    """A hash of the modules that have a say in a proof."""
    engine = PACKAGE_ROOT / "autograder"
    return machine.hash_of(sorted(path for part in (*_ENGINE, *_ENGINE_ALSO) for path in engine.glob(part)))


def _hash(parts: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()[:32]
