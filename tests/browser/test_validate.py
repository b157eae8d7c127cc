"""nbgrader's Validate button on a learner's notebook, with its real server extension and a real kernel."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import nbformat
import pytest
from classroom import LESSON, NOTEBOOK, cell_of, make_classroom

from autograder.lesson import checks

VALIDATED = 120_000


@pytest.fixture(scope="module")
def lab(serve: Callable, tmp_path_factory: pytest.TempPathFactory):
    """A learner's folder: the lesson untouched, and solved but for what is optional."""
    course = make_classroom(tmp_path_factory.mktemp("course"))
    work = tmp_path_factory.mktemp("work")
    shutil.copytree(course.root / "lessons" / LESSON, work / LESSON)
    solved = course.solution()
    for name, exercise in checks.load(work / LESSON).items():
        if exercise.stretch:
            cell_of(solved, name).source = cell_of(course.handed_out, name).source
    nbformat.write(solved, work / LESSON / "solved.ipynb")
    return serve(root=work, roles=("common",))


def test_validate_reports_the_exercises_of_an_untouched_notebook(page, lab):
    said = _validate(page, lab, f"{NOTEBOOK}.ipynb")
    assert "The following" in said and "failed" in said
    required = [name for name, exercise in checks.load(lab.root / LESSON).items() if not exercise.stretch]
    for name in required:
        assert f'check("{name}")' in said
        assert f"{name}: Not attempted yet" in said
    assert "Traceback" not in said


def test_validate_is_content_when_all_that_counts_is_solved(page, lab):
    assert "Success" in _validate(page, lab, "solved.ipynb")


def _validate(page, lab, notebook: str) -> str:
    """Press the button; what the dialog says."""
    lab.open(page, f"{LESSON}/{notebook}", run=False)
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog-content")
    dialog.wait_for(timeout=VALIDATED)
    return dialog.inner_text()
