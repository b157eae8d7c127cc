"""Unpacking what a learning-management system gave, and what students packed themselves, without trusting either.

Only notebooks are taken out, each to a place below the given folder that its own name can't choose, never over another
file, and no more of them than a class can have handed in. What can't be unpacked is said and stays where it is.
"""

from __future__ import annotations

import os
import shutil
import stat
import struct
import tempfile
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nbgrader.plugins import ExtractorPlugin

from autograder.core.text import clean
from autograder.nbgrader_plugin.arrival import LEFT_OUT
from autograder.submission.reading import MAX_BYTES

ZIP, NOTEBOOK = ".zip", ".ipynb"
_SAVED_AS = (NOTEBOOK, f"{NOTEBOOK}.txt", f"{NOTEBOOK}.json")  # what browsers and editors make of the name
_OF_COMPUTERS = ("__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini")
NO_NOTEBOOK = "is no notebook"
_NAMED = 5  # files of one student that are no notebooks
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LONGEST = 120  # characters of one part of a path
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, struct.error)


@dataclass(frozen=True)
class Limits:
    """What one archive may hold: files of any kind, bytes of what is taken out, and archives within archives."""

    files: int
    size: int
    depth: int


OF_A_CLASS = Limits(files=200_000, size=50 * 2**30, depth=2)
OF_A_STUDENT = Limits(files=1_000, size=MAX_BYTES, depth=1)
_BYTES_PER_FILE = 1_000  # of an archive's index


class TooMuch(Exception):
    """The archive holds more than anybody would hand in."""


class UnpackDownloads(ExtractorPlugin):
    """`nbgrader zip_collect`'s extractor: notebooks from zip archives, those within archives included."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        source, target = Path(archive_path), Path(extracted_path)
        found = sorted(path for path in source.rglob("*") if path.is_file() and not path.is_symlink())
        if not found:
            self.log.warning("There is nothing in %s: put there what you downloaded.", archive_path)
        for number, path in enumerate(found, 1):
            parts = path.relative_to(source).parts
            if path.name.lower().endswith(ZIP):
                self._unpack(path, clean(path.name), target / f"{number:03d}", OF_A_CLASS)
            elif is_of_a_computer(parts):
                continue
            elif is_notebook(path.name):
                inside = _inside(target / "000", parts)
                inside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, inside)
            else:
                self.log.warning("Left out, because it is no notebook and no zip archive: %s", clean(path.name))
                _note_left_out(_inside(target / "000", parts), "is no notebook and no zip archive")

    def _unpack(self, archive: Path, name: str, target: Path, limits: Limits) -> bool:
        """Unpack one archive: whether anything in it was a notebook. name: what it is called in messages."""
        left, taken, of_a_class = limits.size, False, limits == OF_A_CLASS
        others: list[str] = []
        try:
            _refuse_a_large_index(archive, name, limits)
            with zipfile.ZipFile(archive) as opened:
                for entry in opened.infolist():
                    what = f"{name}: {clean(entry.filename)[:200]}"
                    if entry.is_dir() or is_of_a_computer(_parts(entry)):
                        continue
                    reason = _refused(entry, limits) if _is_wanted(entry) else _unwanted(entry)
                    if not reason:
                        left -= entry.file_size
                        if left < 0:
                            raise TooMuch(f"{name} holds more than {limits.size // 2**20} MB.")
                        taken |= self._take(opened, entry, what, target, limits)
                        continue
                    if reason == NO_NOTEBOOK:
                        others.append(what)
                    else:
                        self.log.warning("Left out, because it %s: %s", reason, what)
                    if of_a_class:
                        _note_left_out(_inside(target, _parts(entry)), reason)
        except TooMuch as error:
            self.log.warning("Not unpacked any further: %s", error)
        except _UNREADABLE as error:
            self.log.warning("Can't be unpacked (any further): %s: %s", name, clean(str(error)))
        named = others if of_a_class else others[:_NAMED]  # in that of a class each is somebody's
        for what in named:
            self.log.warning("Left out, because it %s: %s", NO_NOTEBOOK, what)
        if len(others) > len(named):
            self.log.warning("Left out, too: %d more files of %s that are no notebooks", len(others) - len(named), name)
        return taken

    def _take(self, opened: zipfile.ZipFile, entry: zipfile.ZipInfo, what: str, target: Path, limits: Limits) -> bool:
        inside = _inside(target, _parts(entry))
        try:
            if is_notebook(entry.filename):
                inside.parent.mkdir(parents=True, exist_ok=True)
                _write(opened, entry, inside)
                return True
            with tempfile.TemporaryDirectory() as scratch:
                inner = Path(scratch) / f"inner{ZIP}"
                _write(opened, entry, inner)
                if self._unpack(inner, what, inside, Limits(OF_A_STUDENT.files, OF_A_STUDENT.size, limits.depth - 1)):
                    return True
            _note_left_out(inside, "holds no notebook that could be taken out")
        except _UNREADABLE as error:
            if inside.is_file():
                inside.unlink()
            self.log.warning("Can't be unpacked: %s: %s", what, clean(str(error)))
            _note_left_out(inside, "can't be unpacked")
        return False


def is_notebook(name: str) -> bool:
    """Whether a file's name says that it is a notebook, also where a browser or an editor added to it."""
    return name.lower().endswith(_SAVED_AS)


def is_of_a_computer(parts: tuple[str, ...]) -> bool:
    """Whether a path is one that macOS, Windows or Jupyter made beside somebody's files, and nobody handed in."""
    return any(part in _OF_COMPUTERS or part.startswith("._") for part in parts)


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    return is_notebook(entry.filename) or entry.filename.lower().endswith(ZIP)


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    return PurePosixPath(entry.filename.replace("\\", "/")).parts


def _unwanted(entry: zipfile.ZipInfo) -> str:
    return "is an archive, and only zip archives are opened" if _is_archive(entry) else NO_NOTEBOOK


def _is_archive(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith(_OTHER_ARCHIVES)


def _note_left_out(path: Path, reason: str) -> None:
    """Put a text in the place of a file that wasn't taken, for whoever collects: it may be all that somebody sent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    note = path.with_name(f"{path.name}{LEFT_OUT}")
    note.write_text(f"{path.name} was left out, because it {reason}.\n", encoding="utf-8")


def _refused(entry: zipfile.ZipInfo, limits: Limits) -> str:
    """Why an entry isn't taken, as the end of a sentence; empty when it is."""
    parts, kind = _parts(entry), stat.S_IFMT(entry.external_attr >> 16)
    if kind and not stat.S_ISREG(kind):
        return "is a link or no file at all"
    if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
        return "points out of the archive"
    if entry.file_size > MAX_BYTES:
        return f"is larger than {MAX_BYTES // 2**20} MB"
    if entry.compress_type not in _PLAIN:
        return "is packed in an unusual way"
    if entry.filename.lower().endswith(ZIP) and not limits.depth:
        return "is an archive in an archive in an archive"
    return ""


def _refuse_a_large_index(archive: Path, name: str, limits: Limits) -> None:
    """An archive's index is read whole: one that is far too large isn't even begun. Raises TooMuch."""
    with open(archive, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = len(tail) - 22
    if not (at >= 0 and tail[at : at + 4] == b"PK\x05\x06" and tail[-2:] == b"\0\0"):
        at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile("it is no zip archive")
    (index,) = struct.unpack_from("<I", tail, at + 12)
    is_large = at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07"  # more than 65 535 files, or 4 GB
    if index > limits.files * _BYTES_PER_FILE or (is_large and limits.files < 2**16):
        raise TooMuch(f"{name} holds more than {limits.files} files.")
    with zipfile.ZipFile(archive) as opened:
        if len(opened.infolist()) > limits.files:
            raise TooMuch(f"{name} holds {len(opened.infolist())} files.")


def _inside(target: Path, parts: tuple[str, ...]) -> Path:
    """A path below `target` that isn't taken yet, from names that may be anything; notebooks end as such."""
    path = target.joinpath(*[_part(part) for part in parts][-8:])
    if is_notebook(path.name):
        path = path.with_name(path.name[: path.name.lower().rindex(NOTEBOOK)] + NOTEBOOK)
    number, stem, suffix = 1, path.stem, path.suffix
    while path.exists():
        number += 1
        path = path.with_name(f"{stem} ({number}){suffix}")
    return path


def _part(name: str) -> str:
    name = "".join(c if c not in '/\\\0\n\t"<>|*?' else "\ufffd" for c in clean(name)).strip(" ").strip(".") or "\ufffd"
    if len(name) > _LONGEST or len(name.encode()) > 2 * _LONGEST:
        name = f"{name[:50]}…{name[-20:]}"
    return name


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Write an entry to a new file with the time that the archive says. zipfile never reads more than `file_size`."""
    with opened.open(entry) as source, open(path, "xb") as target:
        shutil.copyfileobj(source, target)
    try:
        when = time.mktime((*entry.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        when = 0.0
    os.utime(path, (when, when))
