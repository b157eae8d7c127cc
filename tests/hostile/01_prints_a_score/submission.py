"""Row 1: a wrong function that shows and prints a score."""

VERDICTS = {"norm": "FAILED"}


def variants(canary):
    """Each way to claim a score, by name."""
    wrong = "def norm(x):\n    {claim}\n    return 1.0, 1.0"
    claims = {
        "displayhook": "sys.displayhook(2.0)",
        "display": "display(2.0)",
        "print": "print('score: 2.0')",
        "more than there is": "sys.displayhook(5.0)",
    }
    imports = "import sys\nfrom IPython.display import display"
    return {name: {"cells": [imports], "norm": wrong.format(claim=claim)} for name, claim in claims.items()}
