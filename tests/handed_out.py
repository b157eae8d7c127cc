"""All code that a learner gets beside the notebook, function by function: what a lesson's figures, checks, library and
the shared `course` hold."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import course
from autograder.authoring.exercise import collecting
from autograder.cases import load

NESTED = 3  # how deep into dictionaries, lists and objects of ours


@dataclass(frozen=True)
class Module:
    """A module that is handed out: where it stands, its text, and its names once it has run."""

    place: str
    text: str
    names: dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """Something that could be taken for an answer, and where it was found."""

    place: str
    value: Any


def modules(lesson: Path, library: str) -> list[Module]:
    """The modules handed out with the lesson in `lesson` (under solutions/); `nn` must be importable."""
    checks = (lesson / "checks.py").read_text(encoding="utf-8")
    with collecting({}):
        found = [Module("checks.py", checks, load.run(checks, str(lesson / "checks.py"), {}))]
    found.append(Module("nn.py", library, vars(sys.modules["nn"])))
    for path in sorted((lesson / "widgets").rglob("*.py")):
        parts = path.relative_to(lesson / "widgets").with_suffix("").parts
        name = ".".join([f"widgets_{lesson.name}", *(part for part in parts if part != "__init__")])
        found.append(_imported(name, path.relative_to(lesson).as_posix()))
    shared = pkgutil.walk_packages(course.__path__, "course.")
    return found + [_imported(module.name, module.name) for module in shared]


def candidates(modules: Iterable[Module]) -> Iterator[Candidate]:
    """Every value of the modules and every function in their text, those inside classes and functions included."""
    seen: dict[int, Any] = {}  # by identity; holding them keeps their ids their own
    for module in modules:
        for candidate in _everything(module):
            if seen.setdefault(id(candidate.value), candidate) is candidate:
                yield candidate


def _everything(module: Module) -> Iterator[Candidate]:
    for name, value in list(module.names.items()):
        if not name.startswith("__"):
            yield from _within(f"{module.place}: {name}", value, NESTED)
    tree = ast.parse(module.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.Lambda) and node not in tree.body:
            yield from _alone(node, module)


def _imported(name: str, place: str) -> Module:
    module = importlib.import_module(name)
    return Module(place, Path(module.__file__).read_text(encoding="utf-8"), vars(module))


def _within(place: str, value: Any, depth: int) -> Iterator[Candidate]:
    """A value, and what lies in it: entries of collections, attributes of objects of ours, methods of an object."""
    yield Candidate(place, value)
    if depth == 0:
        return
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list | tuple):
        inside = enumerate(value)
    elif isinstance(value, type) or not _is_ours(type(value)):
        inside = ()
    else:
        methods = {name: getattr(value, name) for name in vars(type(value)) if not name.startswith("__")}
        inside = {**methods, **getattr(value, "__dict__", {})}.items()
    if isinstance(value, type) and _is_ours(value):
        inside = _parts_of(value).items()
    for key, part in inside:
        yield from _within(f"{place}.{key}", part, depth - 1)


def _parts_of(kind: type) -> dict[str, Any]:
    """The methods of a class, its static ones as they are called, and an object of it if none needs to be told how."""
    parts = {name: getattr(kind, name) for name in vars(kind) if not name.startswith("__")}
    try:
        return parts | {"()": kind()}
    except Exception:  # whatever it wants to be made from, we haven't got it
        return parts


def _is_ours(kind: type) -> bool:
    return kind.__module__.split(".")[0] in ("checks", "nn", "course") or kind.__module__.startswith("widgets_")


def _alone(node: ast.FunctionDef | ast.Lambda, module: Module) -> Iterator[Candidate]:
    """A function from inside another one or a class, cut out and put at the top; of a method also without `self`."""
    place = f"{module.place}, line {node.lineno}"
    if isinstance(node, ast.FunctionDef):
        node.decorator_list = []
    yield from _made(place, node, module)
    if node.args.args and node.args.args[0].arg == "self":
        del node.args.args[0]
        yield from _made(f"{place} without self", node, module)


def _made(place: str, node: ast.FunctionDef | ast.Lambda, module: Module) -> Iterator[Candidate]:
    names = dict(module.names)
    function = isinstance(node, ast.FunctionDef)
    text = ast.unparse(node) if function else f"_function = {ast.unparse(node)}"
    try:
        exec(compile(text, f"<{place}>", "exec"), names)
    except Exception:  # a default that only exists inside: nobody can cut this out
        return
    yield Candidate(place, names[node.name if function else "_function"])
