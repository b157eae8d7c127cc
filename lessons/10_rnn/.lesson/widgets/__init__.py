"""Lesson 10's moving figure: a gradient on its way back through fifty steps.

    import widgets
    widgets.unrolled_network()        # or with settings: widgets.unrolled_network(bend="tanh", scale=1.5)

With the bend on it runs on your own rnn_step and rnn_step_backward, and on your memory_span and clip_gradients, as
soon as they are written; until then ours stand in, or the figure's own code where the course has none of ours.
Without a bend the step is always the figure's own, since your rnn_step always bends. The line under the figure says
which is which.
"""

from .figure import UnrolledNetwork


def unrolled_network(**given):
    """Show the network. Settings: bend, matrix, scale, input, steps, loss, clip, max_norm, compare, seed."""
    return UnrolledNetwork().show(**given)
