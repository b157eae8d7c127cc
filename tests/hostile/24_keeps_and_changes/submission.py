"""Row 24: changes what it was given."""

VERDICTS = {"double": "FAILED", "norm": "FAILED"}


def variants(canary):
    """In place where the contract forbids it."""
    return {"in place": {"double": "def double(x):\n    x *= 2\n    return x"}}
