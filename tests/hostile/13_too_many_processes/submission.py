"""Row 13: more processes or threads than allowed, up to a limit of their own."""

VERDICTS = {"norm": "CRASHED"}


def variants(canary):
    """Up to 400, which end by themselves after 60 s; each process that is made makes more."""
    forks = """
import os, signal, time
signal.alarm(60)
for _ in range(400):
    os.fork()
"""
    children = """
import os, signal
for _ in range(400):
    if os.fork() == 0:
        os.setsid()
        signal.alarm(60)
        signal.pause()
"""
    threads = """
import threading
for _ in range(400):
    threading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()
"""
    bombs = {"forks of forks": forks, "daemons": children, "threads": threads}
    made = {name: {"norm": f"def norm(x):\n{indented(bomb)}\n    return 1.0, 1.0"} for name, bomb in bombs.items()}
    return made | {f"{name} in its cell": {"norm": bomb} for name, bomb in bombs.items()}


def indented(code):
    return "\n".join(f"    {line}" for line in code.splitlines())
