"""Row 8: results that are no data: code for pickle, arrays of objects, what is huge, endless or inside itself."""

VERDICTS = {"norm": "ERROR"}

# Opened by pickle, each of these would leave a file where the canary is looked for.
MALICIOUS = "class Evil:\n    def __reduce__(self):\n        return open, ({!r}, 'w')\n"
RESULTS = {
    "an object": "Evil()",
    "in a tuple": "(Evil(), Evil())",
    "a pickle": "pickle.dumps(Evil())",
    "an array of objects": "np.array([Evil(), Evil()], dtype=object)",
    "a saved tensor": "saved()",
    "ten million items": "[0.0] * 10**7",
    "a bomb of lists": "nested(12)",
    "a deep list": "deep()",
    "inside itself": "itself()",
    "a dict inside itself": "itself_by_name()",
    "an endless generator": "iter(int, 1)",
    "a generator": "(x for x in itertools.count())",
    "an endless class": "Endless()",
    "a huge number": "10**100_000",
    "a huge text": "'9' * 10**7",
    "a huge array": "np.broadcast_to(0.0, (10**6, 10**6))",
    "a record array": "np.zeros(2, dtype='f8,f8')",
}
HELPERS = """
import io, itertools, pickle, torch
def saved():
    file = io.BytesIO()
    torch.save(Evil(), file)
    return file.getvalue()
def nested(depth):
    made = [0.0] * 10
    for _ in range(depth):
        made = [made] * 10
    return made
def deep():
    made = []
    for _ in range(100_000):
        made = [made]
    return made
def itself():
    made = []
    made.append(made)
    return made
def itself_by_name():
    made = {}
    made["again"] = made
    return made
class Endless:
    def __iter__(self): return self
    def __next__(self): return 0.0
"""


def variants(canary):
    """Returned where two numbers are asked for."""
    helpers = MALICIOUS.format(canary.file + ".opened") + HELPERS
    return {name: {"cells": [helpers], "norm": f"def norm(x):\n    return {r}"} for name, r in RESULTS.items()}
