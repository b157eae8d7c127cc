"""Makes `grading.json`: a small class, graded by a version of the engine from before its modules moved.

    python tests/nbgrader/before_the_move/make.py CHECKOUT

CHECKOUT: a working copy of that version (commit 229a52f) with its own `.venv`. It is not changed: the course is made
elsewhere, and only its commands are used.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LESSON, NOTEBOOK, STUDENTS = "01_tiny", "tiny.ipynb", ("right", "wrong", "again", "by_hand", "empty")
DOUBLE, NORM = "def double(x):\n    return 2 * x", "def norm(x):\n    return 1.0, 1.0"
BY_HAND = """
update grade set manual_score = 1.5, needs_manual_grade = 0 where id in (
    select grade.id from grade join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    where base_cell.name = 'why' and student_id = 'by_hand')
"""
COMMENT = """
update comment set manual_comment = 'Well said.' where id in (
    select comment.id from comment join base_cell on base_cell.id = comment.cell_id
    join submitted_notebook on submitted_notebook.id = comment.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    where base_cell.name = 'why' and student_id = 'by_hand')
"""


def main(checkout: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        lesson = root / "solutions" / LESSON
        shutil.copytree(HERE / "lesson", lesson, ignore=shutil.ignore_patterns("hidden"))
        shutil.copy(HERE / "hidden_then.py", lesson / "hidden.py")  # where what is in hidden/ was then
        shutil.copy(checkout / "nbgrader_config.py", root)
        run(checkout, root, "release", LESSON)
        given = json.loads((root / "lessons" / LESSON / NOTEBOOK).read_text(encoding="utf-8"))
        submit(root, "right", given, {"double": DOUBLE, "limit": "limit = 3.5", "why": "Because."})
        submit(root, "wrong", given, {"double": "def double(x):\n    return x * x", "norm": NORM})
        submit(root, "again", given, {"double": "def double(x):\n    return x"})
        submit(root, "by_hand", given, {"double": DOUBLE, "why": "Because it is so."})
        submit(root, "empty", None, {})
        run(checkout, root, "grade", LESSON)
        with sqlite3.connect(root / "grading" / "gradebook.db") as database:
            database.execute(BY_HAND)
            database.execute(COMMENT)
        submit(root, "again", given, {"double": DOUBLE})
        run(checkout, root, "grade", LESSON)
        (HERE / "grading.json").write_text(packed(root / "grading"), encoding="utf-8")


def run(checkout: Path, root: Path, *arguments: str) -> None:
    command = [str(checkout / ".venv" / "bin" / "python"), "-m", "autograder.cli", *arguments]
    subprocess.run(command, cwd=root, check=True)


def submit(root: Path, student: str, given: dict | None, answers: dict[str, str]) -> None:
    path = root / "grading" / "submitted" / student / LESSON / NOTEBOOK
    path.parent.mkdir(parents=True, exist_ok=True)
    made = json.loads(json.dumps(given))
    for cell in made["cells"] if made else ():
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    path.write_text(json.dumps(made) if made else "", encoding="utf-8")
    (path.parent / "timestamp.txt").write_text("2026-03-01 09:05:00 UTC\n", encoding="utf-8")


def packed(grading: Path) -> str:
    """The texts below `grading` by path; of a text that was there already only where. The gradebook as SQL."""
    found: dict[str, str | dict[str, str]] = {}
    first: dict[str, str] = {}
    with sqlite3.connect(grading / "gradebook.db") as database:
        found["gradebook.sql"] = "\n".join(database.iterdump())
    for path in sorted(path for path in grading.rglob("*") if path.is_file()):
        name = path.relative_to(grading).as_posix()
        if path.suffix in (".db", ".lock", ".html", ".py") or path.name == "answers.json":
            continue
        if name.startswith("autograded/") and path.name == NOTEBOOK and "/by_hand/" not in name:
            continue  # one will do
        text = path.read_text(encoding="utf-8")
        found[name] = {"as": first[text]} if text in first else text
        first.setdefault(text, name)
    return json.dumps(found, indent=0, ensure_ascii=False) + "\n"


def unpack(grading: Path) -> None:
    """Put the class where `grading` is to be."""
    found = json.loads((HERE / "grading.json").read_text(encoding="utf-8"))
    for name, text in found.items():
        path = grading / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found[text["as"]] if isinstance(text, dict) else text, encoding="utf-8")
    with sqlite3.connect(grading / "gradebook.db") as database:
        database.executescript((grading / "gradebook.sql").read_text(encoding="utf-8"))
    (grading / "gradebook.sql").unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
