"""Running cases against a namespace: the same few lines in the notebook, in the build and in the sandbox."""

from __future__ import annotations

import contextlib
import dis
import io
import linecache
import os
import time
import traceback
import types
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from autograder import outcome, wire
from autograder.exercise import Case
from autograder.outcome import Frame, Outcome, Raised

MAX_PRINTED = 2_000
_OURS = os.path.dirname(os.path.abspath(__file__))


def run_case(case: Case, exercise: str, namespace: Mapping[str, Any]) -> Outcome:
    """Run one case with the names it asks for taken from `namespace`; every way it can end becomes an `Outcome`."""
    for name in case.parameters:
        if name not in namespace:
            return Outcome(outcome.MISSING, missing=name)
    if is_unwritten(namespace.get(exercise)):
        return Outcome(outcome.NOT_RUN, unwritten=True)
    printed = _Printed()
    started = time.perf_counter()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            value = case.function(*(namespace[name] for name in case.parameters))
        result = Outcome(outcome.RETURNED, value=wire.plain(value))
    except MemoryError:
        result = Outcome(outcome.MEMORY)
    except (Exception, SystemExit) as error:
        raised = describe_error(error, case.function.__code__.co_filename)
        result = Outcome(outcome.RAISED, error=raised, unwritten=raised.unwritten == exercise)
    return replace(result, printed=printed.text(), seconds=time.perf_counter() - started)


def run_cases(cases: Iterable[Case], exercise: str, namespace: Mapping[str, Any]) -> dict[str, Outcome]:
    """Run several cases one after the other, by name."""
    return {case.name: run_case(case, exercise, namespace) for case in cases}


def is_unwritten(value: Any) -> bool:
    """Whether this is still the stub: the value `...`, or a function that does nothing but refuse, pass or `...`."""
    if value is Ellipsis:
        return True
    code = getattr(value, "__code__", None)
    if type(value) is not types.FunctionType or code is None:
        return False
    return _is_stub(code)


def describe_error(error: BaseException, case_file: str = "") -> Raised:
    """An exception with the learner's frames only: ours, the case's and those of installed libraries are left out."""
    walked = traceback.walk_tb(error.__traceback__)
    frames = [_frame(frame, line) for frame, line in walked if _is_learners(frame.f_code.co_filename, case_file)]
    unwritten = None
    if type(error) is NotImplementedError and frames:
        unwritten = frames[-1].function
    message = "".join(traceback.format_exception_only(type(error), error)).strip()
    if isinstance(error, SyntaxError):
        frames.append(Frame("", error.lineno or 0, (error.text or "").strip()))
        message = f"SyntaxError: {error.msg}"
    return Raised(type(error).__name__, message.removeprefix("numpy.")[:600], tuple(frames[-6:]), unwritten)


class _Printed(io.TextIOBase):
    """Keeps the first characters of what is printed and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._size = 0

    def write(self, text: str) -> int:
        if self._size < MAX_PRINTED:
            self._kept.append(text[: MAX_PRINTED - self._size])
        self._size += len(text)
        return len(text)

    def text(self) -> str:
        more = self._size - MAX_PRINTED
        return "".join(self._kept) + (f"\n… and {more:,} characters more" if more > 0 else "")


def _is_learners(filename: str, case_file: str) -> bool:
    if filename == case_file or filename.startswith(_OURS):
        return False
    return not ("site-packages" in filename or filename.startswith("<frozen") or _is_library(filename))


def _is_library(filename: str) -> bool:
    return filename.startswith(os.path.dirname(os.__file__))


def _frame(frame: types.FrameType, line: int) -> Frame:
    source = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
    return Frame(frame.f_code.co_name, line, source)


_TRIVIAL = frozenset({"RESUME", "RETURN_CONST", "RETURN_VALUE", "LOAD_CONST", "NOP", "POP_TOP", "COPY_FREE_VARS"})
_REFUSING = _TRIVIAL | {"LOAD_GLOBAL", "CALL", "PRECALL", "RAISE_VARARGS", "PUSH_NULL", "CACHE", "LOAD_COMMON_CONSTANT"}


def _is_stub(code: types.CodeType) -> bool:
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("RESUME", "NOP", "CACHE")]
    names = {step.opname for step in steps}
    if names <= _TRIVIAL:
        return all(step.argval in (None, Ellipsis) for step in steps if "CONST" in step.opname)
    return names <= _REFUSING and set(code.co_names) == {"NotImplementedError"}
