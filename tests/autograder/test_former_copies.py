"""Copies of a lesson from before its checks, answers and figures moved into a hidden folder: nothing of them is lost.

`former/work.zip` is a workspace as the version before that left it: lesson 02 handed out, `dense` solved, `softmax`
tried once and one hint read.
"""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from released import everything_in

from autograder.core.paths import PACKAGE_ROOT, SUPPORT
from autograder.learner.workspace import prepare

LESSON, NOTEBOOK = "02_network", "02_network/network.ipynb"
NEWER = "network.new.ipynb"
BESIDE = {"answers.json", "bumps.py", "checks.py", "kinks.py", "networks.py", "widgets.py", "xray.py", "xray_scene.py"}


@pytest.fixture
def work(tmp_path) -> Path:
    """The learner's workspace of that time."""
    with zipfile.ZipFile(Path(__file__).parent / "former" / "work.zip") as archive:
        archive.extractall(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def lessons(tmp_path) -> Path:
    """The same lesson as it is released now."""
    shutil.copytree(PACKAGE_ROOT / "lessons" / LESSON, tmp_path / "lessons" / LESSON)
    return tmp_path / "lessons"


def checked(folder: Path) -> str:
    """What `check` says of the learner's `dense` and `softmax`, run in a lesson's folder."""
    cells = json.loads((folder / "network.ipynb").read_text(encoding="utf-8"))["cells"]
    written = {cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"]) for cell in cells}
    code = ["import numpy as np", "from autograder import check", written["dense"], written["softmax"]]
    code += ["print(check('dense'))", "print(check('softmax'))"]
    ran = subprocess.run([sys.executable, "-c", "\n".join(code)], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def says_what_is_right_and_what_is_not(report: str) -> bool:
    return "✓ dense: Correct · 2 of 2 points" in report and "Each row needs its own sum" in report


def test_the_learners_notebook_and_progress_stay_as_they_are(work, lessons):
    before = everything_in(work)
    changes = prepare(lessons, work)
    after = everything_in(work)
    assert {name: after[name] for name in (NOTEBOOK, "progress.json")} == {
        name: before[name] for name in (NOTEBOOK, "progress.json")
    }
    assert changes.beside == {NOTEBOOK: f"{LESSON}/{NEWER}"} and not changes.damaged  # its text is another one since
    assert "1 of 8 exercises, 2 of " in (work / "home.md").read_text(encoding="utf-8")
    assert prepare(lessons, work).summary() == ""


def test_what_lay_beside_the_notebook_is_put_away_and_the_lesson_works(work, lessons):
    before = everything_in(work / LESSON)
    changes = prepare(lessons, work)
    assert {path.name for path in (work / LESSON).iterdir()} == {"network.ipynb", NEWER, "nn.py", SUPPORT}
    kept = everything_in(changes.checkpoint / LESSON)
    assert kept == {name: before[name] for name in kept} and kept.keys() >= BESIDE
    assert says_what_is_right_and_what_is_not(checked(work / LESSON))
    exercises = json.loads((work / "progress.json").read_bytes())["lessons"][LESSON]["exercises"]
    assert [(name, e["verdict"], e["tries"], e["hints"]) for name, e in exercises.items()] == [
        ("softmax", "FAILED", 2, 1),
        ("dense", "PASSED", 2, 0),
    ]


def test_a_file_beside_the_notebook_that_the_learner_touched_stays(work, lessons):
    mine = work / LESSON / "bumps.py"
    mine.write_text("# my own bumps\n" + mine.read_text(encoding="utf-8"), encoding="utf-8")
    written = mine.read_bytes()
    prepare(lessons, work)
    assert mine.read_bytes() == written
    assert {path.name for path in (work / LESSON).iterdir()} == {"network.ipynb", NEWER, "nn.py", "bumps.py", SUPPORT}


def test_check_works_in_a_copy_that_was_never_brought_up_to_date(work):
    before = everything_in(work / LESSON)
    assert says_what_is_right_and_what_is_not(checked(work / LESSON))
    assert everything_in(work / LESSON) == before


@pytest.fixture
def fetched(work, tmp_path) -> Path:
    """The lesson as a student got it through nbgrader's exchange: the folder alone."""
    return Path(shutil.copytree(work / LESSON, tmp_path / "student" / LESSON))


def test_check_works_in_a_folder_from_the_exchange(fetched):
    assert says_what_is_right_and_what_is_not(checked(fetched))


def test_checks_that_import_the_engine_by_its_former_names_still_run(fetched):
    checks = fetched / "checks.py"
    former = "from autograder.compare import Difference\nfrom autograder.text import clean\n"
    checks.write_text(checks.read_text(encoding="utf-8").replace("import numpy", f"{former}import numpy", 1))
    assert says_what_is_right_and_what_is_not(checked(fetched))
