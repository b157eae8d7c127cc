"""What instructor and student see of a grading run: our reports and what the cells printed, as a notebook's outputs."""

from __future__ import annotations

from bisect import bisect_left

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

from autograder.judging import cell_endings, report
from autograder.lesson.notebooks import CHECK_SUFFIX
from autograder.nbgrader_plugin.submitted import scrubbed
from autograder.runner.job import CellRun
from autograder.submission.grade import Graded
from autograder.submission.reading import Submission


def show_grade(notebook: NotebookNode, submission: Submission, graded: Graded) -> None:
    """Put each exercise's report below its check cell, and what a cell printed or its error below that cell.

    notebook: a clean copy of the submission; only text and reports of our own making become outputs.
    """
    results = {f"{result.name}{CHECK_SUFFIX}": result for result in graded.results}
    runs = [run for _, run in zip(submission.cells, graded.cells, strict=False)]
    places: dict[str, list[int]] = {}  # of each cell's text, where it was run
    for number, cell in enumerate(submission.cells[: len(runs)]):
        places.setdefault(scrubbed(cell.source), []).append(number)
    begin = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = []
        if utils.is_grade(cell):
            if (result := results.get(cell.metadata.nbgrader.grade_id)) is not None:
                data = {"text/html": scrubbed(report.html(result)), "text/plain": scrubbed(report.text(result))}
                cell.outputs.append(_output("display_data", data=NotebookNode(data), metadata=NotebookNode()))
        elif "demo" not in cell.metadata.get("tags", ()):
            numbers = places.get(cell.source, [])
            later = bisect_left(numbers, begin)
            if later < len(numbers):
                cell.outputs = _outputs(runs[numbers[later]])
                begin = numbers[later] + 1


def show_instruction(notebook: NotebookNode, text: str) -> None:
    """Say at the top why nothing was graded and what to do."""
    cell = nbformat.v4.new_markdown_cell(f"**This could not be graded.** {text}", id="not-graded")
    notebook.cells.insert(0, cell)


def _outputs(ran: CellRun) -> list[NotebookNode]:
    outputs = []
    ending = ran.outcome
    if ending.printed:
        outputs.append(_output("stream", name="stdout", text=scrubbed(ending.printed)))
    if ending.error is not None:
        lines = [
            f"line {frame.line}, in {frame.function or 'this cell'}:  {frame.source}" for frame in ending.error.frames
        ]
        traceback = [scrubbed(line) for line in [*lines, ending.error.message]]
        name, value = scrubbed(ending.error.type_name), scrubbed(ending.error.message)
        outputs.append(_output("error", ename=name, evalue=value, traceback=traceback))
    elif cell_endings.is_bad(ending):
        outputs.append(_output("stream", name="stderr", text=f"This cell {cell_endings.says(ending)}"))
    return outputs


def _output(kind: str, **fields: object) -> NotebookNode:
    """An output as nbformat.v4.new_output makes it; valid by construction, so it isn't validated each time."""
    return NotebookNode(output_type=kind, **fields)
