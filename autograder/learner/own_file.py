"""A page in the workspace that is ours to write anew, unless somebody has written in it: then that is kept first."""

from __future__ import annotations

import hashlib
from pathlib import Path

from autograder.learner import ledger

_SEAL = b"\n<!-- Written by Ground Up: "


def write(work: Path, name: str, text: str) -> Path:
    """Write a page (Markdown or HTML) and return its path. What is there and not ours goes to `.checkpoints/`."""
    page, path = text.encode("utf-8", "replace"), work / name
    if path.exists() and not _is_ours(before := path.read_bytes()):
        ledger.write(ledger.unused(work / ".checkpoints" / ledger.now() / name), before)
    ledger.write(path, page + _seal(page))
    return path


def _seal(page: bytes) -> bytes:
    """A comment by which we know the page again as our own, unless somebody has written in it."""
    return _SEAL + hashlib.sha256(page).hexdigest().encode() + b" -->\n"


def _is_ours(data: bytes) -> bool:
    page = data.replace(b"\r\n", b"\n").rpartition(_SEAL)[0]
    return data.replace(b"\r\n", b"\n") == page + _seal(page)
