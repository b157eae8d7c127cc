"""Row 30: the answer cell is gone."""

VERDICTS = {"norm": "MISSING"}
REPAIRED = True


def variants(canary):
    """Deleted, and nowhere else."""
    return {"deleted": {"edit": _deleted}}


def _deleted(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] if not _is_norm(cell)]


def _is_norm(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id") == "norm"
