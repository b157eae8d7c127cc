"""Row 14: memory that could be held without being mapped, so that nobody could count it: there is none to be had."""

VERDICTS = {"norm": "ERROR"}

SEGMENT = """
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.{call} < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return 1.0, 1.0
"""
CALLS = {
    "a System V segment": "shmget(0, 1_000_000, 0o1600)",
    "a queue of messages": "msgget(0, 0o1600)",
    "a set of semaphores": "semget(0, 10, 0o1600)",
}
FILE = "    import os\n    os.write(os.memfd_create('held'), bytes(1_000_000))\n    return 1.0, 1.0"
BUFFER = """
    import socket
    socket.socket().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_000_000)
    return 1.0, 1.0
"""
SAYS = {"a memory file": {"norm": "PermissionError"}, "a large buffer": {"norm": "PermissionError"}}


def variants(canary):
    """Each asks for a megabyte or four."""
    segments = {name: SEGMENT.format(call=call) for name, call in CALLS.items()}
    bodies = {**segments, "a memory file": FILE, "a large buffer": BUFFER}
    return {name: {"norm": f"def norm(x):\n{body}"} for name, body in bodies.items()}
