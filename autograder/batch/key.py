"""What a run depends on, as one hash: the same key, the same result."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import platform
from dataclasses import asdict
from typing import Any

from autograder.core.paths import PACKAGE_ROOT
from autograder.runner.job import Limits
from autograder.submission.grade import Marking

_PACKAGES = ("numpy", "torch", "ipython")


@functools.cache
def versions() -> dict[str, str]:
    """Of Python, of the packages that a result may depend on, and of the engine (a hash of its sources)."""
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"engine": _engine(), "python": platform.python_version(), **packages}


def _engine() -> str:
    summary = hashlib.sha256()
    for package in ("autograder", "course"):
        for path in sorted((PACKAGE_ROOT / package).rglob("*.py")):
            summary.update(str(path.relative_to(PACKAGE_ROOT)).encode() + b"\0" + path.read_bytes())
    return summary.hexdigest()[:16]


def of_base(marks: Marking, limits: Limits, level: str) -> str:
    """What all cases of a class depend on besides their sources. level: of the sandbox."""
    return _hash([marks.lesson, marks.files, asdict(limits), level, versions()])


def of_class(base: str, cases: dict[str, dict[str, str]]) -> str:
    """The part of the key that a class shares. base: `of_base`; cases: `depends.of_cases`."""
    return _hash([base, cases])


def of_submission(shared: str, digest: str) -> str:
    """The key of one run. shared: `of_class` (or `of_base`, of what its cells alone are); digest: of its content."""
    return _hash([shared, digest])


def of_grade(run: str, answers: str, stamp: str, official: str) -> str:
    """What a grade in the gradebook comes from: run, answers it is judged by, date, official notebook."""
    return _hash([run, answers, stamp, official])


def _hash(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
