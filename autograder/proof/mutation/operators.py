"""The mutation operators: each looks at one node of a syntax tree and yields the wrong versions of it.

They imitate slips of people who write array code: an axis off, a term forgotten, arguments swapped, `=`
for `+=`. Here are those that concern the language; `arrays` has those that concern arrays.
Docstrings, other strings, annotations, imports, decorators and base classes are left alone.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from autograder.proof.mutation import nodes as nodes
from autograder.proof.mutation.arrays import ARRAY_FAMILIES, AXES, is_keep, is_literal_axis
from autograder.proof.mutation.nodes import Change

ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv, ast.Mult),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
BITWISE = {ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr}  # masks of arrays
AUGMENTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult} | BITWISE
COMPARISON: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)  # a op b is not b op a
EITHER = (ast.Add, ast.Mult, ast.MatMult, ast.BitAnd, ast.BitOr)  # each side may be the one forgotten
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise, ast.Assert, ast.Delete)


def changes(tree: ast.Module) -> Iterator[Change]:
    """Every change of every family. Some are equal as trees or don't compile: the caller sieves them."""
    for node, in_function in _walk(tree, in_function=False):
        for family in FAMILIES:
            yield from family(node)
        if in_function:
            yield from _dropped_statement(node)


def _walk(node: ast.AST, in_function: bool) -> Iterator[tuple[ast.AST, bool]]:
    yield node, in_function
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        in_function = not isinstance(node, ast.ClassDef)
    for child in _children(node):
        yield from _walk(child, in_function)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The children that may be changed on their own."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        yield from (default for default in [*node.args.defaults, *node.args.kw_defaults] if default)
        yield from [node.body] if isinstance(node, ast.Lambda) else node.body
    elif isinstance(node, ast.ClassDef):
        yield from node.body
    elif isinstance(node, ast.AnnAssign):
        yield from [node.target, node.value] if node.value else []
    elif isinstance(node, ast.Call):
        yield from [node.func, *node.args]
        for keyword in node.keywords:
            if keyword.arg in AXES and isinstance(keyword.value, ast.Tuple):
                yield from keyword.value.elts  # the order of axes doesn't matter
            elif not is_literal_axis(keyword) and not is_keep(keyword):
                yield keyword.value
    elif not isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr)) and nodes.number(node) is None:
        yield from ast.iter_child_nodes(node)


def _operators(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp) and not (nodes.is_text(node.left) or nodes.is_text(node.right)):
        for op in ARITHMETIC.get(type(node.op), ()):
            yield nodes.change("arithmetic operator", node, nodes.altered(node, op=op()))
        if type(node.op) in BITWISE:
            yield nodes.change("boolean operator", node, nodes.altered(node, op=BITWISE[type(node.op)]()))
        if isinstance(node.op, ORDERED):
            yield nodes.change("swapped operands", node, nodes.altered(node, left=node.right, right=node.left))
        yield nodes.change("dropped operand", node, node.left)
        if isinstance(node.op, EITHER):
            yield nodes.change("dropped operand", node, node.right)
    elif isinstance(node, ast.BoolOp):
        flipped = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield nodes.change("boolean operator", node, nodes.altered(node, op=flipped))
        for rest in nodes.one_left_out(node.values):
            yield nodes.change("dropped operand", node, nodes.altered(node, values=rest) if len(rest) > 1 else rest[0])
    elif isinstance(node, ast.UnaryOp) and nodes.number(node) is None:
        if isinstance(node.op, ast.USub):
            yield nodes.change("unary minus", node, node.operand)
        elif isinstance(node.op, (ast.Not, ast.Invert)):
            yield nodes.change("boolean operator", node, node.operand)
    elif isinstance(node, ast.Compare):
        for index, comparison in enumerate(node.ops):
            for other in COMPARISON[type(comparison)]:
                ops = nodes.with_item(node.ops, index, other())
                yield nodes.change("comparison", node, nodes.altered(node, ops=ops))


def _constants(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.expr):
        return
    number, truth = nodes.number(node), nodes.truth(node)
    if number is not None:
        values = dict.fromkeys([number + 1, number - 1, -number, type(number)(0)])
        for value in values:
            if value != number:
                yield nodes.change("constant", node, nodes.literal(value))
    elif truth is not None:
        yield nodes.change("constant", node, ast.Constant(not truth))


def _tuples(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Tuple):
        for _, _, swapped in nodes.neighbours_swapped(node.elts):
            yield nodes.change(
                "swapped elements",
                node,
                nodes.altered(node, elts=swapped),
                nodes.listed(node.elts),
                nodes.listed(swapped),
            )
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        for rest in nodes.one_left_out(node.value.elts):
            new = nodes.altered(node.value, elts=rest) if len(rest) > 1 else rest[0]
            yield nodes.change("dropped result", node.value, new, nodes.listed(node.value.elts), nodes.listed(rest))


def _conditions(node: ast.AST) -> Iterator[Change]:
    tests: list[ast.expr]
    values: tuple[bool, ...]
    if isinstance(node, (ast.If, ast.IfExp)):
        tests, values = [node.test], (True, False)
    elif isinstance(node, ast.While):
        tests, values = [node.test], (False,)  # True would never end
    elif isinstance(node, ast.comprehension):
        tests, values = node.ifs, (True,)
    else:
        return
    for test, value in itertools.product(tests, values):
        if not isinstance(test, ast.Constant):
            yield nodes.change("condition", test, ast.Constant(value))


def _statements(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.AugAssign):
        if type(node.op) in AUGMENTED:
            yield nodes.change("augmented assignment", node, nodes.altered(node, op=AUGMENTED[type(node.op)]()))
        yield nodes.change("augmented assignment", node, ast.Assign([node.target], node.value, lineno=node.lineno))
    elif isinstance(node, (ast.Break, ast.Continue)):
        yield nodes.change("loop control", node, ast.Continue() if isinstance(node, ast.Break) else ast.Break())
        yield nodes.change("loop control", node, ast.Pass())


def _dropped_statement(node: ast.AST) -> Iterator[Change]:
    only_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    only_annotation = isinstance(node, ast.AnnAssign) and node.value is None
    if isinstance(node, SIMPLE) and not only_text and not only_annotation:
        yield nodes.change("dropped statement", node, ast.Pass())


FAMILIES = (_operators, _constants, *ARRAY_FAMILIES, _tuples, _conditions, _statements)
