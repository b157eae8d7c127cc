"""Mutation operators for array code: axes, indices and calls of array functions."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from autograder.proof.mutation import nodes as nodes
from autograder.proof.mutation.nodes import Change

_PAIRS = """maximum minimum, sum mean, exp log, max min, amax amin, argmax argmin, zeros ones,
    zeros_like ones_like, std var, sin cos, floor ceil, any all"""
SIBLINGS = {a: b for pair in _PAIRS.split(",") for a, b in itertools.permutations(pair.split())}
FORGETTABLE = {"sqrt", "abs", "absolute", "reversed", "copy", "clone", "detach", "transpose", "permute"}
SYMMETRIC = {"maximum", "minimum", "add", "multiply", "logical_and", "logical_or", "swapaxes"}
LIBRARIES = {"np", "numpy", "math", "torch", "F"}
AXES = {"axis", "dim"}
KEEP = {"keepdims", "keepdim"}


def _axes(node: ast.AST) -> Iterator[Change]:
    for keyword in node.keywords if isinstance(node, ast.Call) else []:
        old = keyword.value
        news: list[ast.expr] = []
        if is_keep(keyword):
            news = [ast.Constant(not nodes.truth(old))]
        elif keyword.arg in AXES and isinstance(old, ast.Tuple):
            news = [nodes.altered(old, elts=rest) for rest in nodes.one_left_out(old.elts)]
        elif keyword.arg in AXES:
            news = [nodes.literal(value) for value in range(-2, 2) if value != nodes.number(old)]
        for new in news:
            yield nodes.change("axis", old, new, ast.unparse(keyword), f"{keyword.arg}={ast.unparse(new)}")


def _off_by_one(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Subscript):
        inner = node.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        for index, part in enumerate(parts):
            for new in _shifted_slice(part) if isinstance(part, ast.Slice) else _shifted(part):
                shifted = nodes.with_item(parts, index, new)
                whole = nodes.altered(inner, elts=shifted) if isinstance(inner, ast.Tuple) else new
                yield nodes.change("off by one", node, nodes.altered(node, slice=whole))
    elif isinstance(node, ast.Call) and nodes.name(node.func) in {"range", "arange"}:
        for index, argument in enumerate(node.args):
            for new in _shifted(argument):
                arguments = nodes.with_item(node.args, index, new)
                yield nodes.change("off by one", node, nodes.altered(node, args=arguments))
        if len(node.args) == 1:
            yield nodes.change("off by one", node, nodes.altered(node, args=[nodes.literal(1), *node.args]))


def _shifted_slice(part: ast.Slice) -> Iterator[ast.Slice]:
    for field, first_or_last in (("lower", 1), ("upper", -1)):
        bound = getattr(part, field)
        for new in [nodes.literal(first_or_last)] if bound is None else _shifted(bound):
            yield nodes.altered(part, **{field: new})


def _shifted(index: ast.expr) -> Iterator[ast.expr]:
    """index + 1 and index − 1; nothing for a constant or n ± constant: changing the constant does the same."""
    if isinstance(index, ast.BinOp) and isinstance(index.op, (ast.Add, ast.Sub)):
        constants = [index.left, index.right]
    else:
        constants = [index]
    computed = isinstance(index, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp, ast.UnaryOp))
    if computed and all(nodes.number(node) is None for node in constants):
        yield ast.BinOp(index, ast.Add(), ast.Constant(1))
        yield ast.BinOp(index, ast.Sub(), ast.Constant(1))


def _calls(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Call):
        return
    name = nodes.name(node.func)
    builtin = isinstance(node.func, ast.Name)
    if name not in SYMMETRIC and not (builtin and name in {"max", "min"}):
        for a, b, swapped in nodes.neighbours_swapped(node.args):
            pair = ast.unparse(a), ast.unparse(b)
            new = nodes.altered(node, args=swapped)
            yield nodes.change("swapped arguments", node, new, ", ".join(pair), ", ".join(pair[::-1]), a.lineno)
    for keyword, rest in zip(node.keywords, nodes.one_left_out(node.keywords, least=0), strict=True):
        if not is_keep(keyword):  # dropping one is the same as flipping it
            new = nodes.altered(node, keywords=rest)
            yield nodes.change("dropped keyword", node, new, ast.unparse(keyword), "", keyword.value.lineno)
    if builtin and name in {"max", "min", "any", "all"}:
        yield nodes.change("sibling function", node.func, nodes.altered(node.func, id=SIBLINGS[name]))
    elif not builtin and name in SIBLINGS:
        yield nodes.change("sibling function", node.func, nodes.altered(node.func, attr=SIBLINGS[name]))
    if name in FORGETTABLE:
        if builtin or nodes.root(node.func) in LIBRARIES:
            if node.args and not isinstance(node.args[0], ast.Starred):
                yield nodes.change("dropped function", node, node.args[0])
        elif isinstance(node.func, ast.Attribute):
            yield nodes.change("dropped function", node, node.func.value)


def _transposes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Attribute) and node.attr in {"T", "mT"} and isinstance(node.ctx, ast.Load):
        yield nodes.change("dropped transpose", node, node.value)


def is_keep(keyword: ast.keyword) -> bool:
    return keyword.arg in KEEP and nodes.truth(keyword.value) is not None


def is_literal_axis(keyword: ast.keyword) -> bool:
    return keyword.arg in AXES and nodes.number(keyword.value) is not None


ARRAY_FAMILIES = (_axes, _off_by_one, _calls, _transposes)
