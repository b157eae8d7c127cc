"""Which names a top-level statement uses and defines."""

from __future__ import annotations

import ast
import symtable


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
