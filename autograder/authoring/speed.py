"""How fast an answer is, beside something else timed in the same place: a case that measures, and its judge.

A cache makes anything look fast that is asked the same question again. So each timed call gets a question that nobody
could know before: a mix, by fresh random numbers, of arrays whose results the reference has. Where the function is
affine in its argument (a convolution, a dense layer), the same mix of those results is the right one, and so the value
of every timed call is judged outside, with the times.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from autograder.authoring.compare import Compare, Difference
from autograder.authoring.inputs import inputs
from autograder.core.wire import plain

FEWEST, LONGEST = 3, 0.3  # calls; seconds after which no other call is begun
_SUMS = 4  # numbers that stand for one result
_TOLERANCE = 1e-4  # of the largest: some answers compute in float32

_draw = random.SystemRandom().uniform


def timed_in_turns(
    function: Callable[[Any], Any],
    arrays: Sequence[np.ndarray],
    other: Callable[[], Any],
    enough: float,
    times: float = 1,
    clock: Callable[[], float] = perf_counter,
    draw: Callable[[float, float], float] = _draw,
) -> dict[str, Any]:
    """Time calls of `function` with fresh arguments, and `other` before each of them, in turns.

    function: affine in its one argument, f(a·x + (1 − a)·y) = a·f(x) + (1 − a)·f(y). arrays: at least two of one shape,
    of which fresh ones are mixed. It ends after some calls as soon as the quickest one took less than a share
    1 / `enough` of the quickest of `other`: one undisturbed call is enough, on a machine however busy. times: what is
    compared takes so many times as long as `other`. clock, draw: no argument of a case, but bound here before any code
    of a learner runs.

    Returns what the judge `times_as_fast` asks for: "seconds" (calls, 2) of other and function, "mixes" (calls,
    arrays), "sums" of the calls' results and "of the arrays" of those of the arrays themselves.
    """
    known = [_sums(function(array.copy())) for array in arrays]
    seconds: list[tuple[float, float]] = []
    mixes: list[list[float]] = []
    sums: list[list[float] | None] = []
    end = clock() + LONGEST
    while len(seconds) < FEWEST or (clock() < end and not _reaches(np.array(seconds), enough)):
        shares = [draw(-1.0, 1.0) for _ in arrays[1:]]
        shares.append(1.0 - sum(shares))
        mixed = sum(share * array for share, array in zip(shares, arrays, strict=True))
        started = clock()
        other()
        between = clock()
        result = function(mixed)
        ended = clock()
        seconds.append((times * (between - started), ended - between))
        mixes.append(shares)
        sums.append(_sums(result))
    return {"seconds": np.array(seconds), "mixes": np.array(mixes), "sums": sums, "of the arrays": known}


def times_as_fast(enough: float, than: str) -> Compare:
    """Every timed call was right, and the quickest took less than 1 / `enough` of the quickest of the other's.

    than: what the other is, for the learner: "the loops".
    """

    def judge(got: Any, expected: Any) -> Difference | None:
        known = np.array(expected["of the arrays"])
        wrong = Difference("value", "", "For numbers that it hadn't met before, the result of a timed call is wrong.")
        if not isinstance(got, dict) or got.keys() != expected.keys():
            return wrong
        seconds, mixes = _rows(got["seconds"], 2), _rows(got["mixes"], len(known))
        sums, own = _rows(got["sums"], _SUMS), _rows(got["of the arrays"], _SUMS)
        if seconds is None or mixes is None or sums is None or own is None or len(own) != len(known):
            return wrong
        if not FEWEST <= len(sums) == len(mixes) == len(seconds):
            return wrong
        if not _agree(own, known, known) or not _agree(sums, mixes @ known, known):
            return wrong
        if _reaches(seconds, enough):
            return None
        text = f"It is {_ratio(seconds):.2g} times as fast as {than}; it should be at least {enough:g} times as fast."
        return Difference("value", "", text)

    judge.by_property = judge.is_measured = True  # type: ignore[attr-defined]
    return judge


def _sums(result: Any) -> list[float] | None:
    """A few weighted sums of a result's own numbers; None where it is no array of numbers."""
    result = plain(result)  # no method of an object that lies about itself is called
    if not isinstance(result, np.ndarray) or result.dtype.kind not in "biuf":
        return None
    weights = inputs(f"sums {result.shape}", (_SUMS, result.size))
    return (weights @ result.reshape(-1).astype(float)).tolist()


def _rows(value: Any, width: int) -> np.ndarray | None:
    try:
        array = np.array(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if array.ndim == 2 and array.shape[1] == width else None


def _agree(left: np.ndarray, right: np.ndarray, scale: np.ndarray) -> bool:
    return bool(np.all(np.abs(left - right) <= _TOLERANCE * np.abs(scale).max()))


def _reaches(seconds: np.ndarray, enough: float) -> bool:
    return bool(_ratio(seconds) > enough)


def _ratio(seconds: np.ndarray) -> float:
    other, own = seconds.min(axis=0)
    return float(other / max(own, 1e-9))
