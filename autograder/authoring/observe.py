"""What a case may want to see besides the result: warnings, and whether inputs were changed."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.authoring.compare import same
from autograder.core.wire import plain


def with_warnings(function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """Call the function and note what it warned of: {"result": …, "warnings": "overflow encountered in exp"}.

    NumPy's floating-point warnings are on; the texts are sorted, each is there once; without any it is "none".
    """
    with warnings.catch_warnings(record=True) as caught, np.errstate(over="warn", invalid="warn", divide="warn"):
        warnings.simplefilter("always")
        result = function(*arguments)
    return {"result": result, "warnings": "; ".join(sorted({str(warning.message) for warning in caught})) or "none"}


def with_inputs(function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """Call the function and note whether it changed its arguments: {"result": …, "inputs": "unchanged"}."""
    before = copy.deepcopy(arguments)
    result = function(*arguments)
    pairs = zip(before, arguments, strict=True)
    unchanged = all(same(plain(a), plain(b)) for a, b in pairs if not callable(a))
    return {"result": copy.deepcopy(result), "inputs": "unchanged" if unchanged else "changed"}


def inputs_after(function: Callable[..., Any], *arguments: Any) -> str:
    """Call the function and say only what became of its arguments: "unchanged" or "changed"."""
    return with_inputs(function, *arguments)["inputs"]
