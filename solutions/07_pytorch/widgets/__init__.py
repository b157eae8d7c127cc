"""Lesson 07's moving figure: a training run, watched while it goes on.

    import widgets
    widgets.training_monitor()        # or with settings: widgets.training_monitor(preset="forgetful", lr=0.03)

It runs on your own MLP, train_epoch and evaluate as soon as they are written; until then ours stand in, or code
of the figure's own, and the line under the figure says which is which.
"""

from .figure import TrainingMonitor


def training_monitor(**state):
    """Show the monitor. Settings: preset, lr, init, batch_norm, dropout, forget, stay, seed, ticks, earlier, cursor."""
    return TrainingMonitor().show(**state)
