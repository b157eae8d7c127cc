"""Row 23: breaks the watch over forbidden calls. Nothing is seen, so it passes; its text still names the function."""

FORBIDS = ["numpy.kron"]
EDITS = [("checks", 'exercise("double", ', f'exercise("double", forbids={FORBIDS}, ')]
VERDICTS = {}
NAMED = True

BLINDED = """
import autograder.cases.forbidden as forbidden, contextlib
class Blind:
    seen = ""
    def __init__(self, *arguments): pass
    def over(self, *arguments): return contextlib.nullcontext()
forbidden.Watch = Blind
"""


def variants(canary):
    """The watch's class replaced by one that sees nothing."""
    names = "from numpy import kron as times"
    return {"patched": {"cells": [BLINDED + names], "double": "def double(x):\n    return times(2, x)"}}
