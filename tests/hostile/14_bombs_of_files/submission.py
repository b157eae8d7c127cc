"""Row 14: memory by way of files, and of many processes that each stay below the limit."""

MEMORY = 200 * 2**20
VERDICTS = {"norm": "MEMORY"}


def variants(canary):
    """At most 600 MB each, for at most 60 s."""
    shared = """
        import mmap, os
        file = os.open("/dev/shm/filled", os.O_RDWR | os.O_CREAT)
        os.ftruncate(file, 60 * 2**20)
        for number in range(10):
            os.truncate(f"/dev/shm/filled", 60 * 2**20)
            mapped = mmap.mmap(file, 60 * 2**20)
            for place in range(0, 60 * 2**20, 4096):
                mapped[place] = 1
            file = os.open(f"/dev/shm/filled{number}", os.O_RDWR | os.O_CREAT)
            os.ftruncate(file, 60 * 2**20)
"""
    written = """
        for number in range(10):
            with open(f"{folder}/{number}", "wb") as file:
                file.write(bytes(60 * 2**20))
"""
    processes = """
        import os, signal
        for _ in range(6):
            if os.fork() == 0:
                signal.alarm(60)
                kept = bytearray(b"x") * (100 * 2**20)
                signal.pause()
        os.wait()
"""
    bodies = {"touched pages of /dev/shm": shared, "several processes": processes}
    bodies |= {f"files in {place}": f"        folder = {place!r}{written}" for place in ("/dev/shm", "/tmp")}
    return {name: {"norm": f"def norm(x):\n    if True:\n{body}\n    return 1.0, 1.0"} for name, body in bodies.items()}
