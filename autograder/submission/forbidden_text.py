"""Which forbidden functions a submission's text names: a note for the instructor, never a verdict.

A name in a text isn't a call: it may stand in a branch that never runs. Only what the exercise's own definition uses,
directly or through other definitions of the notebook, is looked at; comments and texts name nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from autograder.authoring.exercise import Exercise
from autograder.core import cell_text
from autograder.runner.job import CodeCell
from autograder.submission.definitions import statements

_LONGEST = 10  # names with dots: no forbidden function has as many
NAMED = "NAMED"  # what such a note begins with


def note(cells: Sequence[CodeCell], exercise: Exercise) -> str:
    """A sentence about the forbidden functions that an answer names, though none was seen to be called; or empty."""
    places = named(cells, exercise)
    if not places:
        return ""
    several = len(places) > 1
    said = " and ".join(
        f"`{function}`" + (f" in `{where}`" if where != exercise.name else "") for function, where in places.items()
    )
    return (
        f"{NAMED}: `{exercise.name}` names {said}, which the exercise forbids; "
        f"{'they were' if several else 'it was'} not seen to be called."
    )


def named(cells: Sequence[CodeCell], exercise: Exercise) -> dict[str, str]:
    """The forbidden functions that the exercise's answer names, each with the definition in which it stands."""
    used = _Notebook(cells).used_by(exercise.name)
    return {name: used[name] for name in exercise.forbids if name in used}


class _Notebook:
    def __init__(self, cells: Sequence[CodeCell]) -> None:
        self.imports: dict[str, str] = {}
        self.definitions: dict[str, ast.AST] = {}
        for cell in cells:
            tree = cell_text.parsed(cell.source)
            for node in statements(tree.body) if tree else ():
                self._read(node)

    def _read(self, node: ast.stmt) -> None:
        """Note what a statement defines; of several definitions the last one counts."""
        self.imports.update(_imported(node))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.definitions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for part in ast.walk(target):
                    if isinstance(part, ast.Name):
                        self.definitions[part.id] = node

    def used_by(self, name: str) -> dict[str, str]:
        """The full names of all that a definition uses, through others too; of each, the definition that has it."""
        used: dict[str, str] = {}
        seen: set[ast.AST] = set()  # one statement may define many names
        pending = [name]
        while pending:
            current = pending.pop()
            node = self.definitions.get(current)
            if node is None or node in seen:
                continue
            seen.add(node)
            local = self.imports | {k: v for part in ast.walk(node) for k, v in _imported(part).items()}
            bound = _bound(node)
            for chain in _chains(node):
                if chain[0] in bound and chain[0] not in local:
                    continue
                for full in self._full(chain, local):
                    used.setdefault(full, current)
                if chain[0] in self.definitions:
                    pending.append(chain[0])
        return used

    def _full(self, chain: list[str], local: dict[str, str]) -> Iterator[str]:
        yield ".".join([local.get(chain[0], chain[0]), *chain[1:]])
        if chain[0] not in local and len(chain) == 1:
            yield f"builtins.{chain[0]}"


def _imported(node: ast.AST) -> dict[str, str]:
    """What names mean after an import statement."""
    if isinstance(node, ast.Import):
        return {a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0] for a in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {}


def _bound(node: ast.AST) -> set[str]:
    """Names that are a function's own: its arguments and what it assigns."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    arguments = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
    return arguments | {p.id for p in ast.walk(node) if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}


def _chains(node: ast.AST) -> Iterator[list[str]]:
    """The dotted names read in a definition: ["torch", "nn", "LSTM"], and each beginning of them; none too long."""
    for part in ast.walk(node):
        names: list[str] = []
        while isinstance(part, ast.Attribute) and len(names) <= _LONGEST:
            names.insert(0, part.attr)
            part = part.value
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield [part.id, *names]
