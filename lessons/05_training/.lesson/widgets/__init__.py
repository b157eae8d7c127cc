"""Lesson 05's moving figure: a playground in which your own functions train a network before your eyes.

    import widgets
    widgets.playground()            # or with settings: widgets.playground(data="spiral", layers=[8, 8])
    widgets.playground(preset="learnt by heart", hide=["task", "brush"])

It runs on your own functions as soon as they are written; until then ours stand in, or code of the figure's own,
and the line under the figure says which is which.
"""

from .figure import Playground


def playground(**state):
    """Show the playground.

    Settings: task, data, noise, train_share, batch, seed, inputs, layers, activation, lr, penalty, penalty_rate,
    dropout, start, start_seed, pace, stop, show_test, discretise, brush; preset (a name), more (True shows all
    controls), hide (a list of names of controls, "inputs" or "layers"); weights, epoch, moved, added, removed (as
    "Copy state" writes them).
    """
    return Playground().show(**state)
