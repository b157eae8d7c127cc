"""The verdict: from what came of the cases to what a learner is told and how many points it is worth.

Fail-closed: a case counts only when its result was positively compared with the expected one.
"""

from __future__ import annotations

import builtins
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from autograder.authoring.compare import Difference, describe, form, same
from autograder.authoring.exercise import AuthoringError, Case, Exercise
from autograder.cases import forbidden as forbidden_functions
from autograder.cases import operators
from autograder.core import outcome, wire
from autograder.core.outcome import Outcome
from autograder.judging import answer_key
from autograder.judging.advice import advice
from autograder.judging.answer_key import AnswerKey, Fingerprint
from autograder.judging.cell_endings import says

PASSED, FAILED, ERROR, NOT_ATTEMPTED, MISSING = "PASSED", "FAILED", "ERROR", "NOT_ATTEMPTED", "MISSING"
TIMEOUT, MEMORY, CRASHED, SKIPPED = "TIMEOUT", "MEMORY", "CRASHED", "SKIPPED"
NOT_RUN = "NOT_RUN"  # in a notebook alone: what stands in the cell hasn't run, so nothing is judged

_ENDINGS = {outcome.TIMEOUT: TIMEOUT, outcome.MEMORY: MEMORY, outcome.CRASHED: CRASHED, outcome.RAISED: ERROR}
_WORST_FIRST = (TIMEOUT, MEMORY, CRASHED, ERROR, FAILED, SKIPPED)


class JudgeFailed(AuthoringError):
    """What an author wrote as `judge=` raised an exception: no verdict on anybody's answer."""

    def __init__(self, exercise: str, case: str, error: Exception) -> None:
        trace = error.__traceback__ and error.__traceback__.tb_next  # from the author's own line on
        lines = "".join(traceback.format_exception(type(error), error, trace)).strip()
        super().__init__(f"{exercise}: the judge of the case {case!r} fails.\n{lines}")
        self.exercise, self.case = exercise, case


@dataclass(frozen=True)
class CaseResult:
    """One case: its verdict, and what is needed to explain it."""

    exercise: str
    case: Case
    verdict: str
    outcome: Outcome
    difference: Difference | None = None

    @property
    def text(self) -> str:
        """What went wrong, in a sentence or two; empty when nothing did. Of a held-out case it says no value."""
        if self.outcome.forbidden:
            return _calls(self.outcome.forbidden)
        if self.difference:
            if self.case.held_out:
                return _held_out_text(self.difference)
            return self.difference.text if self.case.reveals else "The answer is another one."
        if self.verdict == ERROR and (refused := wire.refusal(self.outcome.value)):
            return _refused_text(refused, self.case.held_out)
        if self.outcome.error:
            if self.case.held_out:
                return _held_out_error(self.outcome)
            return _error_text(self.outcome, self.exercise)
        if self.verdict == TIMEOUT:
            return f"It did not finish {outcome.within(self.outcome)}: is there a loop that never ends, or much to do?"
        return _ENDING_TEXTS.get(self.verdict, "")


@dataclass(frozen=True)
class PartResult:
    """A part of an exercise that earns points of its own."""

    name: str
    points: float
    max_points: float
    passed: bool


@dataclass(frozen=True)
class Result:
    """An exercise judged. mistake: the name of the recognised mistake; diagnosis: its message."""

    exercise: Exercise
    verdict: str
    points: float
    message: str
    cases: tuple[CaseResult, ...] = ()
    parts: tuple[PartResult, ...] = ()
    mistake: str | None = None
    diagnosis: str = ""
    first_see: str = ""

    @property
    def name(self) -> str:
        return self.exercise.name

    @property
    def max_points(self) -> float:
        return self.exercise.points

    @property
    def main(self) -> CaseResult | None:
        """The failed case that says most about the cause."""
        failed = [result for result in self.cases if result.verdict != PASSED]
        return min(failed, key=_rank, default=None)

    def to_json(self) -> dict[str, Any]:
        """The documented form of `autograder check --json`."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "points": self.points,
            "max_points": self.max_points,
            "mistake": self.mistake,
            "message": self.message,
            "cases": [{"name": c.case.name, "verdict": c.verdict, "held_out": c.case.held_out} for c in self.cases],
            "parts": [asdict(part) for part in self.parts],
        }


def judge(exercise: Exercise, cases: list[Case], outcomes: Mapping[str, Outcome], answer: AnswerKey) -> Result:
    """Judge one exercise from what came of `cases` (all of them must be in `outcomes` and `answer`).

    Raises JudgeFailed where an author's own judge is at fault.
    """
    if absent := next((o.missing for o in outcomes.values() if o.kind == outcome.MISSING), ""):
        return _missing(exercise, cases, outcomes, absent)
    if any(o.unwritten for o in outcomes.values()) and not any(o.kind == outcome.RETURNED for o in outcomes.values()):
        return _not_written(exercise, cases, outcomes, "isn't written yet: replace the placeholder in the cell above")
    results = _judge_cases(exercise, cases, outcomes, answer)
    if called := next((outcomes[case.name].forbidden for case in cases if outcomes[case.name].forbidden), ""):
        return _uses_forbidden(Result(exercise, FAILED, 0, "", results), _calls(called))
    parts = _parts(exercise, results)
    points = sum(part.points for part in parts)
    failed = [result for result in results if result.verdict != PASSED]
    if not failed:
        return Result(exercise, PASSED, exercise.points, "Correct.", results, parts)
    if not points and all(got.unwritten for got in outcomes.values()) and not any(map(_is_wrong, failed)):
        return _not_written(exercise, cases, outcomes, "isn't finished yet: replace the placeholder left in its cell")
    verdict = min((result.verdict for result in failed), key=_WORST_FIRST.index)
    known = recognise(results, answer)
    needed = _unwritten_elsewhere(exercise, failed)
    result = Result(
        exercise,
        verdict,
        points,
        "",
        results,
        parts,
        known.name if known else None,
        known.message if known else "",
        needed,
    )
    return _with_message(result)


def _is_wrong(result: CaseResult) -> bool:
    """Whether a case failed by more than a placeholder that is left."""
    return result.outcome.kind == outcome.RETURNED and result.verdict != SKIPPED


def _not_written(exercise: Exercise, cases: list[Case], outcomes: Mapping[str, Outcome], text: str) -> Result:
    """Nothing is earned, and what fails is the placeholder; of a class some methods may have been given."""
    results = tuple(CaseResult(exercise.name, case, NOT_ATTEMPTED, outcomes[case.name]) for case in cases)
    message = f"`{exercise.name}` {text} with your code, run that cell, then this one."
    return Result(exercise, NOT_ATTEMPTED, 0, message, results, _parts(exercise, results))


def is_settled(exercise: Exercise, cases: list[Case], outcomes: Mapping[str, Outcome], answer: AnswerKey) -> bool:
    """Whether it is certain that these outcomes are the learner's own, whatever else ran in the same process before.

    So it is when they are all right, when they are those of a known mistake, and when there is nothing to run.
    """
    nothing = (
        got.kind == outcome.MISSING or (got.unwritten and got.kind != outcome.RETURNED) for got in outcomes.values()
    )
    if all(nothing):
        return True
    results = _judge_cases(exercise, cases, outcomes, answer)
    if all(result.verdict == PASSED for result in results):
        return True
    return all(got.kind == outcome.RETURNED for got in outcomes.values()) and recognise(results, answer) is not None


def is_right(exercise: Exercise, case: Case, got: Outcome, answer: AnswerKey) -> bool:
    """Whether one case passes, looked at by itself."""
    (result,) = _judge_cases(exercise, [case], {case.name: got}, answer)
    return result.verdict == PASSED


def _uses_forbidden(result: Result, found: str) -> Result:
    """What the result becomes when the answer calls a function that the exercise forbids. found: a sentence."""
    exercise = result.exercise
    wanted = exercise.instead or f"Write `{exercise.name}` yourself: that is what this exercise is about."
    parts = tuple(PartResult(name, 0, worth, False) for name, worth in exercise.parts.items())
    return Result(
        exercise, FAILED, 0, f"{found} {wanted}", result.cases, parts, forbidden_functions.MISTAKE, f"{found} {wanted}"
    )


def _calls(name: str) -> str:
    """What was seen of a forbidden function, as a sentence."""
    if name in forbidden_functions.EVASIONS:
        return f"Your code calls `{name}`, by which this exercise's check would no longer see what it calls."
    if name == operators.GRADIENTS:
        return "Your code has PyTorch work out gradients, which this exercise doesn't allow."
    if "::" in name:
        return f"Your code has PyTorch run `{name.rpartition('::')[2]}`, which this exercise doesn't allow."
    return f"Your code calls `{name}`, which this exercise doesn't allow."


def after_needs(result: Result, others: Mapping[str, Result]) -> Result:
    """Send the learner first to an exercise that this one calls and that isn't right itself."""
    done = result.verdict in (PASSED, NOT_ATTEMPTED, MISSING) or result.mistake == forbidden_functions.MISTAKE
    if done or result.first_see:
        return result
    wrong = next((n for n in result.exercise.needs if n in others and others[n].verdict != PASSED), "")
    if not wrong:
        return result
    return _with_message(replace(result, first_see=wrong))


def in_a_notebook(result: Result, cell: Outcome | None, has_code: bool) -> Result:
    """Where a whole notebook was run from the top and an exercise is missing in it, what that came of.

    cell: how the exercise's own cell ended, if badly. has_code: whether the notebook has any code at all.
    """
    if result.verdict != MISSING:
        return result
    name = result.name
    if not has_code:
        text = f"There is no code in this notebook, so `{name}` counts as not attempted."
        return replace(result, verdict=NOT_ATTEMPTED, message=text)
    if cell is None:
        text = f"`{name}` isn't defined anywhere in the notebook: restore its cell and write your answer there."
        return replace(result, message=text)
    return replace(result, verdict=_ENDINGS[cell.kind], message=f"The cell of `{name}` {says(cell)}")


def recognise(results: tuple[CaseResult, ...], answer: AnswerKey) -> Fingerprint | None:
    """The one known mistake whose results are these; None when none or several fit.

    First over all cases that were run; failing that, over those of the first part that isn't right, since somebody
    who makes this mistake may well not have come to the other parts yet. Where only a property of a result is judged,
    the result of a mistake that was worked out on another machine may be another one: failing all else, having that
    property or not is enough.
    """
    wrong = next(result.case.part for result in results if result.verdict != PASSED)
    there = tuple(result for result in results if result.case.part == wrong)
    for agrees in (_is_same, _is_alike):
        for part in (results, there):
            fitting = [known for known in answer.mistakes if all(agrees(result, known, answer) for result in part)]
            if fitting:
                return fitting[0] if len(fitting) == 1 else None
    return None


def _is_same(result: CaseResult, known: Fingerprint, answer: AnswerKey) -> bool:
    name, got = result.case.name, result.outcome
    if got.kind == outcome.RETURNED:
        if name not in known.values:
            return False
        return same(*(answer_key.meaning(result.case, value) for value in (got.value, known.values[name])))
    return got.kind == outcome.RAISED and known.errors.get(name) == (got.error and got.error.message)


def _is_alike(result: CaseResult, known: Fingerprint, answer: AnswerKey) -> bool:
    case = result.case
    if result.outcome.kind != outcome.RETURNED or not case.by_property or case.name not in known.values:
        return _is_same(result, known, answer)
    has_it = result.verdict == PASSED
    if result.verdict == SKIPPED:  # not looked at yet
        has_it = answer_key.has_property(case, {case.name: result.outcome.value}, answer.expected)
    return answer_key.has_property(case, known.values, answer.expected) == has_it


def _judge_cases(
    exercise: Exercise, cases: list[Case], outcomes: Mapping[str, Outcome], answer: AnswerKey
) -> tuple[CaseResult, ...]:
    results: dict[str, CaseResult] = {}
    for case in cases:
        got = outcomes[case.name]
        failed_before = any(result.verdict != PASSED for result in results.values())
        if got.forbidden:
            results[case.name] = CaseResult(exercise.name, case, FAILED, got)
        elif any(results[name].verdict != PASSED for name in case.after if name in results):
            results[case.name] = CaseResult(exercise.name, case, SKIPPED, got)
        elif got.kind == outcome.RETURNED and wire.refusal(got.value):
            results[case.name] = CaseResult(exercise.name, case, ERROR, got)
        elif got.kind == outcome.RETURNED:
            difference = _difference(exercise, case, got.value, answer.expected[case.name])
            results[case.name] = CaseResult(exercise.name, case, FAILED if difference else PASSED, got, difference)
        elif got.kind == outcome.NOT_RUN and failed_before:
            results[case.name] = CaseResult(exercise.name, case, SKIPPED, got)
        else:
            results[case.name] = CaseResult(exercise.name, case, _ENDINGS.get(got.kind, CRASHED), got)
    return tuple(results.values())


def _difference(exercise: Exercise, case: Case, got: Any, expected: Any) -> Difference | None:
    try:
        return _labelled(case.compare(got, expected), exercise.labels)
    except Exception as error:
        strange = _strange(case, got, expected)
        if strange is None:
            raise JudgeFailed(exercise.name, case.name, error) from error
        return _labelled(strange, exercise.labels)


def _strange(case: Case, got: Any, expected: Any) -> Difference | None:
    """What an author's own judge needn't have been written for; None where it is the judge that is at fault.

    It has to cope with the expected result, and with every other one of the same types, shapes and structure.
    """
    try:
        case.compare(expected, expected)
        return form(got, expected)
    except Exception:
        return None


def _labelled(difference: Difference | None, labels: tuple[str, ...]) -> Difference | None:
    """Where the result has parts with names, "The result at [1]" is called by its name."""
    for index, label in enumerate(labels):
        if difference is not None and difference.where.startswith(f"[{index}]"):
            return replace(difference, text=difference.text.replace(f"The result at [{index}]", f"`{label}`", 1))
    return difference


def _parts(exercise: Exercise, results: tuple[CaseResult, ...]) -> tuple[PartResult, ...]:
    parts: list[PartResult] = []
    core = True
    for name, worth in exercise.parts.items():
        mine = [result.verdict == PASSED for result in results if result.case.part == name]
        passed = bool(mine) and all(mine)
        if not parts and not exercise.independent:
            core = passed
        parts.append(PartResult(name, worth if passed and core else 0, worth, passed))
    return tuple(parts)


def _missing(exercise: Exercise, cases: list[Case], outcomes: Mapping[str, Outcome], absent: str) -> Result:
    results = tuple(CaseResult(exercise.name, case, MISSING, outcomes[case.name]) for case in cases)
    if absent == exercise.name:
        text = f"`{absent}` isn't defined yet: run the cell above that defines it, then this one again."
    else:
        text = f"This check also uses `{absent}`, which isn't defined yet: run the cell that defines it first."
    return Result(exercise, MISSING, 0, text, results, _parts(exercise, results))


def _rank(result: CaseResult) -> tuple[bool, bool, int]:
    """What the learner can see and repeat comes first, then the ladder: crash, type or shape, value."""
    crashed = result.verdict in (TIMEOUT, MEMORY, CRASHED, ERROR)
    step = 0 if crashed else 1 if result.difference and result.difference.kind != "value" else 2
    return result.verdict == SKIPPED, result.case.held_out, step


def _whole(main: CaseResult, exercise: Exercise) -> bool:
    """Whether it is the result as a whole that is wrong, so that saying what it should be helps."""
    return bool(exercise.returns) and main.difference is not None and not main.difference.where


def _with_message(result: Result) -> Result:
    main = result.main
    assert main is not None
    if result.first_see:
        text = f"`{result.name}` calls `{result.first_see}`, which isn't right yet: finish that one first."
    elif result.diagnosis:
        text = result.diagnosis
    else:
        text = main.text
        if main.difference and main.difference.kind in ("type", "shape") and _whole(main, result.exercise):
            text += f" It should be {result.exercise.returns}."
    return replace(result, message=text)


def _unwritten_elsewhere(exercise: Exercise, failed: list[CaseResult]) -> str:
    for result in failed:
        name = result.outcome.error.unwritten if result.outcome.error else None
        if name and name != exercise.name:
            return name
    return ""


def _error_text(got: Outcome, exercise: str) -> str:
    assert got.error is not None
    message, kind = got.error.message, got.error.type_name
    if got.unwritten:
        return "A part of it isn't written yet: the placeholder `raise NotImplementedError()` is still there."
    if kind == "TypeError" and message.endswith("object is not callable") and not got.error.frames:
        return f"{message.removeprefix('TypeError: ')}: `{exercise}` should be a function, written with `def`."
    if kind == "SystemExit":
        return "Your code ends the whole program (exit or quit): return a value instead."
    text = f"Your code stopped with {message}"
    cure = advice(got.error, exercise)
    return f"{text.rstrip('.')}. {cure}" if cure else text


def _refused_text(refused: wire.Opaque, held_out: bool) -> str:
    what = "In a held-out case the result holds something" if held_out else f"The result holds {describe(refused)}"
    cure = " Turn it into a list or an array first." if refused.type_name in _ITERATORS and not held_out else ""
    return (
        f"{what} that can't be taken over.{cure} A result must be numbers, text, arrays or tensors of numbers, or "
        f"lists, tuples and dicts of these, up to {wire.MAX_BYTES // 2**20} MB and {wire.MAX_ITEMS:,} items."
    )


_ITERATORS = frozenset({"generator", "map", "zip", "filter", "enumerate", "list_iterator", "range_iterator"})
_ENDING_TEXTS = {
    MEMORY: "It needed more memory than allowed: is an array much larger than meant?",
    CRASHED: "The Python process died while running it.",
    SKIPPED: "Not looked at: another case must pass first.",
}


def _held_out_text(difference: Difference) -> str:
    wrong = {"type": "is of the wrong type", "shape": "has the wrong shape", "structure": "has the wrong structure"}
    return f"In a held-out case the result {wrong.get(difference.kind, 'is wrong')}."


def _held_out_error(got: Outcome) -> str:
    assert got.error is not None
    kind = getattr(builtins, got.error.type_name, None)  # a name of the learner's own could carry values out
    known = isinstance(kind, type) and issubclass(kind, BaseException)
    return f"In a held-out case your code stopped with {got.error.type_name if known else 'an error'}."
