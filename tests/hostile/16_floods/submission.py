"""Row 16: floods on stdout, display and metadata, up to a limit of their own."""

VERDICTS = {}


def variants(canary):
    """Everything is right; there is only very much of it."""
    return {
        "stdout": {"cells": ["for _ in range(500):\n    print('x' * 100_000)"]},
        "descriptors": {"cells": ["import os\nfor _ in range(500):\n    os.write(1, b'x' * 100_000)"]},
        "display": {"cells": ["from IPython.display import display\nfor _ in range(500):\n    display('z' * 10_000)"]},
        "terminal codes": {"cells": ["print('\\x1b[2J\\x1b[31m' * 100_000)"]},
        "stderr": {"cells": ["import warnings, sys\nwarnings.warn('careful')\nprint('oh', file=sys.stderr)"]},
        "metadata": {"edit": _large},
    }


def _large(notebook):
    notebook["cells"][0]["metadata"]["much"] = "m" * 20_000_000
