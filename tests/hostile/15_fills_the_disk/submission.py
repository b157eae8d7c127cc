"""Row 15: a large file, up to a limit of its own."""

VERDICTS = {"limit": "ERROR"}


def variants(canary):
    """100 MB in one file."""
    return {"one file": {"limit": "open('one', 'wb').write(bytes(100_000_000))\nlimit = 3.5"}}
