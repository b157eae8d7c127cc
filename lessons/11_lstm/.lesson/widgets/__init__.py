"""Lesson 11's moving figure: one unit of an LSTM while it reads a text, letter by letter.

    import widgets
    widgets.inside_the_cell()        # or with settings: widgets.inside_the_cell(unit=7, row="f", question="vowel")

It looks into the notebook's `writer` as soon as you have trained one, through your own lstm_step, lstm_forward,
from_torch, generate and perplexity. Until then ours stand in, or the figure's own code where the course has none of
ours, and the line under the figure says which is which.
"""

from .figure import InsideTheCell


def inside_the_cell(**given):
    """Show it. Settings: text, unit, row, question, letters, temperature, gate, cell, forget_bias, cursor, grown, seed;
    gates (True shows more than the text).
    """
    return InsideTheCell().show(**given)
