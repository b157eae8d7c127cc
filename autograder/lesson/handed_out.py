"""`handed_out.json` beside a lesson's checks: what its cells were when learners got it.

    {"exercises": {"relu": "def relu(z):\\n    ..."}, "defines": ["relu", "np", "step"]}

exercises: of each its cell; defines: all names that cells of the notebook define.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.core.definitions import defined_at
from autograder.core.paths import support

HANDED_OUT = "handed_out.json"


@dataclass(frozen=True)
class HandedOut:
    """A lesson's cells as they were handed out; empty for a copy that was handed out before this was kept."""

    exercises: dict[str, str] = field(default_factory=dict)
    defines: frozenset[str] = frozenset()


def text(notebook: NotebookNode) -> str:
    """What is kept of the notebook that learners get, as JSON."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    marked = [(cell.metadata.get("nbgrader", {}), cell.source) for cell in cells]
    exercises = {meta.grade_id: source for meta, source in marked if meta and meta.solution}
    defines = sorted({name for cell in cells for name in defined_at(cell.source)})
    return json.dumps({"exercises": exercises, "defines": defines}, indent=1, ensure_ascii=False) + "\n"


def read(folder: Path) -> HandedOut:
    """What was kept of the lesson in `folder`. A damaged file counts as none."""
    try:
        document = json.loads(support(folder, HANDED_OUT).read_bytes())
        return HandedOut(dict(document["exercises"]), frozenset(document["defines"]))
    except (OSError, ValueError, KeyError, TypeError):
        return HandedOut()
