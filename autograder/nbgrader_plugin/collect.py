"""`nbgrader zip_collect` for what Moodle and Canvas let an instructor download: whose file is it?

Moodle  `Ada Lovelace_12345_assignsubmission_file_neuron.ipynb`, or a folder `Ada Lovelace_12345_assignsubmission_file`
Canvas  `lovelaceada_12345_67890_neuron.ipynb`, `lovelaceada_LATE_12345_67890_neuron-1.ipynb`

A student's id is made of name and number, `ada-lovelace_12345`. The number tells people of one name apart; what comes
after it was chosen by the student and says nothing about who it is.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

from autograder.core.text import clean
from autograder.nbgrader_plugin.arrival import LEFT_OUT
from autograder.nbgrader_plugin.newest import times_before
from autograder.nbgrader_plugin.student_ids import student_id
from autograder.nbgrader_plugin.unpack import NOTEBOOK, ZIP

_MOODLE = re.compile(r"(?P<name>.*?)(?:_(?P<number>[0-9]+))?_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>.*?)(?:_LATE)?_(?P<number>[0-9]+)_(?P<upload>[0-9]+)_(?P<file>.+)", re.DOTALL)
_CANVAS_ANONYMOUS = re.compile(
    r"(?:LATE_)?(?P<name>anon)_(?:LATE_)?(?P<number>[A-Za-z0-9]+)_(?P<upload>[0-9]+)_(?P<file>.+)", re.DOTALL
)
_NAMED = 5


@dataclass(frozen=True)
class Collected:
    """A file that was handed in. file: its name without the learning-management system's additions.

    upload: Canvas's number of the file, which grows with time; 0 elsewhere.
    """

    student: str
    file: str
    upload: int = field(default=0, compare=False)


class CollectDownloads(FileNameCollectorPlugin):
    """`nbgrader zip_collect`'s collector: tells from Moodle's and Canvas's names who handed a notebook in."""

    _plan: Plan | None = None

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        path = Path(submitted_file)
        if self._plan is None:
            root = Path(self.parent._format_collect_path(self.parent.extracted_directory))
            self._plan = plan(root, sorted(path for path in root.rglob("*") if path.is_file()), self._lessons_names())
            self._require_room({found.student for found in self._plan.taken.values()})
        found = self._plan.taken.get(path)
        if found is not None:
            return {"student_id": found.student, "file_id": found.file}
        if path.name.endswith(LEFT_OUT):  # said when it was unpacked
            return None
        if newer := self._plan.replaced.get(path):
            self.log.warning("Left out, because %s of the same student is newer: %s", newer.name, clean(path.name))
        else:
            self.log.warning("Left out, because its name doesn't say whose it is: %s", clean(path.name))
        return None

    def _require_room(self, students: set[str]) -> None:
        """End the command before the first file is copied, where nbgrader would stop at the first student's."""
        coursedir = self.parent.coursedir
        places = {s: coursedir.format_path(coursedir.submitted_directory, s, coursedir.assignment_id) for s in students}
        there = sorted(student for student, place in places.items() if os.path.isdir(place) and os.listdir(place))
        if there and not self.parent.force:
            more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
            self.parent.fail(
                f"{', '.join(there[:_NAMED])}{more} handed in before, and nothing was collected: say --force, and the "
                "new files take the place of theirs."
            )

    def _lessons_names(self) -> list[str]:
        coursedir = self.parent.coursedir
        released = coursedir.format_path(coursedir.release_directory, ".", coursedir.assignment_id)
        return [path.name for path in Path(released).glob(f"*{NOTEBOOK}")]


@dataclass(frozen=True)
class Plan:
    """Which of the extracted files are taken, as what, and which others gave way to a newer one."""

    taken: dict[Path, Collected]
    replaced: dict[Path, Path]


def plan(root: Path, paths: list[Path], lessons: list[str]) -> Plan:
    """Who handed in which of the files below `root`. Of several of one name of the same student the newest counts.

    lessons: the names of the lesson's notebooks. What a browser or Canvas makes of such a name, `neuron (1).ipynb` or
    `neuron-1.ipynb`, is that name once more. Of students without a notebook the notes on what was left out are taken.
    """
    found_of = {path: found for path in paths if (found := owner(path.relative_to(root).parts))}
    owners = {path: found for path, found in found_of.items() if not path.name.endswith(LEFT_OUT)}
    students = {found.student for found in owners.values()}
    notes = {path: f for path, f in found_of.items() if path not in owners and f.student not in students}
    same: dict[tuple[str, str], list[Path]] = {}
    for path, found in owners.items():
        name = next((name for name in lessons if times_before(found.file, name) is not None), found.file)
        same.setdefault((found.student, name), []).append(path)

    def age(path: Path) -> tuple[float, int, int]:
        again = max((times_before(owners[path].file, name) or 0 for name in lessons), default=0)
        return path.stat().st_mtime, owners[path].upload, again

    newest = {path: max(reversed(together), key=age) for together in same.values() for path in together}
    taken = {path: owners[path] for path in newest.values()} | notes
    return Plan(taken, {path: newer for path, newer in newest.items() if path != newer})


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
            upload = int(match.groupdict().get("upload") or 0)
            return Collected(student_id(match["name"], match["number"]), _file(file or parts[-1]), upload)
    return None


def _file(name: str) -> str:
    """The file's own name, safe to write."""
    if name.endswith(LEFT_OUT):
        kept = "".join(c if c.isalnum() or c in ". -_()" else "-" for c in clean(name[: -len(LEFT_OUT)]))
        return f"{kept.strip(' .')[-80:] or 'file'}{LEFT_OUT}"
    stem = name[: -len(NOTEBOOK)] if name.lower().endswith(NOTEBOOK) else name
    kept = "".join(c if c.isalnum() or c in " -_()" else "-" for c in unicodedata.normalize("NFC", clean(stem)))
    return f"{kept.strip()[:80] or 'notebook'}{NOTEBOOK}"
