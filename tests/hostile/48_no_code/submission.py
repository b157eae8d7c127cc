"""Row 48: a notebook with no code at all, only written answers."""

REPAIRED = True
VERDICTS = {"double": "NOT_ATTEMPTED", "norm": "NOT_ATTEMPTED", "limit": "NOT_ATTEMPTED"}


def variants(canary):
    """Without code cells; with empty ones only; with the check cells only."""
    return {"text": {"edit": _text}, "empty cells": {"edit": _empty}, "checks": {"edit": _checks}}


def _text(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["cell_type"] != "code"]


def _empty(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = ""


def _checks(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if c["cell_type"] != "code" or _is_check(c)]


def _is_check(cell):
    nbgrader = cell["metadata"].get("nbgrader", {})
    return nbgrader.get("grade") and not nbgrader.get("solution")
