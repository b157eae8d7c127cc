"""Row 36: what waits for somebody in a live notebook, or needs one."""

VERDICTS = {}

INTERACT = """
from ipywidgets import interact
@interact(n=(1, 5))
def shown(n=2):
    return n
"""
PROGRESS = """
from tqdm.notebook import tqdm
for number in tqdm(range(3)):
    pass
"""
PLOT = """
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show(block=True)
plt.pause(0.01)
"""


def variants(canary):
    """In a cell of its own; whatever comes of it, nothing hangs and the answers count."""
    cells = {
        "input": "name = input('Your name? ')",
        "getpass": "import getpass\ngetpass.getpass()",
        "stdin": "import sys\nsys.stdin.read()",
        "breakpoint": "breakpoint()",
        "debug": "%debug",
        "automatic debugger": "%pdb on\n1 / 0",
        "pip": "!pip --version",
        "pip install": "!pip install --retries 0 no-such-package-anywhere",
        "magic pip install": "%pip install --retries 0 no-such-package-anywhere",
        "bash": "%%bash\nread name",
        "bash in the background": "%%bash --bg\nsleep 60",
        "matplotlib": "%matplotlib widget",
        "matplotlib in a window": "%matplotlib tk",
        "plot": PLOT,
        "interact": INTERACT,
        "progress": PROGRESS,
        "await": "import asyncio\nawait asyncio.sleep(0)",
        "javascript": "%%javascript\nalert('hello')",
    }
    return {name: {"cells": [cell]} for name, cell in cells.items()}
