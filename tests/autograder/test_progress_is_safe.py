"""Nothing of a learner's progress is lost: processes that are killed, updates, damaged files and newer ones."""

import json
import os
import subprocess
import sys
from itertools import pairwise

import pytest
from released import release, type_into

from autograder.core.paths import PACKAGE_ROOT
from autograder.learner import ledger, progress, progress_file
from autograder.learner.workspace import prepare

LESSON = "01_neuron"
YESTERDAYS = """{
 "lessons": {
  "01_neuron": {
   "exercises": {
    "sigmoid": {
     "verdict": "PASSED",
     "points": 2,
     "max_points": 2,
     "tries": 3,
     "hints": 1,
     "first_passed": "2026-11-30T20:01:21+00:00"
    },
    "gone since": {"verdict": "FAILED", "points": 0.5, "max_points": 1, "tries": 4, "hints": 0, "of_later": [1]}
   }
  },
  "00_former": {"exercises": {}}
 },
 "unknown": "stays"
}
"""


@pytest.fixture
def work(tmp_path):
    release(tmp_path / "lessons")
    prepare(tmp_path / "lessons", tmp_path / "work")
    return tmp_path / "work"


def started(code, *arguments):
    """A Python of its own that runs this code."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PACKAGE_ROOT)


def tries(work, exercise):
    return progress.load(work)["lessons"][LESSON]["exercises"][exercise]["tries"]


RECORDS = """
import sys, warnings
from pathlib import Path
from autograder.learner import progress
warnings.simplefilter("error")
for number in range(40):
    print(progress.record(Path(sys.argv[1]), "sigmoid", "FAILED", 1, 2), flush=True)
"""


def test_yesterdays_folder_opens_and_updates_of_the_course_lose_nothing_that_is_recorded_meanwhile(tmp_path, work):
    (work / "progress.json").write_text(YESTERDAYS)
    type_into(work / LESSON / "neuron.ipynb", "x = 'mine'")
    with started(RECORDS, work / LESSON) as process:
        assert process.stdout.readline() == "4\n"
        for version in range(3):
            release(tmp_path / "lessons", code=f"x = {version}", exercises={"sigmoid": 2, f"new_{version}": 1})
            prepare(tmp_path / "lessons", work)
        process.communicate(timeout=60)
    assert process.returncode == 0
    expected = json.loads(YESTERDAYS)
    expected["lessons"][LESSON]["exercises"]["sigmoid"]["tries"] = 43
    assert progress.load(work) == expected
    assert "mine" in (work / LESSON / "neuron.ipynb").read_text()


KILLED = """
import os, signal, sys
from pathlib import Path
from autograder.learner import progress
folder, at = Path(sys.argv[1]), 0
while True:
    at += 1
    child = os.fork()
    if child == 0:
        left = at
        def watch(event, arguments):
            global left
            if event in ("open", "os.rename", "os.remove", "os.mkdir", "fcntl.flock"):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(watch)
        progress.record(folder, "sigmoid", "FAILED", 1, 2)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    known = progress.load(folder.parent)["lessons"]["01_neuron"]["exercises"]
    print(ended, known["sigmoid"]["tries"], known["other"]["tries"], flush=True)
    if ended == 0:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_killed_at_any_step_of_recording_leaves_the_old_record_or_the_new_one(work):
    progress.record(work / LESSON, "other", "PASSED", 1, 1)
    progress.record(work / LESSON, "sigmoid", "FAILED", 1, 2)
    with started(KILLED, work / LESSON) as process:
        said, _ = process.communicate(timeout=120)
    rows = [tuple(map(int, line.split())) for line in said.splitlines()]
    *killed, (ended, last, _) = rows
    assert process.returncode == 0 and ended == 0 and len(killed) > 8
    assert {row[0] for row in killed} == {-9} and {row[2] for row in rows} == {1}
    counts = [1, *(row[1] for row in killed)]
    assert all(0 <= after - before <= 1 for before, after in pairwise(counts))
    assert last == counts[-1] + 1 and 0 < len(set(counts)) < len(killed)  # some died before the step that counts
    assert not list(work.glob("progress.*-*"))
    prepare(work.parent / "lessons", work)
    assert not list(work.glob(ledger.UNFINISHED + "*"))


def test_of_a_damaged_record_all_that_is_whole_goes_on_and_the_copy_has_the_rest(work):
    progress.record(work / LESSON, "sigmoid", "PASSED", 2, 2)
    (work / "progress.json").write_text(YESTERDAYS.replace('"points": 2', '"points": "2"'))
    with pytest.warns(UserWarning, match="1 passed exercise could be taken over"):
        known = progress.load(work)["lessons"][LESSON]["exercises"]
    assert known["sigmoid"]["verdict"] == "PASSED" and known["gone since"]["of_later"] == [1]
    (work / "progress.json").write_bytes(b"\0" * 300)  # as after a power cut
    with pytest.warns(UserWarning, match="kept as progress.damaged-"):
        assert progress.load(work)["lessons"][LESSON]["exercises"] == known
    assert len(list(work.glob("progress.damaged-*.json"))) == 2
    assert progress.load(work)["lessons"][LESSON]["exercises"] == known  # and says nothing any more


def test_a_record_of_a_newer_version_is_kept_beside_and_used_as_far_as_it_is_understood(work):
    newer = json.dumps(json.loads(YESTERDAYS) | {"version": 2})
    (work / "progress.json").write_text(newer)
    with pytest.warns(UserWarning, match="newer version of Ground Up; it is kept as progress.newer-"):
        assert progress.record(work / LESSON, "sigmoid", "FAILED", 1, 2) == 4
    (aside,) = work.glob("progress.newer-*.json")
    assert aside.read_text() == newer and aside.name in (work / "home.md").read_text()


def test_where_the_old_record_can_not_be_kept_it_stays_where_it_is(work, monkeypatch):
    (work / "progress.json").write_text("{")

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger, "write", full)
    with pytest.warns(UserWarning, match="could not be saved .* No space left"):
        assert progress.record(work / LESSON, "sigmoid", "PASSED", 2, 2) is None
    assert (work / "progress.json").read_text() == "{"


def test_a_home_page_that_can_not_be_written_costs_no_progress(work):
    (work / "home.md").unlink()
    (work / "home.md").mkdir()
    with pytest.warns(UserWarning, match=r"Your progress is saved, but home\.md could not be written"):
        assert progress.record(work / LESSON, "sigmoid", "PASSED", 2, 2) == 1
    assert tries(work, "sigmoid") == 1


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), True, None, "1"])
def test_what_can_not_be_a_number_of_ours_is_damage(wrong):
    entry = progress_file.untried() | {"tries": wrong}
    with pytest.raises(progress_file.Damaged):
        progress_file.parse(json.dumps({"lessons": {"a": {"exercises": {"b": entry}}}}).encode())
