"""What isn't a report but looks like one: a hint, a solution, a list of exercises, a word on a cell."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from autograder.judging import report
from autograder.judging.report import code, paragraph


class Box:
    """A few words that show themselves: `_repr_html_` in a notebook, `str()` anywhere else.

    kind: which of them it is, in HTML the attribute `data-verdict`, as that of a report.
    """

    def __init__(self, kind: str, exercise: str, text: str, html: str = "") -> None:
        """html: the same as `text`, where it is more than a paragraph."""
        self.kind = kind
        self.exercise = exercise
        self.text = text
        self.html = html or paragraph(code(text))

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return report.box(self.html, report.GREY, exercise=self.exercise, verdict=self.kind)


def hints(exercise: str, shown: list[str], of: int, footer: str) -> Box:
    """The hints that were asked for so far, the newest marked. of: how many there are."""
    lines = [f"Hint {number} of {of}: {text}" for number, text in enumerate(shown, 1)]
    parts = [
        paragraph(f"<strong>Hint {number} of {of}:</strong> {code(text)}", bold=False, small=number < len(shown))
        for number, text in enumerate(shown, 1)
    ]
    parts[-1] = f"<div style='border-left:2px solid currentColor;padding-left:8px'>{parts[-1]}</div>"
    more = [paragraph(code(footer), small=True)] if footer else []
    head = report.head("?", escape(exercise), "Hints" if len(shown) > 1 else "A hint")
    return Box("HINT", exercise, "\n".join([*lines, *([footer] if footer else [])]), "".join([head, *parts, *more]))


def solution(exercise: str, source: str, is_open: bool, call: str) -> Box:
    """One way to do an exercise, behind a click unless `is_open`; in plain text, how to see it.

    call: what is to be called instead, where nothing can be clicked.
    """
    asked = "Show one way to do it. You learn more by one more try first."
    body = f"<pre style='{report.PRE}'>{escape(source)}</pre>"
    if is_open:
        text = source
    else:
        text = f"You learn more by one more try first. To see one way to do it, add sure=True: {call}"
        body = f"<details><summary style='cursor:pointer;margin:6px 0'>{asked}</summary>{body}</details>"
    return Box("SOLUTION", exercise, text, report.head("–", escape(exercise), "One way to do it") + body)


def model_answer(question: str, answer: str) -> Box:
    """What a good answer to a written question may say."""
    body = f"<div style='white-space:pre-wrap;margin:6px 0'>{escape(answer)}</div>"
    return Box("SOLUTION", question, answer, report.head("–", escape(question), "A model answer") + body)


def exercises(call: str, names: Iterable[str], passed: set[str]) -> Box:
    """The exercises of a lesson, and how to ask for one of them. call: the function's name."""
    names = list(names)
    said = f'Of which exercise? Write its name, such as {call}("{names[0]}").'
    lines = [f"{'✓' if name in passed else '○'} {name}" for name in names]
    items = "".join(
        f"<li style='list-style:none'>{report.mark_html(name in passed)} <code>{escape(name)}</code></li>"
        for name in names
    )
    listed = f"<ul style='margin:6px 0;padding-left:0.4em'>{items}</ul>"
    return Box("EXERCISES", "", "\n".join([said, *lines]), paragraph(code(said)) + listed)
