"""Automatic mutants of a reference solution: the wrong programs one small edit away, for `autograder prove`.

Home-made because no mutation library fits: cosmic-ray's `mutate_code` has no operator for axes, dropped
statements or swapped arguments, mutmut's generators are internal and instrument a whole project, and mutatest
names Python 3.8 as its newest. The families of mutants themselves are in `operators` and `arrays`.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.proof.mutation import nodes
from autograder.proof.mutation.operators import Change, changes

# What has to be set to put a node's replacement in its place: parent, field, index when the field is a list.
_Slot = tuple[ast.AST, str, int | None]


@dataclass(frozen=True)
class Mutant:
    """One mutated cell. `line` is a line of the original; `after` is empty where something was left out.

    The line in `id` doesn't count docstrings, so that rewording one doesn't rename the mutants below it.
    """

    id: str
    operator: str
    line: int
    before: str
    after: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """All mutants of one notebook cell, by line, in an order that never varies.

    source: the text of a cell, without magics → mutants that compile and differ from the cell and from each
    other as syntax trees. Lines that a change doesn't touch keep their text where possible. A mutant may never
    end (a loop's condition or step is changed too): run it with a time limit. Raises SyntaxError if the cell
    isn't Python.
    """
    tree = ast.parse(source)
    slots = dict(_slots(tree))
    seen = {ast.dump(tree)}
    names: Counter[str] = Counter()
    documented_lines = set(_documented_lines(tree))
    found = []
    for change in sorted(changes(tree), key=lambda change: change.line):
        mutated, text = _apply(change, tree, slots[id(change.node)], source)
        if text is None or mutated in seen:
            continue
        seen.add(mutated)
        line = change.line - sum(change.line > documented for documented in documented_lines)
        name = f"L{line} {change.operator} {change.before}" + (change.after and f"→{change.after}")
        names[name] += 1
        if names[name] > 1:
            name += f" #{names[name]}"
        found.append(Mutant(name, change.operator, change.line, change.before, change.after, text))
    return found


def _documented_lines(tree: ast.Module) -> Iterator[int]:
    """The lines of all docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            last, _ = nodes.end(node.body[0])
            yield from range(node.body[0].lineno, last + 1)


def _slots(tree: ast.AST) -> Iterator[tuple[int, _Slot]]:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield id(value), (parent, field, None)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    yield id(item), (parent, field, index)


def _apply(change: Change, tree: ast.Module, slot: _Slot, source: str) -> tuple[str, str | None]:
    """The mutated tree's dump and text, None for a text if none compiles to it; `tree` is left as it was."""
    _fill(slot, change.new)
    try:
        dump = ast.dump(tree)
        for text in _spellings(source, change, tree):
            if _means(text, dump):
                return dump, text
        return dump, None
    finally:
        _fill(slot, change.node)


def _fill(slot: _Slot, node: ast.AST) -> None:
    parent, field, index = slot
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _spellings(source: str, change: Change, mutated: ast.Module) -> Iterator[str]:
    """Texts that may mean the mutated tree, the closest to the original first; the last loses all formatting."""
    encoded = source.encode()  # the columns of a syntax tree count bytes
    starts = [0]
    for row in encoded.splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    old = change.node
    last, after = nodes.end(old)
    head = encoded[: starts[old.lineno - 1] + old.col_offset].decode(errors="replace")
    tail = encoded[starts[last - 1] + after :].decode(errors="replace")
    new = ast.unparse(change.new)
    if new.startswith("(") and new.endswith(")"):
        yield head + new[1:-1] + tail
    yield head + new + tail
    yield f"{head}({new}){tail}"
    yield ast.unparse(mutated)


def _means(text: str, dump: str) -> bool:
    """Whether the text compiles and its syntax tree is the one dumped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            compile(text, "<mutant>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            return ast.dump(ast.parse(text)) == dump
        except SyntaxError:
            return False
