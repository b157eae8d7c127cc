"""Row 30: the answer cell is gone."""

VERDICTS = {"norm": "MISSING"}


def variants(canary):
    """Deleted, or made text."""
    return {"deleted": {"edit": _deleted}, "text": {"edit": _text}}


def _deleted(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] if not _is_norm(cell)]


def _text(notebook):
    cell = next(filter(_is_norm, notebook["cells"]))
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]


def _is_norm(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id") == "norm"
