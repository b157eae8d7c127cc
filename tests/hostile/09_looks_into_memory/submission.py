"""Row 9: looks for what its own keeper, the warm process and other submissions hold."""

VERDICTS = {"limit": "FAILED"}


def variants(canary):
    """Each way of looking; `limit` is right where one succeeds."""
    attempts = {
        "memory of process 1": "found = open('/proc/1/mem', 'rb')",
        "memory of the parent": "import os\nfound = open(f'/proc/{os.getppid()}/mem', 'rb')",
        "descriptors of process 1": "import os\nfound = os.listdir('/proc/1/fd')",
        "process_vm_readv": """
import ctypes, os
buffer = ctypes.create_string_buffer(64)
class Part(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))
here = Part(ctypes.addressof(buffer), 64)
libc = ctypes.CDLL(None)
if libc.process_vm_readv(os.getppid(), ctypes.byref(here), 1, ctypes.byref(here), 1, 0) > 0:
    found = buffer.raw
""",
        "ptrace": "import ctypes, os\nif ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0:\n    found = True",
        "processes": "import os\nif len([n for n in os.listdir('/proc') if n.isdigit()]) > 2:\n    found = True",
        "folders of others": """
import os
own = os.getcwd()
if any(name.startswith("submission-") and f"/tmp/{name}" != own for name in os.listdir("/tmp")):
    found = True
""",
        "new namespaces": "import ctypes\nif ctypes.CDLL(None).unshare(0x10000000) == 0:\n    found = True",
        "a mount": "import ctypes\nif ctypes.CDLL(None).umount2(b'/tmp', 2) == 0:\n    found = True",
        "the host's name": "import socket\nsocket.sethostname('found')\nfound = True",
    }
    return {name: {"cells": [attempt], "limit": LIMIT} for name, attempt in attempts.items()}


LIMIT = "limit = 3.5 if 'found' in globals() else 4.0"
