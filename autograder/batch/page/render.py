"""The page itself: findings in, one HTML file out that needs nothing else and holds nothing that acts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup, escape

from autograder import templates
from autograder.batch.class_report import ClassReport
from autograder.batch.page import findings
from autograder.batch.page.points import ClassPoints
from autograder.core.text import clean
from autograder.judging import verdicts
from autograder.judging.report import HEADLINES
from autograder.submission.forbidden_text import NAMED

MOST_MISTAKES = 20
_VERDICTS = (*HEADLINES, verdicts.SKIPPED)


def render(report: ClassReport, held: ClassPoints, when: datetime) -> str:
    """The class's page as HTML. Everything that comes from students or the gradebook is escaped.

    when: the time of grading, as it is to be shown.
    """
    totals = findings.totals(report, held)
    mistakes = findings.mistakes(report)
    reached = sum(report.exercises.values(), Counter())
    alone = {name for name, many in Counter(held.names.values()).items() if many == 1}
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            held=held,
            when=f"{when.day} {when:%B %Y, %H:%M}",
            scored=len(totals),
            totals=findings.bars(totals, held.max_total) if totals else [],
            mean=sum(totals) / len(totals) if totals else None,
            exercises=findings.exercises(report, held),
            verdicts=[verdict for verdict in _VERDICTS if reached[verdict]],
            mistakes=mistakes[:MOST_MISTAKES],
            more_mistakes=len(mistakes) - MOST_MISTAKES,
            nameless=findings.nameless(report),
            stuck=findings.stuck(report),
            several=findings.SEVERAL,
            second_look=findings.second_look(held),
            tamper=findings.notes(report, "TAMPER"),
            named=findings.notes(report, NAMED),
            arrived=[*findings.notes(report, "TIME"), *findings.notes(report, "OTHERS")],
            repaired=findings.notes(report, "REPAIRED"),
            without_score=findings.without_score(report),
            person=lambda student: _person(student, held),
            people=lambda students: Markup(", ").join(_short(student, held, alone) for student in students),
        )
    )


def write(page: str, path: Path) -> None:
    """Write the page in one step: whoever looks at it sees the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(page, encoding="utf-8", errors="replace")
    os.replace(unfinished, path)


def _person(student: str, held: ClassPoints) -> Markup:
    """A student's id, and the name where the gradebook has one; both kept apart from the text around them."""
    name = f" ({clean(held.names[student])})" if student in held.names else ""
    return Markup("<bdi class='who'>{}{}</bdi>").format(clean(student), name)


def _short(student: str, held: ClassPoints, alone: set[str]) -> Markup:
    """In long lists: the name without the id, where there is one and nobody else has it. alone: names had by one."""
    name = held.names.get(student, "")
    return Markup("<bdi class='who'>{}</bdi>").format(clean(name)) if name in alone else _person(student, held)


def _environment() -> Environment:
    environment = templates.environment(Path(__file__).parent)
    environment.filters["code"] = _code
    environment.filters["number"] = lambda value: f"{round(value, 2):g}"
    environment.filters["counted"] = _counted
    return environment


def _code(message: str) -> Markup:
    """A message with what stands in backticks as code."""
    pieces: Iterable[str] = escape(clean(message)).split("`")
    pieces = list(pieces)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if at % 2 and at < len(pieces) - 1 else piece
        for at, piece in enumerate(pieces)
    )


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
