"""Telling an exercise that isn't written yet from one that is."""

from __future__ import annotations

import dis
import types
from typing import Any


def is_unwritten(value: Any) -> bool:
    """Whether this is still the stub: the value `...`, or a function that does nothing but refuse, pass or `...`."""
    if value is Ellipsis:
        return True
    return type(value) is types.FunctionType and _is_stub(value.__code__)


def refused_by(error: BaseException) -> str | None:
    """The outermost name (function or class) whose own code says `raise NotImplementedError`; None for other errors."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if type(error) is not NotImplementedError or step is None:
        return None
    code = step.tb_frame.f_code
    raised_here = dis.opname[code.co_code[step.tb_lasti]] == "RAISE_VARARGS"  # a library's refusal isn't a placeholder
    return code.co_qualname.split(".")[0] if raised_here else None


# Names of Python's instructions, from 3.11 on.
_NOTHING = frozenset({"RESUME", "NOP", "CACHE", "COPY_FREE_VARS", "POP_TOP", "RETURN_VALUE"})
_CONSTANT = frozenset({"LOAD_CONST", "RETURN_CONST"})
_REFUSING = _NOTHING | _CONSTANT | {"LOAD_GLOBAL", "PUSH_NULL", "PRECALL", "CALL", "RAISE_VARARGS"}


def _is_stub(code: types.CodeType) -> bool:
    steps = list(dis.get_instructions(code))
    names = {step.opname for step in steps}
    if names <= _NOTHING | _CONSTANT:
        return all(step.argval is None or step.argval is Ellipsis for step in steps if step.opname in _CONSTANT)
    return names <= _REFUSING and set(code.co_names) == {"NotImplementedError"}
