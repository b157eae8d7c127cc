"""A lesson's limits when it is graded: the usual ones, or what the header of its Markdown source says.

ground_up:
  limits:
    cell: 60          # seconds
    submission: 600   # seconds
    memory: 4096      # MB
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from autograder.authoring.exercise import AuthoringError
from autograder.runner.job import Limits

_UNITS = {"memory": 2**20, "files": 2**20}
_KNOWN: dict[str, Any] = {field.name: type(field.default) for field in fields(Limits)}
_HEADER = re.compile(r"\A---\n(.*?)^---$", re.DOTALL | re.MULTILINE)


def of_lesson(folder: Path) -> Limits:
    """The limits for the lesson in `folder` (under solutions/). Raises AuthoringError when its header is wrong."""
    for path in sorted(folder.glob("*.md")):
        header = _HEADER.match(path.read_text(encoding="utf-8").replace("\r\n", "\n"))
        try:
            said: Any = yaml.safe_load(header[1]) if header else None
        except yaml.YAMLError as error:
            raise AuthoringError(f"{path.name}: the header between the lines --- is no YAML ({error}).") from None
        for key in ("jupyter", "ground_up", "limits"):
            said = said.get(key) if isinstance(said, dict) else None
        if said is not None:
            return from_header(said, path.name)
    return Limits()


def from_header(said: Any, name: str) -> Limits:
    """Limits from what a header says. name: of its file, for messages. Raises AuthoringError."""
    if not isinstance(said, dict):
        raise AuthoringError(f"{name}: the header's limits must be a list such as `cell: 60`, one per line.")
    given: dict[str, Any] = {}
    for limit, value in said.items():
        if limit not in _KNOWN:
            raise AuthoringError(f"{name}: there is no limit {limit!r}; the limits are {', '.join(_KNOWN)}.")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise AuthoringError(f"{name}: the limit {limit} must be a number above 0, not {value!r}.")
        given[limit] = _KNOWN[limit](value * _UNITS.get(limit, 1))
    return Limits(**given)
