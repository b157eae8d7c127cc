"""Where a learner's workspace is. Imports nothing, since each kernel's start asks."""

from __future__ import annotations

from pathlib import Path

from autograder.core.paths import PACKAGE_ROOT, UserError

LEDGER = ".ground-up.json"


def is_workspace(folder: Path) -> bool:
    """Whether a folder is a learner's workspace."""
    return (folder / LEDGER).is_file()


def around(folder: Path) -> Path | None:
    """The workspace that `folder` is or lies in, if any."""
    folder = folder.resolve()
    return next((each for each in (folder, *folder.parents) if is_workspace(each)), None)


def workspace(folder: Path | None = None) -> Path:
    """The workspace around a folder (the working one); elsewhere the course's own. Raises UserError."""
    found = around(folder or Path.cwd()) or around(PACKAGE_ROOT / "work")
    if found is None:
        raise UserError("Your work folder isn't there yet: python3 start.py makes it.")
    return found
