"""Running a lesson that isn't finished: a cell that waits for an exercise says so, and those after it go on.

Only for an exercise of this lesson that is still its placeholder; every other error is shown as ever.
"""

from __future__ import annotations

import functools
import json
import linecache
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from autograder.core.definitions import defined_at
from autograder.core.paths import support
from autograder.learner.cells_run import CellsRun, left_to_run

PLACEHOLDER = "# replace this line with your code"


class Unfinished:
    """What stands between a shell's cells and their tracebacks."""

    def __init__(self, shell: Any, runs: CellsRun) -> None:
        self._names = shell.user_ns
        self._runs = runs
        self._waiting: dict[str, str] = {}  # a name that a waiting cell would have defined → the exercise
        self._excused: BaseException | None = None
        self._exercise = ""

    def show(self, shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None) -> None:
        """IPython's handler of exceptions: one sentence where an exercise isn't written yet, else the traceback."""
        if exercise := self._waits_for(error):
            self._excused, self._exercise = error, exercise
            _tell(exercise)
            return
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset, running_compiled_code=True)
        if isinstance(error, NameError) and (said := self._missing(error)):
            print(said)

    def let_go(self, result: Any) -> None:
        """After a cell: one that waits hasn't failed, so that a notebook's queue goes on."""
        excused, self._excused = self._excused, None
        run = self._runs.latest()
        if result is None or run is None:
            return
        waits = excused is not None and result.error_in_exec is excused
        if waits:
            result.error_in_exec = None
        for name in run.defines:
            if waits and not run.reached(name):
                self._waiting[name] = self._exercise
            elif run.reached(name):
                self._waiting.pop(name, None)

    def _waits_for(self, error: BaseException) -> str:
        """The unwritten exercise that is the cause of an error, or nothing."""
        exercises = exercises_here()
        for each in _chain(error):
            if isinstance(each, NotImplementedError):
                name = self._refused(each)
            elif isinstance(each, NameError):
                name = self._waiting.get(each.name or "", "") if each.name not in self._names else ""
                name = name if self._is_unwritten(name) else ""
            else:
                name = self._is_ellipsis(each)
            if name in exercises:
                return name
        return ""

    def _refused(self, error: NotImplementedError) -> str:
        """Whose placeholder raised this: that of a function or class of the notebook which stands as handed out."""
        from autograder.cases.placeholders import refused_by

        name = refused_by(error)
        *_, last = _frames(error)
        if name is None or last.f_globals is not self._names:
            return ""
        line = linecache.getline(last.f_code.co_filename, _last_line(error))
        return name if PLACEHOLDER in line or self._is_unwritten(name) else ""

    def _is_ellipsis(self, error: BaseException) -> str:
        """Which of the names that were in use is still `...`, where the error is about that."""
        if "ellipsis" not in str(error).lower():
            return ""
        used = [name for frame in _frames(error) if frame.f_globals is self._names for name in frame.f_code.co_names]
        return next((name for name in used if name in exercises_here() and self._names.get(name) is Ellipsis), "")

    def _is_unwritten(self, name: str) -> bool:
        from autograder.cases.placeholders import has_placeholder, is_unwritten

        value = self._names.get(name, ...)
        return bool(name) and (is_unwritten(value) or has_placeholder(value))

    def _missing(self, error: NameError) -> str:
        """Of a name that isn't there: which cell makes it, where the lesson's notebook has one that didn't run."""
        name = error.name or ""
        if name in self._waiting:
            return f"`{name}` comes from a cell above that waited for `{self._waiting[name]}`: run that cell again."
        if self._runs.defined(name) or name not in defined_in_notebook():
            return ""
        return left_to_run(name)


def exercises_here() -> frozenset[str]:
    """The names of the exercises of the lesson in the working folder."""
    path = support(Path.cwd(), "answers.json")
    return _exercises(path, path.stat().st_mtime) if path.is_file() else frozenset()


@functools.lru_cache(maxsize=1)
def _exercises(path: Path, _stamp: float) -> frozenset[str]:
    try:
        return frozenset(json.loads(path.read_bytes())["exercises"])
    except (ValueError, KeyError, TypeError):
        return frozenset()  # damaged: `check` says so


def defined_in_notebook(above: str = "") -> set[str]:
    """The names that cells of the notebook here define, as it was saved last; above: only those above an exercise."""
    names: set[str] = set()
    for path in Path.cwd().glob("*.ipynb"):
        try:
            cells = json.loads(path.read_bytes())["cells"]
            ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
            end = ids.index(above) if above in ids else len(cells)
            sources = ["".join(cell["source"]) for cell in cells[:end] if cell["cell_type"] == "code"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # not a notebook any more
        names.update(name for source in sources for name in defined_at(source))
    return names


def _tell(exercise: str) -> None:
    from IPython.display import display

    from autograder.learner.boxes import Box

    said = f"`{exercise}` isn't written yet: this cell comes alive once it is (exercise above)."
    display(Box("WAITING", exercise, said))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it came of."""
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        yield step
        step = step.__cause__ or step.__context__


def _frames(error: BaseException) -> Iterator[FrameType]:
    step = error.__traceback__
    while step is not None:
        yield step.tb_frame
        step = step.tb_next


def _last_line(error: BaseException) -> int:
    step = error.__traceback__
    line = 0
    while step is not None:
        line, step = step.tb_lineno, step.tb_next
    return line
