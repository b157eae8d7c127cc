"""What a run depends on, as one hash: the same key, the same result. Only what can change a result is part of it."""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from autograder.core.paths import PACKAGE_ROOT, STATE
from autograder.runner.job import Limits
from autograder.submission.grade import Graded, Marking

_PACKAGES = ("numpy", "torch", "ipython")
# Which cells of a notebook are run and what comes of them: nobody else has a say in that.
_RUNNING = (
    *("autograder/authoring/*.py", "autograder/cases/*.py", "autograder/core/*.py", "autograder/runner/*.py"),
    *("autograder/submission/reading.py", "autograder/submission/repair.py", "autograder/submission/definitions.py"),
    *("autograder/submission/cells.py", "autograder/submission/given_out.py"),
    "autograder/submission/written_answers.py",
    "course/data.py",
)
_OURS = ("autograder", "course")


@functools.cache
def versions() -> dict[str, str]:
    """Of Python, of the packages that a result may depend on, and of what runs cases (a hash, `engine`)."""
    return {"engine": engine(), "python": platform.python_version(), **_packages()}


@functools.cache
def versions_of_all() -> dict[str, str]:
    """The same with a hash of the whole engine, to the last letter: for two machines that must not differ."""
    return {**versions(), "engine": _hash_of_files()}


@functools.cache
def engine() -> str:
    """A hash of the definitions that run a case, wherever they stand.

    Comments, docstrings, imports and the names of modules have no part in it: a definition that moves to another
    module, and a module that gets another name, change no result.
    """
    texts = [path.read_text(encoding="utf-8") for part in _RUNNING for path in sorted(PACKAGE_ROOT.glob(part))]
    place, exact = PACKAGE_ROOT / STATE / "engine.json", _short(texts)
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):  # not worked out yet: done below
        known = json.loads(place.read_text(encoding="utf-8"))
        if known["files"] == exact:
            return str(known["engine"])
    worked_out = _short(sorted(dumped for text in texts for dumped in definitions(text)))
    with contextlib.suppress(OSError):  # a copy of the course that can't be written to works it out each time
        place.parent.mkdir(exist_ok=True)
        part = place.with_name(f".{place.name}.{os.getpid()}")
        part.write_text(json.dumps({"files": exact, "engine": worked_out}), encoding="utf-8")
        os.replace(part, place)
    return worked_out


def definitions(text: str) -> Iterator[str]:
    """What a module's statements do, each as text that says nothing about where it stands."""
    tree = ast.parse(text)
    ours = {alias.asname or alias.name.split(".")[0] for node in ast.walk(tree) for alias in _imported_of_ours(node)}
    for node in _Plain(ours).visit(tree).body:
        yield ast.dump(node)


class _Plain(ast.NodeTransformer):
    """Leaves out imports and docstrings, and takes `outcome.RETURNED` for `RETURNED` where `outcome` is ours."""

    def __init__(self, ours: set[str]) -> None:
        self._ours = ours

    def visit_Import(self, _: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, _: ast.ImportFrom) -> None:
        return None

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self._ours:
            return ast.Name(node.attr, node.ctx)
        return self.generic_visit(node)


def _imported_of_ours(node: ast.AST) -> list[ast.alias]:
    if isinstance(node, ast.Import):
        return [alias for alias in node.names if alias.name.split(".")[0] in _OURS]
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _OURS:
        return node.names
    return []


def _packages() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in _PACKAGES}


def _hash_of_files() -> str:
    summary = hashlib.sha256()
    for package in _OURS:
        for path in sorted((PACKAGE_ROOT / package).rglob("*.py")):
            summary.update(str(path.relative_to(PACKAGE_ROOT)).encode() + b"\0" + path.read_bytes())
    return summary.hexdigest()[:16]


def of_class(marks: Marking, limits: Limits, level: str, cases: Mapping[str, Mapping[str, str]]) -> str:
    """The part of the key that a class shares. level: of the sandbox; cases: `case_sources.of_cases`."""
    return _hash([_hash([marks.lesson, marks.files, asdict(limits), level, versions()]), cases])


def of_submission(shared: str, digest: str) -> str:
    """The key of one run. shared: `of_class`; digest: of the notebook's content."""
    return _hash([shared, digest])


def of_grade(graded: Graded, digest: str, stamp: str, official: str) -> str:
    """What a grade in the gradebook is: all that is said of it, of which notebook, when, beside which official one."""
    return _hash([graded.to_json(), digest, stamp, official])


def _hash(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _short(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
