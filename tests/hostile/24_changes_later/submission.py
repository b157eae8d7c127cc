"""Row 24: keeps what it was given and what it returned, and changes it later."""

VERDICTS = {}

NORM = "def norm(x):\n    return np.sqrt(np.sum(x * x)), 2 * np.sqrt(np.sum(x * x))"

RESULTS = """
kept = []
def double(x):
    for old in kept:
        if isinstance(old, np.ndarray):
            old[...] = 99.0
    result = 2 * x
    kept.append(result)
    return result
"""
INPUTS = """
kept = []
def double(x):
    for old in kept:
        if isinstance(old, np.ndarray) and old is not x:
            old[...] = 99.0
    kept.append(x)
    return 2 * x
"""
THREAD = """
import threading
kept, waiting = [], []
def later(old, go):
    go.wait()
    old[...] = 99.0
def double(x):
    for go in waiting:
        go.set()
    if isinstance(x, np.ndarray):
        waiting.append(threading.Event())
        threading.Thread(target=later, args=(x, waiting[-1]), daemon=True).start()
    return 2 * x
"""


def variants(canary):
    """Each result is right when it is returned; other cases and what they share stay as they are."""
    ways = {"its results": RESULTS, "its inputs": INPUTS, "by a thread": THREAD}
    return {name: {"double": source, "norm": NORM} for name, source in ways.items()}
