"""Threads that cells leave behind cost a second run, never points: exercises are examined where the threads live."""

import sys
from dataclasses import replace

import pytest
from test_runner import ENDLESS, GROWING, LIMITS, PASSED, norm, submission, verdicts

from autograder.runner import sandbox
from autograder.runner.client import Runner
from autograder.submission import grade

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the runner is for Linux")
SHORT = replace(LIMITS, exercise=2.0)
IDLE = "import threading\nwaiting = threading.Event()\nthreading.Thread(target=waiting.wait, daemon=True).start()"
POOL = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(3)
assert list(pool.map(abs, [-1, -2, -3, -4])) == [1, 2, 3, 4]
"""
QUEUE = """
import queue, threading
asked, told = queue.Queue(), queue.Queue()
def work():
    while True:
        told.put(asked.get() ** 2)
threading.Thread(target=work, daemon=True).start()
asked.put(3.0)
assert told.get() == 9.0
"""
PROCESSES = """
import multiprocessing
processes = multiprocessing.get_context("fork").Pool(2)
assert processes.map(abs, [-1, -2]) == [1, 2]
"""


@pytest.fixture(scope="module", params=["auto", sandbox.NONE])
def runner(request):
    with Runner(("numpy",), request.param) as made:
        yield made


USED = {
    "a pool": (
        POOL,
        "return sum(pool.map(lambda v: v * v, x)) ** 0.5, sum(pool.map(lambda v: v * v, double(x))) ** 0.5",
    ),
    "a thread that is asked": (
        QUEUE,
        "def squares(x):\n    for v in x: asked.put(v)\n    return sum(told.get() for _ in x)\n"
        "return np.sqrt(squares(x)), np.sqrt(squares(double(x)))",
    ),
    "a pool of processes": (
        PROCESSES,
        "return np.sqrt(sum(processes.map(np.square, x))), np.sqrt(sum(processes.map(np.square, double(x))))",
    ),
    "a thread that nobody asks": (IDLE, "return np.linalg.norm(x), np.linalg.norm(double(x))"),
}


@pytest.mark.parametrize("how", USED)
def test_an_answer_that_uses_threads_made_in_a_cell_gets_full_points(runner, marks, how):
    cell, body = USED[how]
    graded = grade.grade(submission(cell, norm=norm(body)), marks, runner, SHORT)
    assert verdicts(graded) == PASSED
    assert graded.notes == ()


@pytest.mark.parametrize("how", ["a pool", "a thread that is asked"])
def test_threads_live_on_after_a_second_of_work(runner, marks, how):
    cell, body = USED[how]
    graded = grade.grade(submission(cell, "time.sleep(1.1)", "x = sum([1])", norm=norm(body)), marks, runner, SHORT)
    assert verdicts(graded) == PASSED


ENDINGS = {
    "right": "return np.linalg.norm(x), np.linalg.norm(double(x))",
    "wrong": "return 1.0, 1.0",
    "an error": "return x.nothing",
    "endless": ENDLESS,
    "too much memory": GROWING,
    "an exit": "os._exit(3)",
    "a crash in the second case": (
        "if len(x) == 2: os.kill(os.getpid(), 11)\nreturn np.linalg.norm(x), np.linalg.norm(double(x))"
    ),
    "spoils what comes later": "global double\ndouble = None\nreturn 1.0, 1.0",
    "more threads": f"{IDLE}\nreturn 1.0, 1.0",
}


@pytest.mark.parametrize("how", ENDINGS)
def test_verdict_points_and_outcomes_are_those_without_threads(runner, marks, how):
    def told(*cells):
        ran = grade.run(submission(*cells, norm=norm(ENDINGS[how])), marks, runner, SHORT)
        return {name: {case: each.kind for case, each in cases.items()} for name, cases in ran.outcomes.items()}

    assert told(IDLE) == told("waiting = None")


def test_a_cell_that_ends_badly_costs_itself_only(runner, marks):
    graded = grade.grade(
        submission(IDLE, "os._exit(1)", "raise ValueError", ENDLESS), marks, runner, replace(SHORT, cell=1.0)
    )
    assert verdicts(graded) == PASSED
    assert [note.partition(" ")[2].partition(" ")[2][:14] for note in graded.notes] == [
        "ended the Pyth",
        "stopped with V",
        "did not finish",
    ]


def test_files_that_cells_make_are_made_anew(runner, marks):
    cell = "with open('made-once', 'x') as file: print('x', file=file)"
    graded = grade.grade(submission(IDLE, cell, norm=norm("return 1.0, 1.0")), marks, runner, SHORT)
    assert verdicts(graded) == PASSED | {"norm": "FAILED"}
    assert graded.notes == ()
