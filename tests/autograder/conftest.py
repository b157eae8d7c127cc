"""What several tests of the engine share."""

import pytest
import tiny

from autograder.submission import grade


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    """What is needed to grade the tiny lesson, held-out cases included."""
    root = tiny.course(tmp_path_factory.mktemp("course"))
    return grade.marking(root / "solutions" / "01_tiny", held_out=True)
