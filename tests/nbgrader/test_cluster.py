"""`autograder grade --scheduler` on a real scheduler with real workers: points, workers that die or don't fit."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from classroom import LESSON, REPOSITORY, Classroom, make_classroom
from click.testing import CliRunner, Result
from nbgrader.api import Gradebook

from autograder.batch import run_key
from autograder.cli import main
from autograder.runner.sandbox import bubblewrap_works

distributed = pytest.importorskip("distributed", reason="the package distributed isn't installed")

SCORES = {"right": 16, "half": 3, "untouched": 0}


@dataclass
class Dask:
    """A scheduler and workers of our own."""

    address: str
    client: distributed.Client
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def workers(self) -> set[str]:
        return set(self.client.nthreads())

    def add(self, count: int = 1, **environment: str) -> set[str]:
        """Start workers and wait for them; their addresses."""
        before = self.workers
        for _ in range(count):
            self.running.append(_dask("worker", self.address, "--nthreads", "1", "--nworkers", "1", **environment))
        self.client.wait_for_workers(len(before) + count, timeout=60)
        return self.workers - before

    @contextmanager
    def another(self, **environment: str) -> Iterator[str]:
        """One more worker, as long as it is needed; its address."""
        (address,) = self.add(**environment)
        try:
            yield address
        finally:
            _end(self.running.pop())
            _until(lambda: address not in self.workers)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    facts = tmp_path_factory.mktemp("dask") / "scheduler.json"
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(facts))
    cluster = None
    try:
        _until(lambda: facts.is_file() and facts.stat().st_size, scheduler)
        address = json.loads(facts.read_text())["address"]
        with distributed.Client(address, set_as_default=False) as client:
            cluster = Dask(address, client)
            cluster.add(2)
            yield cluster
    finally:
        for process in [*(cluster.running if cluster else []), scheduler]:
            _end(process)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    made = make_classroom(tmp_path_factory.mktemp("cluster"))
    made.submit("right", made.solution())
    made.submit("half", made.notebook({name: made.solved[name] for name in ("weighted_sum", "relu")}))
    made.submit("untouched", made.notebook({}))
    made.submit("empty", b"")
    return made


@pytest.fixture(autouse=True)
def here(course: Classroom, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    monkeypatch.chdir(course.root)
    return course


def test_points_are_those_of_a_run_on_this_machine(here, dask):
    there = json.loads(_grade(dask.address).output)
    wheres = {line["where"] for line in _lines(here) if "where" in line}
    assert wheres <= dask.workers
    assert {each["student"]: each["score"] for each in there["students"]} == {**SCORES, "empty": None}
    grades = {student: here.grades(student) for student in SCORES}
    local = json.loads(_grade("", "--force").output)
    assert there["students"] == local["students"]
    assert _points(grades) == _points({student: here.grades(student) for student in SCORES})


def test_what_a_worker_that_was_killed_had_begun_is_run_again(here, dask):
    slow = [f"slow_{number}" for number in range(4)]
    for student in slow:
        here.submit(student, here.solution(relu=f"import time\ntime.sleep(1)\n{here.solved['relu']}"))
    pids = dask.client.run(os.getpid)
    command = [sys.executable, "-m", "autograder.cli", "grade", LESSON, "--scheduler", dask.address, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        _until(lambda: any(dask.client.processing().values()), process)
        killed = next(address for address, jobs in dask.client.processing().items() if jobs)
        os.kill(pids[killed], signal.SIGKILL)
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    said = {each["student"]: each["score"] for each in json.loads(output)["students"]}
    assert {student: said[student] for student in slow} == dict.fromkeys(slow, 16)
    lines = [line for line in _lines(here) if line["student"] in slow]
    assert len(lines) == len(slow)
    assert killed not in {line["where"] for line in lines}
    with Gradebook(here.db_url) as gradebook:
        handed_in = [each.student.id for each in gradebook.find_assignment(LESSON).submissions]
    assert len(handed_in) == len(set(handed_in))


def test_a_worker_with_another_engine_is_named_and_gets_no_job(here, dask, tmp_path):
    for package in ("autograder", "course"):
        shutil.copytree(REPOSITORY / package, tmp_path / package)
    with open(tmp_path / "autograder" / "judge.py", "a", encoding="utf-8") as file:
        file.write("# another version\n")
    with dask.another(PYTHONPATH=str(tmp_path)) as odd:
        done = _grade(dask.address, "--force")
        _same_scores(done)
        assert f"The worker {odd} is left out: it has engine" in done.stderr


def test_a_worker_without_a_sandbox_is_named_and_gets_no_job_even_when_it_comes_late(here, dask, monkeypatch):
    asked = distributed.Client.run

    def before_it_came(self, function, *arguments, workers, **options):
        return asked(self, function, *arguments, workers=workers, **options) | {odd: ""}

    with dask.another(PATH="/nowhere") as odd:
        monkeypatch.setattr(distributed.Client, "run", before_it_came)
        for _ in range(3):  # until it was given a job
            done = _grade(dask.address, "--force")
            _same_scores(done)
            if done.stderr:
                break
        assert f"The worker {odd} is left out: The bubblewrap sandbox doesn't work" in done.stderr


def test_without_a_fitting_worker_nothing_is_graded(here, dask, monkeypatch):
    runs = [line for line in _lines(here) if "run" in line]
    versions = {**run_key.versions_of_all(), "torch": "0.0"}
    monkeypatch.setattr(run_key, "versions_of_all", lambda: versions)
    done = _grade(dask.address, "--force")
    assert done.exit_code == 3
    assert done.stderr.count("is left out: it has torch") == 2
    assert "None of the workers" in done.stderr
    assert [line for line in _lines(here) if "run" in line] == runs


def test_where_no_scheduler_answers_one_sentence_says_so(here, monkeypatch):
    monkeypatch.setattr("autograder.batch.cluster.CONNECT_SECONDS", 0.5)
    _grade("")
    before = here.grades("right")
    done = _grade("tcp://127.0.0.1:9", "--force")
    assert done.exit_code == 3
    assert done.stderr.startswith("No scheduler answers at tcp://127.0.0.1:9: start one with `dask scheduler`")
    assert here.grades("right") == before
    for address in ("nonsense://x", "tls://127.0.0.1:9"):
        done = _grade(address, "--force")
        assert (done.exit_code, address in done.stderr) == (2, True)


@pytest.mark.heavy
def test_a_scheduler_that_goes_away_leaves_what_was_finished(here, tmp_path):
    _grade("")
    for number in range(3):
        slow = here.solution(relu=f"import time\ntime.sleep({number / 2})\n{here.solved['relu']}")
        here.submit(f"late_{number}", slow)
    facts = tmp_path / "scheduler.json"
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(facts))
    worker = process = None
    try:
        _until(lambda: facts.is_file() and facts.stat().st_size, scheduler)
        address = json.loads(facts.read_text())["address"]
        worker = _dask("worker", address, "--nthreads", "1", "--nworkers", "1", "--death-timeout", "5")
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
        before = len(_lines(here))
        command = [sys.executable, "-m", "autograder.cli", "grade", LESSON, "--scheduler", address]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        _until(lambda: len(_lines(here)) > before, process, scheduler, worker)
        scheduler.kill()
        _, errors = process.communicate(timeout=60)
    finally:
        for each in (process, worker, scheduler):
            if each is not None:
                _end(each)
    assert process.returncode == 3
    assert "was lost" in errors
    assert "Traceback" not in errors
    lines = len(_lines(here))
    assert lines > before
    late = [each for each in json.loads(_grade("").output)["students"] if each["student"].startswith("late_")]
    assert [(each["verdict"], each["score"]) for each in late] == [("GRADED", 16)] * 3
    assert len(_lines(here)) == before + 3


def test_without_the_package_one_sentence_says_how_to_get_it(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    for name in ("cluster", "worker"):
        monkeypatch.delitem(sys.modules, f"autograder.batch.{name}", raising=False)
    done = _grade("tcp://127.0.0.1:9")
    assert done.exit_code == 2
    assert "pip install -c constraints.txt distributed" in done.stderr


def _grade(scheduler: str, *arguments: str) -> Result:
    where = ["--scheduler", scheduler] if scheduler else []
    return CliRunner().invoke(main, ["grade", LESSON, "--json", *where, *arguments])


def _same_scores(done: Result) -> None:
    assert done.exit_code == 0, done.output
    said = {each["student"]: each["score"] for each in json.loads(done.stdout)["students"]}
    assert {student: said[student] for student in SCORES} == SCORES


def _points(grades: dict[str, dict]) -> dict[str, dict[str, float]]:
    return {student: {name: grade["auto_score"] for name, grade in each.items()} for student, each in grades.items()}


def _lines(course: Classroom) -> list[dict]:
    path = course.root / "grading" / "results" / f"{LESSON}.jsonl"
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in written.split("\n")[:-1]]  # the last one may be half written


def _dask(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
    nothing = subprocess.DEVNULL
    return subprocess.Popen(command, env={**os.environ, **environment}, stdout=nothing, stderr=nothing)


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _until(true: Callable[[], object], *needed: subprocess.Popen) -> None:
    """Wait for something to be true, as long as the processes that it takes live."""
    while not true():
        assert all(process.poll() is None for process in needed), "a process that this needs has ended"
        time.sleep(0.01)  # leaves the cores to them
