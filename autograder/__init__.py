"""Ground Up's engine: write exercises, check them, grade them.

In a notebook: `check`, `hint`, `solution`, `reset`. In a lesson's checks: `exercise`, the inputs, the comparisons and
the observers below. In a script: `source`, which reads a lesson's text and solutions.

Each name is imported when somebody asks for it: a lesson's kernel loads a module of this package at its start, which
must not take the time of all of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.authoring.accuracy import labels_right
    from autograder.authoring.compare import Difference, at_least, between, close, exactly
    from autograder.authoring.exercise import exercise
    from autograder.authoring.inputs import inputs, integer_inputs, normal_inputs
    from autograder.authoring.observe import inputs_after, with_inputs, with_warnings
    from autograder.authoring.reduced import reduced
    from autograder.authoring.shapes import by_shape, shapes_of
    from autograder.authoring.speed import timed_in_turns, times_as_fast
    from autograder.core.text import clean
    from autograder.learner.session import check, hint, reset, solution
    from autograder.lesson import source

__all__ = [
    "Difference",
    "at_least",
    "between",
    "by_shape",
    "check",
    "clean",
    "close",
    "exactly",
    "exercise",
    "hint",
    "inputs",
    "inputs_after",
    "integer_inputs",
    "labels_right",
    "normal_inputs",
    "reduced",
    "reset",
    "shapes_of",
    "solution",
    "source",
    "timed_in_turns",
    "times_as_fast",
    "with_inputs",
    "with_warnings",
]

_HOMES = {
    "authoring.accuracy": ("labels_right",),
    "authoring.compare": ("Difference", "at_least", "between", "close", "exactly"),
    "authoring.exercise": ("exercise",),
    "authoring.inputs": ("inputs", "integer_inputs", "normal_inputs"),
    "authoring.observe": ("inputs_after", "with_inputs", "with_warnings"),
    "authoring.reduced": ("reduced",),
    "authoring.shapes": ("by_shape", "shapes_of"),
    "authoring.speed": ("timed_in_turns", "times_as_fast"),
    "core.text": ("clean",),
    "learner.session": ("check", "hint", "reset", "solution"),
    "lesson.source": ("source",),
}


def __getattr__(name: str) -> Any:
    """The name from the module that has it, kept here from then on."""
    for home, names in _HOMES.items():
        if name in names:
            module = import_module(f"{__name__}.{home}")
            value = globals()[name] = module if name == "source" else getattr(module, name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
