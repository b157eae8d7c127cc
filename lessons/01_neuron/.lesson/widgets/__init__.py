"""Lesson 01's moving figure.

    import widgets
    widgets.neuron_playground()             # or with settings: widgets.neuron_playground(w1=2, data="AND")

It runs on your own `weighted_sum`, `neuron`, `sigmoid`, `relu` and `perceptron_step` as soon as they are
written; until then on the solutions or, in a copy of the course without solutions, on code of its own. The line
under the figure says which is which.
"""

from .figure import NeuronPlayground


def neuron_playground(**state):
    """Show the figure. Settings: w1, w2, b, activation, data, points, selected, seed."""
    return NeuronPlayground().show(**state)
