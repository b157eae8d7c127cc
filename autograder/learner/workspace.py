"""The learner's own copy of the lessons (`work/`): handing out, bringing up to date, overwriting nothing.

- New files are copied. A file the learner has not touched is replaced by a newer version, after the old one was copied
  to `.checkpoints/<time>/`. Of a notebook, only the cells' sources count: running it does not touch it.
- A file the learner has touched is never overwritten: the newer version is put beside it (`neuron.new.ipynb`), once.
- A notebook the learner deleted stays deleted, and so does a lesson whose folder is gone, until `restore` names the
  lesson. What a notebook needs beside it (checks, figures) comes back, since the lesson can't run without it.
- A notebook that the course no longer has stays, and so does what the learner touched; another file that nobody
  touched goes to `.checkpoints/<time>/`, since Python would go on importing it.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.core.paths import PACKAGE_ROOT, SUPPORT, UserError, suggest, support
from autograder.learner import home, ledger, progress_file
from autograder.learner.ledger import HandedOut, Ledger, ListedLesson, fingerprint

COPY, REPLACE, BESIDE, ADOPT, KEEP, DELETED = "copy", "replace", "beside", "adopt", "keep", "deleted"
CHECKPOINTS = ".checkpoints"
COMMAND = "python -m autograder.learner.workspace"


@dataclass
class Changes:
    """What `prepare` did; paths as in the workspace. beside: of a touched file, where its newer version was put."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    checkpoint: Path | None = None
    damaged: Path | None = None

    def summary(self) -> str:
        """A few lines for the terminal; empty where nothing happened."""
        lines = []
        if self.damaged:
            lines.append(
                f"The bookkeeping of your lessons was damaged and begins anew; the old one is {self.damaged.name}."
            )
        if self.new:
            lines.append(f"New: {_lessons_of(self.new)}")
        if self.updated:
            lines.append(f"Brought up to date: {_lessons_of(self.updated)} (the old files are in {self.checkpoint})")
        for path, beside in self.beside.items():
            lines.append(f"There is a newer {path}; yours is as you left it, the new one is beside it: {beside}")
        return "\n".join(lines)


def prepare(lessons: Path, work: Path, restore: Iterable[str] = ()) -> Changes:
    """Bring the workspace up to date with the released lessons.

    restore: names of lessons whose deleted notebooks are wanted again. Raises UserError where the workspace can't be
    written to, with everything of the learner's unchanged.
    """
    wanted = _wanted(lessons, restore)
    try:
        work.mkdir(parents=True, exist_ok=True)
        with ledger.locked(work):
            return _prepare(lessons, work, wanted)
    except OSError as error:
        raise UserError(
            f"Your folder {work} can't be written to ({error.strerror or error}): make sure that it is a folder, that "
            "it belongs to you and that the disk has room, then start again. Nothing of yours was changed."
        ) from error


def decide(name: str, handed: HandedOut | None, current: bytes | None, release: bytes) -> str:
    """What is to be done with a file: one of the words above.

    handed: what the learner got, if anything; current: what is in the workspace now; release: what the course has.
    """
    if current is None:
        return DELETED if handed and name.endswith(".ipynb") else COPY
    now, new = fingerprint(current, name), fingerprint(release, name)
    if now == new:
        return ADOPT
    if handed and now == handed.content:
        return REPLACE
    if handed and new in (handed.content, handed.offered):
        return KEEP
    return BESIDE


def main(arguments: list[str] | None = None) -> int:
    """`python -m autograder.learner.workspace`: prepare work/ in the course's folder and say what was done."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Bring work/ up to date.")
    parser.add_argument("--restore", metavar="LESSON", action="append", default=[], help="bring deleted notebooks back")
    options = parser.parse_args(arguments)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            changes = prepare(PACKAGE_ROOT / "lessons", PACKAGE_ROOT / "work", options.restore)
        except UserError as error:
            print(error, file=sys.stderr)
            return 1
    for line in [*(str(warning.message) for warning in told), changes.summary()]:
        if line:
            print(line)
    return 0


def _prepare(lessons: Path, work: Path, wanted: set[str]) -> Changes:
    changes = Changes()
    try:
        book = ledger.read(work)
    except ledger.DamagedLedger:
        changes.damaged = ledger.move_aside(work / ledger.LEDGER)
        book = Ledger()
    for unfinished in work.rglob(ledger.UNFINISHED + "*"):
        unfinished.unlink()
    book.lessons = []
    for lesson in _lesson_folders(lessons):
        put_away = lesson.name not in wanted and _is_put_away(book, work, lesson.name)
        for file in _files(lesson):
            name = file.relative_to(lessons).as_posix()
            if not put_away:
                book.files[name] = _bring(name, book.files.get(name), file, work, changes, lesson.name in wanted)
        _put_away_former(lesson, lessons, book, work, changes)
        book.lessons.append(_listing(lesson))
    ledger.save(work, book)
    home.write(work, progress_file.load_held(work))
    return changes


def _bring(name: str, handed: HandedOut | None, file: Path, work: Path, changes: Changes, wanted: bool) -> HandedOut:
    """Do with one file what is to be done; the new entry of the bookkeeping."""
    target, release = work / name, file.read_bytes()
    current = target.read_bytes() if target.exists() else None
    action = decide(name, handed, current, release)
    if handed and (action == KEEP or (action == DELETED and not wanted)):
        return handed
    if action in (COPY, DELETED):
        changes.new.append(name)
        ledger.write(target, release)
    elif current is not None and action == REPLACE:
        _checkpoint(name, current, work, changes)
        changes.updated.append(name)
        ledger.write(target, release)
    elif action == BESIDE:
        beside = _put_beside(name, handed, release, work, changes)
        changes.beside[name] = beside
        unknown = HandedOut(content="")
        return replace(handed or unknown, offered=fingerprint(release, name), beside=beside)
    return HandedOut(fingerprint(release, name))


def _put_away_former(lesson: Path, lessons: Path, book: Ledger, work: Path, changes: Changes) -> None:
    """What this lesson has no more goes to the checkpoint where nobody touched it: else it would still be imported."""
    there = {file.relative_to(lessons).as_posix() for file in _files(lesson)}
    for name in [name for name in book.files if name.startswith(f"{lesson.name}/") and name not in there]:
        target = work / name
        if name.endswith(".ipynb") or not target.is_file():
            continue
        current = target.read_bytes()
        if fingerprint(current, name) == book.files[name].content:
            _checkpoint(name, current, work, changes)
            changes.updated.append(name)
            target.unlink()
            del book.files[name]


def _put_beside(name: str, handed: HandedOut | None, release: bytes, work: Path, changes: Changes) -> str:
    """Put a newer version beside a touched file; where. An earlier offer that was left alone makes room for it."""
    if handed and handed.beside and (work / handed.beside).exists():
        earlier = (work / handed.beside).read_bytes()
        if fingerprint(earlier, name) == handed.offered:
            _checkpoint(handed.beside, earlier, work, changes)
            ledger.write(work / handed.beside, release)
            return handed.beside
    target = work / name
    beside = ledger.unused(target.with_name(f"{target.stem}.new{target.suffix}"))
    ledger.write(beside, release)
    return beside.relative_to(work).as_posix()


def _checkpoint(name: str, data: bytes, work: Path, changes: Changes) -> None:
    """Keep what is about to be replaced."""
    if changes.checkpoint is None:
        changes.checkpoint = ledger.unused(work / CHECKPOINTS / ledger.now())
    ledger.write(changes.checkpoint / name, data)


def _is_put_away(book: Ledger, work: Path, lesson: str) -> bool:
    """Whether the learner got this lesson and has deleted its folder."""
    return not (work / lesson).exists() and any(path.startswith(f"{lesson}/") for path in book.files)


def _wanted(lessons: Path, restore: Iterable[str]) -> set[str]:
    names = [folder.name for folder in _lesson_folders(lessons)]
    for name in restore:
        if name not in names:
            raise UserError(
                f"There is no lesson {name!r}.{suggest(name, names)} Lessons: {', '.join(names) or 'none'}."
            )
    return set(restore)


def _lesson_folders(lessons: Path) -> list[Path]:
    return sorted({notebook.parent for notebook in lessons.glob("*/*.ipynb")})


def _files(lesson: Path) -> list[Path]:
    """What belongs to a lesson: all its files but other hidden ones and Python's cache."""
    return [
        path
        for path in sorted(lesson.rglob("*"))
        if path.is_file() and not any(_is_no_part(p) for p in path.relative_to(lesson).parts)
    ]


def _is_no_part(name: str) -> bool:
    return name == "__pycache__" or (name.startswith(".") and name != SUPPORT)


def _listing(lesson: Path) -> ListedLesson:
    """What the home page says of a lesson, from its notebook's metadata and its answers."""
    notebook = min(lesson.glob("*.ipynb"))
    about = json.loads(notebook.read_bytes())["metadata"].get("ground_up", {})
    return ListedLesson(
        name=lesson.name,
        notebook=f"{lesson.name}/{notebook.name}",
        title=about.get("title", lesson.name),
        question=about.get("question", ""),
        minutes=float(about.get("minutes", 60)),
        points={name: exercise["points"] for name, exercise in _exercises(lesson).items()},
        part=about.get("part", ""),
    )


def _exercises(lesson: Path) -> dict[str, Any]:
    answers = support(lesson, "answers.json")
    return json.loads(answers.read_bytes())["exercises"] if answers.exists() else {}


def _lessons_of(paths: list[str]) -> str:
    return ", ".join(sorted({path.split("/")[0] for path in paths}))


if __name__ == "__main__":
    sys.exit(main())
