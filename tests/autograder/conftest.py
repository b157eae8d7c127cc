"""What several tests of the engine share."""

import shutil
from pathlib import Path

import pytest
import tiny
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from autograder.learner import opened, workspace
from autograder.submission import grade


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    """What is needed to grade the tiny lesson, held-out cases included."""
    root = tiny.course(tmp_path_factory.mktemp("course"))
    return grade.marking(root / "solutions" / "01_tiny", held_out=True)


class Notebook:
    """Runs cells as a notebook would; returns what a person sees."""

    def __init__(self, shell):
        self.shell = shell
        self.shell.reset(new_session=True)
        self.run("import numpy as np\nfrom autograder import check, hint, reset, solution")

    def run(self, cell, cell_id=None):
        with capture_output() as seen:
            ran = self.shell.run_cell(cell, cell_id=cell_id)
        self.result, self.success, self.shown = ran.result, ran.success, seen.outputs
        seen = seen.stdout + seen.stderr
        assert "/autograder/" not in seen, seen  # no traceback of ours
        return seen if ran.result is None else seen.split("]: ", 1)[-1].lstrip("\n")


@pytest.fixture(scope="module")
def shell():
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    yield InteractiveShell.instance(config=config)
    InteractiveShell.clear_instance()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny.released(tmp_path_factory.mktemp("course"))


@pytest.fixture
def notebook(shell, course, tmp_path, monkeypatch):
    """A notebook in a copy of the course, in its released lesson's folder."""
    root = tmp_path / "course"
    shutil.copytree(course, root)
    monkeypatch.chdir(root / "lessons" / "01_tiny")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(opened, "_lesson", None)
    return Notebook(shell)


@pytest.fixture
def workplace(notebook, monkeypatch):
    """The same notebook in a learner's workspace; the workspace's folder."""
    work = Path.cwd().parents[1] / "work"
    workspace.prepare(work.parent / "lessons", work)
    monkeypatch.chdir(work / "01_tiny")
    return work
