"""Progress carried to another place and back: into a file, and from one.

    {"kind": "ground-up-progress", "version": 1, "exported": "2026-11-30T20:01:21+00:00", "lessons": {…}}

Taking in merges: nothing that is here is lost, and the same file taken in twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.core.paths import UserError
from autograder.learner import ledger, progress, progress_file
from autograder.learner.progress_file import Damaged, Newer, Progress

KIND = "ground-up-progress"
LARGEST = 10_000_000  # bytes; a whole course's is a few thousand


@dataclass(frozen=True)
class TakenIn:
    """What a file brought. new: exercises passed that weren't here, by lesson; known: how many passed were here."""

    new: dict[str, list[str]]
    known: int

    def __str__(self) -> str:
        was = f"{self.known} other{'s were' if self.known != 1 else ' was'} here already."
        if not self.new:
            return (
                f"Nothing new: {'all that passed there has passed here' if self.known else 'nothing has passed there'}."
            )
        count = sum(map(len, self.new.values()))
        names = "; ".join(f"{lesson}: {', '.join(exercises)}" for lesson, exercises in self.new.items())
        before = f" {was}" if self.known else ""
        return f"Taken in: {count} passed exercise{'s' * (count != 1)} ({names}).{before} Nothing of yours was lost."


def document(work: Path) -> dict[str, Any]:
    """What an export holds, as plain data."""
    about = {
        "kind": KIND,
        "version": progress_file.VERSION,
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return about | progress.load(work) | about


def export(work: Path, file: Path | None = None) -> Path:
    """Write the progress of a workspace into a new file and return its path. Raises UserError.

    file: if None, one in the workspace that is named after today; one that exists is never overwritten.
    """
    if file is None:
        file = ledger.unused(work / f"{KIND}-{datetime.now():%Y-%m-%d}.json")
    if file.exists():
        raise UserError(f"{file} is there already, and nothing is overwritten: choose another name.")
    try:
        ledger.write(file, ledger.to_json(document(work)))
    except OSError as error:
        raise UserError(f"{file} could not be written: {error.strerror or error}.") from error
    return file


def take_in_file(work: Path, file: Path) -> TakenIn:
    """`take_in` for an export, a `progress.json`, or a folder that holds one."""
    file = file / progress_file.FILE if file.is_dir() else file
    try:
        with open(file, "rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise UserError(f"{file} can't be read: {error.strerror or error}.") from error
    return take_in(work, data, file.name)


def take_in(work: Path, data: bytes, name: str) -> TakenIn:
    """Merge what an export holds with the progress of a workspace. Raises UserError.

    name: of the file, for messages.
    """
    theirs = _read(data, name)
    try:
        with ledger.locked(work):
            mine = progress_file.load_held(work)
            progress.store(work, progress_file.merged(mine, theirs))
    except OSError as error:
        raise UserError(f"Your progress could not be saved in {work}: {error.strerror or error}.") from error
    had, brought = progress_file.passed_in(mine), progress_file.passed_in(theirs)
    new: dict[str, list[str]] = {}
    for lesson, exercise in sorted(brought - had):
        new.setdefault(lesson, []).append(exercise)
    return TakenIn(new, len(brought & had))


def _read(data: bytes, name: str) -> Progress:
    try:
        if len(data) > LARGEST:
            raise Damaged
        theirs = progress_file.parse(data)
        if theirs.pop("kind", KIND) != KIND:
            raise Damaged
    except Newer:
        raise UserError(
            f"{name} was written by a newer version of Ground Up: bring this copy of the course up to date, then take "
            "it in. Nothing was changed."
        ) from None
    except Damaged:
        raise UserError(
            f"{name} holds no progress of Ground Up, or is damaged: choose a file that course.export_progress() wrote, "
            "or the progress.json of another work folder. Nothing was changed."
        ) from None
    return {"lessons": theirs["lessons"]}
