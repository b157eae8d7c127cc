"""Which names a top-level statement uses and defines, and which statements some names need."""

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


def needed(statements: Iterable[ast.stmt], names: Iterable[str]) -> list[ast.stmt]:
    """Of top-level statements those that define these names, and those that these need in turn, in their order.

    Of an import of several names only the names needed are kept.
    """
    single = [part for statement in statements for part in _one_by_one(statement)]
    binds = [bound(statement) for statement in single]
    kept: set[int] = set()
    known: set[str] = set()
    pending = set(names)
    while pending:
        name = pending.pop()
        known.add(name)
        for place, statement in enumerate(single):
            if name in binds[place] and place not in kept:
                kept.add(place)
                pending |= uses(statement) - known
    return [single[place] for place in sorted(kept)]


def _one_by_one(node: ast.stmt) -> list[ast.stmt]:
    if isinstance(node, ast.Import):
        return [ast.Import([alias]) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [ast.ImportFrom(node.module, [alias], node.level) for alias in node.names]
    return [node]


def bound(node: ast.stmt) -> set[str]:
    """The names that a top-level statement defines or imports."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return defines(node)


def _symbols(node: ast.stmt) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(node), "checks", "exec")
