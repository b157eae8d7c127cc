"""docs/authoring.md is followed to its end in a copy of the repository, and leaves the tests there green.

The copy has one lesson besides the new one (all of them would take as long as the whole suite), and no engine of its
own: its commands and tests run with the one under test.
"""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import exercise
from autograder.authoring.exercise import Exercise
from autograder.core.paths import lesson_names
from autograder.lesson import limits, source

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
LESSON = "99_example"
FILES = {"example.md": "````", "checks.py": "```", "hidden/distance.py": "```"}
ORACLE = f"tests/lessons/{LESSON}/test_example.py"


def block(path: str, fence: str = "```") -> str:
    """The first fenced block after a file is named in the page."""
    after = PAGE[PAGE.index(f"`{path}`") :]
    return re.search(rf"^{fence}\w+\n(.*?)^{fence}$", after, re.DOTALL | re.MULTILINE)[1]


def commands() -> list[list[str]]:
    """The commands of the page, in order: what stands in fenced blocks without a language."""
    found, fence = [], None
    for line in PAGE.splitlines():
        if line.startswith("```"):
            fence = line if fence is None else None
        elif fence == "```" and line.startswith("autograder "):
            found.append(line.split())
    return found


def run(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in the copy, with the engine under test."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, *arguments], cwd=course, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )


def autograder(course: Path, *arguments: str) -> str:
    """What a command prints; it must succeed."""
    done = run(course, "-m", "autograder.cli", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """The copy, after the page was followed to its end."""
    course = tmp_path_factory.mktemp("copy")
    first = lesson_names(ROOT / "solutions")[0]
    for path in ROOT.glob("[!.]*"):
        if path.is_file():
            shutil.copyfile(path, course / path.name)
    left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.ipynb")
    shutil.copytree(ROOT / "solutions" / first, course / "solutions" / first, ignore=left_out)
    shutil.copytree(ROOT / "lessons" / first, course / "lessons" / first)
    for name in ("docs", "container", "findings"):
        shutil.copytree(ROOT / name, course / name)
    other_lessons = shutil.ignore_patterns("__pycache__", "[0-9][0-9]_*")
    shutil.copytree(ROOT / "tests", course / "tests", ignore=other_lessons)
    assert [words[1] for words in commands()] == ["new", "prove", "release", "readme"]
    for words in commands():
        assert words[2:] == [LESSON]
        if words[1] == "release":
            (course / ORACLE).parent.mkdir(parents=True)
            (course / ORACLE).write_text(block(ORACLE), encoding="utf-8")
        autograder(course, *words[1:])
    return course


def test_what_new_makes_is_what_the_page_shows(course):
    folder = course / "solutions" / LESSON
    for name, fence in FILES.items():
        assert (folder / name).read_text(encoding="utf-8") == block(f"solutions/{LESSON}/{name}", fence)


def test_the_example_is_proven_to_the_last_mutant(course):
    (lesson,) = json.loads(autograder(course, "prove", LESSON, "--json"))["lessons"]
    assert lesson["holds"] and lesson["mutants_killed"] == 1.0


def test_the_released_notebook_is_not_attempted_and_the_solved_one_right(course):
    handed_out = {path.name for path in (course / "lessons" / LESSON).iterdir()}
    assert handed_out == {"example.ipynb", "nn.py", ".lesson"}
    verdicts = {}
    for kind in ("lessons", "solutions"):
        graded = json.loads(autograder(course, "check", f"{kind}/{LESSON}/example.ipynb", "--held-out", "--json"))
        verdicts[kind] = graded["exercises"][0]["verdict"], graded["score"], graded["max_score"]
    assert verdicts == {"lessons": ("NOT_ATTEMPTED", 0, 2), "solutions": ("PASSED", 2, 2)}


def test_the_lesson_is_in_both_tables(course):
    readme, proof = ((course / name).read_text(encoding="utf-8") for name in ("README.md", "docs/proof.md"))
    assert "| 99 | Example | How far apart are two numbers? | the distance between numbers |" in readme
    assert f"| `{LESSON}` | 1 | 4 (2) | 4 of 4 | all 2 pass | 4 of 4 (1 more do the same as the reference) |" in proof
    assert len(re.findall(r"^\| \d\d \|", readme, re.MULTILINE)) == 2  # lessons that are no more have left it


def test_the_tests_that_the_page_names_are_green_in_the_copy(course):
    (line,) = re.findall(r"^python3 start\.py test (tests/.*)$", PAGE, re.MULTILINE)
    places, chosen = re.fullmatch(r'(.*) -k "(.*)"', line).groups()
    left_out = f"--ignore=tests/docs/{Path(__file__).name}"
    done = run(course, "-m", "pytest", "-x", "-p", "no:cacheprovider", *places.split(), "-k", chosen, left_out)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    counted = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|skipped)", run_summary(done.stdout))}
    assert counted.get("passed", 0) >= 8, done.stdout[-2000:]


def run_summary(output: str) -> str:
    """pytest's counts, or as many dots where it was told to be quiet."""
    dots = "".join(re.findall(r"^([.sFEx]+) +\[ *\d+%\]$", output, re.MULTILINE))
    return f"{dots.count('.')} passed {output}"


# --- the tables of options are complete ---------------------------------------------------------------------------


def table(title: str) -> set[str]:
    """What stands in backticks in the first column of the first table after a title."""
    rows = re.search(r"\n\|.*?\n\n", PAGE[PAGE.index(title) :] + "\n\n", re.DOTALL)[0].strip().splitlines()[2:]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_the_table_of_the_header_is_complete():
    assert table("**The header**") == {*source.MUST_SAY, *source.MAY_SAY}
    row = next(line for line in PAGE.splitlines() if line.startswith("| `limits` |"))
    assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == set(limits._KNOWN)


def test_the_table_of_exercise_is_complete():
    assert table('**`exercise("name", …)`**') == set(inspect.signature(exercise).parameters) - {"name"}


@pytest.mark.parametrize("option", ["part", "judge", "after", "reveals"])
def test_the_table_of_cases_has_what_a_case_takes(option):
    values = {"part": "the answer", "judge": lambda got, expected: None, "after": [], "reveals": False}
    Exercise("x", parts={"the answer": 1}).case(**{option: values[option]})(lambda x: x)
    assert table("**`@name.case(…)` and `@name.held_out(…)`**") == set(values)
