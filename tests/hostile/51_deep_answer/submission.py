"""Row 51: an answer that is nested too deeply costs that answer."""

VERDICTS = {"limit": "ERROR"}


def variants(canary):
    """By signs and by strings."""
    return {
        "plus signs": {"limit": "limit = " + "+" * 5000 + "3.5"},
        "strings": {"limit": "limit = 3.5\nx = (" + " +\n".join(['"a line of text"'] * 3500) + ")"},
    }
