"""A solved lesson run once, from top to bottom, in a real kernel: with the data there are, or with their stand-ins."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import claims
import nbformat
from nbclient import NotebookClient

from autograder.core.paths import lessons
from autograder.lesson.build import Lesson
from autograder.lesson.notebooks import solution_notebook

MINUTES_FOR_A_CELL = 5  # a cell that hangs is cut off; how long they take, tests/benchmarks/lessons.py says
OFFLINE = """
from course.datasets import fetch

def nothing(file):
    raise fetch.Unavailable("there is no network in this test")

fetch.found = fetch.content = nothing
"""
INSTEAD = "You get "  # what a data set's line says when a stand-in takes its place


@dataclass(frozen=True)
class Run:
    """notebook: with its outputs; real: whether no stand-in took the place of a data set."""

    notebook: nbformat.NotebookNode
    real: bool

    def printed(self, claim: claims.Claim) -> str:
        """What the claim's cell printed, or its probe."""
        wanted = (
            [claim.probe] if claim.probe else [cell for cell in demos(self.notebook) if claims.is_of(claim.cell, cell)]
        )
        return "".join(said(cell) for cell in self.notebook.cells if cell.source in wanted)


def demos(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if is_demo(cell)]


def is_demo(cell) -> bool:
    return "demo" in cell.metadata.get("tags", ())


def said(cell) -> str:
    """What a cell printed, and the value of its last line."""
    outputs = cell.get("outputs", [])
    streams = [output.text for output in outputs if output.output_type == "stream" and output.name == "stdout"]
    return "".join(streams + [o.data["text/plain"] for o in outputs if o.output_type == "execute_result"])


def run(lesson: Lesson, folder: Path, stand_ins: bool = False, shortened: tuple[str, str] | None = None) -> Run:
    """Run it in a copy of the released folder. shortened: a piece of a cell, and what is put in its place."""
    notebook = solution_notebook(lesson)
    if shortened:
        (cell,) = (cell for cell in notebook.cells if shortened[0] in cell.source)
        cell.source = cell.source.replace(*shortened)
    for claim in claims.table(lesson.name).CLAIMS:
        if claim.probe and not any(cell.source == claim.probe for cell in notebook.cells):
            (place,) = (
                i for i, cell in enumerate(notebook.cells) if is_demo(cell) and claims.is_of(claim.cell, cell.source)
            )
            notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(claim.probe))
    if stand_ins:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(OFFLINE))
    copy = folder / lesson.name
    shutil.copytree(lessons() / lesson.name, copy)
    own = {name: str(folder / name) for name in ("IPYTHONDIR", "MPLCONFIGDIR")}
    with mock.patch.dict(os.environ, own):
        NotebookClient(notebook, timeout=60 * MINUTES_FOR_A_CELL, resources={"metadata": {"path": str(copy)}}).execute()
    return Run(notebook, not any(INSTEAD in said(cell) for cell in notebook.cells))
