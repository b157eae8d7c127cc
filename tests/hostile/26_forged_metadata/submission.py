"""Rows 26, 27 and 29: forged points, flags and check cells change no score."""

VERDICTS = {"norm": "FAILED"}
REPAIRED = True


def variants(canary):
    """A wrong function, and metadata that claims otherwise."""
    wrong = {"norm": "def norm(x):\n    return 1.0, 1.0"}
    return {
        "points": wrong | {"edit": _points},
        "an edited check": wrong | {"edit": _edited_checks},
        "no check": wrong | {"edit": _no_checks},
        "a grade cell": wrong | {"edit": _own_grade_cell},
    }


def _points(notebook):
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["points"] = 1000


def _is_check(cell):
    nbgrader = cell["metadata"].get("nbgrader", {})
    return cell["cell_type"] == "code" and nbgrader.get("grade") and not nbgrader.get("solution")


def _edited_checks(notebook):
    for cell in filter(_is_check, notebook["cells"]):
        cell["source"] = "5.0"


def _no_checks(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] if not _is_check(cell)]


def _own_grade_cell(notebook):
    forged = {"grade_id": "../norm", "grade": True, "solution": False, "points": 99, "schema_version": 99}
    cell = {"cell_type": "code", "metadata": {"nbgrader": forged}, "source": "99", "outputs": []}
    notebook["cells"].append(cell | {"execution_count": None, "id": "forged"})
