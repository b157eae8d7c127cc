"""Comparing what a learner's code returned with what it should have returned, and saying how they differ.

Both sides are plain data (`autograder.core.wire`): None, bool, int, float, str, lists, tuples, dicts, NumPy arrays and
scalars, `Tensor`, `Opaque`. A comparison returns None when they agree, else the first `Difference`.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.core.text import clean
from autograder.core.wire import Opaque, Tensor


@dataclass(frozen=True)
class Difference:
    """The first thing that differs.

    kind: "type", "shape", "structure" or "value"; where: the path inside the result, such as "[1]“AND”", "" for the
    whole; text: one or two sentences for the learner; got, expected: the two values there, for a picture or table.
    """

    kind: str
    where: str
    text: str
    got: Any = None
    expected: Any = None


Compare = Callable[[Any, Any], "Difference | None"]


def close(rtol: float = 1e-6, atol: float = 1e-9) -> Compare:
    """Equal up to rounding: |got − expected| ≤ atol + rtol·|expected|, elementwise; float32 gets 1e-4 and 1e-6.

    Lists and tuples are interchangeable, so are a float, a NumPy float and a 0-d array; NaN equals NaN only.
    """
    return lambda got, expected: _compare(got, expected, rtol, atol, "")


def exactly() -> Compare:
    """The same value to the last bit."""
    return close(0.0, 0.0)


def at_least(minimum: float, what: str) -> Compare:
    """A number that must reach `minimum`, such as an accuracy; the reference's own number doesn't matter."""
    return between(minimum, float("inf"), what)


def between(low: float, high: float, what: str) -> Compare:
    """A number from `low` to `high` (inclusive); `what` names it for the learner.

    When the case returns a dict, the entry called `what` is judged; the others only help to recognise mistakes. An
    entry "problem" is a sentence that says why there is no such number.
    """

    def judge(got: Any, expected: Any) -> Difference | None:
        if isinstance(got, dict):
            if "problem" in got:
                return Difference("structure", "", str(got["problem"]), got)
            got = got.get(what)
        number = _number(got.array if isinstance(got, Tensor) else got)
        if number is None:
            return Difference("type", "", f"The {what} should be a number, got {describe(got)}.", got)
        if low <= number <= high:
            return None
        wanted = f"at least {low:g}" if high == float("inf") else f"between {low:g} and {high:g}"
        return Difference("value", "", f"The {what} is {number:.4g}; it should be {wanted}.", got, None)

    return judge


def same(left: Any, right: Any) -> bool:
    """Whether two results are equal up to rounding (used to recognise a known mistake).

    Here, and only here, two values that are no data agree when their types have the same name.
    """
    return _compare(_legible(left), _legible(right), 1e-6, 1e-9, "") is None


def form(got: Any, expected: Any, where: str = "") -> Difference | None:
    """The first difference in type, shape or structure, whatever the values are; None where there is none."""
    if isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys():
        return next((d for key in expected if (d := form(got[key], expected[key], f"{where}{_step(key)}"))), None)
    if isinstance(got, list | tuple) and isinstance(expected, list | tuple) and len(got) == len(expected):
        pairs = enumerate(zip(got, expected, strict=True))
        return next((d for index, (g, e) in pairs if (d := form(g, e, f"{where}[{index}]"))), None)
    difference = _compare(got, expected, 1e-6, 1e-9, where)
    return None if difference is None or difference.kind == "value" else difference


def describe(value: Any) -> str:
    """A value in a few words, for a sentence."""
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        name = clean(value.type_name)
        return name if " " in name else f"an object of type {name}"
    if isinstance(value, Tensor):
        shape = value.array.shape
        return f"a tensor of shape {shape}" if shape else f"a tensor holding the number {show(value.array[()])}"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        value = value[()]
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | float | complex | np.generic):
        return f"the number {show(value)}"
    if isinstance(value, str):
        return f"“{clean(value[:100])}”"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {_items(len(value))}"
    return f"a dict of {len(value)} {'entry' if len(value) == 1 else 'entries'}"


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def show(number: Any) -> str:
    """A number as a learner would write it."""
    if isinstance(number, bool | np.bool_):
        return str(bool(number))
    if isinstance(number, complex | np.complexfloating):
        return f"{number:.6g}"
    if isinstance(number, int | np.integer):
        return str(int(number))
    return f"{float(number):.6g}"


def _legible(value: Any) -> Any:
    """The same with a text in place of everything that is no data."""
    if isinstance(value, Opaque):
        return f"<{value.type_name}>"
    if isinstance(value, list | tuple):
        return [_legible(item) for item in value]
    return {key: _legible(item) for key, item in value.items()} if isinstance(value, dict) else value


def _compare(got: Any, expected: Any, rtol: float, atol: float, where: str) -> Difference | None:
    if isinstance(expected, Opaque):
        raise ValueError(f"the reference returned no plain data but {expected.type_name!r}")
    if isinstance(expected, dict):
        return _dicts(got, expected, rtol, atol, where)
    if isinstance(expected, list | tuple):
        return _sequences(got, expected, rtol, atol, where)
    if expected is None or isinstance(expected, str | bool | np.bool_):
        return _atoms(got, expected, where)
    return _numbers(got, expected, rtol, atol, where)


def _atoms(got: Any, expected: Any, where: str) -> Difference | None:
    if isinstance(expected, bool | np.bool_):
        if isinstance(got, np.ndarray) and got.shape == ():
            got = got[()]
        if isinstance(got, bool | np.bool_):
            if bool(got) == bool(expected):
                return None
            return Difference("value", where, f"{_at(where)}is {bool(got)}, expected {bool(expected)}.", got, expected)
    elif type(got) is type(expected):
        if got == expected:
            return None
        text = f"{_at(where)}is {describe(got)}, expected {describe(expected)}."
        return Difference("value", where, text, got, expected)
    return _wrong_type(got, expected, where)


def _dicts(got: Any, expected: dict, rtol: float, atol: float, where: str) -> Difference | None:
    if not isinstance(got, dict):
        return _wrong_type(got, expected, where)
    for key in expected:
        if key not in got:
            have = ", ".join(repr(k) for k in list(got)[:8]) or "none"
            return Difference("structure", where, f"{_at(where)}has no entry {key!r} (entries: {have}).", got, expected)
    for key in got:
        if key not in expected:
            return Difference("structure", where, f"{_at(where)}has an entry too many: {key!r}.", got, expected)
    pairs = ((got[key], expected[key], f"{where}{_step(key)}") for key in expected)
    return next((d for g, e, w in pairs if (d := _compare(g, e, rtol, atol, w))), None)


def _sequences(got: Any, expected: list | tuple, rtol: float, atol: float, where: str) -> Difference | None:
    is_row = isinstance(got, np.ndarray) and got.ndim and all(_number(item) is not None for item in expected)
    if not is_row and not isinstance(got, list | tuple):
        return _wrong_type(got, expected, where)
    if len(got) != len(expected):
        text = f"{_at(where)}has {_items(len(got))}, expected {len(expected)}."
        return Difference("structure", where, text, got, expected)
    pairs = ((g, e, f"{where}[{i}]") for i, (g, e) in enumerate(zip(got, expected, strict=True)))
    return next((d for g, e, w in pairs if (d := _compare(g, e, rtol, atol, w))), None)


def _numbers(got: Any, expected: Any, rtol: float, atol: float, where: str) -> Difference | None:
    if isinstance(expected, Tensor) != isinstance(got, Tensor):
        return _wrong_type(got, expected, where)
    whole = isinstance(got, int) and isinstance(expected, int)
    right = expected.array if isinstance(expected, Tensor) else _array(expected, whole)
    if isinstance(got, Tensor):
        left = got.array
    elif isinstance(got, np.ndarray | np.generic | numbers.Number):
        left = _array(got, whole)
    elif isinstance(got, list | tuple) and right.ndim and (array := _as_array(got)) is not None:
        left = array
    else:
        return _wrong_type(got, expected, where)
    if left.shape != right.shape:
        return _wrong_shape(left, right, where)
    if left.dtype.kind == "b" and right.dtype.kind != "b":
        if left.ndim == 0:
            return _wrong_type(left, right, where)
        text = f"{_at(where)}holds True and False, expected numbers."
        return Difference("type", where, text, left, right)
    if np.float32 in (left.dtype, right.dtype) and rtol:
        rtol, atol = max(rtol, 1e-4), max(atol, 1e-6)
    agree = _agree(left, right, rtol, atol)
    return None if agree.all() else _wrong_value(left, right, agree, where)


def _agree(left: np.ndarray, right: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Entry by entry; without a tolerance nothing is rounded, not even a whole number beyond 2⁵³."""
    with np.errstate(all="ignore"):
        same = np.asarray(left == right)
        if same.all():  # the usual case, and much quicker than what follows
            return same
        if object in (left.dtype, right.dtype) or not (rtol or atol):
            return np.asarray((left == right) | ((left != left) & (right != right)))
        return np.asarray(np.isclose(left, right, rtol=rtol, atol=atol, equal_nan=True))


def _wrong_value(left: np.ndarray, right: np.ndarray, agree: np.ndarray, where: str) -> Difference:
    index = tuple(int(i) for i in np.argwhere(~agree)[0]) if left.ndim else ()
    entry = f"[{', '.join(map(str, index))}]" if left.ndim else ""
    got, expected = show(left[index]), show(right[index])
    if got == expected:  # they differ in a digit that isn't usually shown
        got, expected = str(left[index]), str(right[index])
    text = f"{_at(where + entry)}is {got}, expected {expected}."
    wrong = int((~agree).sum())
    if agree.size > 1:
        text += f" ({wrong} of {agree.size} numbers differ{'s' if wrong == 1 else ''}.)"
    if left.ndim == 2 and left.shape == right.T.shape and _agree(left, right.T, 1e-6, 1e-9).all():
        text += " It looks transposed."
    elif not _is_finite(left[index]) and _is_finite(right[index]):
        text += " A number went beyond what a float can hold, or 0/0 was computed."
    return Difference("value", where, text, left, right)


def _is_finite(number: Any) -> bool:
    return isinstance(number, int) or bool(np.isfinite(number))


def _wrong_shape(left: np.ndarray, right: np.ndarray, where: str) -> Difference:
    got = f"has shape {left.shape}" if left.ndim else "is a single number"
    expected = f"shape {right.shape}" if right.ndim else "a single number"
    text = f"{_at(where)}{got}, expected {expected}."
    if left.shape == right.shape[::-1] and left.ndim > 1:
        text += " It looks transposed."
    elif left.size == right.size:
        text += " The numbers are as many as expected, but arranged differently."
    return Difference("shape", where, text, left, right)


def _wrong_type(got: Any, expected: Any, where: str) -> Difference:
    text = f"{_at(where)}is {describe(got)}, expected {describe(expected)}."
    if got is None:
        text += " Is there a `return`?"
    return Difference("type", where, text, got, expected)


def _step(key: Any) -> str:
    """A dictionary's key as part of a path."""
    return f"“{key}”" if isinstance(key, str) else f"[{key!r}]"


def _at(where: str) -> str:
    if not where:
        return "The result "
    return f"The result for {where} " if where.startswith("“") else f"The result at {where} "


def _number(value: Any) -> float | None:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_ | complex | np.complexfloating):
        return None
    if isinstance(value, int | np.integer):
        return int(value)
    return float(value) if isinstance(value, float | np.floating) else None


def _array(number: Any, whole: bool) -> np.ndarray:
    """A number or array as an array. An integer that no NumPy type holds stays one if `whole`, else becomes a float."""
    if not isinstance(number, int) or number.bit_length() < 64:
        return np.asarray(number)
    if whole:
        return np.asarray(number, dtype=object)
    if number.bit_length() < 1024:
        return np.asarray(float(number))
    return np.asarray(np.inf if number > 0 else -np.inf)


def _as_array(items: list | tuple) -> np.ndarray | None:
    """A nested list of numbers as an array; None when it isn't rectangular."""
    try:
        array = np.array(items)
    except (ValueError, OverflowError):
        return None
    return array if array.dtype.kind in "biufc" else None
