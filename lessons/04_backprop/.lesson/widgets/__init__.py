"""Lesson 04's moving figure: your engine at work, one message at a time.

    import widgets
    widgets.backprop_steps()          # or with settings: widgets.backprop_steps(expression="tanh(a)", values={"a": 3})

It runs on your own functions as soon as they are written; until then on the solutions or, in a copy of the course
without solutions, on code of its own. The line under the figure says which is which.
"""

from .stepper import BackpropSteps


def backprop_steps(**state):
    """Show the figure. Settings: expression, values, step, overwrite."""
    return BackpropSteps().show(**state)
