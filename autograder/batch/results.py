"""`grading/results/<lesson>.jsonl`: each finished run on a line of its own, written at once and never changed."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from autograder.core.outcome import RETURNED, Outcome
from autograder.core.wire import Opaque
from autograder.runner.job import CellRun, Ran, outcome_from_frame, outcome_to_frame

MAX_KEPT = 16 * 2**20  # bytes of results of one run; no right answer comes near
OBSOLETE = 0.6  # share of the file; grading everybody once more makes it one half, which may be undone
TOO_LARGE = Opaque("result too large to keep")


class Results:
    """The runs of one lesson. A line that an interrupted run left half is passed over.

    Only where each line lies is kept in memory, so a class may be large and hand in often.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read()

    def _read(self) -> None:
        self._places: dict[tuple[str, str], _Place] = {}
        self._latest: dict[tuple[str, str], _Place] = {}
        self._size = 0
        for place, record in _lines(self.path):
            self._remember(place, record)

    def _remember(self, place: _Place, record: dict[str, Any]) -> None:
        student = record["student"]
        self._places[student, record["key"]] = place
        self._latest[student, record.get("submission", "")] = place
        self._size = place.end

    def get(self, student: str, key: str) -> dict[str, Any] | None:
        """What came of this very run, if it was finished once; of several the last."""
        return self._at(self._places.get((student, key)))

    def has(self, student: str, key: str) -> bool:
        """Whether this very run was finished once."""
        return (student, key) in self._places

    def latest(self, student: str, digest: str) -> dict[str, Any] | None:
        """The last run of a student's submission with this content, under whatever conditions."""
        return self._at(self._latest.get((student, digest)))

    def _at(self, place: _Place | None) -> dict[str, Any] | None:
        if place is None:
            return None
        with open(self.path, "rb") as file:
            file.seek(place.start)
            return json.loads(file.read(place.end - place.start))

    def append(self, record: dict[str, Any]) -> None:
        """Keep a finished run (an object with "student" and "key"); on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(record).encode() + b"\n"
        with open(self.path, "ab+") as file:
            start = file.seek(0, os.SEEK_END)
            if start and not _ends_whole(self.path):
                file.write(b"\n")
                start += 1
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._remember(_Place(start, start + len(line)), record)

    def compact(self) -> bool:
        """Write the file anew when well over half of it is obsolete; whether it was.

        Kept is the last run of each content that a student handed in. The new file takes the old one's place in one
        step, and only when it is whole on the disk.
        """
        needed = sorted(self._latest.values())
        if sum(place.end - place.start for place in needed) >= (1 - OBSOLETE) * self._size:
            return False
        part = self.path.with_suffix(".part")
        try:
            with open(self.path, "rb") as old, open(part, "wb") as new:
                for place in needed:
                    old.seek(place.start)
                    new.write(old.read(place.end - place.start))
                new.flush()
                os.fsync(new.fileno())
            os.replace(part, self.path)
        finally:
            part.unlink(missing_ok=True)
        self._read()
        return True


class _Place(NamedTuple):
    """Where a line lies in the file, in bytes."""

    start: int
    end: int


def _ends_whole(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _lines(path: Path) -> Iterator[tuple[_Place, dict[str, Any]]]:
    if not path.is_file():
        return
    end = 0
    with open(path, "rb") as file:
        for line in file:
            start, end = end, end + len(line)
            try:
                record = json.loads(line)
            except ValueError:
                continue  # torn by an interruption: that run is done again
            if isinstance(record, dict) and _is_whole(record):
                yield _Place(start, end), record


def _is_whole(record: dict[str, Any]) -> bool:
    """Whether a line says what a run's must; one that was edited or damaged is as if that run hadn't been."""
    texts = ("student", "key", "verdict", "submission", "sandbox")
    has_engine = isinstance(record.get("versions"), dict) and "engine" in record["versions"]
    has_run = record.get("verdict") != "GRADED" or isinstance(record.get("run"), dict)
    return has_engine and has_run and all(isinstance(record.get(name), str) for name in texts)


def to_keep(ran: Ran) -> tuple[Ran, dict[str, Any]]:
    """A run as it is kept, itself and as JSON: results far too large to be right are kept by that name only."""
    left = MAX_KEPT
    outcomes: dict[str, dict[str, Outcome]] = {}
    nodes: dict[str, dict[str, Any]] = {}
    for exercise, cases in ran.outcomes.items():
        outcomes[exercise], nodes[exercise] = {}, {}
        for name, outcome in cases.items():
            node = _to_json(outcome)
            if (size := _size(node)) > left and outcome.kind == RETURNED:
                outcome = replace(outcome, value=TOO_LARGE)
                node = _to_json(outcome)
            else:
                left -= size
            outcomes[exercise][name], nodes[exercise][name] = outcome, node
    cells = [{"name": cell.name, **_to_json(cell.outcome)} for cell in ran.cells]
    return replace(ran, outcomes=outcomes), {"cells": cells, "outcomes": nodes, "notes": list(ran.notes)}


def ran_from_json(node: dict[str, Any]) -> Ran:
    """The inverse. Raises ValueError when the record is damaged."""
    try:
        outcomes = {
            exercise: {name: _from_json(case) for name, case in cases.items()}
            for exercise, cases in node["outcomes"].items()
        }
        cells = tuple(CellRun(cell["name"], _from_json(cell)) for cell in node["cells"])
        return Ran(cells, outcomes, tuple(node["notes"]))
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"no run: {error!r}") from error


def _to_json(outcome: Outcome) -> dict[str, Any]:
    node, buffers = outcome_to_frame(outcome)
    return {**node, "buffers": [base64.b64encode(buffer).decode("ascii") for buffer in buffers]}


def _size(node: dict[str, Any]) -> int:
    """About the characters of an outcome's JSON."""
    buffers = sum(map(len, node["buffers"]))
    return buffers + len(json.dumps({**node, "buffers": []}))


def _from_json(node: dict[str, Any]) -> Outcome:
    return outcome_from_frame(node, [base64.b64decode(text) for text in node["buffers"]])
