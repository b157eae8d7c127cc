"""Which names a cell defines, from its text alone."""

from __future__ import annotations

import ast

from autograder.core import cell_text
from autograder.core.definitions import AT_THE_LEFT


def defined(source: str) -> dict[str, bool]:
    """The names that a cell defines at its top level; of each, whether there is more to it than a placeholder.

    Of a cell that is no Python the lines are looked at that begin like a definition.
    """
    tree = cell_text.parsed(source)
    if tree is None:
        return {function or name: True for function, name in AT_THE_LEFT.findall(source)}
    found: dict[str, bool] = {}
    for node in statements(tree.body):
        for name in _names(node):
            found[name] = not _is_placeholder(node)
    return found


def statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements at the top level, those inside `if`, `for`, `with` and `try` included."""
    found: list[ast.stmt] = []
    pending = list(reversed(body))
    while pending:
        node = pending.pop()
        found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            children = list(ast.iter_child_nodes(node))
            handlers = [child for child in children if isinstance(child, ast.ExceptHandler)]
            children += [statement for handler in handlers for statement in handler.body]
            pending += reversed([child for child in children if isinstance(child, ast.stmt)])
    return found


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [part.id for t in targets for part in ast.walk(t) if isinstance(part, ast.Name) and _is_stored(part)]
    return []


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _is_placeholder(node: ast.stmt) -> bool:
    """`name = ...`, or a function that does nothing but refuse, pass or `...`."""
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Constant) and node.value.value is Ellipsis
    if not isinstance(node, ast.FunctionDef):
        return False
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return all(_refuses(statement) for statement in body)


def _refuses(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        return "NotImplementedError" in {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
