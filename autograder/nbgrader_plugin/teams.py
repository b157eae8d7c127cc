"""Teams that hand in once: each member gets the notebook, with its time, and so the grade.

`grading/teams.csv` says who is in which team. A team's submission is the newest of what arrived under the team's own
name, as a learning-management system gives it, and under the names of its members. The others get a copy of it; what
they had before, and the folder of the team's own name, which is nobody's, go to `grading/teams/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autograder.core.paths import UserError, suggest
from autograder.core.text import clean
from autograder.nbgrader_plugin import arrival, newest, tables
from autograder.nbgrader_plugin.student_ids import student_id

FILE, COLUMNS = "teams.csv", ("team", "id", "lesson")
NOTE = "TEAM"  # what a note about it begins with
_MARK = ".team.json"  # in a copy: whose it is, as long as the notebook is that one


@dataclass(frozen=True)
class Team:
    """name: as the table has it; members: their ids."""

    name: str
    members: tuple[str, ...]

    def is_named(self, folder: str) -> bool:
        """Whether a folder under submitted/ has the team's name: as it is, or as collecting makes it."""
        return folder in (self.name, student_id(self.name, None))


@dataclass
class HandedOut:
    """What came of it. sources: by the team's name, under which name its submission arrived; missing: of which none.

    members: of the teams that handed in. folders: those under submitted/ that have other files now. own: the names of
    teams' own folders, moved away. unusable: of those that stay, since there is no notebook in them.
    """

    sources: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    members: list[tuple[str, ...]] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)


def read(path: Path, lesson: str, students: Collection[str] = ()) -> list[Team]:
    """The teams of a lesson in a CSV file: one line per member, with the columns `team`, `id` and perhaps `lesson`.

    A line without a lesson holds for all that the student has no line for. students: whom the gradebook knows; when
    it knows anybody, members must be among them. No file, no teams. Raises UserError.
    """
    if not path.exists():
        return []
    general: dict[str, tuple[int, str]] = {}
    special: dict[str, tuple[int, str]] = {}
    for line, row in tables.read(path, COLUMNS, ["team", "id"]).rows:
        student, team, of = tables.student_of(row, line, path), row.get("team", ""), row.get("lesson", "")
        if not team:
            raise UserError(f"Line {line} of {path} names no team for {student}.")
        if of not in ("", lesson):
            continue
        if students and student not in students:
            raise UserError(
                f"Line {line} of {path}: the gradebook knows no student {student!r}.{suggest(student, [*students])} "
                f"Correct the line, or add the student (`nbgrader db student add {student}`)."
            )
        held = special if of else general
        before, other = held.setdefault(student, (line, team))
        if other != team:
            raise UserError(f"Lines {before} and {line} of {path} put {student} into two teams: {other}, {team}.")
    team_of = {student: team for student, (_, team) in {**general, **special}.items()}
    members: dict[str, list[str]] = {}
    for student, team in team_of.items():
        if team_of.get(team, team) != team:
            raise UserError(f"{path} names a team {team!r} after a student of another team: call it something else.")
        members.setdefault(team, []).append(student)
    return [Team(name, tuple(sorted(who))) for name, who in sorted(members.items())]


def hand_out(teams: list[Team], submitted: Path, lesson: str, notebook: str, aside: Path) -> HandedOut:
    """Let each member have what the team handed in.

    submitted: the folder with the students' folders; notebook: the file name of the lesson's; aside: where what was
    replaced is kept, nothing being deleted.
    """
    done = HandedOut()
    for team in teams:
        _Round(team, submitted, lesson, notebook, aside / lesson / student_id(team.name, None), done).do()
    return done


def notes(folder: Path, notebook: str) -> tuple[str, ...]:
    """What a person should know about a submission that a team handed in, in sentences."""
    about = _mark(folder, notebook)
    if not about:
        return ()
    return (f"{NOTE}: {about['team']} handed it in, as {about['source']!r}.",)


class _Round:
    def __init__(self, team: Team, submitted: Path, lesson: str, notebook: str, aside: Path, done: HandedOut) -> None:
        self._team, self._lesson, self._notebook, self._aside, self._done = team, lesson, notebook, aside, done
        self._homes = {member: submitted / member / lesson for member in team.members}
        there = sorted(path.name for path in submitted.iterdir()) if submitted.is_dir() else []
        named = [name for name in there if team.is_named(name) and name not in self._homes]
        self._own = {name: submitted / name / lesson for name in named if (submitted / name / lesson).is_dir()}

    def do(self) -> None:
        theirs = {m: home for m, home in self._homes.items() if home.is_dir() and not _mark(home, self._notebook)}
        arrived = {**self._own, **theirs}
        for folder in arrived.values():
            arrival.settle(folder, {self._notebook})
            newest.settle(folder, self._notebook)
        kept = [] if not self._aside.is_dir() else sorted(self._aside.iterdir())
        candidates = [(folder, name) for name, folder in arrived.items()]
        candidates += [(folder, folder.name.partition(" ")[2]) for folder in kept if self._is_ours(folder)]
        candidates = [(folder, name) for folder, name in candidates if (folder / self._notebook).is_file()]
        if not candidates:
            self._done.missing.append(self._team.name)
            self._done.unusable += self._own
            return
        latest, source = max(candidates, key=lambda each: (_came(each[0], self._notebook), each[1] in self._own))
        self._done.sources[self._team.name] = source
        self._done.members.append(self._team.members)
        for home in self._homes.values():
            if home != latest and not self._has(home, latest):
                self._give(latest, home, source)
        for name, folder in self._own.items():
            self._put_away(folder, name)
            self._done.own.append(name)

    def _is_ours(self, kept: Path) -> bool:
        """Not what somebody had from another team before they came to this one."""
        about = _mark(kept, self._notebook)
        return about is None or about["team"] == self._team.name

    def _has(self, home: Path, latest: Path) -> bool:
        return bool(_mark(home, self._notebook)) and _content(home) == _content(latest)

    def _give(self, latest: Path, home: Path, source: str) -> None:
        made = home.with_name(f".{home.name}.part")
        if made.exists():
            shutil.rmtree(made)
        shutil.copytree(latest, made, symlinks=True, ignore=shutil.ignore_patterns(arrival.SET_ASIDE, _MARK))
        digest = hashlib.sha256((made / self._notebook).read_bytes()).hexdigest()
        about = {"team": self._team.name, "source": source, "notebook": digest}
        (made / _MARK).write_text(json.dumps(about), encoding="utf-8")
        if home.is_dir():
            self._put_away(home, home.parent.name)
        os.rename(made, home)
        self._done.folders.append(home)

    def _put_away(self, folder: Path, name: str) -> None:
        """Move a submission's folder to where such are kept; one that is kept already, or a copy of it, goes."""
        self._aside.mkdir(parents=True, exist_ok=True)
        kept, content = sorted(self._aside.iterdir()), _content(folder)
        if not (folder / arrival.SET_ASIDE).exists() and any(_content(each) == content for each in kept):
            shutil.rmtree(folder)
        else:
            os.rename(folder, self._aside / f"{len(kept) + 1:03d} {name}")
        if not any(folder.parent.iterdir()):
            folder.parent.rmdir()


def _mark(folder: Path, notebook: str) -> dict[str, str] | None:
    """What was noted of a copy; None where the notebook isn't one, or is another by now."""
    try:
        about = json.loads((folder / _MARK).read_text(encoding="utf-8"))
        digest = hashlib.sha256((folder / notebook).read_bytes()).hexdigest()
        return {key: clean(str(value)) for key, value in about.items()} if about["notebook"] == digest else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _came(folder: Path, notebook: str) -> datetime:
    """When a submission came (UTC): what it says itself, or what is known of its file."""
    written = datetime.fromtimestamp((folder / notebook).stat().st_mtime, UTC).replace(tzinfo=None)
    return arrival.time_of(folder) or written


def _content(folder: Path) -> dict[str, str]:
    """A hash of each file that counts, by its path in the folder."""
    found = {}
    for inside, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(inside, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
