"""Of a lesson's hidden checks the part that a sandbox may see: what running the held-out cases needs, and no more."""

from __future__ import annotations

import ast

from autograder.lesson.symbols import needed, uses


def held_out_source(source: str) -> str:
    """The part of an exercise's hidden checks that running held-out cases needs: neither mistakes nor variants.

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
    kept |= needed(set().union(*map(uses, kept)), helpers)
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
