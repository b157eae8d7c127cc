"""Reading and altering nodes of a syntax tree: what the mutation operators share."""

from __future__ import annotations

import ast
import copy
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

Located = ast.expr | ast.stmt  # the nodes that know where they stand in the text
Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Change:
    """Put `new` in the place of `node`; `before`, `after` and `line` show the part that differs."""

    operator: str
    node: Located
    new: Located
    before: str
    after: str
    line: int


def change(
    operator: str, node: Located, new: Located, before: str = "", after: str | None = None, line: int = 0
) -> Change:
    """A change shown, unless told otherwise, by the text of the whole nodes and the line where the old one starts."""
    after = ast.unparse(new) if after is None else after
    return Change(operator, node, new, before or ast.unparse(node), after, line or node.lineno)


def altered(node: Node, **fields: object) -> Node:
    """A shallow copy with some fields changed."""
    new = copy.copy(node)
    for field, value in fields.items():
        setattr(new, field, value)
    return new


def end(node: Located) -> tuple[int, int]:
    """The line on which a node of a parsed text ends, and the column (in bytes) after it."""
    assert node.end_lineno is not None and node.end_col_offset is not None  # only a node made by hand lacks them
    return node.end_lineno, node.end_col_offset


def with_item(items: list, index: int, item: object) -> list:
    return [*items[:index], item, *items[index + 1 :]]


def one_left_out(items: list, least: int = 1) -> list[list]:
    """The list without its first item, without its second, …; nothing if fewer than `least` items would stay."""
    return [items[:index] + items[index + 1 :] for index in range(len(items)) if len(items) > least]


def neighbours_swapped(items: list[ast.expr]) -> Iterator[tuple[ast.expr, ast.expr, list[ast.expr]]]:
    """Each adjacent pair, and the items with that pair swapped."""
    for index, (a, b) in enumerate(itertools.pairwise(items)):
        if not isinstance(a, ast.Starred) and not isinstance(b, ast.Starred):
            yield a, b, [*items[:index], b, a, *items[index + 2 :]]


def listed(items: list[ast.expr]) -> str:
    return ", ".join(map(ast.unparse, items))


def number(node: ast.AST) -> int | float | None:
    """The value of a numeric literal with or without a minus sign, otherwise None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number(node.operand) if isinstance(node.operand, ast.Constant) else None
        return None if inner is None else -inner
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) else None


def literal(value: int | float) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def truth(node: ast.AST) -> bool | None:
    """The value of True or False, otherwise None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else None


def name(function: ast.expr) -> str:
    """The last part of a dotted name: `sum` for `np.sum` and for `sum`."""
    return getattr(function, "attr", getattr(function, "id", ""))


def root(function: ast.expr) -> str:
    """The first part of a dotted name: `np` for `np.linalg.norm`."""
    while isinstance(function, ast.Attribute):
        function = function.value
    return getattr(function, "id", "")
