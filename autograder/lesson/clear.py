"""nbgrader's ClearSolutions with our stubs, so that `nbgrader generate_assignment` and `autograder release` agree."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions

from autograder.lesson.source import stub

TEXT_STUB = "*Your answer: double-click here, write a few sentences, and run the cell.*"


class ClearLessonSolutions(ClearSolutions):
    """Replaces each solution by one line that says what to do (`autograder.lesson.source.stub`)."""

    text_stub = TEXT_STUB

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if utils.is_solution(cell):
            cell.source = stub(cell.source, cell.metadata.nbgrader.grade_id) if cell.cell_type == "code" else TEXT_STUB
        return cell, resources
