"""Running cases against a namespace: the same few lines in the notebook, in the build and in the sandbox."""

from __future__ import annotations

import contextlib
import dis
import functools
import io
import linecache
import os
import re
import sys
import traceback
import types
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import is_dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from autograder.authoring.exercise import Case, Exercise
from autograder.cases import forbidden, seeds
from autograder.cases.placeholders import has_placeholder, is_unwritten, refused_by
from autograder.core import outcome, wire
from autograder.core.outcome import Frame, Outcome, Raised
from autograder.core.text import clean

MAX_PRINTED = 2_000
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_STANDARD_LIBRARY = os.path.dirname(os.__file__)


class OutOfTime(BaseException):
    """The time for a case is over. Whoever sets the time limit raises and catches it."""


def run_case(case: Case, exercise: str, namespace: Mapping[str, Any], seed: int = seeds.USUAL) -> Outcome:
    """Run one case with the names it asks for taken from `namespace`; every way it can end becomes an `Outcome`.

    Only OutOfTime and an interruption from outside come through. What the case's module holds is put back afterwards,
    should the code under test have changed it. seed: of the libraries' own random numbers (`autograder.cases.seeds`).
    """
    for name in case.parameters:
        if name not in namespace:
            return Outcome(outcome.MISSING, missing=name)
    if is_unwritten(namespace.get(exercise)):
        return Outcome(outcome.NOT_RUN, unwritten=True)
    printed = CappedText()
    started = perf_counter()
    watch = forbidden.Watch(case.forbids, case.function) if case.forbids else None
    try:
        with _put_back(case.function.__globals__), _captured(printed), seeds.seeded(seed):
            with watch.over() if watch else contextlib.nullcontext():
                value = case.function(*(namespace[name] for name in case.parameters))
            unfinished = has_placeholder(namespace.get(exercise))
            result = Outcome(outcome.RETURNED, value=wire.plain(value), unwritten=unfinished)
    except BaseException as error:
        if isinstance(error, OutOfTime) or (isinstance(error, KeyboardInterrupt) and not _raised_on_purpose(error)):
            raise
        result = failure(error, case.function.__code__.co_filename)
        result = replace(result, unwritten=bool(result.error and result.error.unwritten == exercise))
    seen = watch.seen if watch else ""
    return replace(result, forbidden=seen, printed=printed.text(), seconds=perf_counter() - started)


def run_cases(
    cases: Iterable[Case], exercise: str, namespace: Mapping[str, Any], seed: int = seeds.USUAL
) -> dict[str, Outcome]:
    """Run several cases one after the other, by name."""
    return {case.name: run_case(case, exercise, namespace, seed) for case in cases}


def failure(error: BaseException, case_file: str = "") -> Outcome:
    """What came of code that stopped with this error."""
    if isinstance(error, MemoryError):
        return Outcome(outcome.MEMORY)
    raised = describe_error(error, case_file)
    if raised.type_name == "RuntimeError" and "can't allocate memory" in raised.message:  # torch's own way to say so
        return Outcome(outcome.MEMORY)
    return Outcome(outcome.RAISED, error=raised)


def describe_error(error: BaseException, case_file: str = "") -> Raised:
    """An exception with the learner's frames only: ours, the case's and those of installed libraries are left out."""
    walked = traceback.walk_tb(error.__traceback__)
    frames = [_frame(frame, line) for frame, line in walked if _is_learners(frame.f_code.co_filename, case_file)]
    kind = type.__getattribute__(type(error), "__name__")
    try:
        message = "".join(traceback.format_exception_only(type(error), error)).strip()
    except Exception:  # it takes an exception made on purpose for this
        message = f"{kind}, whose text can't be shown"
    if isinstance(error, SyntaxError):
        frames.append(Frame("", error.lineno or 0, (error.text or "").strip()))
        message = f"{kind}: {error.msg}"
    message = re.sub(rf"^[\w.]*\b(?={re.escape(kind)}\b)", "", message)  # numpy.exceptions.AxisError → AxisError
    return Raised(kind, clean(message[:600]), tuple(frames[-6:]), refused_by(error))


def _raised_on_purpose(error: BaseException) -> bool:
    """Whether an exception comes from a `raise`, not from outside while something else was being done."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step is not None and dis.opname[step.tb_frame.f_code.co_code[step.tb_lasti]] == "RAISE_VARARGS"


class CappedText(io.TextIOBase):
    """Stands for stdout and stderr: keeps the first characters of what is printed and counts the rest."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not issubclass(type(text), str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        text = str.__str__(text)  # whatever a subclass makes of its own slices and length
        if self._size < MAX_PRINTED:
            self._kept.append(text[: MAX_PRINTED - self._size])
        self._size += len(text)
        return len(text)

    def text(self) -> str:
        """What was kept, and how much wasn't."""
        more = self._size - MAX_PRINTED
        return clean("".join(self._kept)) + (f"\n… and {more:,} characters more" if more > 0 else "")


@contextlib.contextmanager
def _captured(printed: CappedText) -> Iterator[None]:
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield


@contextlib.contextmanager
def _put_back(shared: dict[str, Any]) -> Iterator[None]:
    """Keep the data that cases share as it was, whatever the code under test does to it."""
    kept = {
        name: deepcopy(value)
        for name, value in shared.items()
        if name[:2] != "__" and _is_data(type(value))  # type: ignore[arg-type]  # every class can be hashed
    }
    try:
        yield
    finally:
        shared.update(kept)


@functools.lru_cache(maxsize=4096)
def _is_data(kind: type) -> bool:
    torch = sys.modules.get("torch")
    if issubclass(kind, (np.ndarray, list, tuple, dict, set, *((torch.Tensor,) if torch else ()))):
        return True
    return is_dataclass(kind) and not issubclass(kind, type | Exercise)


def _is_learners(filename: str, case_file: str) -> bool:
    if filename == case_file or filename.startswith((_OURS, _STANDARD_LIBRARY, "<frozen")):
        return False
    return not ("site-packages" in filename or "dist-packages" in filename)


def _frame(frame: types.FrameType, line: int) -> Frame:
    source = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
    name = frame.f_code.co_name
    in_cell = name == "<module>" or name.startswith("<cell line")
    return Frame("" if in_cell else clean(name), line, clean(source[:300]))
