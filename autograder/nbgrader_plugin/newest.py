"""Of several notebooks that a student handed in the newest counts, whatever a browser or Canvas made of its name.

A second `neuron.ipynb` becomes `neuron (1).ipynb` in a browser, `neuron-1.ipynb` on Canvas, `neuron copy.ipynb` or
`neuron-Copy1.ipynb` where it was copied. Nothing is deleted or written over: an older notebook that has the lesson's
name is moved to a hidden folder, and each one that isn't graded is named in a note.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

NOTEBOOK = ".ipynb"
OLDER = ".older"
_AGAIN = re.compile(r"(?P<stem>.+?)(?: ?\((?P<browser>\d{1,3})\)|-(?P<canvas>\d{1,2})|[ _-][Cc]opy ?(?P<copy>\d{0,3}))")
_AT_ONCE = 1.0  # seconds: files that were copied together have no order by time


def times_before(file: str, wanted: str) -> int | None:
    """How many of this name came before, as the file's name says; None when it is another name than `wanted`."""
    if not file.lower().endswith(NOTEBOOK):
        return None
    stem, lesson = file[: -len(NOTEBOOK)].strip().casefold(), wanted.removesuffix(NOTEBOOK).casefold()
    if stem == lesson:
        return 0
    match = _AGAIN.fullmatch(stem)
    if match is None or match["stem"].strip() != lesson:
        return None
    return int(match["browser"] or match["canvas"] or match["copy"] or 1)


def settle(folder: Path, wanted: str) -> Path | None:
    """Let the newest notebook of a submission's folder stand under the lesson's name; which one it was, if another.

    wanted: that name. Where none has it, or one like it, a single notebook of another name is taken for it.
    """
    official, ours = folder / wanted, _is_our_copy(folder, wanted)
    found = {path: each for path in _notebooks(folder) if (each := times_before(path.name, wanted)) is not None}
    if ours:
        found.pop(official, None)
    if not found:
        others = [path for path in _notebooks(folder) if path != official]
        found = dict.fromkeys(others, 0) if len(others) == 1 else {}
    if not found:
        return None
    latest = max(path.stat().st_mtime for path in found)
    together = [path for path in found if path.stat().st_mtime >= latest - _AT_ONCE]
    newest = max(together, key=lambda path: (found[path], path.name))
    if newest == official or (ours and newest.read_bytes() == official.read_bytes()):
        return None
    if official.exists() and not ours:
        _put_away(folder, official)
    shutil.copyfile(newest, official)
    shutil.copyfile(newest, _mark(folder, wanted))
    return newest


def notes(folder: Path, wanted: str) -> tuple[str, ...]:
    """What a person should know: which notebook counted where there were several, and which were not graded."""
    graded = wanted
    if _is_our_copy(folder, wanted):
        content = (folder / wanted).read_bytes()
        same = [path.name for path in _notebooks(folder) if path.name != wanted and path.read_bytes() == content]
        graded = same[0] if same else wanted
    left = [path.name for path in _notebooks(folder) if path.name not in (wanted, graded)]
    older = folder / OLDER
    left += [f"{path.name} (it lies in {OLDER})" for path in sorted(older.iterdir())] if older.is_dir() else []
    if not left:
        return ()
    return (f"OTHERS: {graded!r} was graded. Handed in as well, and not graded: {', '.join(map(repr, left[:5]))}.",)


def _notebooks(folder: Path) -> list[Path]:
    """The notebooks directly in a folder that are files of their own."""
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    named = [path for path in there if path.name.lower().endswith(NOTEBOOK) and not path.name.startswith(".")]
    return [path for path in named if path.is_file() and not path.is_symlink()]


def _mark(folder: Path, wanted: str) -> Path:
    """A copy that says, as long as it is the same, that the file of the lesson's name was put there by us."""
    return folder / f".{wanted}.copied"


def _is_our_copy(folder: Path, wanted: str) -> bool:
    official, mark = folder / wanted, _mark(folder, wanted)
    return official.is_file() and mark.is_file() and official.read_bytes() == mark.read_bytes()


def _put_away(folder: Path, path: Path) -> None:
    aside = folder / OLDER
    aside.mkdir(exist_ok=True)
    target, again = aside / path.name, 1
    while target.exists():
        again += 1
        target = aside / f"{path.stem} {again}{path.suffix}"
    path.rename(target)
