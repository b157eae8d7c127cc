"""What grading a class came to, for a person and for a program."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import click

from autograder.batch.attempts import LATEST
from autograder.batch.counting import Counted
from autograder.core.text import clean
from autograder.nbgrader_plugin.teams import NOTE
from autograder.submission import grade as grading
from autograder.submission.forbidden_text import NAMED
from autograder.submission.grade import Graded

SLOWEST = 5
_WORDS = ("TAMPER", NAMED, "TIME", "OTHERS", "REPAIRED")  # that notes for a person's eyes begin with


@dataclass
class ClassReport:
    """grades: by student. stored: the students whose grade went into the gradebook now. seconds: of each run.

    teams: by the name of each team that handed in, the name under which it did; teams_missing: the others; teams_rows:
    teams that the gradebook has as students. points_shared: who got points that a person gave to somebody of the team.
    page: where the class's page is.
    """

    lesson: str
    submitted: str
    sandbox: str
    grades: dict[str, Graded] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    penalties_changed: list[str] = field(default_factory=list)
    teams: dict[str, str] = field(default_factory=dict)
    teams_missing: list[str] = field(default_factory=list)
    teams_rows: list[str] = field(default_factory=list)
    points_shared: list[str] = field(default_factory=list)
    total_seconds: float = 0.0
    page: str = ""
    count: str = LATEST
    counted: dict[str, Counted] = field(default_factory=dict)

    def of(self, verdict: str) -> dict[str, Graded]:
        return {student: graded for student, graded in self.grades.items() if graded.verdict == verdict}

    @property
    def graded(self) -> list[str]:
        """Who got a score now."""
        return sorted(student for student in self.of(grading.GRADED) if student in self.stored)

    @property
    def skipped(self) -> list[str]:
        """Whose grade was in the gradebook already."""
        return sorted(s for s, g in self.grades.items() if g.verdict != grading.INFRA and s not in self.stored)

    @property
    def exercises(self) -> dict[str, Counter[str]]:
        """How often each verdict was reached, by exercise."""
        counts: dict[str, Counter[str]] = {}
        for graded in self.grades.values():
            for result in graded.results:
                counts.setdefault(result.name, Counter())[result.verdict] += 1
        return counts

    @property
    def slowest(self) -> list[tuple[str, float]]:
        return sorted(self.seconds.items(), key=lambda item: -item[1])[:SLOWEST]

    def to_json(self) -> dict[str, Any]:
        """The documented form of `autograder grade --json`."""
        return {
            "lesson": self.lesson,
            "sandbox": self.sandbox,
            "graded": len(self.graded),
            "skipped": len(self.skipped),
            "ungradable": self._reasons(grading.UNGRADABLE),
            "infra": self._reasons(grading.INFRA),
            "counts": self.count,
            "repaired": self.noted("REPAIRED"),
            "tampered": self.noted("TAMPER"),
            "named": self.noted(NAMED),
            "times": self.noted("TIME"),
            "others": self.noted("OTHERS"),
            "waiting": self.waiting,
            "ignored": self.ignored,
            "penalties_changed": self.penalties_changed,
            "teams": [{"team": team, "source": source} for team, source in self.teams.items()],
            "teams_missing": self.teams_missing,
            "points_shared": self.points_shared,
            "exercises": self.exercises,
            "slowest": [{"student": student, "seconds": seconds} for student, seconds in self.slowest],
            "seconds": round(self.total_seconds, 3),
            "page": self.page,
            "students": [self._student(student, graded) for student, graded in sorted(self.grades.items())],
        }

    def _reasons(self, verdict: str) -> list[dict[str, str]]:
        return [{"student": s, "reason": " ".join(g.notes)} for s, g in sorted(self.of(verdict).items())]

    def _student(self, student: str, graded: Graded) -> dict[str, Any]:
        found = graded.to_json()
        skipped = student in self.skipped
        fields = {name: found[name] for name in ("verdict", "score", "max_score", "notes")}
        counted = self.counted[student].to_json() if student in self.counted else {}
        return {"student": student, **fields, "skipped": skipped, **counted}

    def noted(self, word: str) -> list[dict[str, str]]:
        """Who has a note that begins with this word."""
        notes = [(s, note) for s, g in sorted(self.grades.items()) for note in g.notes if note.startswith(f"{word}: ")]
        return [{"student": student, "reason": note.removeprefix(f"{word}: ")} for student, note in notes]


def print_report(report: ClassReport) -> None:
    """The report in the terminal."""
    if not report.grades:
        click.echo(f"Nobody has handed in {report.lesson}: put notebooks at {report.submitted}.")
    if report.exercises:
        _print_table(report.exercises)
    if report.slowest:
        slowest = ", ".join(f"{clean(student)} {seconds:.1f} s" for student, seconds in report.slowest)
        click.echo(f"Slowest: {slowest}\n")
    for verdict in (grading.UNGRADABLE, grading.INFRA):
        for student, graded in sorted(report.of(verdict).items()):
            click.echo(clean(f"{verdict} {student}: {' '.join(graded.notes)}"))
    _print_attempts(report)
    for word in _WORDS:
        for note in report.noted(word):
            click.echo(clean(f"{word} {note['student']}: {note['reason']}"))
    _print_teams(report)
    if report.penalties_changed:
        names = ", ".join(report.penalties_changed)
        click.echo(clean(f"Late penalties follow today's due dates, policy and points; they changed for: {names}"))
    for path in report.ignored:
        click.echo(clean(f"Ignored, because it is not at {report.submitted}: {path}"))
    if report.grades:
        counts = [f"{len(report.graded)} graded", f"{len(report.skipped)} unchanged"]
        for verdict in (grading.UNGRADABLE, grading.INFRA):
            if who := report.of(verdict):
                counts.append(f"{len(who)} {verdict}")
        for word in _WORDS:
            if notes := report.noted(word):
                counts.append(f"{len({note['student'] for note in notes})} {word}")
        unusable = len(set(report.waiting) & report.of(grading.UNGRADABLE).keys())
        of_them = f" ({unusable} of them {grading.UNGRADABLE})" if unusable else ""
        counts.append(f"{len(report.waiting)} waiting for manual grading{of_them}")
        click.echo(f"{report.lesson}: {', '.join(counts)} ({report.total_seconds:.1f} s, sandbox: {report.sandbox})")
    if report.page and report.grades:
        click.echo(f"Your class on one page: {report.page}")


def _print_attempts(report: ClassReport) -> None:
    several = {student: counted for student, counted in sorted(report.counted.items()) if counted.attempts > 1}
    if not several:
        return
    earlier = [
        f"{student} ({counted.handed.attempt} of {counted.attempts})"
        for student, counted in several.items()
        if counted.handed.attempt < counted.history[-1]["attempt"]
    ]
    which = f", an earlier one than the latest for {', '.join(earlier)}" if earlier else ""
    click.echo(clean(f"Handed in more than once: {len(several)}. The {report.count} attempt counts{which}."))


def _print_teams(report: ClassReport) -> None:
    if report.teams:
        members = len(report.noted(NOTE))
        copies = f"{members} member{'s' if members != 1 else ''} got a copy"
        click.echo(clean(f"Teams that handed in: {len(report.teams)}; {copies} of their team's notebook."))
    if report.teams_missing:
        click.echo(clean(f"Teams of which nothing was found: {', '.join(report.teams_missing)}"))
    for name in report.teams_rows:
        click.echo(
            clean(
                f"The gradebook still has {name} as a student: "
                f"remove it with `nbgrader db student remove {name} --force`."
            )
        )
    if report.points_shared:
        names = ", ".join(report.points_shared)
        click.echo(clean(f"Points given by hand to one of a team were given to the others as well: {names}"))


def _print_table(exercises: dict[str, Counter[str]]) -> None:
    verdicts = [verdict for verdict, _ in sum(exercises.values(), Counter()).most_common()]
    width = max(map(len, exercises))
    click.echo(" " * width + "".join(f"  {verdict}" for verdict in verdicts))
    for name, counts in exercises.items():
        cells = "".join(f"  {counts[verdict] or '·':>{len(verdict)}}" for verdict in verdicts)
        click.echo(f"{name:<{width}}{cells}")
    click.echo()
