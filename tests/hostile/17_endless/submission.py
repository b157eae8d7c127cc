"""Row 17: what never ends."""

EXERCISE = CELL = 2.0
VERDICTS = {"norm": "TIMEOUT"}

THREADS = """
import threading
for _ in range(2):
    threading.Thread(target=sum, args=(iter(int, 1),)).start()
threading.Event().wait()
"""
STUBBORN = """
while True:
    try:
        time.sleep(0.01)
    except BaseException:
        pass
"""
DEAF = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
while True:
    pass
"""
BODIES = {
    "a loop": "while True:\n    pass",
    "a loop that catches everything": STUBBORN,
    "a loop deaf to signals": DEAF,
    "a loop in C": "sum(iter(int, 1))",
    "sleep": "time.sleep(1000)",
    "threads": THREADS,
}


def variants(canary):
    """In the function; and one in the cell itself."""
    made = {name: {"norm": "import time\ndef norm(x):\n" + _indented(body)} for name, body in BODIES.items()}
    return made | {"in its cell": {"norm": "while True:\n    pass"}}


def _indented(text):
    return "\n".join(f"    {line}" for line in text.splitlines())
