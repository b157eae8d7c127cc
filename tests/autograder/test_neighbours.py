"""What one submission uses costs its neighbours no points: processors are shared out by submission."""

import sys
import threading
import time
from dataclasses import replace

import pytest
from test_runner import LIMITS, PASSED, norm, submission, verdicts

from autograder.core import outcome
from autograder.runner import sandbox
from autograder.runner.client import Runner
from autograder.submission import grade

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the runner is for Linux"),
    pytest.mark.skipif(not sandbox.bubblewrap_works(), reason="bubblewrap doesn't work here"),
]
BUSY = """
import os, sys, time
ends = time.monotonic() + {seconds}
for _ in range({processes}):
    if os.fork() == 0:
        os.setsid()
        while time.monotonic() < ends:
            pass
        os._exit(0)
"""
# Half a second of work, whatever others do: it is measured in the process's own time.
WORK = """
begun = time.process_time()
while time.process_time() - begun < 0.4:
    pass
return np.linalg.norm(x), np.linalg.norm(double(x))
"""


@pytest.fixture(scope="module")
def runner():
    with Runner(("numpy",), sandbox.BUBBLEWRAP) as made:
        yield made


def test_an_exercise_near_its_time_limit_keeps_its_points_beside_sixty_busy_processes(runner, marks):
    hog = submission(BUSY.format(seconds=12, processes=60), "import time\ntime.sleep(12)")
    limits = replace(LIMITS, exercise=2.5)  # of which the neighbour's four cases need 1.6 s, alone on a processor
    beside = threading.Thread(target=grade.grade, args=(hog, marks, runner, LIMITS))
    beside.start()
    time.sleep(1)
    try:
        graded = grade.grade(submission(norm=norm(WORK)), marks, runner, limits)
        assert beside.is_alive()
    finally:
        beside.join()
    assert verdicts(graded) == PASSED


def test_processor_time_counts_for_all_processes_together(runner, marks):
    cell = BUSY.format(seconds=30, processes=8) + "time.sleep(30)"
    ran = grade.run(submission(cell), marks, runner, replace(LIMITS, processor=1.0))
    assert [(each.name, each.outcome.kind) for each in ran.cells if each.outcome.kind != outcome.RETURNED] == [
        ("", outcome.TIMEOUT)
    ]
    assert all(case.kind == outcome.RETURNED for cases in ran.outcomes.values() for case in cases.values())
