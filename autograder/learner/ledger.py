"""The bookkeeping of a learner's workspace (`work/.ground-up.json`), and the safe way to write a file there."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from autograder.core.paths import UserError
from autograder.learner.places import LEDGER
from autograder.learner.places import is_workspace as is_workspace

LOCK = ".ground-up.lock"
UNFINISHED = ".ground-up-unfinished-"
LOCK_TIMEOUT = 10.0  # seconds; a holder needs a few milliseconds


class DamagedLedger(UserError):
    """The bookkeeping can't be read."""


@dataclass(frozen=True)
class HandedOut:
    """A file as the learner got it: the fingerprint of its content; of a newer version offered beside it, and where."""

    content: str
    offered: str = ""
    beside: str = ""


@dataclass(frozen=True)
class ListedLesson:
    """What the home page says of a lesson.

    notebook: its path in the workspace; points: by exercise; part: of the course, where the lesson begins one.
    """

    name: str
    notebook: str
    title: str
    question: str
    minutes: float
    points: dict[str, float]
    part: str = ""


@dataclass
class Ledger:
    """Everything handed out, by path in the workspace, and the lessons there are."""

    files: dict[str, HandedOut] = field(default_factory=dict)
    lessons: list[ListedLesson] = field(default_factory=list)


def read(work: Path) -> Ledger:
    """The bookkeeping of a workspace, empty where there is none yet. Raises DamagedLedger."""
    try:
        document = json.loads((work / LEDGER).read_bytes())
        files = {path: HandedOut(**entry) for path, entry in document["files"].items()}
        lessons = [ListedLesson(**entry) for entry in document["lessons"]]
    except FileNotFoundError:
        return Ledger()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedLedger(
            f"{work / LEDGER} is damaged; the next start of Ground Up puts it right, and your notebooks are safe."
        ) from error
    return Ledger(files, lessons)


def save(work: Path, ledger: Ledger) -> None:
    """Write the bookkeeping."""
    write(work / LEDGER, to_json(asdict(ledger)))


def fingerprint(data: bytes, name: str) -> str:
    """A hash of a file's content; of a notebook only the cells' sources count, not what running it adds."""
    if name.endswith(".ipynb"):
        try:
            cells = json.loads(data)["cells"]
            data = to_json([[cell["cell_type"], "".join(cell["source"])] for cell in cells])
        except (ValueError, KeyError, TypeError, RecursionError):
            return hashlib.sha256(data).hexdigest()  # not a notebook any more: then all of it counts
    return hashlib.sha256(data).hexdigest()


def write(path: Path, data: bytes) -> None:
    """Write a file so that an interruption leaves the old one or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(UNFINISHED + secrets.token_hex(4))
    try:
        with open(unfinished, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def move_aside(path: Path) -> Path:
    """Rename a damaged file, so that nothing in it is lost; its new path."""
    aside = unused(path.with_name(f"{path.stem}.damaged-{now()}{path.suffix}"))
    path.rename(aside)
    return aside


def unused(path: Path) -> Path:
    """This path or, where there is something already, the same with the next free number."""
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


@contextmanager
def locked(work: Path) -> Iterator[None]:
    """Hold the workspace's lock: two notebooks, or a notebook and a start, take turns. Raises OSError."""
    with FileLock(work / LOCK, timeout=LOCK_TIMEOUT):
        yield


def now() -> str:
    """The local time as part of a file name."""
    return datetime.now().strftime("%Y-%m-%dT%H-%M-%S")


def to_json(document: Any) -> bytes:
    """JSON as we keep it: readable, UTF-8."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
