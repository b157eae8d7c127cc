"""Row 36: what waits for somebody in a live notebook."""

VERDICTS = {}


def variants(canary):
    """In a cell of its own; whatever comes of it, nothing hangs and the answers count."""
    cells = {
        "input": "name = input('Your name? ')",
        "breakpoint": "breakpoint()",
        "debug": "%debug",
        "pip": "!pip --version",
        "bash": "%%bash\nread name",
        "magic": "%matplotlib widget",
    }
    return {name: {"cells": [cell]} for name, cell in cells.items()}
