"""Which names a top-level statement uses and defines, and which statements stand behind names."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable


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


def needed(names: set[str], offered: Iterable[ast.stmt]) -> set[ast.stmt]:
    """Of the offered statements those that define or import these names, directly or through each other."""
    left, found, pending = list(offered), set(), set(names)
    while pending:
        more = [node for node in left if pending & bound(node)]
        left = [node for node in left if node not in more]
        found.update(more)
        pending = set().union(*map(uses, more))
    return found


def one_by_one(statements: Iterable[ast.stmt]) -> list[ast.stmt]:
    """The statements, with one import for each name that is imported, so that only those needed can be kept."""
    single: list[ast.stmt] = []
    for node in statements:
        if isinstance(node, ast.Import):
            single += [ast.Import([alias]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            single += [ast.ImportFrom(node.module, [alias], node.level) for alias in node.names]
        else:
            single.append(node)
    return single


def bound(node: ast.stmt) -> set[str]:
    """The names that a top-level statement defines or imports."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return defines(node)


def _symbols(node: ast.stmt) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(node), "checks", "exec")
