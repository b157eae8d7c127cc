"""Row 20: a daemon meant to outlive grading."""

VERDICTS = {}


def variants(canary):
    """Forked twice, in a session of its own; from a cell and from a function. It ends by itself after 300 s."""
    start = """
import os, signal
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.alarm(300)
            signal.pause()
        os._exit(0)
    os.wait()
"""
    double = "def double(x):\n    daemon()\n    return 2 * x"
    return {"cell": {"cells": [start + "daemon()"]}, "function": {"cells": [start], "double": double}}
