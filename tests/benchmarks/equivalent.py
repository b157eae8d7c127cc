"""The same cases and the same comparison for every tool: what stock nbgrader's and otter's test cells call.

    assert_right("sigmoid", globals())

raises AssertionError unless the answer passes everything that our own grading asks, held-out cases included.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder import grade, judge
from autograder.execute import run_cases

FOLDER = "GROUND_UP_BENCHMARK_LESSON"  # the environment variable with the lesson's folder under solutions/


@functools.cache
def _marks() -> grade.Marking:
    return grade.marking(Path(os.environ[FOLDER]), held_out=True)


def assert_right(name: str, namespace: Mapping[str, Any]) -> None:
    """Run all cases of an exercise on what the notebook defines."""
    marks = _marks()
    exercise = marks.exercises[name]
    cases = marks.cases(exercise)
    result = judge.judge(exercise, cases, run_cases(cases, name, namespace), marks.answers[name])
    assert result.verdict == judge.PASSED, result.verdict
