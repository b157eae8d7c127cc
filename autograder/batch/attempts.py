"""`grading/attempts/<student>/<lesson>/`: every notebook that was handed in, as it was when it was first graded.

An attempt is a folder of its own, named by its number, time and content: the notebook under the lesson's name,
timestamp.txt if the time is known, and, once it was graded, `attempt.json` with what it got then. It looks like a
submission's folder, so it can stand in for one. Nothing in it is ever written over.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.batch import run_key
from autograder.batch.handed_in import HandedIn, digest, handed_in
from autograder.core.paths import UserError
from autograder.nbgrader_plugin import arrival
from autograder.submission.grade import Graded

LATEST, BEST = "latest", "best"
RESULT = "attempt.json"
_CHOICES = ".counts.json"


class Attempts:
    """The attempts of a class at one lesson. root: grading/attempts."""

    def __init__(self, root: Path, lesson: str) -> None:
        self.root = root
        self.lesson = lesson

    def of(self, handed: HandedIn) -> list[HandedIn]:
        """All attempts of the student, oldest first; the last is what lies under submitted/ now.

        It is kept if it wasn't yet: when its content or its time is another one than that of the last attempt. A file
        that is missing or too large to grade isn't kept, but is the last one all the same.
        """
        folder = self.root / handed.student / self.lesson
        kept = self._kept(folder, handed)
        last = kept[-1] if kept else None
        if last and (last.digest, last.stamp) == (handed.digest, handed.stamp):
            return [*kept[:-1], replace(handed, attempt=last.attempt, kept=last.path)]
        number = last.attempt + 1 if last else 1
        path = self._keep(folder, number, handed) if handed.is_whole else None
        return [*kept, replace(handed, attempt=number, kept=path)]

    def _kept(self, folder: Path, handed: HandedIn) -> list[HandedIn]:
        found = []
        for place in sorted(folder.glob("[0-9]*-*")):
            path = place / handed.path.name
            if path.is_file():
                attempt = int(place.name.split("-", 1)[0])
                found.append(replace(handed_in(handed.student, path), attempt=attempt, kept=path))
        return sorted(found, key=lambda each: each.attempt)

    def _keep(self, folder: Path, number: int, handed: HandedIn) -> Path:
        when = handed.when or _changed(handed.path)
        name = f"{number:04d}-{when:%Y%m%dT%H%M%S}-{handed.digest[:16]}"
        part = folder / f".{name}.part"
        shutil.rmtree(part, ignore_errors=True)  # of a command that was killed
        part.mkdir(parents=True)
        shutil.copyfile(handed.path, part / handed.path.name)
        for name_of_file in arrival.OF_TIME:
            if (handed.path.parent / name_of_file).is_file():
                shutil.copyfile(handed.path.parent / name_of_file, part / name_of_file)
        if digest(part / handed.path.name) != handed.digest:
            shutil.rmtree(part)
            raise UserError(f"{handed.path} was changed while it was looked at: run the same command again.")
        os.rename(part, folder / name)
        return folder / name / handed.path.name

    def note_result(self, handed: HandedIn, graded: Graded) -> None:
        """Write what an attempt got when it was first graded beside it, unless that was done before."""
        if handed.kept is None or (handed.kept.parent / RESULT).exists():
            return
        got = graded.in_short()
        fields = ("verdict", "score", "max_score", "exercises", "notes", "sandbox")
        about = {
            "student": handed.student,
            "lesson": self.lesson,
            "attempt": handed.attempt,
            "handed_in": handed.handed_in,
            "submission": handed.digest,
            "graded": datetime.now(UTC).isoformat(timespec="seconds"),
            **{field: got[field] for field in fields},
            "versions": run_key.versions(),
        }
        _write(handed.kept.parent / RESULT, json.dumps(about, indent=1))

    def first_result(self, handed: HandedIn) -> dict[str, Any]:
        """What an attempt got when it was first graded, as far as that is known."""
        try:
            found = json.loads((handed.kept.parent / RESULT).read_text(encoding="utf-8")) if handed.kept else {}
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def counts(self, choice: str | None) -> str:
        """Which attempt counts in this lesson. choice: from now on; None: as it was chosen last."""
        path = self.root / _CHOICES
        try:
            chosen = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            chosen = {}
        if choice is not None and choice != chosen.get(self.lesson, LATEST):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, json.dumps({**chosen, self.lesson: choice}))
            return choice
        return chosen.get(self.lesson, LATEST)


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
