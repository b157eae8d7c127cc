"""A graded submission in the terminal."""

from __future__ import annotations

import click

from autograder.core.text import clean
from autograder.judging import report, verdicts
from autograder.submission import grade
from autograder.submission.grade import Graded

_COLOURS = {verdicts.PASSED: "green", verdicts.NOT_ATTEMPTED: "white", verdicts.MISSING: "white"}


def print_grade(graded: Graded) -> None:
    """Print a table of exercises, the report of each one that isn't right, and the total."""
    if graded.verdict != grade.GRADED:
        click.echo(clean(f"{graded.verdict}: {' '.join(graded.notes)}"))
        return
    for result in graded.results:
        line = f"{report.MARKS.get(result.verdict, '✗')} {result.name:<22} {result.verdict:<14}"
        worth = f"{result.points:g} of {result.max_points:g}" if result.max_points else "optional"
        click.echo(click.style(line, fg=_COLOURS.get(result.verdict, "yellow")) + worth)
    wrong = [r for r in graded.results if r.verdict not in (verdicts.PASSED, verdicts.NOT_ATTEMPTED)]
    for result in wrong:
        click.echo("\n" + report.text(result))
    for name in graded.questions:
        click.echo(f"\n· {name}: a written answer, graded by hand in formgrader.")
    for note in graded.notes:
        click.echo(f"\nNote: {clean(note)}")
    click.echo(f"\n{graded.lesson}: {graded.score:g} of {graded.max_score:g} points (sandbox: {graded.sandbox})")
