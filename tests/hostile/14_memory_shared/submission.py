"""Row 14: memory that belongs to no process alone, up to a limit of its own: it counts as any other does."""

MEMORY = 64 * 2**20
VERDICTS = {"norm": "MEMORY"}

MAPPING = """
import mmap
held = [mmap.mmap(-1, 10_000_000) for _ in range(16)]
for each in held:
    for at in range(0, len(each), 4096):
        each[at] = 1
"""
SOCKETS = """
import os, socket
for _ in range(3):
    if os.fork() == 0:
        break
pairs = [socket.socketpair() for _ in range(100)]
for pair in pairs:
    for each in pair:
        each.setblocking(False)
        try:
            while True:
                each.send(bytes(10_000))
        except BlockingIOError:
            pass
"""
WAIT = "\nimport time\ntime.sleep(20)\nreturn 1.0, 1.0"


def variants(canary):
    """None of them takes more than 200 MB, even where nothing stops it."""
    bodies = {"shared mappings": MAPPING, "buffers of sockets": SOCKETS}
    return {name: {"norm": "def norm(x):" + (body + WAIT).replace("\n", "\n    ")} for name, body in bodies.items()}
