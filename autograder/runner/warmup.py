"""Running a few cells and cases of no importance before forking.

Python makes code quicker after it has run a few times, and looks up what it needs only once. Done here it is done for
all submissions, and each writes less to memory that it would then have to copy.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

from autograder.authoring.exercise import Exercise
from autograder.cases import load
from autograder.cases.run import run_case
from autograder.runner import frames, submission
from autograder.runner.endings import by_limits
from autograder.runner.job import outcome_to_frame

ROUNDS = 12
CELLS = [
    "import numpy as np",
    'def halve(x):\n    """Half of x."""\n    return x / 2',
    "print(halve(np.ones(3)))",
    "halve(np.arange(4.0).reshape(2, 2))",
    "halve(None)",
]
CHECKS = """
import numpy as np
from autograder import exercise, inputs, with_inputs

X = inputs("numbers to warm up with", 3, 2)
halve = exercise("halve", points=1, hints=["a", "b", "c"])

@halve.case
def a_number(halve):
    return halve(3.0)

@halve.case
def an_array(halve):
    return with_inputs(halve, X)

@halve.case
def a_mistake(halve):
    return halve("x")
"""


def warm_up(shell: Any, rounds: int) -> None:
    """Run them; nothing of it stays in the shell's namespace."""
    here, there = socket.socketpair()
    streams = sys.stdout, sys.stderr
    with here, there:
        for _ in range(rounds):
            for source in CELLS:
                submission.may_not_come_back(source)
                frames.send(here, {"cells": [submission.run_cell({"name": "", "source": source}, shell)]})
                frames.receive(there)
            exercises: dict[str, Exercise] = {}
            load.run(CHECKS, "<warm-up>", exercises)
            for case in exercises["halve"].cases:
                node, buffers = outcome_to_frame(by_limits(run_case(case, "halve", shell.user_ns)))
                frames.send(here, {"exercise": "halve", "case": case.name, **node}, buffers)
                frames.receive(there)
            json.loads(json.dumps({"exercises": [{"exercise": "halve", "cases": ["a_number"]}]}))
    sys.stdout, sys.stderr = streams
    shell.reset(new_session=False)
