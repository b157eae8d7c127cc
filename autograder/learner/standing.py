"""How far the learner is, in a report that looks like those of `check`."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograder.core.text import clean
from autograder.judging.report import mark_html, paragraph
from autograder.learner import course_map, ledger, progress
from autograder.learner.boxes import Box


def report(work: Path, here: Path) -> Box:
    """Lessons, passed exercises, the next step. here: the folder from which links lead to notebooks."""
    course = course_map.of(ledger.read(work), progress.load(work), work)
    return Box("PROGRESS", "", _text(course), _html(course, work, here))


def _text(course: dict[str, Any]) -> str:
    lessons = course["lessons"]
    width = max((len(each["title"]) for each in lessons), default=0)
    rows = [f"{_mark(each)} {clean(each['title']):<{width}}  {_count(each)}" for each in lessons]
    return "\n".join([f"Your progress: {_total(course)}", *rows, _next(course)])


def _html(course: dict[str, Any], work: Path, here: Path) -> str:
    head = f"<div style='font-weight:600'>Your progress · {_total(course)}</div>"
    rows = "".join(_row(each, work, here) for each in course["lessons"])
    left = "text-align:left"
    table = (
        f"<table style='margin:6px 0;border-collapse:collapse'><caption style='{_HIDDEN}'>Your lessons</caption>"
        f"<thead style='{_HIDDEN}'><tr><th scope='col'>Lesson</th><th scope='col'>Passed exercises</th></tr></thead>"
        f"<tbody style='{left}'>{rows}</tbody></table>"
    )
    step = course["next"]
    if step is None:
        return head + table + paragraph(_next(course))
    link = _link(step["notebook"], step["title"], work, here)
    return head + table + paragraph(f"Next: {link}, exercise <code>{escape(clean(step['exercise']))}</code>.")


def _row(lesson: dict[str, Any], work: Path, here: Path) -> str:
    title = escape(clean(lesson["title"]))
    named = _link(lesson["notebook"], lesson["title"], work, here) if lesson["here"] else f"{title} (put away)"
    dots = "".join("●" if each["state"] == course_map.DONE else "○" for each in lesson["exercises"])
    cell = "padding:2px 1.2em 2px 0;text-align:left;font-weight:inherit"
    return (
        f"<tr style='background:none'><th scope='row' style='{cell}'>{mark_html(_is_done(lesson))} {named}</th>"
        f"<td style='{cell}'><span aria-hidden='true' style='letter-spacing:2px'>{dots}</span> "
        f"{_count(lesson)}</td></tr>"
    )


def _link(notebook: str, title: str, work: Path, here: Path) -> str:
    address = quote(Path(os.path.relpath(work.resolve() / notebook, here.resolve())).as_posix())
    return f"<a href='{escape(address)}'>{escape(clean(title))}</a>"


def _total(course: dict[str, Any]) -> str:
    return f"{course['passed']} of {course['of']} exercises passed"


def _count(lesson: dict[str, Any]) -> str:
    passed = sum(each["state"] == course_map.DONE for each in lesson["exercises"])
    return f"{passed} of {len(lesson['exercises'])}"


def _is_done(lesson: dict[str, Any]) -> bool:
    return all(each["state"] == course_map.DONE for each in lesson["exercises"])


def _mark(lesson: dict[str, Any]) -> str:
    return "✓" if _is_done(lesson) else "○"


def _next(course: dict[str, Any]) -> str:
    step = course["next"]
    if step is not None:
        return f"Next: {clean(step['title'])}, exercise {clean(step['exercise'])}."
    return "You have passed every exercise there is. Well done." if course["of"] else "There are no lessons here yet."


_HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
