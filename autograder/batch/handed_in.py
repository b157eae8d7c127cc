"""What a class handed in: which submissions there are, and which files lie where nobody looks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.nbgrader_plugin import arrival, teams
from autograder.nbgrader_plugin.arrival import TIMESTAMP
from autograder.submission.reading import MAX_BYTES

MISSING = "missing"  # in the place of a hash
_DIGITS = 64  # of a hash


@dataclass(frozen=True)
class HandedIn:
    """One student's submission. path: the notebook that is graded; digest: of its content; stamp: of its time.

    when: the time at which it came (UTC), if that is known. notes: what a person should know about its folder.
    attempt: its number, from 1, with its copy under grading/attempts. An earlier attempt may stand in for what lies
    under submitted/: then path, digest, stamp and when are its own.
    """

    student: str
    path: Path
    digest: str
    stamp: str
    when: datetime | None = None
    notes: tuple[str, ...] = ()
    attempt: int = 0
    kept: Path | None = None

    @property
    def handed_in(self) -> str | None:
        """The time as ISO text, if it is known."""
        return self.when.isoformat() if self.when else None

    @property
    def is_whole(self) -> bool:
        """Whether there is a notebook of a size that can be graded."""
        return len(self.digest) == _DIGITS


def handed_in(student: str, path: Path, content: str = "") -> HandedIn:
    """Look at the notebook at `path`, which may be missing. content: its `digest`, where that is known."""
    folder = path.parent
    stamp, when = digest(folder / TIMESTAMP), arrival.time_of(folder)
    notes = (*arrival.notes(folder, [path.name]), *teams.notes(folder, path.name))
    return HandedIn(student, path, content or digest(path), stamp, when, notes)


def digest(path: Path) -> str:
    """A hash of a file's content; of what can't be graded anyway (missing, huge), something that tells it apart."""
    if not path.is_file():
        return MISSING
    return too_large(path) or hashlib.sha256(path.read_bytes()).hexdigest()


def too_large(path: Path) -> str:
    """What tells a file apart that is too large to be graded; empty for any other."""
    size = path.stat().st_size
    return f"{size} bytes" if size > MAX_BYTES else ""


def ignored(submitted: Path, lesson: str, assignments: set[str], nobodys: Collection[str] = ()) -> list[str]:
    """The files under `submitted` that belong to no submission, as paths relative to it, sorted.

    assignments: the names that may follow a student's. A file is in its place directly in `<student>/<assignment>/`;
    below that folder only notebooks are out of place, and all files when it holds no file itself. nobodys: names in
    a student's place that are no student's, so that nothing there is in its place.
    """
    lost: list[str] = []
    for folder, inner, files in os.walk(submitted):
        inner[:] = [name for name in inner if not name.startswith(".")]
        parts = Path(folder).relative_to(submitted).parts
        if len(parts) >= 2 and parts[1] != lesson and parts[1] in assignments:
            continue
        home = submitted.joinpath(*parts[:2])
        in_place = len(parts) >= 2 and parts[1] == lesson and parts[0] not in nobodys and bool(arrival.files(home))
        for name in files:
            misplaced = not in_place or (len(parts) > 2 and name.endswith(".ipynb"))
            if misplaced and not name.startswith("."):
                lost.append("/".join([*parts, name]))
    return sorted(lost)
