"""Running one case: every way it can end, and what is told of it."""

import linecache
import signal

import numpy as np
import pytest
import torch

from autograder.cases.run import MAX_PRINTED, OutOfTime, run_case
from autograder.core import outcome
from autograder.core.text import clean
from autograder.lesson.checks import run

CHECKS = """
import numpy as np
from autograder import exercise

f = exercise("f")
SHARED = np.array([1.0, 2.0])
NESTED = {"layers": [np.zeros(2)]}

@f.case
def doubled(f):
    return f(SHARED)

@f.case
def twice(f):
    f(SHARED)
    return SHARED.tolist() + NESTED["layers"][0].tolist()

@f.case
def with_a_helper(f, helper):
    return f(helper)

@f.case
def nested(f):
    return f(NESTED["layers"][0])
"""


def learner(source, filename="<learner's cell>"):
    """Names defined by a learner's cell, whose lines can be looked up as in a notebook."""
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace = {"np": np, "torch": torch}
    exec(compile(source, filename, "exec"), namespace)
    return namespace


@pytest.fixture
def cases():
    exercises = {}
    run(CHECKS, "<checks of the test>", exercises)
    return {case.name: case for case in exercises["f"].cases}


def test_what_the_case_returns_is_the_value(cases):
    result = run_case(cases["doubled"], "f", learner("def f(x):\n    return 2 * x"))
    assert result.kind == outcome.RETURNED
    assert result.value.tolist() == [2.0, 4.0]


def test_an_absent_name_is_missing(cases):
    assert run_case(cases["doubled"], "f", {}).missing == "f"
    assert run_case(cases["with_a_helper"], "f", learner("def f(x): return x")).missing == "helper"


def test_a_stub_is_not_run(cases):
    result = run_case(cases["doubled"], "f", learner("def f(x):\n    raise NotImplementedError()"))
    assert (result.kind, result.unwritten) == (outcome.NOT_RUN, True)


def test_a_class_whose_methods_are_stubs_is_unwritten(cases):
    source = "class f:\n    def __init__(self, x):\n        raise NotImplementedError()"
    assert run_case(cases["doubled"], "f", learner(source)).unwritten


def test_a_stub_of_another_exercise_is_named(cases):
    source = "def g(x):\n    raise NotImplementedError()\n\ndef f(x):\n    return g(x)"
    result = run_case(cases["doubled"], "f", learner(source))
    assert (result.error.unwritten, result.unwritten) == ("g", False)


def test_only_the_learners_lines_are_told(cases):
    source = "def helper(x):\n    return np.linalg.inv(x)\n\ndef f(x):\n    y = 1\n    return helper(x)"
    error = run_case(cases["doubled"], "f", learner(source)).error
    assert [(f.function, f.line, f.source) for f in error.frames] == [
        ("f", 6, "return helper(x)"),
        ("helper", 2, "return np.linalg.inv(x)"),
    ]
    assert error.type_name == "LinAlgError"
    assert error.message.startswith("LinAlgError: 1-dimensional array given")


def test_a_library_error_is_named_without_its_module(cases):
    error = run_case(cases["doubled"], "f", learner("def f(x):\n    return x.sum(axis=1)")).error
    assert error.message == "AxisError: axis 1 is out of bounds for array of dimension 1"


def test_a_deep_recursion_is_told_in_a_few_lines(cases):
    result = run_case(cases["doubled"], "f", learner("def f(x):\n    return f(x)"))
    assert result.error.type_name == "RecursionError"
    assert len(result.error.frames) <= 6


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        ("SystemExit(0)", "SystemExit"),
        ("GeneratorExit", "GeneratorExit"),
        ("BaseException('odd')", "BaseException"),
        ("type('Mine', (Exception,), {'__str__': lambda self: 1 / 0})()", "Mine"),
        ("StopIteration", "StopIteration"),
        ("KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_every_exception_is_an_outcome(cases, raised, kind):
    assert run_case(cases["doubled"], "f", learner(f"def f(x):\n    raise {raised}")).error.type_name == kind


def test_an_interruption_by_the_person_or_the_clock_comes_through(cases):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_case(cases["doubled"], "f", {"f": lambda x: signal.raise_signal(signal.SIGINT)})
    finally:
        signal.signal(signal.SIGINT, before)

    def over(x):
        raise OutOfTime

    with pytest.raises(OutOfTime):
        run_case(cases["doubled"], "f", {"f": over})


@pytest.mark.parametrize("source", ["raise MemoryError", "return np.empty(10**15)", "return torch.empty(10**15)"])
def test_too_much_memory_is_an_outcome_of_its_own(cases, source):
    assert run_case(cases["doubled"], "f", learner(f"def f(x):\n    {source}")).kind == outcome.MEMORY


def test_what_is_printed_is_kept_and_capped(cases, capsys):
    result = run_case(cases["doubled"], "f", learner("def f(x):\n    print('ab' * 5_000)\n    return x"))
    assert result.printed == "ab" * (MAX_PRINTED // 2) + "\n… and 8,001 characters more"
    assert capsys.readouterr().out == ""


def test_what_is_printed_before_a_crash_is_kept(cases):
    source = "import sys\ndef f(x):\n    print('here')\n    print('there', file=sys.stderr)\n    return x[5]"
    assert run_case(cases["doubled"], "f", learner(source)).printed == "here\nthere\n"


def test_text_can_neither_steer_a_terminal_nor_break_utf8(cases):
    printing = "print('\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07 a\\rb \\ud800 \\u202e')"
    source = f"def f(x):\n    {printing}\n    raise ValueError('\\x1b[2J')"
    result = run_case(cases["doubled"], "f", learner(source))
    assert result.printed == "red �]0;title� a\nb ? �\n"
    assert result.error.message == "ValueError: �[2J"
    assert clean("Grüße, σ ≥ 0\t😀\n") == "Grüße, σ ≥ 0\t😀\n"


def test_a_function_that_changes_its_input_spoils_no_other_run(cases):
    spoiler = learner("def f(x):\n    x += 1\n    return x")
    first, again = (run_case(cases["doubled"], "f", spoiler).value.tolist() for _ in range(2))
    assert first == again == [2.0, 3.0]
    run_case(cases["nested"], "f", spoiler)
    assert run_case(cases["twice"], "f", learner("def f(x):\n    return x")).value == [1.0, 2.0, 0.0, 0.0]


def test_a_function_that_changes_its_input_is_seen_within_a_case(cases):
    assert run_case(cases["twice"], "f", learner("def f(x):\n    x += 1")).value == [2.0, 3.0, 0.0, 0.0]


def test_a_result_that_lies_is_opaque(cases):
    source = "class Liar:\n    def __eq__(self, other):\n        return True\ndef f(x):\n    return Liar()"
    assert run_case(cases["doubled"], "f", learner(source)).value.type_name == "Liar"


def test_an_endless_generator_is_not_followed(cases):
    result = run_case(cases["doubled"], "f", learner("def f(x):\n    while True:\n        yield 1"))
    assert result.value.type_name == "generator"
