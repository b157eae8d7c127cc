"""Lesson 04's moving figures: your engine at work, one message at a time, and two whole layers, one array at a time.

    import widgets
    widgets.backprop_steps()          # or with settings: widgets.backprop_steps(expression="tanh(a)", values={"a": 3})
    widgets.layer_steps()             # or with settings: widgets.layer_steps(step=5, samples=2)

They run on your own functions as soon as they are written; until then on the solutions or, in a copy of the course
without solutions, on code of their own. The line under the figure says which is which.
"""

from .layers import LayerSteps
from .stepper import BackpropSteps


def backprop_steps(**state):
    """Show the expression. Settings: expression, values, step, overwrite."""
    return BackpropSteps().show(**state)


def layer_steps(**state):
    """Show the two layers. Settings: step, row, column, samples, seed."""
    return LayerSteps().show(**state)
