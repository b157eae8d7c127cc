"""Row 18: code that ends its own process."""

VERDICTS = {"norm": "CRASHED"}

BODIES = {
    "exit": "os._exit(0)",
    "kill": "os.kill(os.getpid(), 9)",
    "segmentation fault": "ctypes.string_at(0)",
    "abort": "os.abort()",
    "group": "os.killpg(0, 9)",
}


def variants(canary):
    """In the function and in its cell."""
    imports = "import ctypes, os"
    functions = {n: {"norm": f"{imports}\ndef norm(x):\n    {body}"} for n, body in BODIES.items()}
    cells = {f"{n} in its cell": {"norm": f"{imports}\n{body}"} for n, body in BODIES.items()}
    return functions | cells
