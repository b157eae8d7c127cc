"""What a learner's saved notebook holds: the text of an exercise's cell, the pictures below cells.

Anything may stand in such a file; what isn't as it should be is passed over.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST = 100_000_000  # bytes of a notebook
MOST_PICTURES, LARGEST_PICTURE = 12, 4_000_000  # of a lesson; bytes
_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_MARKUP = re.compile(r"[`*$]|^(Exercise: |\d+ · )")


@dataclass(frozen=True)
class Picture:
    """address: a data URI that holds all of it; caption: the heading above it; says: what it shows, for those who
    can't see it."""

    address: str
    caption: str
    says: str


class SavedNotebook:
    """The cells of a notebook on disk; none where it can't be read."""

    def __init__(self, path: Path) -> None:
        self._cells: list[dict[str, Any]] = []
        try:
            cells = json.loads(path.read_bytes())["cells"] if path.stat().st_size <= LARGEST else []
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return
        self._cells = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []

    def cell(self, exercise: str) -> str:
        """The text of an exercise's cell, empty where it isn't there."""
        return next((_text(cell.get("source")) for cell in self._cells if _is_of(cell, exercise)), "")

    def pictures(self, passed: Iterable[str]) -> list[Picture]:
        """The pictures below the first cell of an exercise that passed: what stands above wasn't made with the
        learner's own code."""
        passed, found, heading, own = set(passed), [], "", False
        for cell in self._cells:
            if cell.get("cell_type") == "markdown":
                headings = _HEADING.findall(_text(cell.get("source")))
                heading = _MARKUP.sub("", headings[-1]) if headings else heading
                continue
            own = own or any(_is_of(cell, name) for name in passed)
            if own:
                found += [Picture(address, heading, says or heading) for address, says in _shown_by(cell)]
        return found[:MOST_PICTURES]


def _shown_by(cell: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The pictures among a cell's outputs, and what each says in words (a figure does, a plot doesn't)."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        if not isinstance(data, dict):
            continue
        for kind in _SIGNATURES:
            if address := _address(kind, _text(data.get(kind))):
                says = _text(data.get("text/plain"))
                yield address, "" if says.startswith("<") else says
                break


def _address(kind: str, encoded: str) -> str:
    """A data URI, or nothing unless this is a picture of its kind."""
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (ValueError, binascii.Error):
        return ""
    if not data.startswith(_SIGNATURES[kind]) or len(data) > LARGEST_PICTURE:
        return ""
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _is_of(cell: dict[str, Any], exercise: str) -> bool:
    about = cell.get("metadata")
    marks = about.get("nbgrader") if isinstance(about, dict) else None
    return isinstance(marks, dict) and marks.get("grade_id") == exercise


def _text(lines: Any) -> str:
    """A text as notebooks keep it: whole or in lines."""
    lines = [lines] if isinstance(lines, str) else lines
    return "".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else ""
