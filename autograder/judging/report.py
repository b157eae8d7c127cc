"""A result as a learner reads it: HTML in the notebook and in feedback, plain text in a terminal.

Both say the same; nothing is told by colour alone. A held-out case is shown by its name only, never by its values.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np

from autograder.authoring.compare import show
from autograder.core.outcome import Frame
from autograder.core.wire import Tensor
from autograder.judging import verdicts
from autograder.judging.verdicts import CaseResult, Result

HEADLINES = {
    verdicts.PASSED: "Correct",
    verdicts.FAILED: "Not right yet",
    verdicts.ERROR: "Your code stopped with an error",
    verdicts.NOT_ATTEMPTED: "Not attempted yet",
    verdicts.MISSING: "Not there yet",
    verdicts.TIMEOUT: "Took too long",
    verdicts.MEMORY: "Needed too much memory",
    verdicts.CRASHED: "Python itself crashed",
    verdicts.NOT_RUN: "Not checked",
}
UNDONE = (verdicts.NOT_ATTEMPTED, verdicts.MISSING, verdicts.NOT_RUN)  # nothing was judged
MARKS = {verdicts.PASSED: "✓", verdicts.SKIPPED: "–", **dict.fromkeys(UNDONE, "○")}
GREY = "#7a7a7a"
COLOURS = {verdicts.PASSED: "#2a8a5f", **dict.fromkeys((verdicts.SKIPPED, *UNDONE), GREY)}
RIGHT_IN_PART = "Right in part"  # for FAILED, where some of the points are earned
MAX_CELLS = 64


class Report:
    """A `Result` that shows itself: `_repr_html_` in a notebook, `str()` anywhere else."""

    def __init__(self, result: Result, footer: str = "") -> None:
        self.result = result
        self.footer = footer

    def __repr__(self) -> str:
        return text(self.result, self.footer)

    def _repr_html_(self) -> str:
        return html(self.result, self.footer)


class Overview:
    """Several results in one table."""

    def __init__(self, results: Iterable[Result]) -> None:
        self.results = list(results)

    def __repr__(self) -> str:
        rows = [f"{_mark(r.verdict)} {r.name:<24} {_points(r):<16} {headline(r)}" for r in self.results]
        return "\n".join([*rows, self._total()])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{_mark_html(r.verdict)}</td><td style='text-align:left'><code>{escape(r.name)}</code></td>"
            f"<td>{_points(r)}</td><td style='text-align:left'>{headline(r)}</td></tr>"
            for r in self.results
        )
        table = f"<div style='overflow-x:auto'><table style='margin-left:0'>{rows}</table></div>"
        return f"{table}<p>{escape(self._total())}</p>"

    def _total(self) -> str:
        passed = sum(r.verdict == verdicts.PASSED for r in self.results)
        points, full = sum(r.points for r in self.results), sum(r.max_points for r in self.results)
        return f"{passed} of {len(self.results)} exercises correct, {points:g} of {full:g} points."


def headline(result: Result) -> str:
    """The verdict in a few words, what is right already before what isn't."""
    if result.verdict == verdicts.FAILED and result.points:
        return RIGHT_IN_PART
    return HEADLINES[result.verdict]


def text(result: Result, footer: str = "") -> str:
    """The report as plain text."""
    lines = [f"{_mark(result.verdict)} {result.name}: {_headline(result)}"]
    lines += ["", f"  {result.message}"] if result.verdict != verdicts.PASSED else []
    main = result.main
    if main is not None and _explains(result):
        lines += ["", f"  Seen in the case {main.case.title}. {_explanation(main)}".rstrip()]
        if _adds_to_the_message(result, main):
            lines += [f"  {main.text}"]
        lines += [f"    {_line(frame)}" for frame in _frames(main)]
        lines += [f"    {line}" for line in _arrays_text(main)]
        if len(result.cases) > 1:
            lines += ["", *(f"  {_mark(c.verdict)} {c.case.title}{_after(c)}" for c in result.cases)]
    if len(result.parts) > 1 and result.max_points:
        lines += ["", *(f"  {p.name}: {p.points:g} of {p.max_points:g}" for p in result.parts)]
    if printed := _printed(main):
        lines += ["", "  Your code printed:", *(f"    {line}" for line in printed)]
    if footer:
        lines += ["", f"  {footer}"]
    return "\n".join(lines).rstrip()


def html(result: Result, footer: str = "") -> str:
    """The report as HTML. Everything that comes from the learner's code is escaped."""
    top = head(_mark_html(result.verdict), escape(result.name), escape(_headline(result)))
    body = [] if result.verdict == verdicts.PASSED else [paragraph(code(result.message), bold=bool(result.diagnosis))]
    main = result.main
    if main is not None and _explains(result):
        body.append(_case_html(result, main))
        if len(result.cases) > 1:
            body.append(_case_list(result.cases))
    if len(result.parts) > 1 and result.max_points:
        parts = " · ".join(f"{escape(p.name)} {p.points:g} of {p.max_points:g}" for p in result.parts)
        body.append(paragraph(f"Points: {parts}", small=True))
    if printed := _printed(main):
        lines = escape("\n".join(printed))
        body.append(paragraph("Your code printed:", small=True) + f"<pre style='{PRE}'>{lines}</pre>")
    if footer:
        body.append(paragraph(code(footer), small=True))
    about = {"exercise": result.name, "verdict": result.verdict, "mistake": result.mistake or ""}
    return box(f"{top}{''.join(body)}", _colour(result.verdict), **about)


def box(inner: str, colour: str, **about: str) -> str:
    """HTML in the frame that all we say in a notebook has. about: its data attributes, such as `verdict`."""
    data = "".join(f" data-{name}='{escape(value)}'" for name, value in about.items())
    return (
        f"<div class='ground-up-report'{data} style='border-left:4px solid {colour};padding:6px 14px;"
        f"margin:4px 0;max-width:56rem;line-height:1.45;color:var(--jp-content-font-color1,#222)'>{inner}</div>"
    )


def head(mark: str, exercise: str, headline: str) -> str:
    """The first line of a frame; all three are HTML."""
    return f"<div style='font-weight:600'>{mark} <code>{exercise}</code> · {headline}</div>"


PRE = (
    "margin:4px 0;padding:6px 10px;background:var(--jp-layout-color2,#f3f3f3);color:inherit;"
    "overflow-x:auto;font-size:0.92em"
)


def _case_html(result: Result, main: CaseResult) -> str:
    seen = f"Seen in the case <em>{escape(main.case.title)}</em>. {code(_explanation(main))}"
    parts = [paragraph(seen, small=True)]
    if _adds_to_the_message(result, main):
        parts.append(paragraph(code(main.text)))
    if frames := _frames(main):
        parts.append(f"<pre style='{PRE}'>{escape(chr(10).join(map(_line, frames)))}</pre>")
    if arrays := _two_arrays(main):
        parts.append(_side_by_side(*arrays))
    return "".join(parts)


def _case_list(cases: Iterable[CaseResult]) -> str:
    items = "".join(
        f"<li style='list-style:none'>{_mark_html(c.verdict)} {escape(c.case.title)}{escape(_after(c))}</li>"
        for c in cases
    )
    return f"<ul style='margin:6px 0;padding-left:0.4em;font-size:0.92em'>{items}</ul>"


def _arrays_text(main: CaseResult) -> list[str]:
    lines: list[str] = []
    for title, array in zip(("yours:", "expected:"), _two_arrays(main) or (), strict=False):
        rows = [f"[{', '.join(map(show, row))}]" for row in _as_table(array)]
        lines += [f"{title if number == 0 else '':<10}{row}" for number, row in enumerate(rows)]
    return lines


def _two_arrays(main: CaseResult) -> tuple[np.ndarray, np.ndarray] | None:
    """What was returned and what was expected, where they are small enough to be shown next to each other."""
    if main.difference is None or main.case.held_out or not main.case.reveals:
        return None
    left, right = _small_array(main.difference.got), _small_array(main.difference.expected)
    if left is None or right is None or (left.ndim == 0 and right.ndim == 0):
        return None
    return left, right


def _side_by_side(left: np.ndarray, right: np.ndarray) -> str:
    """Two small arrays next to each other, what differs in bold and underlined."""
    differs = None
    if left.shape == right.shape:
        with np.errstate(all="ignore"):
            differs = ~np.isclose(left, right, rtol=1e-6, atol=1e-9, equal_nan=True)
    return (
        "<div style='display:flex;gap:2em;flex-wrap:wrap;align-items:flex-start'>"
        f"{_grid('yours', left, differs)}{_grid('expected', right, differs)}</div>"
    )


def _grid(title: str, array: np.ndarray, differs: np.ndarray | None) -> str:
    table = _as_table(array)
    marked = np.zeros(table.shape, bool) if differs is None else differs.reshape(table.shape)
    rows = "".join(
        "<tr>"
        + "".join(
            "<td style='text-align:right;padding:1px 7px;font-variant-numeric:tabular-nums;"
            + ("font-weight:700;text-decoration:underline" if wrong else "")
            + f"'>{escape(show(number))}</td>"
            for number, wrong in zip(row, wrongs, strict=True)
        )
        + "</tr>"
        for row, wrongs in zip(table, marked, strict=True)
    )
    caption = f"{title}, shape {array.shape}" if array.ndim else title
    style = "text-align:left;white-space:nowrap"
    whole = f"<table style='margin:4px 0'><caption style='{style}'>{escape(caption)}</caption>{rows}</table>"
    return f"<div style='max-width:100%;overflow-x:auto'>{whole}</div>"


def _as_table(array: np.ndarray) -> np.ndarray:
    return array.reshape(1, -1) if array.ndim < 2 else array


def _small_array(value: object) -> np.ndarray | None:
    array = value.array if isinstance(value, Tensor) else value
    if isinstance(array, int | float | np.generic):
        array = np.asarray(array)
    if isinstance(array, np.ndarray) and array.ndim <= 2 and 0 < array.size <= MAX_CELLS:
        return array
    return None


def _headline(result: Result) -> str:
    said = headline(result)
    if result.verdict == verdicts.NOT_RUN:
        return said
    if result.verdict == verdicts.ERROR and result.main is not None and result.main.outcome.error is None:
        said = "The result can't be read"
    return f"{said} · {_points(result)}"


def _points(result: Result) -> str:
    return f"{result.points:g} of {result.max_points:g} points" if result.max_points else "optional"


def _explains(result: Result) -> bool:
    return result.verdict not in (verdicts.PASSED, *UNDONE)


def _adds_to_the_message(result: Result, main: CaseResult) -> bool:
    """Whether the case's own text says more. Beside a diagnosis, where in a dict something differs is noise."""
    inside = main.difference is not None and main.difference.where.startswith("“")
    return main.text not in result.message and not (result.diagnosis and inside)


def _printed(main: CaseResult | None) -> list[str]:
    """The first lines that the code printed; nothing where it could print a held-out case's inputs."""
    if main is None or main.case.held_out:
        return []
    return main.outcome.printed.splitlines()[:10]


def _frames(main: CaseResult) -> tuple:
    return main.outcome.error.frames if main.outcome.error and not main.case.held_out else ()


def _explanation(main: CaseResult) -> str:
    return "" if main.case.held_out else main.case.explanation


def _line(frame: Frame) -> str:
    return f"line {frame.line}, in {frame.function or 'your cell'}:  {frame.source}"


def _after(case: CaseResult) -> str:
    if case.verdict == verdicts.SKIPPED:
        return " (not looked at: an earlier case must pass first)"
    return " (held-out case)" if case.case.held_out else ""


def _mark(verdict: str) -> str:
    return MARKS.get(verdict, "✗")


def mark_html(passed: bool) -> str:
    """The mark of an exercise in a list: passed or not yet."""
    return _mark_html(verdicts.PASSED if passed else verdicts.NOT_ATTEMPTED)


def _mark_html(verdict: str) -> str:
    said = {verdicts.PASSED: "passed", verdicts.SKIPPED: "not looked at"}.get(verdict, "not passed")
    style = f"color:{_colour(verdict)};display:inline-block;min-width:1.1em"
    return f"<span role='img' aria-label='{said}' style='{style}'>{_mark(verdict)}</span>"


def _colour(verdict: str) -> str:
    return COLOURS.get(verdict, "#c2571a")


def paragraph(inner: str, bold: bool = False, small: bool = False) -> str:
    """A paragraph of HTML."""
    style = "margin:6px 0;" + ("font-weight:600;" if bold else "") + ("font-size:0.92em;" if small else "")
    return f"<p style='{style}'>{inner}</p>"


def code(message: str) -> str:
    """Escape a message and set what stands in backticks as code."""
    pieces = escape(message).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 and i < len(pieces) - 1 else p for i, p in enumerate(pieces))
