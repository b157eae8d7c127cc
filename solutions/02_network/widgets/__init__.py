"""Lesson 02's moving figures: a network with every number in it, and a curve built out of kinks.

    import widgets
    widgets.network_xray()          # or with settings: widgets.network_xray(network="XOR", x1=1.0)
    widgets.bump_builder()          # or with settings: widgets.bump_builder(n=6, place="even")

Both run on your own functions as soon as they are written; until then on the solutions or, in a copy of the course
without solutions, on code of their own. The line under the figure says which is which.
"""

from .bumps import BumpBuilder
from .xray import NetworkXray


def network_xray(**state):
    """Show the X-ray. Settings: network, x1, x2, relu, shift, edits, killed, collapsed, digit, pixels, seed."""
    return NetworkXray().show(**state)


def bump_builder(**state):
    """Show the bump builder. Settings: n, place, activation, target, kinks, weights, height, lifts, drawn."""
    return BumpBuilder().show(**state)
