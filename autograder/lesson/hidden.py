"""A lesson's folder `hidden/`: a file per exercise, and `shared.py` with the helpers that several of them use.

A file gets a helper by `from .shared import name`, but nothing is imported for that: what `name` needs of `shared.py`
runs in the file's own namespace, before the file itself. So each exercise has helpers and data of its own, and two
files may use the same names; and what a sandbox is given is one text per exercise, in which everything stands.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.exercise import AuthoringError, Exercise
from autograder.cases import load
from autograder.core.paths import UserError
from autograder.lesson import slips
from autograder.lesson.held_out import held_out_source
from autograder.lesson.symbols import defines, needed, uses

FOLDER, SHARED = "hidden", "shared"


@dataclass(frozen=True)
class HiddenFile:
    """The hidden file of one exercise.

    own: its statements without what it takes from `shared.py`; shared: the part of `shared.py` that it needs for that.
    """

    exercise: str
    path: Path
    own: ast.Module
    shared_path: Path
    shared: ast.Module

    def run(self, exercises: Mapping[str, Exercise]) -> None:
        """Add what it registers to its exercise. Raises AuthoringError where it registers anything for another one."""
        mine = {self.exercise: exercises[self.exercise]}
        parts = [compile(self.shared, self.shared_path, "exec")] if self.shared.body else []
        with slips.told(self.path.parents[1].name, f"{FOLDER}/{self.path.name}", str(self.path)):
            load.execute([*parts, compile(self.own, self.path, "exec")], mine, self.path.parents[1])
        if others := sorted(set(mine) - {self.exercise}):
            raise AuthoringError(
                f"{self.path.parent.parent.name}: hidden/{self.path.name} extends {others[0]!r}; it is for "
                f"{self.exercise!r} alone."
            )

    def text(self) -> str:
        """All of it, with what it uses of `shared.py`, without comments."""
        return ast.unparse(ast.Module([*self.shared.body, *self.own.body], []))

    def held_out(self) -> str:
        """What of it a sandbox may see: the held-out cases and what they need, as one text."""
        return held_out_source(self.text())


def read(folder: Path, exercises: Collection[str]) -> list[HiddenFile]:
    """The hidden files of the lesson in `folder`, in the order of its exercises; an exercise may be without.

    Raises UserError where there are none at all, AuthoringError where a file belongs to no exercise or doesn't get
    along with `shared.py`.
    """
    place = folder / FOLDER
    if not place.is_dir():
        raise UserError(f"{folder} has no {FOLDER}/: held-out cases are kept with the solutions only.")
    if (folder / f"{FOLDER}.py").exists():
        raise AuthoringError(f"{folder.name}: {FOLDER}.py isn't read; each exercise has a file in {FOLDER}/.")
    if SHARED in exercises:
        raise AuthoringError(f"{folder.name}: no exercise can be called {SHARED!r}, as the file of helpers is.")
    known = {f"{name}.py" for name in (*exercises, SHARED)} | {"__pycache__"}
    if strange := sorted(path.name for path in place.iterdir() if path.name not in known and path.name[0] != "."):
        raise AuthoringError(
            f"{folder.name}: hidden/{strange[0]} belongs to no exercise of this lesson ({', '.join(exercises)}): "
            "give it the name of one, or delete it."
        )
    shared = _Shared(place / f"{SHARED}.py")
    paths = {name: place / f"{name}.py" for name in exercises}
    return [_file(name, path, shared) for name, path in paths.items() if path.is_file()]


class _Shared:
    """`shared.py`: imports, and definitions by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        body = _parsed(path).body if path.is_file() else []
        self.imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        self.definitions = [node for node in body if isinstance(node, _DEFINITIONS)]
        for node in body:
            said_only = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not (said_only or isinstance(node, ast.Import | ast.ImportFrom | _DEFINITIONS)):
                raise AuthoringError(
                    f"{path}, line {node.lineno}: here stand only functions, classes and assignments, of which each "
                    f"exercise takes what it needs."
                )
        self.names = {name for node in self.definitions for name in defines(node)}

    def part(self, names: set[str]) -> list[ast.stmt]:
        """The statements behind these names, with all imports."""
        wanted = needed(names, self.definitions)
        return [*self.imports, *(node for node in self.definitions if node in wanted)] if wanted else []


def _parsed(path: Path) -> ast.Module:
    with slips.told(path.parents[1].name, f"{FOLDER}/{path.name}", str(path)):
        return ast.parse(path.read_text(encoding="utf-8"), str(path))


_DEFINITIONS = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


def _file(exercise: str, path: Path, shared: _Shared) -> HiddenFile:
    tree = _parsed(path)
    taken = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.level]
    names: set[str] = set()
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level):
        if node not in taken or (node.level, node.module) != (1, SHARED) or any(alias.asname for alias in node.names):
            raise AuthoringError(f"{path}, line {node.lineno}: write `from .{SHARED} import name`, at the top.")
        names |= {alias.name for alias in node.names}
    if missing := sorted(names - shared.names):
        raise AuthoringError(f"{path} takes {missing[0]!r} from {SHARED}.py, which doesn't define it.")
    part = shared.part(names)
    own = ast.Module([node for node in tree.body if node not in taken], [])
    defined = {name for node in own.body for name in defines(node)}
    helpers = {name for node in part if isinstance(node, _DEFINITIONS) for name in defines(node)}
    if twice := sorted(defined & helpers):
        raise AuthoringError(f"{path} defines {twice[0]!r}, as {SHARED}.py does for what it takes from there.")
    if not_taken := sorted({name for node in own.body for name in uses(node)} & helpers - names):
        raise AuthoringError(f"{path} uses {not_taken[0]!r} of {SHARED}.py without taking it from there.")
    return HiddenFile(exercise, path, own, shared.path, ast.Module(part, []))
