"""A course of its own with lesson 01 and a class that handed it in, for the tests of nbgrader and formgrader."""

from __future__ import annotations

import copy
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nbformat
import warm_commands
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI

from autograder.lesson.build import built, kept_in
from autograder.lesson.release import release
from autograder.nbgrader_plugin.gradebook import nbgrader_config, register

REPOSITORY = Path(__file__).resolve().parents[1]
LESSON, NOTEBOOK = "01_neuron", "neuron"
STEAL = "window.stolen = 1"


@dataclass
class Classroom:
    """root: the course's folder. handed_out: the lesson as learners get it. solved: each exercise's solution."""

    root: Path
    handed_out: NotebookNode
    solved: dict[str, str]

    @property
    def db_url(self) -> str:
        return nbgrader_config(self.root).CourseDirectory.db_url

    @property
    def api(self) -> NbGraderAPI:
        return NbGraderAPI(config=nbgrader_config(self.root))

    def notebook(self, answers: dict[str, str]) -> NotebookNode:
        """The lesson with these answers, the rest as handed out."""
        made = copy.deepcopy(self.handed_out)
        for name, source in answers.items():
            cell_of(made, name).source = source
        return made

    def solution(self, **answers: str) -> NotebookNode:
        """The solved lesson with other answers in some places."""
        return self.notebook({**self.solved, **answers})

    def folder(self, student: str, step: str = "submitted") -> Path:
        return self.root / "grading" / step / student / LESSON

    def submit(self, student: str, content: NotebookNode | bytes, name: str = f"{NOTEBOOK}.ipynb") -> Path:
        """Put a notebook where collecting would; the path."""
        folder = self.folder(student)
        folder.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else nbformat.writes(content).encode()
        (folder / name).write_bytes(data)
        return folder / name

    def nbgrader(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The real command, in the course's folder."""
        return warm_commands.nbgrader(*arguments, cwd=self.root)

    def grades(self, student: str) -> dict[str, dict]:
        """What the gradebook holds for a student, by cell."""
        with Gradebook(self.db_url) as gradebook:
            submitted = gradebook.find_submission_notebook(NOTEBOOK, LESSON, student)
            return {grade.name: grade.to_dict() for grade in submitted.grades}

    def feedback(self, student: str) -> str:
        return (self.folder(student, "feedback") / f"{NOTEBOOK}.html").read_text(encoding="utf-8")


def make_classroom(root: Path, settings: str = "") -> Classroom:
    """A course with lesson 01 released and registered. settings: more lines for its nbgrader_config.py."""
    solution_folder = copy_of_source(LESSON, root / "solutions")
    config = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
    (root / "nbgrader_config.py").write_text(config + settings, encoding="utf-8")
    release(solution_folder, root / "lessons")
    register(solution_folder)
    solved = nbformat.read(solution_folder / f"{NOTEBOOK}.ipynb", as_version=4)
    return Classroom(
        root,
        nbformat.read(root / "lessons" / LESSON / f"{NOTEBOOK}.ipynb", as_version=4),
        {name: cell.source for cell in solved.cells if (name := grade_id(cell)) and cell.metadata.nbgrader.solution},
    )


def copy_of_source(lesson: str, solutions: Path) -> Path:
    """A copy of a lesson's source with its answers, without what is generated beside it; its folder."""
    source = REPOSITORY / "solutions" / lesson
    generated = shutil.ignore_patterns("*.ipynb", "nn.py", ".lesson", "__pycache__")
    copied = Path(shutil.copytree(source, solutions / lesson, ignore=generated))
    built(source, REPOSITORY / "lessons" / lesson, held_out=True)  # kept from then on
    shutil.copytree(kept_in(source), kept_in(copied))
    return copied


def grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def without(notebook: NotebookNode, *names: str) -> NotebookNode:
    """The notebook without some of its official cells."""
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in names]
    return notebook


def with_scripts(course: Classroom) -> NotebookNode:
    """A submission that tries to run STEAL in the browser of whoever looks at it."""
    notebook = course.solution(
        sigmoid=f"print('<script>{STEAL}</script>')\ndef sigmoid(z):\n    raise ValueError('<script>{STEAL}</script>')"
    )
    cell_of(notebook, "why-bias").source = f"Look: <script>{STEAL}</script><img src=x onerror='{STEAL}'>"
    more = [
        nbformat.v4.new_markdown_cell(f"<svg onload='{STEAL}'></svg> <a href='java\nscript:{STEAL}'>here</a>"),
        nbformat.v4.new_markdown_cell(
            f"[x](javascript:{STEAL}) <iframe srcdoc='<script>parent.{STEAL}</script>'></iframe>"
        ),
        nbformat.v4.new_markdown_cell(f"$x < 1$ <form action='/x'><input autofocus onfocus='{STEAL}'></form>"),
        nbformat.v4.new_raw_cell(f"<script>{STEAL}</script>"),
        nbformat.v4.new_code_cell(f"from IPython.display import HTML\nHTML('<script>{STEAL}</script>')"),
    ]
    more[0].metadata.tags = [f"'><script>{STEAL}</script>"]
    more[4].outputs = [nbformat.v4.new_output("display_data", {"text/html": f"<script>{STEAL}</script>"})]
    notebook.cells += more
    notebook.metadata.title = f"</title><script>{STEAL}</script>"
    return notebook
