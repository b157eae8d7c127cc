"""Loading a lesson's `checks.py` and `hidden.py`, and taking from them only what a sandbox may see."""

from __future__ import annotations

import ast
import functools
import marshal
import symtable
import sys
import types
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
    search = str(folder) if folder else None
    if search:
        sys.path.insert(0, search)
    try:
        return execute(compile(source, filename, "exec"), exercises)
    finally:
        if search:
            sys.path.remove(search)


def execute(code: types.CodeType, exercises: dict[str, Exercise]) -> dict[str, Any]:
    """Execute checks that are compiled already, adding to `exercises`."""
    namespace: dict[str, Any] = {"__name__": "checks", "__file__": code.co_filename}
    with collecting(exercises):
        exec(code, namespace)
    return namespace


@functools.cache
def marshalled(source: str, filename: str) -> bytes:
    """Checks as code for another process of this same Python, which then needn't compile them for each submission."""
    return marshal.dumps(compile(source, filename, "exec"))


def held_out_source(source: str) -> str:
    """The part of a `hidden.py` that running held-out cases needs: neither mistakes nor variants, nor their helpers.

    Kept are imports, `name = exercise(…)` and the functions decorated with `….held_out`, with every top-level
    definition that these use, directly or through each other. How a case is judged stays outside, and with it what
    only the judge knows.
    """
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and "held_out" in registered_as(node):
            _forget_judge(node)
    kept = {node for node in tree.body if _is_needed(node)}
    helpers = [node for node in tree.body if not _is_implementation(node)]
    pending = list(kept)
    while pending:
        names = uses(pending.pop())
        more = [node for node in helpers if node not in kept and names & defines(node)]
        kept.update(more)
        pending += more
    return "\n\n".join(ast.unparse(node) for node in tree.body if node in kept)


def _is_needed(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return isinstance(node.value.func, ast.Name) and node.value.func.id == "exercise"
    return isinstance(node, ast.FunctionDef) and "held_out" in registered_as(node)


def _forget_judge(node: ast.FunctionDef) -> None:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            decorator.keywords = [keyword for keyword in decorator.keywords if keyword.arg != "judge"]


def _is_implementation(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and bool(registered_as(node) & {"mistake", "variant"})


def registered_as(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """The attributes in its decorators: {"held_out"} for `@sigmoid.held_out` and `@sigmoid.held_out(part="…")`."""
    called = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return {decorator.attr for decorator in called if isinstance(decorator, ast.Attribute)}


def uses(node: ast.stmt) -> set[str]:
    """The module's names that a top-level statement uses, those of the functions inside it included."""
    module = _symbols(node)
    names = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_referenced()}
    pending = module.get_children()
    while pending:
        table = pending.pop()
        names |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        pending += table.get_children()
    return names


def defines(node: ast.stmt) -> set[str]:
    return {symbol.get_name() for symbol in _symbols(node).get_symbols() if symbol.is_assigned()}


def _symbols(node: ast.stmt) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(node), "checks", "exec")
