"""Lesson 10's moving figures: one number's powers, and a gradient on its way back through fifty steps.

    import widgets
    widgets.one_number()              # or with a setting: widgets.one_number(w=1.1)
    widgets.unrolled_network()        # or with settings: widgets.unrolled_network(bend="tanh", scale=1.5)

The first runs on your own memory_span as soon as it is written. With the bend on the network runs on your own
rnn_step and rnn_step_backward too, and on clip_gradients; until then ours stand in, or the figures' own code where
the course has none of ours. Without a bend the step is always the figure's own, since your rnn_step always bends.
The line under a figure says which is which.
"""

from .figure import UnrolledNetwork
from .one_number import OneNumber


def one_number(**given):
    """Show the powers of one number. Setting: w."""
    return OneNumber().show(**given)


def unrolled_network(**given):
    """Show the network. Settings: bend, matrix, scale, input, steps, loss, clip, max_norm, compare, seed."""
    return UnrolledNetwork().show(**given)
