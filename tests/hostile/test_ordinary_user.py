"""The whole catalogue once more, graded by somebody who isn't root."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

NOBODY = "65534"
REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="the catalogue ran as an ordinary user"),
    pytest.mark.skipif(not (shutil.which("bwrap") and shutil.which("setpriv")), reason="needs bwrap and setpriv"),
]


def as_ordinary_user(*command: str) -> list[str]:
    """A command in front of which root becomes nobody, with this Python and the repository still in sight."""
    seen = {Path(sys.prefix), Path(sys.base_prefix), REPOSITORY}
    home = [str(folder) for folder in seen if folder.is_relative_to("/root")]
    inside = {str(parent) for folder in home for parent in Path(folder).parents if parent.is_relative_to("/root")}
    view = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/root", "--cap-add", "ALL"]
    view += [part for parent in sorted(inside - {"/root"}) for part in ("--dir", parent)]
    view += [part for folder in sorted(home) for part in ("--ro-bind", folder, folder)]
    return [*view, "setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", *command]


FILES = ("tests/hostile/test_catalogue.py", "tests/autograder/test_sandbox.py")
SPREAD = (
    "test_sandbox or 01_prints or 07_forges or 09_looks_into or 12_reaches or 13_too_many or 18_crashes or 20_daemon"
)


@pytest.mark.parametrize("which", [SPREAD, pytest.param("test", marks=pytest.mark.heavy)], ids=["a spread", "whole"])
def test_the_catalogue_holds_for_an_ordinary_user_too(which):
    with tempfile.TemporaryDirectory(prefix="ordinary-") as folder:
        shutil.chown(folder, int(NOBODY), int(NOBODY))
        pytest_ = [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", f"--basetemp={folder}/tests"]
        environment = {**os.environ, "HOME": folder, "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run(
            as_ordinary_user(*pytest_, "-rs", "-k", which, *FILES),
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
        )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert "skipped" not in ran.stdout, ran.stdout[-2000:]
