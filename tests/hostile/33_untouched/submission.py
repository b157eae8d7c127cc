"""Rows 33 and 48: nothing was written."""

VERDICTS = {"double": "NOT_ATTEMPTED", "norm": "NOT_ATTEMPTED", "limit": "NOT_ATTEMPTED"}

STUB = "def {}(x):\n    raise NotImplementedError()"


def variants(canary):
    """As handed out."""
    return {"stubs": {"double": STUB.format("double"), "norm": STUB.format("norm"), "limit": "limit = ..."}}
