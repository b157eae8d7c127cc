"""Row 3: results whose methods lie."""

VERDICTS = {"norm": "FAILED"}

LIAR = """
class Liar:
    __class__ = tuple
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __len__(self): return 2
    def __float__(self): return 0.5
    def __getitem__(self, index): return self
    def __array__(self, *arguments, **options): return np.zeros(2)
    def __iter__(self): return iter((self, self))
"""
LIST = "class Liar(list):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False"
FLOAT = "class Liar(float):\n    def __eq__(self, other): return True\n    def __sub__(self, other): return 0.0"


def variants(canary):
    """Objects, containers and numbers that claim to equal everything."""
    return {
        "object": {"cells": [LIAR], "norm": "def norm(x):\n    return Liar()"},
        "in a tuple": {"cells": [LIAR], "norm": "def norm(x):\n    return Liar(), Liar()"},
        "list": {"cells": [LIST], "norm": "def norm(x):\n    return Liar([1.0, 1.0])"},
        "float": {"cells": [FLOAT], "norm": "def norm(x):\n    return Liar(1.0), Liar(1.0)"},
    }
