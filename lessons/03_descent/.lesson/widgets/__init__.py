"""Lesson 03's moving figure: walk downhill on a surface.

    import widgets
    widgets.descent()          # or with settings: widgets.descent(surface="saddle", lr=0.2)

It runs on your own gradient_descent and numerical_gradient as soon as they are written; until then on the solutions
or, in a copy of the course without solutions, on code of its own. The line under the figure says which is which.
"""

from .figure import Descent


def descent(**state):
    """Show the figure. Settings: surface, x1, x2, lr, momentum, steps, noise, seed, kept."""
    return Descent().show(**state)
