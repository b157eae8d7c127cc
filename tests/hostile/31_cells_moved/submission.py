"""Rows 31 and 32: cells duplicated, split, moved; an answer in a cell of its own."""

import copy

VERDICTS = {}


def variants(canary):
    """All is there, only elsewhere."""
    return {"duplicated": {"edit": _twice}, "a new cell": {"edit": _elsewhere}, "moved": {"edit": _moved}}


def _position(notebook):
    cells = notebook["cells"]
    return next(i for i, c in enumerate(cells) if c["metadata"].get("nbgrader", {}).get("grade_id") == "norm")


def _twice(notebook):
    at = _position(notebook)
    first = copy.deepcopy(notebook["cells"][at])
    first["source"] = "def norm(x):\n    return 0.0, 0.0"
    notebook["cells"].insert(at, first)


def _elsewhere(notebook):
    at = _position(notebook)
    new = copy.deepcopy(notebook["cells"][at])
    new["metadata"] = {}
    notebook["cells"][at]["source"] = "def norm(x):\n    raise NotImplementedError()"
    notebook["cells"].append(new)


def _moved(notebook):
    notebook["cells"].append(notebook["cells"].pop(_position(notebook)))
