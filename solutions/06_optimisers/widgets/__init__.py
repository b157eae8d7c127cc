"""Lesson 06's moving figures: a race of three optimisers, and what more data, more updates and more weights bring.

    import widgets
    widgets.optimiser_race()          # or with settings: widgets.optimiser_race(surface="ravine", rates="each its best")
    widgets.more_data()               # or with settings: widgets.more_data(updates=500, seeds=1)

They run on your own functions as soon as they are written; until then ours stand in, or code of the figures' own,
and the line under the figure says which is which.
"""

from .curves import MoreData
from .race import OptimiserRace


def optimiser_race(**state):
    """Show the race. Settings: surface, x1, x2, rates, lr, lr_sgd, lr_momentum, lr_adam, beta, beta1, beta2,
    schedule, noise, seed, steps."""
    return OptimiserRace().show(**state)


def more_data(**state):
    """Show the measurement. Settings: axis, sizes, size, w4, w16, w64, updates, seeds, guess."""
    return MoreData().show(**state)
