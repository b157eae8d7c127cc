"""Rows 31 and 32: cells duplicated, split, merged, made text, moved; an answer in a cell of its own."""

import copy

VERDICTS = {}
REPAIRED = True


def variants(canary):
    """All is there, only elsewhere."""
    return {
        "duplicated": {"edit": _twice},
        "split": {"edit": _split},
        "merged": {"edit": _merged},
        "text": {"edit": _text},
        "a new cell": {"edit": _elsewhere},
        "a new cell above": {"edit": _above},
        "moved": {"edit": _moved},
    }


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


def _split(notebook):
    at = _position(notebook)
    second = copy.deepcopy(notebook["cells"][at])
    notebook["cells"][at]["source"] = "# my answer"
    notebook["cells"].insert(at + 1, second)


def _merged(notebook):
    at = _position(notebook)
    answer = notebook["cells"].pop(at)
    notebook["cells"][at - 1]["source"] += "\n\n" + answer["source"]


def _text(notebook):
    cell = notebook["cells"][_position(notebook)]
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


def _above(notebook):
    at = _position(notebook)
    new = copy.deepcopy(notebook["cells"][at])
    new["metadata"] = {}
    notebook["cells"][at]["source"] = "def norm(x):\n    raise NotImplementedError()"
    notebook["cells"].insert(at, new)
