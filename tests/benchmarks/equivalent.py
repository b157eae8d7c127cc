"""The same cases and the same comparison for every tool: what stock nbgrader's and otter's test cells call.

    assert_right("sigmoid", globals())

raises AssertionError unless the answer passes everything that our own grading asks, held-out cases included. What it
needs is packed beforehand, so that a notebook's tests load no more than tests written for it would.
"""

from __future__ import annotations

import functools
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import Exercise
from autograder.cases import load
from autograder.cases.run import run_cases
from autograder.judging import verdicts
from autograder.judging.answer_key import AnswerKey

PACKED = "GROUND_UP_BENCHMARK_TESTS"  # the environment variable with the path of what `pack` wrote


def pack(marks: Any, path: Path) -> Path:
    """Write the tests of a lesson (an `autograder.submission.grade.Marking`); the path."""
    answers = {name: AnswerKey(answer.points, answer.expected) for name, answer in marks.answers.items()}
    path.write_bytes(pickle.dumps((marks.checks, answers)))
    return path


@functools.cache
def _tests() -> tuple[dict[str, Exercise], dict[str, AnswerKey]]:
    texts, answers = pickle.loads(Path(os.environ[PACKED]).read_bytes())
    exercises: dict[str, Exercise] = {}
    for number, text in enumerate(texts):
        load.run(text, f"<checks {number}>", exercises)
    return exercises, answers


def assert_right(name: str, namespace: Mapping[str, Any]) -> None:
    """Run all cases of an exercise on what the notebook defines."""
    exercises, answers = _tests()
    exercise = exercises[name]
    outcomes = run_cases(exercise.cases, name, namespace)
    verdict = verdicts.judge(exercise, exercise.cases, outcomes, answers[name]).verdict
    assert verdict == verdicts.PASSED, verdict
