"""Row 19: exit inside a tested function."""

VERDICTS = {"norm": "ERROR"}


def variants(canary):
    """Each way to leave politely."""
    ways = ["sys.exit()", "raise SystemExit", "raise SystemExit(0)"]
    return {way: {"norm": f"import sys\ndef norm(x):\n    {way}"} for way in ways}
