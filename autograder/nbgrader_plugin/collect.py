"""`nbgrader zip_collect` for what Moodle and Canvas let an instructor download: whose file is it?

Moodle  `Ada Lovelace_12345_assignsubmission_file_neuron.ipynb`, or a folder `Ada Lovelace_12345_assignsubmission_file`
Canvas  `lovelaceada_12345_67890_neuron.ipynb`, `lovelaceada_LATE_12345_67890_neuron-1.ipynb`

A student's id is made of name and number, `ada-lovelace_12345`. The number tells people of one name apart; what comes
after it was chosen by the student and says nothing about who it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

from autograder.core.text import clean
from autograder.nbgrader_plugin.unpack import NOTEBOOK, ZIP

_MOODLE = re.compile(r"(?P<name>[^_]*)_(?P<number>[0-9]+)_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>[^_]*)(?:_LATE)?_(?P<number>[0-9]+)_[0-9]+_(?P<file>.+)", re.DOTALL)
_CANVAS_ANONYMOUS = re.compile(r"(?P<name>anon)_(?:LATE_)?(?P<number>[A-Za-z0-9]+)_[0-9]+_(?P<file>.+)", re.DOTALL)
_LONGEST = 40


@dataclass(frozen=True)
class Collected:
    """A file that was handed in. file: its name without the learning-management system's additions."""

    student: str
    file: str


class CollectDownloads(FileNameCollectorPlugin):
    """`nbgrader zip_collect`'s collector: tells from Moodle's and Canvas's names who handed a notebook in."""

    _plan: dict[Path, Collected] | None = None

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        path = Path(submitted_file)
        if self._plan is None:
            root = Path(self.parent._format_collect_path(self.parent.extracted_directory))
            self._plan = plan(root, sorted(path for path in root.rglob("*") if path.is_file()))
        found = self._plan.get(path)
        if found is None:
            self.log.warning("Nobody's, or replaced by a newer one of the same student: %s", clean(path.name))
            return None
        return {"student_id": found.student, "file_id": found.file}


def plan(root: Path, paths: list[Path]) -> dict[Path, Collected]:
    """Who handed in which of the files below `root`. Of two with the same name of the same student the newer counts."""
    newest: dict[Collected, Path] = {}
    for path in paths:
        found = owner(path.relative_to(root).parts)
        if found and (found not in newest or path.stat().st_mtime >= newest[found].stat().st_mtime):
            newest[found] = path
    return {path: found for found, path in newest.items()}


def owner(parts: tuple[str, ...]) -> Collected | None:
    """Who handed in the file whose path has these parts; None when the names don't say.

    The outermost name that is one of the learning-management system's own decides.
    """
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        match = _MOODLE.fullmatch(part)
        if match is None and (is_last or part.lower().endswith(ZIP)):
            match = _CANVAS_ANONYMOUS.fullmatch(part) or _CANVAS.fullmatch(part)
        if match:
            file = match["file"] if is_last else parts[-1]
            return Collected(student_id(match["name"], match["number"]), _file(file or parts[-1]))
    return None


def student_id(name: str, number: str) -> str:
    """A name that is safe in paths, pages and addresses, and another one for everybody with another number.

    Accents go, what is no letter or digit becomes a hyphen; letters of any script stay.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain).casefold()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return f"{'-'.join(words)[:_LONGEST].strip('-') or 'student'}_{number}"


def _file(name: str) -> str:
    """The file's own name, safe to write."""
    stem = name[: -len(NOTEBOOK)] if name.lower().endswith(NOTEBOOK) else name
    kept = "".join(c if c.isalnum() or c in " -_()" else "-" for c in unicodedata.normalize("NFC", clean(stem)))
    return f"{kept.strip()[:80] or 'notebook'}{NOTEBOOK}"
