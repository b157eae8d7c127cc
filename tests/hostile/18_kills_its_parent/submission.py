"""Row 18: code that kills the processes above it."""

VERDICTS = {"norm": "CRASHED"}


def variants(canary):
    """In the function and in its cell; only processes of the submission itself can be met."""
    bodies = {"parent": "os.kill(os.getppid(), 9)", "all": "os.kill(-1, 9)"}
    functions = {n: {"norm": f"import os\ndef norm(x):\n    {body}"} for n, body in bodies.items()}
    cells = {f"{n} in its cell": {"norm": f"import os\n{body}"} for n, body in bodies.items()}
    return functions | cells
