"""Row 18: a tested function that kills the processes above it."""

VERDICTS = {"norm": "CRASHED"}


def variants(canary):
    """Only processes of the submission itself can be met."""
    bodies = {"parent": "os.kill(os.getppid(), 9)", "all": "os.kill(-1, 9)"}
    return {name: {"norm": f"import os\ndef norm(x):\n    {body}"} for name, body in bodies.items()}
