"""What came with a submission besides its notebook: when it came, and files that are no files.

What can't be believed or followed is set aside in the submission's folder, in a hidden place that nbgrader passes
over. Nothing is deleted, and what was set aside is said each time the submission is graded.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.core.text import clean
from autograder.nbgrader_plugin import newest

TIMESTAMP = "timestamp.txt"
SET_ASIDE = ".set-aside"
LEFT_OUT = ".left-out.txt"  # follows the name of a file that wasn't collected, in the note that stands for it
_REFUSED = ".timestamp.refused.json"
OF_TIME = (TIMESTAMP, _REFUSED)
MOST_FILES, MOST_BYTES, MOST_DEEP = 100, 200 * 2**20, 20
_CLOCKS_DIFFER = timedelta(days=1)  # a time without a zone may be anybody's local time
_NAMED = 5
_ISO = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(:\d\d(\.\d{1,6})?)?) ?(?P<zone>|Z|UTC|GMT|[+-]\d\d(:?\d\d)?)",
    re.IGNORECASE,
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_YEAR_FIRST_OR_MONTH = re.compile(rf"^\d{{4}}\D|\b({_MONTHS})[a-z]*\b.*\d{{4}}", re.IGNORECASE)


def files(folder: Path) -> list[str]:
    """What a submission's folder holds beside its time, sorted; what wasn't collected is there by its name."""
    names = [path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    return sorted(clean(name.removesuffix(LEFT_OUT)) for name in names if name != TIMESTAMP)


def no_notebook(path: Path) -> str:
    """What is to be said where no notebook could be found at `path`."""
    others = files(path.parent) if path.parent.is_dir() else []
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    only = f", only {', '.join(others[:_NAMED])}{more}" if others else ""
    return f"There is no {path.name} in what was handed in{only}: hand in the lesson's notebook, so named."


def settle(folder: Path, keep: set[str]) -> None:
    """Set aside what isn't a file of its own in a submission's folder, or all but some when there are far too many.

    keep: names in the folder that stay as long as they are files (notebooks). A time that can't be right is replaced
    by that at which it came.
    """
    odd, too_much = _look_through(folder)
    for path in odd:
        if not (path.parent == folder and path.name in keep and path.is_file() and not path.is_symlink()):
            _set_aside(folder, path)
    if too_much:
        for path in list(folder.iterdir()):
            if path.name not in {*keep, TIMESTAMP} and not path.name.startswith("."):
                _set_aside(folder, path)
    _settle_time(folder)


def notes(folder: Path, notebooks: Iterable[str] = ()) -> tuple[str, ...]:
    """What a person should know about the folder of a submission, in sentences. notebooks: the lesson's, by name."""
    found = [note for name in notebooks for note in newest.notes(folder, name)]
    if refused := _refused(folder):
        found.append(
            f"TIME: {TIMESTAMP} said {refused['said']!r}, which is no time such as 2026-03-01 10:00:00 UTC, or one to "
            f"come; the time at which it was written here was taken, {refused['taken']}."
        )
    aside = folder / SET_ASIDE
    if aside.is_dir():
        names = sorted(os.listdir(aside))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        listed = ", ".join(repr(name) for name in names[:_NAMED])
        found.append(
            f"Set aside, because they were no files of their own (links, pipes, devices) or far too many: "
            f"{listed}{more}; they lie in {SET_ASIDE}, and it was graded without them."
        )
    return tuple(found)


def time_of(folder: Path) -> datetime | None:
    """The time (UTC, without a zone, as nbgrader has it) in a submission's timestamp.txt, if it can be right."""
    return believed(_text(folder / TIMESTAMP))


def believed(text: str) -> datetime | None:
    """The time that a text says, in UTC and without a zone as nbgrader has it; None when it is none, or one to come.

    `2026-03-01 10:00:00 +01:00` and its like are read by their standard, since nbgrader passes over such a zone or
    takes `+0100` for seconds. A date of mere numbers with the year at its end could mean two days, and is none.
    """
    when = _standard(text.strip()) or _in_words(text.strip())
    return None if when is None or when > datetime.now(UTC).replace(tzinfo=None) + _CLOCKS_DIFFER else when


def _standard(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    zone = match["zone"].upper().replace("UTC", "+00:00").replace("GMT", "+00:00")
    try:
        when = datetime.fromisoformat(f"{match['date']}T{match['time']}{zone or '+00:00'}")
        return when.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):  # no such day; or, in UTC, before the year 1
        return None


def _in_words(text: str) -> datetime | None:
    from nbgrader.utils import parse_utc  # slow to import, and only needed here

    if not _YEAR_FIRST_OR_MONTH.search(text):
        return None
    try:
        when: datetime | None = parse_utc(text)
    except (ValueError, OverflowError, TypeError, AttributeError, RecursionError):
        return None
    return when


def _text(path: Path) -> str:
    """A short text, in UTF-8 or as Windows' editors save it: with a byte order mark, or in UTF-16."""
    if path.is_symlink() or not path.is_file():
        return ""
    with open(path, "rb") as file:
        content = file.read(200)
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return content.decode(encoding, "replace")


def _settle_time(folder: Path) -> None:
    path = folder / TIMESTAMP
    if not path.is_file() or path.is_symlink():
        return
    said = _text(path)
    if (when := believed(said)) is not None:
        if path.read_bytes()[:200] != said.encode()[:200] or _in_words(said.strip()) != when:
            _write(path, f"{when:%Y-%m-%d %H:%M:%S.%f} UTC")  # as nbgrader reads it
        return
    came = datetime.fromtimestamp(path.stat().st_ctime, UTC)  # when it was written here: nobody else can set that
    taken = came.strftime("%Y-%m-%d %H:%M:%S UTC")
    _write(folder / _REFUSED, json.dumps({"said": said[:80], "taken": taken}))
    _write(path, taken)


def _refused(folder: Path) -> dict[str, str] | None:
    """What was written about a time that was not believed, as long as that time stands there."""
    try:
        found = json.loads((folder / _REFUSED).read_text(encoding="utf-8"))
        return found if found["taken"] == _text(folder / TIMESTAMP) else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _look_through(folder: Path) -> tuple[list[Path], bool]:
    """What can't be read or is neither a folder nor a file of its own, and whether there is far too much."""
    odd: list[Path] = []
    linked: dict[tuple[int, int], list[Path]] = {}
    links: dict[tuple[int, int], int] = {}
    count = size = 0
    pending = [(folder, 1)]
    while pending:
        inside, depth = pending.pop()
        try:
            entries = [entry for entry in os.scandir(inside) if not entry.name.startswith(".")]
        except PermissionError:
            odd.append(inside)
            continue
        count += len(entries)
        if count > MOST_FILES:
            return odd, True
        for path in map(Path, entries):
            about = path.lstat()
            if stat.S_ISDIR(about.st_mode):
                pending.append((path, depth + 1))
            elif not stat.S_ISREG(about.st_mode):
                odd.append(path)
            elif about.st_nlink > 1:
                linked.setdefault((about.st_dev, about.st_ino), []).append(path)
                links[about.st_dev, about.st_ino] = about.st_nlink
            size += about.st_size if path.suffix != ".ipynb" else 0
        if size > MOST_BYTES or depth > MOST_DEEP:
            return odd, True
    for file, names in linked.items():
        if links[file] > len(names):  # it has a name outside this folder, too
            odd += names
    return odd, False


def _set_aside(folder: Path, path: Path) -> None:
    aside = folder / SET_ASIDE
    aside.mkdir(exist_ok=True)
    name = "_".join(path.relative_to(folder).parts)[-200:]
    target, number = aside / name, 1
    while os.path.lexists(target):
        number += 1
        target = aside / f"{number}_{name}"
    os.rename(path, target)
