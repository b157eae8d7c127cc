"""The growing library: the text of `nn.py`, made of what earlier lessons export and of the imports that this needs."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.authoring.exercise import AuthoringError
from autograder.core import cell_text
from autograder.lesson import slips
from autograder.lesson.symbols import defines, uses

HEAD = '"""What you wrote in the lessons before this one (the reference solutions of their exercises)."""'
NUMPY = "import numpy as np"
MODULE = "nn"


@dataclass(frozen=True)
class Exports:
    """What a lesson gives to the library. cells: all its solved code, for the imports; exported: the solutions."""

    lesson: str
    cells: tuple[str, ...]
    exported: tuple[str, ...]


def text(lessons: Iterable[Exports]) -> str:
    """The module: imports first, then the exported solutions lesson by lesson.

    Of the imports of a lesson those are kept that its exported solutions use. Raises AuthoringError when a solution
    uses something that neither is exported nor imported, or when two lessons import different things by one name.
    """
    blocks: list[str] = []
    imports = {"np": NUMPY}
    known = {*vars(builtins), "__name__"}
    for each in lessons:
        if not each.exported:
            continue
        with slips.told(each.lesson, "a solution that it exports", "<unknown>"):
            statements = [node for block in each.exported for node in ast.parse(block).body]
        known |= set().union(*map(defines, statements))
        offered = _imports(each.cells)
        for name in sorted(set().union(*map(uses, statements)) - known):
            line = offered.get(name) or imports.get(name)
            if line is None:
                raise AuthoringError(f"{each.lesson} exports code that uses {name!r}, which it doesn't export.")
            if imports.setdefault(name, line) != line:
                raise AuthoringError(
                    f"{each.lesson} imports {name!r} by {line!r}, an earlier one by {imports[name]!r}."
                )
        blocks += [f"# --- from lesson {each.lesson} " + "-" * max(1, 60 - len(each.lesson)), *each.exported]
    if not blocks:
        return HEAD + "\n"
    lines = [NUMPY, *sorted(set(imports.values()) - {NUMPY}, key=_place)]
    return "\n\n\n".join([HEAD + "\n\n" + "\n".join(lines), *blocks]) + "\n"


def _imports(cells: Iterable[str]) -> dict[str, str]:
    """The imports at the top level of code cells, one statement per name that they bind; not those from the library."""
    found: dict[str, str] = {}
    for cell in cells:
        tree = cell_text.parsed(cell)
        for node in tree.body if tree else ():
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name != MODULE:
                        bound = alias.asname or alias.name.split(".")[0]
                        found[bound] = ast.unparse(ast.Import([alias]))
            elif isinstance(node, ast.ImportFrom) and node.module != MODULE:
                for alias in node.names:
                    found[alias.asname or alias.name] = ast.unparse(ast.ImportFrom(node.module, [alias], node.level))
    return found


def _place(line: str) -> tuple[bool, str]:
    """`import …` before `from …`, each by the alphabet."""
    return line.startswith("from"), line
