"""The code reads alike everywhere and its types agree."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "autograder", "course", "tests", "start.py", "widgets.py", "nbgrader_config.py"],
        ["mypy"],
    ],
    ids=["lint", "format", "types"],
)
def test_it_is_clean(command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
