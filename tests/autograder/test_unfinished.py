"""Cells that wait for an exercise: a sentence instead of a traceback, and only where that is the cause."""

import pytest

from autograder.learner import kernel

STUB = "def double(x):\n    raise NotImplementedError()  # replace this line with your code"
WAITS = "`double` isn't written yet: this cell comes alive once it is (exercise above)."


@pytest.fixture
def lesson(notebook):
    """A notebook of which no exercise is written."""
    kernel.turn_on(notebook.shell)
    notebook.run(STUB)
    notebook.run("limit = ...")
    yield notebook
    kernel.turn_off(notebook.shell)


def waits(lesson, cell):
    """Whether a cell counts as run and says nothing but that it waits; the sentence."""
    seen = lesson.run(cell)
    boxes = [output.data for output in lesson.shown]
    assert lesson.success and seen == "" and len(boxes) == 1, (seen, boxes)
    assert "data-verdict='WAITING'" in boxes[0]["text/html"]
    return boxes[0]["text/plain"]


def fails(lesson, cell):
    """The traceback of a cell that fails as ever."""
    seen = lesson.run(cell)
    assert not lesson.success and lesson.shown == []
    return seen


def test_a_cell_that_calls_a_placeholder_waits(lesson):
    assert waits(lesson, "print(end='')\ndouble(3)") == WAITS
    assert waits(lesson, "def twice(x):\n    return double(double(x))\n\ny = twice(1)") == WAITS


def test_what_a_waiting_cell_would_have_made_is_waited_for_too(lesson):
    waits(lesson, "a = 1\nb = double(a)\nc = b")
    assert lesson.run("a").startswith("1")
    assert waits(lesson, "c + 1") == WAITS
    lesson.run("def double(x):\n    return 2 * x")
    assert "`c` comes from a cell above that waited for `double`: run that cell again." in fails(lesson, "c + 1")
    lesson.run("a = 1\nb = double(a)\nc = b")
    assert lesson.run("c + 1").startswith("3")


def test_a_value_that_is_still_an_ellipsis_is_waited_for(lesson):
    said = WAITS.replace("double", "limit")
    assert waits(lesson, "limit + 1") == said
    assert waits(lesson, "def over(x):\n    return x > limit\n\nover(3)") == said
    assert waits(lesson, "limit['a']") == said


def test_an_error_that_came_of_a_placeholder_waits(lesson):
    assert waits(lesson, "try:\n    double(1)\nexcept NotImplementedError:\n    raise ValueError('no')") == WAITS


def test_a_placeholder_below_code_is_one(lesson):
    lesson.run("def double(x):\n    y = x\n    raise NotImplementedError()  # replace this line with your code")
    assert waits(lesson, "double(3)") == WAITS


@pytest.mark.parametrize(
    "cell",
    [
        "raise NotImplementedError()",
        "def triple(x):\n    raise NotImplementedError()\n\ntriple(3)",
        "def double(x):\n    if x > 2:\n        raise NotImplementedError()\n    return x\n\ndouble(3)",
        "import io\nio.RawIOBase().read(3)",
        "np.random.BitGenerator(3).random_raw()",
        "... + 1",
        "other = ...\nother + 1",
        "1 / 0",
        "nothing",
        "def double(x):\n    return x.shap\n\ndouble(3)",
        "assert double is None",
    ],
)
def test_every_other_error_is_shown_as_ever(lesson, cell):
    seen = fails(lesson, cell)
    assert "Traceback" in seen and "written yet" not in seen


def test_an_error_shows_the_traceback_that_it_has_without_us(lesson):
    with_us = fails(lesson, "def f():\n    return 1 / 0\n\nf()")
    kernel.turn_off(lesson.shell)
    without = lesson.run("def f():\n    return 1 / 0\n\nf()")
    kernel.turn_on(lesson.shell)
    assert [line.strip() for line in with_us.splitlines() if "cell" not in line.lower()] == [
        line.strip() for line in without.splitlines() if "cell" not in line.lower()
    ]


def test_a_name_of_another_cell_that_has_not_run_since_the_start_is_told(lesson):
    del lesson.shell.user_ns["check"]
    seen = fails(lesson, "check('double')")
    assert seen.rstrip().endswith("run the cells above first (menu Run → Run All Above Selected Cell), then this one.")
    assert "The cell that makes `check` hasn't run" in seen
    lesson.run("check = 1\ndel check")
    assert "isn't there" not in fails(lesson, "check")
    assert "isn't there" not in fails(lesson, "chekc")
