"""Ground Up's engine: write exercises, check them, grade them.

In a notebook: `check`, `hint`, `solution`, `reset`. In a lesson's checks: `exercise`, the inputs, the comparisons and
the observers below.
"""

from autograder.compare import at_least, between, close, exactly
from autograder.exercise import exercise
from autograder.inputs import inputs, integer_inputs, normal_inputs
from autograder.labels import labels_right
from autograder.observe import inputs_after, with_inputs, with_warnings
from autograder.session import check, hint, reset, solution
from autograder.shapes import by_shape, shapes_of

__all__ = [
    "at_least",
    "between",
    "by_shape",
    "check",
    "close",
    "exactly",
    "exercise",
    "hint",
    "inputs",
    "inputs_after",
    "integer_inputs",
    "labels_right",
    "normal_inputs",
    "reset",
    "shapes_of",
    "solution",
    "with_inputs",
    "with_warnings",
]
