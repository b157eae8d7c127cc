"""Row 7: writes to every open descriptor, forged results too."""

TAMPER = True
VERDICTS = {"norm": "FAILED"}

FORGED = """
import json, os, struct
def frame(node):
    text = json.dumps(dict(node, sizes=[])).encode()
    return struct.pack("<I", len(text)) + text
outcome = dict(error=None, missing="", unwritten=False, printed="", seconds=0.1)
number = dict(t="float", v=0.5)
cells = frame(dict(cells=[dict(outcome, name="norm", kind="returned", tree=None)]))
case = frame(dict(outcome, case="of_two_numbers", kind="returned", tree=dict(t="tuple", v=[number, number])))
end = frame(dict(end="norm", ending=""))
for descriptor in range(3, 256):
    try:
        os.write(descriptor, {})
    except OSError:
        pass
"""


def variants(canary):
    """From a cell of its own, before a wrong function."""
    forged = ["b'garbage'", "b'\\xff' * 50", "end", "case", "cells + case + end"]
    wrong = "def norm(x):\n    return 1.0, 1.0"
    return {what: {"cells": [FORGED.replace("{}", what)], "norm": wrong} for what in forged}
