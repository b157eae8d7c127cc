"""Which names a cell defines, and on which line each of them is there."""

from __future__ import annotations

import ast
import re
import warnings

from autograder.core import cell_text

# What looks like a definition where a cell is no Python.
AT_THE_LEFT = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)|^(\w+)\s*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ONE_STEP = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)


def defined_at(source: str) -> dict[str, int]:
    """The names that a cell defines at its top level, each with the last line of the statement that does it.

    Of a function or class that is its first line. Of a cell that is no Python the lines are looked at that begin like
    a definition.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python says them when it runs the cell
        tree = cell_text.parsed(source)
    if tree is None:
        return {each[1] or each[2]: source.count("\n", 0, each.end()) + 1 for each in AT_THE_LEFT.finditer(source)}
    names: dict[str, int] = {}
    pending: list[tuple[ast.AST, int]] = [(statement, 0) for statement in reversed(tree.body)]
    while pending:
        node, line = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = node.lineno
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update({(alias.asname or alias.name).split(".")[0]: node.lineno for alias in node.names})
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = line or node.lineno
        elif not isinstance(node, _SCOPES) and not (isinstance(node, ast.AnnAssign) and node.value is None):
            if isinstance(node, _ONE_STEP):
                line = node.end_lineno or node.lineno
            pending += [(child, line) for child in reversed(list(ast.iter_child_nodes(node)))]
    return names
