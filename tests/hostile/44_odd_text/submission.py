"""Row 44: characters that trip programs."""

VERDICTS = {}


def variants(canary):
    """In comments, strings and names."""
    cells = {
        "emoji": "'\U0001f600' * 3",
        "override": "# \u202e right to left\nx = 1",
        "NUL": "x = '\\x00'",
        "a NUL in the source": "x = 1 # \x00",
        "surrogate": "print('\\ud800')",
    }
    return {name: {"cells": [cell]} for name, cell in cells.items()}
