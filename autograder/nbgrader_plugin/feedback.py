"""Feedback as students get it: one HTML file per notebook that asks for nothing from elsewhere and holds no scripts.

nbgrader's own template calls every exercise "Test cell", loads MathJax from another server (which would learn who reads
feedback, and when) and counts what nobody has graded yet as 0. So the template is ours, through nbgrader's own
mechanism: an exporter named in nbgrader_config.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades

from autograder.lesson.notebooks import CHECK_SUFFIX

TEMPLATES = Path(__file__).parent / "templates"


class FeedbackGrades(GetGrades):
    """Besides points and comments, what still waits for a person: that isn't 0 points."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        resources["ground_up_points"] = []
        nb, resources = super().preprocess(nb, resources)
        resources["ground_up_waits"] = any(each["waits"] for each in resources["ground_up_points"])
        return nb, resources

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        points = {
            "name": name.removesuffix(CHECK_SUFFIX),
            "text": cell.cell_type == "markdown",
            "score": grade.score,
            "max": grade.max_score,
            "waits": grade.auto_score is None and grade.manual_score is None,
        }
        resources["ground_up_points"].append(points)


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML; a class of its own, so that its template is no other exporter's."""
