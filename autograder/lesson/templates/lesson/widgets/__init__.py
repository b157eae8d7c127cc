"""The lesson's moving figure.

import widgets
widgets.two_numbers()                   # or with settings: widgets.two_numbers(a=3, b=5)
"""

from .figure import TwoNumbers


def two_numbers(**state):
    """Show the figure. Settings: a, b."""
    return TwoNumbers().show(**state)
