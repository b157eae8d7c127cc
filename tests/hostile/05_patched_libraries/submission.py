"""Row 5: what a comparison might use is patched."""

VERDICTS = {"norm": "FAILED"}

PATCHES = {
    "numpy": "np.allclose = np.array_equal = np.isclose = lambda *arguments, **options: True",
    "math": "import math\nmath.isclose = lambda *arguments, **options: True",
    "builtins": "import builtins\nbuiltins.abs = lambda x: 0.0\nbuiltins.round = lambda x, n=0: 0.0",
    "judge": "import autograder.judging.verdicts as judge, autograder.authoring.compare as compare\n"
    "compare.same = lambda *arguments: True\njudge.FAILED = 'PASSED'",
}


def variants(canary):
    """A wrong function behind each patch."""
    wrong = "def norm(x):\n    return 1.0, 1.0"
    return {name: {"cells": [patch], "norm": wrong} for name, patch in PATCHES.items()}
