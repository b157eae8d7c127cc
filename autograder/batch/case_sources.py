"""What each case depends on: its own source and everything at its module's top level that it refers to.

A checks file is taken apart into its top-level statements. To a case belong the statements that define the names it
uses, directly or through each other; assignments and decorated definitions that call something on the same data, since
they may change it; and every statement that is neither a definition nor a plain assignment, since what that does
nobody can tell. What is said about a case (points, hints, messages, how results are compared) isn't part of it.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Iterable, Iterator

from autograder.lesson import held_out, symbols
from autograder.submission.grade import Marking

_REGISTERING = {"case", "held_out"}
_IMPLEMENTATIONS = {"mistake", "variant"}
# Through these a case may reach what its source doesn't name, or change what all cases share.
_OPAQUE = {"globals", "locals", "vars", "eval", "exec", "__import__", "setattr", "delattr", "modules", "__dict__"}
_RANDOM = ("rand", "seed", "manual_seed", "set_default", "set_printoptions", "seterr")


def of_cases(marks: Marking) -> dict[str, dict[str, str]]:
    """For each case that counts here, by exercise and name, a hash of the source it depends on."""
    found = {where: source for text in marks.checks for where, source in _sources(text).items()}
    whole = "\n".join(marks.checks)
    hashes: dict[str, dict[str, str]] = {}
    for name, exercise in marks.exercises.items():
        hashes[name] = {}
        for case in marks.cases(exercise):
            hashes[name][case.name] = _hash([name, case.name, found.get((name, case.name), whole)])
    return hashes


def _sources(text: str) -> dict[tuple[str, str], str]:
    """The source that each case of a checks file depends on, by exercise and case; absent where it can't be told."""
    module = _Module(ast.parse(text))
    return {where: module.source_of(node) for where, node in module.cases()}


class _Module:
    """The top-level statements of a checks file and how they hang together."""

    def __init__(self, tree: ast.Module) -> None:
        body = [one for node in tree.body if not _is_said_only(node) for one in _single(node)]
        self.body = [_without_what_is_said(node) for node in body]
        self._uses = {node: symbols.uses(node) for node in self.body}
        self._exercises = {name: known for node in self.body for name, known in _exercise_made(node)}
        self._definitions: dict[str, list[ast.stmt]] = {}
        for node in self.body:
            for name in _defines(node) - set(self._exercises):
                self._definitions.setdefault(name, []).append(node)
        data = [node for node in self.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        self._data = {name for node in data for name in _defines(node)} - set(self._exercises)
        self._for_all = [node for node in self.body if not _is_definition(node)]
        self._executing = [node for node in self.body if _is_definition(node) and _executes(node)]

    def cases(self) -> Iterator[tuple[tuple[str, str], ast.FunctionDef]]:
        for original, node in _registered(self.body):
            if original in self._exercises:
                yield (self._exercises[original], node.name), node

    def source_of(self, case: ast.FunctionDef) -> str:
        reached = self._closure([case, *self._for_all])
        while True:
            data = self._names(reached) & self._data
            more = [n for n in self._executing if n not in reached and self._names(self._closure([n])) & data]
            if not more:
                break
            reached = self._closure([*reached, *more])
        if any(_is_opaque(node) for node in reached):
            return ast.unparse(ast.Module(self.body, []))
        return "\n\n".join(
            ast.unparse(_without_decorators(case) if node is case else node) for node in self.body if node in reached
        )

    def _closure(self, statements: Iterable[ast.stmt]) -> set[ast.stmt]:
        reached = set(statements)
        pending = list(reached)
        while pending:
            for name in self._uses[pending.pop()]:
                more = [node for node in self._definitions.get(name, ()) if node not in reached]
                reached.update(more)
                pending += more
        return reached

    def _names(self, statements: Iterable[ast.stmt]) -> set[str]:
        return {name for node in statements for name in self._uses[node] | _defines(node)}


def _single(node: ast.stmt) -> list[ast.stmt]:
    """An import of several names as several imports."""
    if isinstance(node, ast.Import):
        return [ast.Import([alias]) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [ast.ImportFrom(node.module, [alias], node.level) for alias in node.names]
    return [node]


def _defines(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return symbols.defines(node)


def _registered(body: list[ast.stmt]) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The cases with the name of the variable that holds their exercise."""
    for node in [node for node in body if isinstance(node, ast.FunctionDef)]:
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(called, ast.Attribute) and called.attr in _REGISTERING and isinstance(called.value, ast.Name):
                yield called.value.id, node


def _exercise_made(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """For `relu = exercise("relu", …)`: the variable and the exercise."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(node.targets) == 1):
        return
    called, target, arguments = node.value.func, node.targets[0], node.value.args
    name = arguments[0].value if arguments and isinstance(arguments[0], ast.Constant) else None
    if getattr(called, "id", "") == "exercise" and isinstance(target, ast.Name) and isinstance(name, str):
        yield target.id, name


def _is_said_only(node: ast.stmt) -> bool:
    """Texts and comments, and mistakes and variants, which no case uses."""
    if isinstance(node, ast.Expr):
        called = node.value.func if isinstance(node.value, ast.Call) else None
        registers = isinstance(called, ast.Attribute) and called.attr in {*_IMPLEMENTATIONS, "equivalent"}
        return registers or isinstance(node.value, ast.Constant)
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and bool(held_out.registered_as(node) & _IMPLEMENTATIONS)


def _without_what_is_said(node: ast.stmt) -> ast.stmt:
    """An exercise without its points and hints, a case without its explanation and without how it is judged."""
    if made := next(_exercise_made(node), None):
        return ast.parse(f"{made[0]} = exercise({made[1]!r})").body[0]
    if isinstance(node, ast.FunctionDef) and held_out.registered_as(node) & _REGISTERING:
        case = copy.copy(node)
        case.decorator_list = [d.func if _registers(d) and isinstance(d, ast.Call) else d for d in node.decorator_list]
        case.body = (node.body[1:] if ast.get_docstring(node) is not None else node.body) or [ast.Pass()]
        return case
    return node


def _without_decorators(case: ast.FunctionDef) -> ast.FunctionDef:
    """A case without those of its decorators that register it."""
    plain = copy.copy(case)
    plain.decorator_list = [decorator for decorator in case.decorator_list if not _registers(decorator)]
    return plain


def _registers(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in _REGISTERING


def _is_definition(node: ast.stmt) -> bool:
    """A function, a class, an import by name, or an assignment to plain names that leaves random numbers alone."""
    if isinstance(node, ast.ImportFrom):
        return node.module != "__future__" and all(alias.name != "*" for alias in node.names)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import):
        return True
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    parts = [part for target in targets for part in ast.walk(target)]
    plain = all(isinstance(part, ast.Name | ast.Tuple | ast.List | ast.Starred | ast.expr_context) for part in parts)
    return plain and not any(name.startswith(_RANDOM) for name in _identifiers(node))


def _executes(node: ast.stmt) -> bool:
    """Whether a definition runs code when the file is loaded that could change what was defined before."""
    if isinstance(node, ast.Import | ast.ImportFrom) or next(_exercise_made(node), None):
        return False
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return any(not _registers(decorator) for decorator in node.decorator_list) or _calls(node.args)
    return isinstance(node, ast.ClassDef) or _calls(node)


def _calls(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call | ast.NamedExpr) for part in ast.walk(node))


def _is_opaque(node: ast.stmt) -> bool:
    return not _OPAQUE.isdisjoint(_identifiers(node))


def _identifiers(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
