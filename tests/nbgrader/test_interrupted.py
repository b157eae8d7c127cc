"""kill -9 at chosen moments of one class: nothing is lost, nothing counts twice, no process stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from classroom import Classroom, make_classroom
from interrupting import kill, leftovers, marked, results, start, wrong

from autograder.runner.sandbox import bubblewrap_works

MOMENTS: list[Callable[[Classroom], bool]] = [
    lambda course: (course.root / "grading" / "results").exists(),
    lambda course: len(results(course)) >= 2,
    lambda course: len(marked(course)) >= 1,
    lambda course: len(results(course)) >= 8,
    lambda course: len(marked(course)) >= 8,
]


def test_a_class_whose_grading_is_killed_five_times(tmp_path):
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    course = make_classroom(tmp_path)
    expected: dict[str, float | None] = {}
    for number in range(10):
        expected[f"right{number}"] = 16
        course.submit(f"right{number}", course.solution())
    course.submit("untouched", course.notebook({}))
    course.submit("empty", b"")
    expected |= {"untouched": 0, "empty": None}
    for moment in MOMENTS:
        process = start(course)
        while process.poll() is None and not moment(course):
            pass
        assert kill(process) == []
        assert wrong(course, expected, marked(course)) == []
    process = start(course)
    assert process.wait(timeout=120) == 0
    assert marked(course) == set(expected)
    assert wrong(course, expected, set(expected)) == []
    assert leftovers(course) == []
    assert sorted(record["student"] for record in results(course)) == sorted(expected)
