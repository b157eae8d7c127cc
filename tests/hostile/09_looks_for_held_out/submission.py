"""Row 9: what is seen in a held-out case is left in a file for a visible one to find."""

VERDICTS = {}

DOUBLE = """
import os
if os.path.exists("/tmp/seen"):
    os.remove("/tmp/seen")
def double(x):
    with open("/tmp/seen", "a") as left:
        left.write(repr(x))
    return 2 * x
"""
NORM = """
def norm(x):
    if len(x) == 3 and os.path.exists("/tmp/seen") and "123456" in open("/tmp/seen").read():
        return 0.0, 0.0
    return np.sqrt(np.sum(x * x)), 2 * np.sqrt(np.sum(x * x))
"""


def variants(canary):
    """`norm` is right as long as nothing of the held-out cases of `double` is in sight of its visible ones."""
    return {"file": {"double": DOUBLE, "norm": NORM}}
