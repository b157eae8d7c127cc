"""Row 40: long training; the message names the time that there was."""

EXERCISE = CELL = 3.0
VERDICTS = {"norm": "TIMEOUT"}

TRAINING = """
def train():
    w = np.zeros((200, 200))
    for epoch in range(10**9):
        w -= 1e-3 * (w @ w - 1)
"""
SAYS = {name: {"norm": "within 3 s"} for name in ("in the function", "in its cell")}


def variants(canary):
    """A loop that would take days, in the function and in the exercise's own cell."""
    inside = {"cells": [TRAINING], "norm": "def norm(x):\n    train()"}
    return {"in the function": inside, "in its cell": {"cells": [TRAINING], "norm": "train()\ndef norm(x):\n    pass"}}
