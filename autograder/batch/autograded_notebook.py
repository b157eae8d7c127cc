"""The way from a submission to the notebook in autograded/: nbgrader's preprocessors, with ours from memory.

nbgrader's own open the gradebook once per notebook and ask it once per cell for what the whole class shares. Where one
of them is exactly nbgrader's, a subclass here does the same from what was read once. Preprocessors that an instructor
added run as they are, in their place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient
from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
)
from traitlets.utils.importstring import import_item

from autograder.batch.class_gradebook import Stages
from autograder.core.paths import UserError
from autograder.nbgrader_plugin import shown
from autograder.nbgrader_plugin.autograde import GradeSubmission, SaveResults
from autograder.nbgrader_plugin.late import PenaltiesInPlace
from autograder.nbgrader_plugin.submitted import SubmissionExporter
from autograder.submission.grade import Graded
from autograder.submission.reading import Submission

_KNOWN = 1000  # cells
Store = Callable[[Stages], None]


@dataclass
class OnItsWay:
    """A submission between reading and storing.

    names: nbgrader's (student, assignment, notebook, db_url). folder: where its files are. submission: None when it
    can't be graded. written: of each free-text question whether something was written, known after SaveResults.
    """

    names: dict[str, str]
    graded: Graded
    submission: Submission | None
    folder: Path
    written: dict[str, bool] = field(default_factory=dict)


class Steps:
    """The configured preprocessors of one course.

    converter: nbgrader's Autograde; source: from `ClassGradebook.source_cells`.
    """

    def __init__(self, converter: Any, source: tuple[str | None, list[dict[str, Any]]]) -> None:
        if not issubclass(converter.exporter_class, SubmissionExporter):
            raise UserError("c.Autograde.exporter_class in nbgrader_config.py is not SubmissionExporter: put it back.")
        sanitizing = [_resolved(each) for each in converter.sanitize_preprocessors]
        autograding = [_resolved(each) for each in converter.autograde_preprocessors]
        if GradeSubmission not in autograding or SaveResults not in autograding:
            raise UserError(
                "c.Autograde.autograde_preprocessors in nbgrader_config.py lacks GradeSubmission or SaveResults: "
                "put them back."
            )
        self._exporter = converter.exporter_class(parent=converter, config=converter.config)
        self._source = source
        self._write = _Writer()
        self._sanitizing = [self._step(each) for each in sanitizing]
        self._autograding = [self._step(each) for each in autograding]
        penalties = [each for each in self._autograding if isinstance(each, PenaltiesInPlace)]
        self.penalties = penalties[0] if penalties and penalties[0].enabled else None
        self.only_ours = not any(isinstance(each, _Foreign) for each in self._sanitizing + self._autograding)

    def run(self, notebook: NotebookNode, way: OnItsWay, store: Store) -> str:
        """Take a clean copy of a submission all the way; the autograded notebook as text.

        store: called with each stage of storing, where somebody else's preprocessor may look at the gradebook
        afterwards; not called when all are ours (`only_ours`), since then the gradebook can be written later.
        """
        stages = (lambda _: None) if self.only_ours else store
        stages(Stages(enter=True))
        resources = self._resources(way, "")
        for step in self._sanitizing:
            notebook, resources = step(notebook, resources)
        resources = self._resources(way, str(way.folder))
        for step in self._autograding:
            if isinstance(step, GradeSubmission):
                _show(notebook, way)
                resources["ground_up"] = way.graded
            elif isinstance(step, SaveResults):
                way.written = written(notebook)
                stages(Stages(points=True))
            elif isinstance(step, PenaltiesInPlace):
                stages(Stages(penalties=True))
            else:
                notebook, resources = step(notebook, resources)
        return self._write(notebook)

    def _step(self, cls: Any) -> Any:
        kernelspec, cells = self._source
        if cls is OverwriteCells:
            made = CellsFromMemory(parent=self._exporter)
            made.cells = {cell["name"]: SimpleNamespace(**cell) for cell in cells}
            return made
        if cls is OverwriteKernelspec:
            made = KernelspecFromMemory(parent=self._exporter)
            made.kernelspec = kernelspec
            return made
        if cls is CheckCellMetadata:
            return EachMetadataOnce(parent=self._exporter)
        if cls is AssignLatePenalties:
            return PenaltiesInPlace(parent=self._exporter)
        if cls in (ClearOutput, DeduplicateIds, LimitOutput, GradeSubmission, SaveResults):
            return cls(parent=self._exporter)
        return _Foreign(cls, self._exporter)

    def _resources(self, way: OnItsWay, folder: str) -> ResourcesDict:
        """What nbgrader and nbconvert tell a preprocessor. folder: the notebook's, once there is one."""
        name = way.names["notebook"]
        made = ResourcesDict(unique_key=name, output_files_dir=f"{name}_files", nbgrader=way.names)
        today = f"{datetime.now(UTC):%B} {datetime.now(UTC).day}, {datetime.now(UTC).year}"
        made["metadata"] = ResourcesDict(name=name, path=folder, modified_date=today)
        made["output_extension"] = self._exporter.file_extension
        return made


class CellsFromMemory(OverwriteCells):
    """nbgrader's OverwriteCells, which asks this object instead of the gradebook. cells: the lesson's, by name."""

    cells: dict[str, SimpleNamespace]

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        self.notebook_id = self.assignment_id = ""
        self.gradebook = self
        for number, cell in enumerate(nb.cells):
            nb.cells[number], resources = self.preprocess_cell(cell, resources, number)
        return nb, resources

    def find_source_cell(self, name: str, *_: str) -> SimpleNamespace:
        if name not in self.cells:
            raise MissingEntry(f"No such source cell: {name}")
        return self.cells[name]

    find_graded_cell = find_source_cell


class KernelspecFromMemory(OverwriteKernelspec):
    """nbgrader's OverwriteKernelspec with what the gradebook was asked once. kernelspec: the lesson's, as JSON."""

    kernelspec: str | None

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        if self.kernelspec is not None and (kernelspec := json.loads(self.kernelspec)):
            nb.metadata["kernelspec"] = kernelspec
        return nb, resources


class EachMetadataOnce(CheckCellMetadata):
    """nbgrader's CheckCellMetadata, which doesn't validate the same metadata for each student again."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._validator = _Validator()

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        self._validator.validate_nb(nb)
        return nb, resources


class _Validator(MetadataValidator):
    def __init__(self) -> None:
        super().__init__()
        self._valid: set[str] = set()

    def validate_cell(self, cell: NotebookNode) -> None:
        if "nbgrader" in cell.metadata:
            seen = json.dumps([cell.cell_type, cell.metadata["nbgrader"]], sort_keys=True)
            if seen not in self._valid:
                super().validate_cell(cell)
                self._valid.add(seen)


class _Foreign:
    """A preprocessor that somebody added, made anew for each notebook as nbgrader does, and checked after as there."""

    def __init__(self, preprocessor: Any, exporter: Any) -> None:
        self._preprocessor, self._exporter = preprocessor, exporter

    def __call__(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        self._exporter._preprocessors = []
        self._exporter.register_preprocessor(self._preprocessor)
        for each in self._exporter._preprocessors:
            nb, resources = each(nb, resources)
        nbformat.validate(nb, relax_add_props=True)
        return nb, resources


def written(notebook: NotebookNode) -> dict[str, bool]:
    """Of each free-text question by name, whether it differs from what was given out."""
    answers = [cell for cell in notebook.cells if utils.is_grade(cell) and utils.is_solution(cell)]
    return {cell.metadata.nbgrader.grade_id: utils.determine_grade(cell)[0] is None for cell in answers}


class _Writer:
    """Writes what nbformat writes, without its copies (the notebook is not used afterwards).

    Indented JSON is slow to make, and most cells are the same for the whole class, so their text is kept.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, notebook: NotebookNode) -> str:
        notebook = strip_transient(split_lines(notebook))
        cells = ",\n  ".join(map(self._cell, notebook.cells))
        around = _indented({**notebook, "cells": []})
        return around.replace('"cells": []', f'"cells": [\n  {cells}\n ]' if cells else '"cells": []', 1) + "\n"

    def _cell(self, cell: NotebookNode) -> str:
        compact = json.dumps(cell, sort_keys=True)
        if compact not in self._known:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[compact] = _indented(cell).replace("\n", "\n  ")  # a line's end within a text is escaped
        return self._known[compact]


def _indented(part: Any) -> str:
    return json.dumps(part, indent=1, sort_keys=True, ensure_ascii=False)


def _show(notebook: NotebookNode, way: OnItsWay) -> None:
    if way.submission is None:
        shown.show_instruction(notebook, way.graded.notes[0])
    else:
        shown.show_grade(notebook, way.submission, way.graded)


def _resolved(preprocessor: Any) -> Any:
    return import_item(preprocessor) if isinstance(preprocessor, str) else preprocessor
