"""Row 13: more threads and processes than a notebook needs, up to a limit of their own."""

VERDICTS = {}


def variants(canary):
    """Fifty of each that do nothing but wait, and all the threads there may be; they must be gone afterwards."""
    threads = """
import threading
for _ in range(50):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
"""
    processes = """
import os, signal
for _ in range(50):
    if os.fork() == 0:
        os.setsid()  # which does nothing here: a submission has one session
        signal.pause()
"""
    more = f"import contextlib\nwith contextlib.suppress(RuntimeError):\n{indented(threads.replace('50', '300'))}"
    return {"threads": {"cells": [threads]}, "processes": {"cells": [processes]}, "too many threads": {"cells": [more]}}


def indented(code):
    """Code inside a with statement."""
    return "\n".join(f"    {line}" for line in code.splitlines())
