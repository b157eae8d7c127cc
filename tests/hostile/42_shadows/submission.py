"""Row 42: names redefined, seeds and settings changed."""

VERDICTS = {}


def variants(canary):
    """None of it reaches another's comparison."""
    cells = {
        "builtins": "list = sum = print = tuple = float = None",
        "seed": "np.random.seed(0)\nimport random\nrandom.seed(0)",
        "settings": "np.seterr(all='raise')\nnp.set_printoptions(precision=1)",
    }
    return {name: {"cells": [cell]} for name, cell in cells.items()}
