"""A cell of a notebook that ended badly, in words."""

from __future__ import annotations

from autograder.core import outcome
from autograder.core.outcome import Outcome
from autograder.judging.advice import elsewhere

_BAD = {outcome.RAISED, outcome.TIMEOUT, outcome.MEMORY, outcome.CRASHED}


def is_bad(ending: Outcome) -> bool:
    """Whether a cell raised, hung, used up its memory or crashed."""
    return ending.kind in _BAD


def says(ending: Outcome) -> str:
    """How a cell ended badly, as the end of a sentence that begins with the cell."""
    if ending.error is None:
        return {
            outcome.TIMEOUT: f"did not finish {outcome.within(ending)}: is there a loop that never ends?",
            outcome.MEMORY: "needed more memory than allowed.",
            outcome.CRASHED: "ended the Python process.",
        }[ending.kind]
    last = ending.error.frames[-1] if ending.error.frames else None
    where = f", line {last.line}: {last.source}" if last else ""
    text = f"stopped with {ending.error.message}{where}."
    if ending.error.type_name == "NameError":
        text += " It may work only in your session: restart the kernel, run all cells from the top, and put it right."
    elif cure := elsewhere(ending.error):
        text += f" {cure}"
    return text
