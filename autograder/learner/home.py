"""The home page (`work/home.md`): the lessons, how far the learner is, and how to go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.learner import course_map, ledger, own_file
from autograder.learner.ledger import Ledger

FILE = "home.md"


def write(work: Path, progress: dict[str, Any]) -> None:
    """Write the home page anew. What a person has written into it is kept in `.checkpoints/` first."""
    own_file.write(work, FILE, render(ledger.read(work), progress, work))


def render(book: Ledger, progress: dict[str, Any], work: Path) -> str:
    """The page in Markdown. progress: as `progress.load` gives it; work: where the files beside are looked for."""
    course = course_map.of(book, progress, work)
    parts = [_WELCOME, _lessons(course), _STILL, *_notices(book, work), _how_it_works(work)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _lessons(course: dict[str, Any]) -> str:
    if not course["lessons"]:
        return "There are no lessons in this copy of the course yet."
    rows = [_next_step(course), ""]
    rows += ["| Lesson | The question it answers | Your progress | Minutes |", "|:--|:--|:--|--:|"]
    for lesson in course["lessons"]:
        if lesson["part"]:
            rows.append(f"| **{_cell(lesson['part'])}** | | | |")
        name = _cell(lesson["title"])
        link = f"[{name}](<{lesson['notebook']}>)" if lesson["here"] else f"{name} (put away)"
        rows.append(f"| {link} | {_cell(lesson['question'])} | {_how_far(lesson)} | {lesson['minutes']:g} |")
    return "\n".join(rows)


def _next_step(course: dict[str, Any]) -> str:
    if course["next"] is None:
        return "**You have passed every exercise there is.** Well done."
    begin = "Go on" if course["passed"] else "Start"
    return f"**{begin} with [{_cell(course['next']['title'])}](<{course['next']['notebook']}>).**"


def _how_far(lesson: dict[str, Any]) -> str:
    exercises = lesson["exercises"]
    if not exercises:
        return "nothing to check"
    passed = [each for each in exercises if each["state"] == course_map.DONE]
    bar = "●" * len(passed) + "○" * (len(exercises) - len(passed))
    points, of = (sum(each["points"] for each in some) for some in (passed, exercises))
    return f"{bar} {len(passed)} of {len(exercises)} exercises, {points:g} of {of:g} points"


def _notices(book: Ledger, work: Path) -> list[str]:
    lines = []
    for path, handed in sorted(book.files.items()):
        if handed.beside and (work / handed.beside).exists():
            lines.append(
                f"- There is a newer version of `{path}`. Yours is as you left it; the new one lies beside it: "
                f"[{handed.beside}](<{handed.beside}>). Keep whichever you like."
            )
    for lesson in book.lessons:
        if lesson.notebook in book.files and not (work / lesson.notebook).exists():
            lines.append(
                f"- You deleted `{lesson.notebook}`. To have it again as it was handed out, start with "
                f"`python3 start.py --restore {lesson.name}`."
            )
    for damaged in sorted(work.glob("progress.damaged-*.json")):
        lines.append(
            f"- The record of your progress was damaged; what could be read of it counts, and the old one is kept as "
            f"`{damaged.name}`. Run the check cells of your notebooks again to have the rest counted, then delete it."
        )
    for newer in sorted(work.glob("progress.newer-*.json")):
        lines.append(
            f"- The record of your progress was of a newer version of Ground Up; it is kept as `{newer.name}`. Bring "
            f'this copy of the course up to date and take it in with `course.import_progress("{newer.name}")`.'
        )
    return ["\n".join(["## Worth knowing", "", *lines])] if lines else []


def _how_it_works(work: Path) -> str:
    return _HOW_IT_WORKS.format(work=str(work.resolve()).replace("`", "'"))


def _cell(text: str) -> str:
    """Text that stays inside its cell of the table."""
    return " ".join(text.split()).replace("|", "\\|")


_WELCOME = """# Ground Up

Welcome. Here you build deep learning yourself, from a single neuron to networks that see, remember and imagine.
Every function you write is checked the moment you ask, and every idea can be seen moving."""

_HOW_IT_WORKS = """## How it works

1. Open a lesson above. Read, and run each cell with **Shift+Enter**: it runs, and the next one is chosen.
2. Where it says *Exercise*, write your code in place of `raise NotImplementedError()` and run the cell.
3. Press **Check** below it, or run the check cell. It says what is right, what is not yet, and why. Try as often as
   you like.

The other keys worth knowing: **Enter** begins to write in a cell, **Esc** stops; then **↑** and **↓** move between
cells. In a figure, the arrow keys do what dragging does.

**Stuck?** **Hint** (or `hint("name")`) gives a hint, then the next one; **Solution** (`solution("name")`) has one way
to do it behind a click; **Reset** (`reset("name")`) brings the exercise back as it was handed out and keeps your
attempt, and `reset("name", undo=True)` brings that back. If a notebook behaves oddly, choose
*Kernel → Restart Kernel and Run All Cells*: a cell may have been run out of order.

**How far am I?** `course.progress()` says it in any notebook here. `course.export_progress()` writes your progress into
a file, and `course.import_progress("FILE")` takes one in, on another computer for example; nothing that is there is
lost. `course.show_what_i_built()` makes a page for others, with what you built and your pictures.

**Your work** is in `{work}`. It is saved as you go, and nothing you have written is ever overwritten: when
a lesson you have worked on gets better, the new version is put beside yours. To stop, close this window and press
Ctrl+C where you started Ground Up; `python3 start.py` opens it again."""

# Above the first heading: where the extension draws this page it shows what stands below that.
_STILL = """*This page is a plain file, written anew whenever you make progress; to see the latest, choose File → Reload
Markdown File from Disk. Keep your notes in a file of your own.*"""
