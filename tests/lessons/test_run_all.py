"""Run All in a lesson in which nothing is solved: each cell is run, and those that can't yet say for what they wait."""

import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.core.paths import PACKAGE_ROOT, lesson_names

CHEAP = ("01_neuron",)


@pytest.mark.parametrize(
    "unsolved",
    [
        pytest.param(name, marks=() if name in CHEAP else pytest.mark.heavy)
        for name in lesson_names(PACKAGE_ROOT / "lessons")
    ],
)
def test_run_all_reaches_the_end_of_a_lesson_in_which_nothing_is_solved(tmp_path, unsolved):
    folder = tmp_path / unsolved
    shutil.copytree(PACKAGE_ROOT / "lessons" / unsolved, folder)
    (path,) = folder.glob("*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=280,
        extra_arguments=["--ext=autograder.learner.kernel"],
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()  # a cell that fails raises
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    shown = [output for cell in code for output in cell.outputs if output.output_type == "display_data"]
    waiting = [output.data["text/plain"] for output in shown if "WAITING" in output.data.get("text/html", "")]
    assert waiting and all(said.endswith("this cell comes alive once it is (exercise above).") for said in waiting)
