"""Row 18: a cell that kills what is above it finds nobody there whom it may kill."""

VERDICTS = {}


def variants(canary):
    """The parent, and everybody in sight."""
    bodies = {"parent": "os.kill(os.getppid(), 9)", "all": "os.kill(-1, 9)"}
    return {name: {"cells": [ATTEMPT.format(body)]} for name, body in bodies.items()}


ATTEMPT = """
import contextlib, os
with contextlib.suppress(OSError):
    {}
"""
