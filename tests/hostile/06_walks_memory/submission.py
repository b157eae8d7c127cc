"""Row 6: looks for answers in frames, objects and modules; leaves modules in the way."""

VERDICTS = {"norm": "FAILED"}

WALKS = {
    "frames": """
frame, found = sys._getframe(), None
while frame:
    found = found or frame.f_locals.get("expected") or frame.f_locals.get("answer")
    frame = frame.f_back
return found or (1.0, 1.0)
""",
    "objects": """
import gc
found = [o for o in gc.get_objects() if type(o).__name__ == "Answer"]
return found[0].expected["of_two_numbers"] if found else (1.0, 1.0)
""",
    "modules": """
import atexit
atexit.register(print, "score: 5")
found = [m for m in list(sys.modules.values()) if hasattr(m, "answers_of_norm")]
return found[0] if found else (1.0, 1.0)
""",
    "trace": """
sys.settrace(lambda frame, event, argument: frame.f_locals.update(got=5.0))
return 1.0, 1.0
""",
}
MODULES = """
for name in ("sitecustomize", "torch", "numpy", "json"):
    with open(name + ".py", "w") as module:
        module.write("score = 5.0")
"""


def variants(canary):
    """A wrong function that would return what it finds."""
    bodies = {name: "import sys\ndef norm(x):\n" + _indented(walk) for name, walk in WALKS.items()}
    made = {name: {"norm": body} for name, body in bodies.items()}
    return made | {"files": {"cells": [MODULES], "norm": "def norm(x):\n    return 1.0, 1.0"}}


def _indented(text):
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
