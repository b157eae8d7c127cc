"""`autograder new`: the smallest lesson that can be proven, to be changed into another one step by step."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from string import Template

import yaml

from autograder.core.paths import UserError

TEMPLATES = Path(__file__).parent / "templates"
TEXT = "lesson.md"
_NAME = re.compile(r"[0-9]{2}_[a-z][a-z0-9_]*")


def new_lesson(name: str, solutions: Path, figure: bool = False) -> list[Path]:
    """Make the folder `solutions/<name>` with text, checks and what stays hidden; the files made, in that order.

    name: two digits and a word, such as 12_attention; the word becomes the notebook's name. figure: with a moving
    figure too. Raises UserError where the name can't be had.
    """
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} can't be a lesson's name: it takes two digits, which set its place, and a word in small "
            "letters, such as 12_attention."
        )
    number, word = name.split("_", 1)
    folder = solutions / name
    others = [path for path in solutions.glob(f"{number}_*") if path != folder or any(path.iterdir())]
    if taken := sorted(path.name for path in others):
        raise UserError(f"There is a lesson {taken[0]} already: take another number, or change what is there.")
    folder.mkdir(parents=True, exist_ok=True)  # formgrader's "Add new assignment" makes an empty one
    title = word.replace("_", " ").capitalize()
    text = Template((TEMPLATES / "lesson" / TEXT).read_text(encoding="utf-8"))
    made = [folder / f"{word}.md"]
    made[0].write_text(text.substitute(number=int(number), title=_as_yaml(title)), encoding="utf-8")
    for part in ("checks.py", "hidden/distance.py", *(("widgets/__init__.py", "widgets/figure.py") if figure else ())):
        made.append(folder / part)
        made[-1].parent.mkdir(exist_ok=True)
        shutil.copyfile(TEMPLATES / "lesson" / part, made[-1])
    return made


def _as_yaml(text: str) -> str:
    """A word as YAML: in quotation marks where it would mean something else, as No would."""
    return str(yaml.safe_dump(text)).splitlines()[0]
