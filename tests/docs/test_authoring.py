"""docs/authoring.md is followed to the letter: its blocks are its lesson, its commands must do what it says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")


def block(named: str, fence: str) -> str:
    """The first fenced block after a file is named in the page."""
    after = PAGE[PAGE.index(f"`solutions/00_example/{named}`") :]
    return re.search(rf"^{fence}\w+\n(.*?)^{fence}$", after, re.DOTALL | re.MULTILINE).group(1)


def autograder(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder.cli", *arguments]
    return subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    course = tmp_path_factory.mktemp("course")
    folder = course / "solutions" / "00_example"
    folder.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text(encoding="utf-8"))
    (folder / "example.md").write_text(block("example.md", "````"), encoding="utf-8")
    (folder / "hidden").mkdir()
    for name in ("checks.py", "hidden/distance.py"):
        (folder / name).write_text(block(name, "```"), encoding="utf-8")
    return course


def test_the_example_can_be_proven(course):
    proof = autograder(course, "prove", "00_example", "--json")
    assert proof.returncode == 0, proof.stdout + proof.stderr
    (lesson,) = json.loads(proof.stdout)["lessons"]
    assert lesson["holds"] and lesson["mutants_killed"] == 1.0


def test_the_example_can_be_released_and_checked(course):
    released = autograder(course, "release", "00_example")
    assert released.returncode == 0, released.stdout + released.stderr
    handed_out = {path.name for path in (course / "lessons" / "00_example").iterdir()}
    assert handed_out == {"example.ipynb", "checks.py", "answers.json", "nn.py"}
    verdicts = {}
    for kind in ("lessons", "solutions"):
        checked = autograder(course, "check", f"{kind}/00_example/example.ipynb", "--held-out", "--json")
        assert checked.returncode == 0, checked.stderr
        graded = json.loads(checked.stdout)
        verdicts[kind] = graded["exercises"][0]["verdict"], graded["score"], graded["max_score"]
    assert verdicts == {"lessons": ("NOT_ATTEMPTED", 0, 2), "solutions": ("PASSED", 2, 2)}
