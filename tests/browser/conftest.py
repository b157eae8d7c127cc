"""What `start.py` serves a learner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.learner import workspace

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def learners_lab(serve: Callable, tmp_path_factory: pytest.TempPathFactory):
    """A JupyterLab on a fresh copy of the lessons, with a learner's settings."""
    work = tmp_path_factory.mktemp("course") / "work"
    workspace.prepare(REPOSITORY / "lessons", work)
    return serve(root=work, roles=("learner", "common"))
