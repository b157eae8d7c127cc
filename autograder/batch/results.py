"""`grading/results/<lesson>.jsonl`: each finished run on a line of its own, written at once and never changed."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.outcome import RETURNED, Outcome
from autograder.runner.job import CellRun, Ran, outcome_from_frame, outcome_to_frame
from autograder.wire import Opaque

MAX_KEPT = 16 * 2**20  # bytes of results of one run; no right answer comes near
TOO_LARGE = Opaque("result too large to keep")


class Results:
    """The runs of one lesson. A line that an interrupted run left half is passed over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = {(line["student"], line["key"]): line for line in _lines(path)}

    def get(self, student: str, key: str) -> dict[str, Any] | None:
        """What came of this very run, if it was finished once; of several the last."""
        return self._known.get((student, key))

    def append(self, record: dict[str, Any]) -> None:
        """Keep a finished run (an object with "student" and "key"); on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(record).encode() + b"\n"
        with open(self.path, "ab+") as file:
            if file.tell() and not _ends_whole(self.path):
                line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._known[record["student"], record["key"]] = record


def _ends_whole(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        return
    with open(path, "rb") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:
                continue  # torn by an interruption: that run is done again
            if isinstance(record, dict) and {"student", "key", "verdict"} <= set(record):
                yield record


def ran_to_json(ran: Ran) -> dict[str, Any]:
    """What came of a run as JSON. Results that are far too large to be right are kept by that name only."""
    left = MAX_KEPT
    outcomes: dict[str, dict[str, Any]] = {}
    for exercise, cases in ran.outcomes.items():
        outcomes[exercise] = {}
        for name, outcome in cases.items():
            node = _to_json(outcome)
            if (size := len(json.dumps(node))) > left and outcome.kind == RETURNED:
                node = _to_json(replace(outcome, value=TOO_LARGE))
            else:
                left -= size
            outcomes[exercise][name] = node
    cells = [{"name": cell.name, **_to_json(cell.outcome)} for cell in ran.cells]
    return {"cells": cells, "outcomes": outcomes, "notes": list(ran.notes)}


def ran_from_json(node: dict[str, Any]) -> Ran:
    """The inverse. Raises ValueError, LookupError or TypeError when the record is damaged."""
    outcomes = {
        exercise: {name: _from_json(case) for name, case in cases.items()}
        for exercise, cases in node["outcomes"].items()
    }
    cells = tuple(CellRun(cell["name"], _from_json(cell)) for cell in node["cells"])
    return Ran(cells, outcomes, tuple(node["notes"]))


def _to_json(outcome: Outcome) -> dict[str, Any]:
    node, buffers = outcome_to_frame(outcome)
    return {**node, "buffers": [base64.b64encode(buffer).decode("ascii") for buffer in buffers]}


def _from_json(node: dict[str, Any]) -> Outcome:
    return outcome_from_frame(node, [base64.b64decode(text) for text in node["buffers"]])
