"""Row 41: numbers that aren't the right ones, each in its way; the message says which."""

VERDICTS = {"norm": "FAILED"}

LENGTH = "length = np.sqrt(np.sum(x * x))"
RESULTS = {
    "NaN": "np.nan, np.nan",
    "infinity": "np.inf, 2 * length",
    "half precision": "np.float16(length), 2 * np.float16(length)",
    "a tensor with a gradient": "torch.tensor(length, requires_grad=True), 2 * length",
    "one number too many": "length, 2 * length, 3 * length",
    "an array too deep": "np.array([[length, 2 * length]])",
    "a complex number": "length + 1j, 2 * length",
    "a text": "str(length), 2 * length",
}
SAYS = {
    "NaN": {"norm": "beyond what a float can hold, or 0/0"},
    "infinity": {"norm": "is inf, expected 2.29129"},
    "half precision": {"norm": "is 2.29102, expected 2.29129"},
    "a tensor with a gradient": {"norm": "a tensor holding the number 2.29129"},
    "one number too many": {"norm": "has 3 items, expected 2"},
    "an array too deep": {"norm": "has 1 item, expected 2"},
    "a complex number": {"norm": "2.29129+1j"},
    "a text": {"norm": "“2.29128"},
}


def variants(canary):
    """In the place of two numbers."""
    source = "def norm(x):\n    {}\n    return {}"
    return {n: {"cells": ["import torch"], "norm": source.format(LENGTH, r)} for n, r in RESULTS.items()}
