"""The notebooks that a class handed in, each read once: for its hash, for what is run, for the clean copy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.batch.handed_in import MISSING, HandedIn, too_large
from autograder.core.paths import UserError
from autograder.nbgrader_plugin import arrival
from autograder.submission import reading
from autograder.submission.reading import Submission, Ungradable

KEPT_TEXT = 2**20  # characters of one notebook; of larger ones (pictures) what isn't run is read again when stored


@dataclass(frozen=True)
class ReadNotebook:
    """digest: of the file's content; submission: what is to be graded, or why it can't be.

    cells: text and names of its cells, as far as a clean copy needs them; None where they are too large to be kept.
    """

    digest: str
    submission: Submission | Ungradable
    cells: dict[str, Any] | None = None


class Notebooks:
    """Those of one lesson. solutions: the folder of the lessons' sources.

    What stands in many notebooks, as the lesson's own text does, is in memory once.
    """

    def __init__(self, solutions: Path, lesson: str) -> None:
        self._solutions, self._lesson = solutions, lesson
        self._read: dict[Path, ReadNotebook] = {}
        self._texts: dict[str, str] = {}

    def read(self, path: Path) -> ReadNotebook:
        """What is at `path`, which may be missing; read on the first call."""
        if path not in self._read:
            self._read[path] = self._first(path)
        return self._read[path]

    def submission(self, handed: HandedIn) -> Submission:
        """What was handed in. Raises Ungradable."""
        found = self.read(handed.path).submission
        if isinstance(found, Ungradable):
            raise found
        return replace(found, notes=(*handed.notes, *found.notes))

    def cells(self, handed: HandedIn) -> dict[str, Any]:
        """Its cells in a notebook's shape; none of what can't be graded."""
        known = self.read(handed.path).cells
        if known is not None:
            return known
        try:
            return reading.load(handed.path)
        except UserError:
            return {"cells": []}

    def read_again(self, path: Path) -> None:
        """Another file stands at `path` than when it was read."""
        self._read.pop(path, None)

    def forget(self, handed: HandedIn) -> None:
        """It has been graded and stored."""
        self._read.pop(handed.path, None)

    def _first(self, path: Path) -> ReadNotebook:
        if not path.is_file():
            return ReadNotebook(MISSING, Ungradable(arrival.no_notebook(path)), {"cells": []})
        if large := too_large(path):
            return ReadNotebook(large, _refusal(path), {"cells": []})
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        try:
            notebook = reading.parsed(content, path)
        except Ungradable as error:
            return ReadNotebook(digest, error, {"cells": []})
        cells = {"cells": [self._cell(cell) for cell in notebook["cells"]]}
        kept = cells if _size(cells) <= KEPT_TEXT else None
        try:
            submission = reading.submission({**notebook, **cells}, path, self._solutions, self._lesson)
        except Ungradable as error:  # of another lesson: nothing in it answers this one's questions
            return ReadNotebook(digest, error, {"cells": []})
        return ReadNotebook(digest, submission, kept)

    def _cell(self, cell: dict[str, Any]) -> dict[str, Any]:
        """A cell without its outputs."""
        source = "".join(cell.get("source", ""))
        kept: dict[str, Any] = {key: cell[key] for key in ("cell_type", "metadata", "attachments") if key in cell}
        return {**kept, "source": self._texts.setdefault(source, source)}


def _refusal(path: Path) -> Ungradable:
    try:
        reading.load(path)
    except Ungradable as error:
        return error
    raise AssertionError(f"{path} is too large for a hash, but not for reading")


def _size(notebook: dict[str, Any]) -> int:
    return sum(len(cell["source"]) + len(str(cell.get("attachments", ""))) for cell in notebook["cells"])
