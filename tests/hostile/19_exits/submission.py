"""Row 19: exit, and other exceptions that aren't meant to be caught, in tested functions and in their cells."""

VERDICTS = {"norm": "ERROR"}

WAYS = {
    "sys.exit": "sys.exit()",
    "SystemExit": "raise SystemExit",
    "with a status": "raise SystemExit(0)",
    "quit": "quit()",
    "exit": "exit()",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "GeneratorExit": "raise GeneratorExit",
    "one of its own": "raise type('Stop', (BaseException,), {})",
    "one that can't be shown": "raise type('Stop', (BaseException,), {'__str__': lambda self: 1 / 0})",
    "a group": "raise BaseExceptionGroup('several', [KeyboardInterrupt(), SystemExit()])",
}
IN_A_CELL = {name: way for name, way in WAYS.items() if name not in ("quit", "exit")}  # IPython's own only ask to leave


def variants(canary):
    """Each way to leave politely."""
    inside = {name: {"norm": f"import sys\ndef norm(x):\n    {way}"} for name, way in WAYS.items()}
    cell = "import sys\n{}\ndef norm(x):\n    return 1.0, 1.0"
    return inside | {f"{name} in its cell": {"norm": cell.format(way)} for name, way in IN_A_CELL.items()}
