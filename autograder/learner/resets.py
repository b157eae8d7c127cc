"""Putting an exercise back as it was handed out, and keeping the attempt that it replaces.

Attempts are kept in the learner's workspace, in `.checkpoints/<time>/<lesson>/<exercise>.py`. Where there is no
workspace (a submission, the course itself), none are kept.
"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.core.paths import UserError, lessons
from autograder.learner import ledger
from autograder.learner.opened import Lesson
from autograder.learner.workspace import CHECKPOINTS


def stub(lesson: Lesson, name: str) -> str:
    """The exercise's cell as handed out."""
    if name in lesson.handed_out.exercises:
        return lesson.handed_out.exercises[name]
    for notebook in sorted((lessons() / lesson.folder.name).glob("*.ipynb")):  # of a copy from before it was kept
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
                return "".join(cell["source"])
    raise UserError(f"The cell of {name} as it was handed out can't be found in {lessons()}.")


def keep(lesson: Lesson, name: str, attempt: str) -> str:
    """Keep an attempt; where, as a path in the workspace. Empty where there is nothing to keep or no place for it."""
    folder = lesson.folder.resolve()
    work = folder.parent
    if not attempt.strip() or attempt.strip() == stub(lesson, name).strip() or not ledger.is_workspace(work):
        return ""
    path = ledger.unused(work / CHECKPOINTS / ledger.now()) / folder.name / f"{name}.py"
    try:
        ledger.write(path, attempt.encode())
    except OSError as error:
        raise UserError(
            f"Your attempt could not be kept in {path.parent} ({error.strerror or error}), so nothing was put back: "
            "make room there, or copy the attempt elsewhere, and try again."
        ) from error
    return path.relative_to(work).as_posix()


def newest_kept(lesson: Lesson, name: str, current: str = "") -> tuple[str, str]:
    """The newest kept attempt that isn't the current text, and its path in the workspace. Raises UserError."""
    folder = lesson.folder.resolve()
    work = folder.parent
    kept = (work / CHECKPOINTS).glob(f"*/{folder.name}/{name}.py") if ledger.is_workspace(work) else ()
    for path in sorted(kept, key=_age, reverse=True):
        text = path.read_text(encoding="utf-8", errors="replace")
        if text.strip() != current.strip():
            return text, path.relative_to(work).as_posix()
    raise UserError(f"No earlier attempt of {name} is kept, so there is nothing to bring back.")


def _age(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.as_posix()
