"""What was run in this kernel: of each cell its text, the names it defines, and how it ended.

`check` asks here before it judges, so that a function of an earlier run isn't taken for what stands in the cell now.
A cell is known by the id that the notebook gave it; where a kernel gets none, by its text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.core.definitions import defined_at

_SHORT = 3  # letters: of names so short, a different one is as likely as a misspelt one


@dataclass
class CellRun:
    """The last run of a cell. defines: the lines on which its names are there; line: where it stopped, if it did."""

    number: int
    source: str
    defines: dict[str, int]
    error: BaseException | None = None
    ran_at_all: bool = True
    line: int | None = None

    def reached(self, name: str) -> bool:
        """Whether the run came past the definition of a name."""
        if self.error is None:
            return name in self.defines
        return self.ran_at_all and name in self.defines and (self.line is None or self.line > self.defines[name])


class CellsRun:
    """The runs of a kernel's cells; `begin` and `end` are what IPython calls before and after each."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        """names: those of the notebook."""
        self._names = names
        self._latest: dict[str, CellRun] = {}
        self._tried: dict[str, set[str]] = {}  # by cell: the names that any of its runs meant to define
        self._under_way: CellRun | None = None
        self._count = 0

    def begin(self, info: Any) -> None:
        """A cell is about to run."""
        source = info.raw_cell
        self._count += 1
        self._under_way = CellRun(self._count, source, defined_at(source))

    def end(self, result: Any) -> None:
        """A cell has run; result: IPython's."""
        if result is not None and self._under_way is None:  # we came in while it ran
            self.begin(result.info)
        run, self._under_way = self._under_way, None
        if result is None or run is None or run.source != result.info.raw_cell:
            return  # a cell that ran another one
        if error := result.error_before_exec or result.error_in_exec:
            run.error, run.ran_at_all = error, result.error_before_exec is None
            run.line = self._line(error) if run.ran_at_all else getattr(error, "lineno", None)
        key = getattr(result.info, "cell_id", None) or run.source
        self._latest[key] = run
        self._tried.setdefault(key, set()).update(run.defines)

    def defined(self, name: str) -> bool:
        """Whether a cell that defines the name was run since the kernel started, however it ended."""
        return any(name in run.defines for run in self._runs())

    def attempt(self, name: str) -> str:
        """The text of the newest cell that defines a name; empty where there is none."""
        runs = [run for run in self._runs() if name in run.defines]
        return max(runs, key=lambda run: run.number).source if runs else ""

    def latest(self) -> CellRun | None:
        """The cell that ended last."""
        return max(self._latest.values(), key=lambda run: run.number, default=None)

    def before_check(
        self, name: str, others: Collection[str] = (), above: Callable[[], Collection[str]] = frozenset
    ) -> str:
        """Why `name` shouldn't be judged yet, in sentences for the learner; empty where nothing is in the way.

        others: names that aren't misspelt ones, such as those of the other exercises. above: gives the names that
        cells above make.
        """
        if self._under_way is not None and name in self._under_way.defines:
            return ""
        there = name in self._names
        tried = [run for key, run in self._latest.items() if name in self._tried[key]]
        newest = max(tried, key=lambda run: run.number, default=None)
        earlier = f" Until then the earlier `{name}` would be checked, so nothing was." if there else ""
        if newest is not None and newest.error is not None and not newest.reached(name):
            missing = newest.error.name if isinstance(newest.error, NameError) else None
            if missing and not self.defined(missing) and missing in above():
                return f"{_how_it_stopped(name, newest)} {left_to_run(missing)}"
            return f"{_how_it_stopped(name, newest)} Put that right and run that cell, then this one.{earlier}"
        if newest is not None and name in newest.defines and there:
            return ""
        candidates = [newest] if newest is not None else [] if there else list(self._latest.values())
        for run in sorted(candidates, key=lambda run: -run.number):
            for other in run.defines:
                if run.reached(other) and other not in others and is_near(other, name):
                    said = f"The cell defines `{other}`; the exercise is called `{name}`."
                    return f"{said} Change the name there and run that cell, then this one.{earlier}"
        if there:
            return ""
        return (
            f"`{name}` isn't defined yet: run the cell above that defines it, then this one again. If the kernel was "
            "restarted, all cells above need to run first (menu Run → Run All Above Selected Cell)."
        )

    def _runs(self) -> list[CellRun]:
        return [*self._latest.values(), *([self._under_way] if self._under_way else [])]

    def _line(self, error: BaseException) -> int | None:
        """The line of the cell at which it stopped."""
        step = error.__traceback__
        while step is not None:
            code = step.tb_frame.f_code
            if step.tb_frame.f_globals is self._names and code.co_name.startswith(("<module>", "<cell line")):
                return step.tb_lineno
            step = step.tb_next
        return None


def left_to_run(name: str) -> str:
    """What to do about a name that a cell of the lesson makes which hasn't run."""
    return (
        f"The cell that makes `{name}` hasn't run since the kernel started: run the cells above first (menu Run → Run "
        "All Above Selected Cell), then this one."
    )


def is_near(one: str, other: str) -> bool:
    """Whether two names differ by one letter, by two that are swapped, or by upper and lower case alone."""
    if one == other:
        return False
    if one.lower() == other.lower():
        return True
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    if len(one) == len(other) and rest[:2] == others[1::-1] and rest[2:] == others[2:]:
        return True
    if min(len(one), len(other)) <= _SHORT:
        return False
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]


def _how_it_stopped(name: str, run: CellRun) -> str:
    error = run.error
    where = f"line {run.line}" if run.line else "somewhere in it"
    if isinstance(error, SyntaxError) and not run.ran_at_all:
        lines = run.source.splitlines()
        text = lines[run.line - 1].strip()[:80].replace("`", "") if run.line and run.line <= len(lines) else ""
        shown = f", `{text}`" if text else ""
        return f"Python can't read the cell that defines `{name}` ({where}{shown}): {error.msg}."
    what = f"{type(error).__name__}: {error}".strip(": ")[:200]
    return f"The cell that defines `{name}` stopped before it got there, at {where}: {what}."
