"""Row 4: an array subclass with everything overridden."""

VERDICTS = {"double": "FAILED", "norm": "FAILED"}

LIAR = """
class Liar(np.ndarray):
    def __array_function__(self, *arguments, **options): return True
    def __array_ufunc__(self, *arguments, **options): return True
    def tolist(self): return [0.0]
    def tobytes(self, *arguments): return b""
    def __eq__(self, other): return True
"""


def variants(canary):
    """Instead of the result, an array that agrees with whoever asks."""
    return {"ndarray": {"cells": [LIAR], "double": "def double(x):\n    return np.ones_like(x).view(Liar)"}}
