"""Loading a lesson's `checks.py` and `hidden.py`, and taking from them only what a sandbox may see."""

from __future__ import annotations

import ast
import linecache
import sys
from pathlib import Path
from typing import Any

from autograder.exercise import AuthoringError, Exercise, collecting
from autograder.paths import UserError


def load(folder: Path, hidden: bool = False) -> dict[str, Exercise]:
    """The exercises of the lesson in `folder`, in order; with `hidden`, also held-out cases, mistakes and variants."""
    path = folder / "checks.py"
    if not path.is_file():
        raise UserError(f"There are no checks in {folder}: this only works in a lesson's own folder.")
    exercises: dict[str, Exercise] = {}
    run(path.read_text(encoding="utf-8"), str(path), exercises, folder)
    if hidden:
        path = folder / "hidden.py"
        if not path.is_file():
            raise UserError(f"{folder} has no hidden.py: held-out cases are kept with the solutions only.")
        run(path.read_text(encoding="utf-8"), str(path), exercises, folder)
    for name, exercise in exercises.items():
        if unknown := [needed for needed in exercise.needs if needed not in exercises]:
            raise AuthoringError(f"{name} needs the unknown exercise {unknown[0]!r}.")
    return exercises


def run(source: str, filename: str, exercises: dict[str, Exercise], folder: Path | None = None) -> dict[str, Any]:
    """Execute checks, adding to `exercises`. folder: where the lesson's own modules (`nn.py`) are found."""
    namespace: dict[str, Any] = {"__name__": "checks", "__file__": filename}
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    search = str(folder) if folder else None
    if search:
        sys.path.insert(0, search)
    try:
        with collecting(exercises):
            exec(compile(source, filename, "exec"), namespace)
    finally:
        if search:
            sys.path.remove(search)
    return namespace


def held_out_source(source: str) -> str:
    """The part of a `hidden.py` that running held-out cases needs: neither mistakes nor variants, nor their helpers.

    Kept are imports, `name = exercise(…)` and the functions decorated with `….held_out`, with every top-level
    definition that these use, directly or through each other.
    """
    tree = ast.parse(source)
    kept = {node for node in tree.body if _is_needed(node)}
    defined = {name: node for node in tree.body for name in _defines(node)}
    pending = list(kept)
    while pending:
        node = pending.pop()
        for name in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}:
            if (more := defined.get(name)) is not None and more not in kept:
                kept.add(more)
                pending.append(more)
    return "\n\n".join(ast.unparse(node) for node in tree.body if node in kept)


def _is_needed(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return isinstance(node.value.func, ast.Name) and node.value.func.id == "exercise"
    if isinstance(node, ast.FunctionDef):
        return any("held_out" in ast.unparse(decorator) for decorator in node.decorator_list)
    return False


def _defines(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []
