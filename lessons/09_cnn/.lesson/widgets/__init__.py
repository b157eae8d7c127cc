"""Lesson 09's moving figure: draw a digit, and see what the network makes of it.

    import widgets
    widgets.draw_a_digit()        # or with settings: widgets.draw_a_digit(overlay="saliency", prepare=False)

It runs on your own ConvNet, feature_maps, saliency and grad_cam as soon as they are written, and is read by your
trained `digit_reader` as soon as there is one; until then a network of ours reads. The line under the figure says what
it runs on.
"""

from .figure import DrawADigit


def draw_a_digit(**state):
    """Show the pad. Settings: marks, sample, tool, pen, right, down, turn, size, prepare, layer, label, overlay, base."""
    return DrawADigit().show(**state)
