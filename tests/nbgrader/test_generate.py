"""Generating, giving back and collecting: what can't be done leaves what is there."""

from __future__ import annotations

import shutil

import nbformat
import pytest
from classroom import LESSON, NOTEBOOK
from refusing import OWN, edit, everything, files, forget, one_sentence, refused, run

from autograder.lesson.release import release

EXERCISE = """
```python exercise="half"
half = ...
```
"""
SLIPS = {
    "a solution that is no Python": ("neuron.md", "return x @ w + b", "return x @ w +", "cell .* SyntaxError"),
    "a solution that stops": ("neuron.md", "import numpy as np", "import numpy as np\n1 / 0", "ZeroDivisionError"),
    "checks that are no Python": ("checks.py", "@relu.case", "@relu.case(", "line .* of checks.py .* SyntaxError"),
    "hidden checks that are no Python": ("hidden/relu.py", "@relu.held_out", "@relu.", "hidden/relu.py .* SyntaxError"),
    "hidden checks that stop": ("hidden/relu.py", "@relu.held_out", "1 / 0\n\n\n@relu.held_out", "ZeroDivisionError"),
    "a header without a title": ("neuron.md", "    title: One neuron\n", "", "lacks 'title'"),
    "a module that is not there": ("checks.py", "import numpy", "import not_there\nimport numpy", "not_there"),
}


def test_generate_builds_what_was_edited_and_makes_what_release_makes(taught, tmp_path):
    edit(taught, "checks.py", "points=1", "points=3")
    done = taught.api.generate_assignment(LESSON)  # formgrader's button
    assert done["success"], done["log"]
    assert f"{LESSON}: wrote " in done["log"]
    release(taught.root / "solutions" / LESSON, tmp_path / "released")
    assert files(taught.root / "lessons" / LESSON) == files(tmp_path / "released" / LESSON)
    assert taught.api.autograde(LESSON, "ada")["success"]
    assert sum(grade["max_score"] for grade in taught.grades("ada").values()) > 18


def test_generate_builds_what_was_never_built(taught):
    released = files(taught.root / "lessons" / LESSON)
    shutil.rmtree(taught.root / "lessons")
    shutil.rmtree(taught.root / ".ground-up")
    for name in ("neuron.ipynb", "nn.py"):
        (taught.root / "solutions" / LESSON / name).unlink()
    done = taught.nbgrader("generate_assignment", LESSON)
    assert done.returncode == 0, done.stderr
    assert files(taught.root / "lessons" / LESSON) == released


@pytest.mark.parametrize("slip", SLIPS)
def test_generate_with_a_slip_in_the_source_leaves_the_release_as_it_was(taught, slip):
    name, old, new, said = SLIPS[slip]
    edit(taught, name, old, new)
    before = everything(taught)
    refused(taught.api.generate_assignment(LESSON), said)
    assert everything(taught) == before
    one_sentence(run("release"), said, status=3 if "module" in slip else 2)
    assert everything(taught) == before


def test_a_lesson_that_was_handed_in_keeps_its_exercises_and_its_release(taught):
    with open(taught.root / "solutions" / LESSON / "neuron.md", "a", encoding="utf-8") as source:
        source.write(EXERCISE.replace("...", "0.5"))
    with open(taught.root / "solutions" / LESSON / "checks.py", "a", encoding="utf-8") as checks:
        checks.write('\n\nhalf = exercise("half")\n\n\n@half.case\ndef its_value(half):\n    return half\n')
    before = everything(taught)
    said = r"01_neuron has 1 submission .*\(half, half-check\).*Nothing was changed"
    refused(taught.api.generate_assignment(LESSON), said)
    one_sentence(run("release"), said)
    assert everything(taught) == before


def test_generate_of_an_assignment_of_ones_own_leaves_its_release(taught):
    before = everything(taught)
    refused(taught.api.generate_assignment(OWN), "hw1 is an nbgrader assignment of your own")
    done = taught.nbgrader("assign", OWN, "--force")
    assert done.returncode == 1 and "of your own" in done.stderr and "Traceback" not in done.stderr
    assert everything(taught) == before


@pytest.mark.parametrize("of", [(), ("--notebook", NOTEBOOK)])
def test_feedback_that_cannot_be_made_anew_stays(taught, of):
    taught.submit("bo", taught.solution())
    assert taught.api.autograde(LESSON, "bo")["success"]
    page = taught.folder("ada", "feedback") / f"{NOTEBOOK}.html"
    before = page.read_bytes()
    graded = taught.folder("ada", "autograded") / f"{NOTEBOOK}.ipynb"
    graded.chmod(0o644)
    graded.write_text("{")
    assert taught.nbgrader("generate_feedback", LESSON, "--force", *of).returncode == 1
    assert page.read_bytes() == before
    assert taught.feedback("bo")
    assert not list((taught.root / "grading" / "feedback").rglob(".*.before"))


def test_feedback_that_a_killed_command_laid_aside_comes_back(taught):
    place = taught.folder("ada", "feedback")
    before = files(place)
    place.rename(place.with_name(f".{LESSON}.before"))
    assert taught.api.generate_feedback(LESSON, force=False)["success"]
    assert files(place) == before


def test_feedback_of_what_the_gradebook_does_not_know_is_refused(taught):
    forget(taught)
    before = everything(taught)
    refused(taught.api.generate_feedback(LESSON, force=True), "The gradebook knows no 01_neuron")
    assert everything(taught) == before


def test_feedback_on_an_assignment_of_ones_own_is_made(taught):
    done = taught.api.generate_feedback(OWN, force=True)
    assert done["success"], done["log"]
    assert "mean" in (taught.root / "grading" / "feedback" / "ada" / OWN / "mean.html").read_text(encoding="utf-8")


def test_zip_collect_stops_before_the_first_student_where_one_handed_in_before(taught):
    archive = taught.root / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    for name in ("aaa_1_2_neuron.ipynb", "bo_7_8_neuron.ipynb"):
        (archive / name).write_bytes(nbformat.writes(taught.solution()).encode())
    (taught.root / "grading" / "submitted" / "bo_7" / LESSON).mkdir(parents=True)
    (taught.root / "grading" / "submitted" / "bo_7" / LESSON / f"{NOTEBOOK}.ipynb").write_text("{}")
    before = files(taught.root / "grading")
    done = taught.nbgrader("zip_collect", LESSON)
    assert done.returncode == 1
    assert "bo_7 handed in before, and nothing was collected: say --force" in done.stderr
    assert files(taught.root / "grading") == before
