"""What a check knows of the cells: whether what stands in them has run. In a real IPython shell."""

import pytest

from autograder.core.definitions import defined_at
from autograder.judging import verdicts
from autograder.learner import kernel, opened, progress
from autograder.learner.cells_run import is_near
from autograder.lesson.handed_out import HandedOut

DOUBLE = "def double(x):\n    return 2 * x"


@pytest.fixture
def watched(notebook, monkeypatch):
    """A notebook whose kernel knows its cells from the start; `recorded` holds what counted as a try."""
    kernel.turn_on(notebook.shell)
    notebook.recorded = []
    monkeypatch.setattr(progress, "record", lambda folder, name, *rest: notebook.recorded.append((name, rest[0])))
    yield notebook
    kernel.turn_off(notebook.shell)


def not_checked(watched, name="double"):
    """What a check says that judges nothing."""
    watched.recorded.clear()
    seen = watched.run(f'check("{name}")')
    assert watched.result.result.verdict == verdicts.NOT_RUN and watched.recorded == []
    assert f"data-exercise='{name}' data-verdict='NOT_RUN'" in watched.result._repr_html_()
    assert seen.startswith(f"○ {name}: Not checked\n")
    return seen


@pytest.mark.parametrize("cell_id", ["a", None])
def test_a_cell_that_python_cannot_read_is_said_instead_of_judging_the_earlier_function(watched, cell_id):
    watched.run("def double(x):\n    return 3 * x", cell_id)
    watched.run("def double(x)\n    return 2 * x", cell_id)
    seen = not_checked(watched)
    assert "Python can't read the cell that defines `double` (line 1, `def double(x)`): expected ':'" in seen
    assert "Until then the earlier `double` would be checked" in seen
    watched.run(DOUBLE, cell_id)
    assert "Correct" in watched.run('check("double")')


def test_without_an_earlier_function_nothing_is_said_of_one(watched):
    watched.run("double = (", "a")
    assert "earlier" not in not_checked(watched)


def test_a_definition_that_is_no_longer_recognised_is_known_by_its_cell(watched):
    watched.run(DOUBLE, "a")
    watched.run("dfe double(x):\n    return 2 * x", "a")
    assert "Python can't read the cell that defines `double`" in not_checked(watched)


def test_an_error_before_the_definition_is_said_with_its_line(watched):
    watched.run("import numpy\nnunpy.ones(3)\n" + DOUBLE, "a")
    seen = not_checked(watched)
    assert "stopped before it got there, at line 2: NameError: name 'nunpy' is not defined." in seen


def test_an_error_after_the_definition_is_none_of_the_check(watched):
    watched.run(DOUBLE + "\n\ndouble(1) / 0", "a")
    assert "Correct" in watched.run('check("double")')


def test_the_newest_cell_counts_wherever_it_stands(watched):
    watched.run("def double(x)", "a")
    watched.run(DOUBLE, "b")
    assert "Correct" in watched.run('check("double")')
    watched.run("def double(x)", "a")
    not_checked(watched)


def test_a_cell_that_defines_and_checks_is_judged(watched):
    watched.run("def double(x)", "a")
    assert "Correct" in watched.run(DOUBLE + '\ncheck("double")', "a")


def test_a_name_one_letter_off_is_told(watched):
    watched.run("def duble(x):\n    return 2 * x", "a")
    seen = not_checked(watched)
    assert "The cell defines `duble`; the exercise is called `double`." in seen and "earlier" not in seen
    watched.run(DOUBLE, "a")
    watched.run("def Double(x):\n    return 2 * x", "a")
    assert "The cell defines `Double`" in not_checked(watched) and "earlier" in not_checked(watched)


def test_a_name_that_the_lesson_itself_has_is_no_slip(watched):
    watched.run("limits = 3", "b")
    assert "`limits`" in not_checked(watched, "limit")
    opened._lesson.handed_out = HandedOut(defines=frozenset({"limits"}))
    assert "`limits`" not in not_checked(watched, "limit")


def test_after_a_restart_it_says_what_to_run(watched):
    seen = not_checked(watched)
    assert "`double` isn't defined yet: run the cell above that defines it" in seen
    assert "Run All Above Selected Cell" in seen


def test_the_table_of_all_says_which_were_not_checked(watched):
    watched.run(DOUBLE, "a")
    watched.run("limit = (", "b")
    rows = watched.run("check()").splitlines()
    assert "✓ double" in rows[0] and "Not checked" in rows[2]


def test_what_a_person_defined_before_we_came_is_judged(notebook):
    notebook.run(DOUBLE)
    kernel.turn_on(notebook.shell)
    assert "Correct" in notebook.run('check("double")')
    kernel.turn_off(notebook.shell)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x):\n    y = 1\nclass A:\n    z = 2", {"f": 1, "A": 3}),
        ("import a.b, c.d as e\nfrom m import n as o", {"a": 1, "e": 1, "o": 2}),
        ("q, *w = (\n 1, 2)\nfor i in q: k = [j for j in q]", {"q": 2, "w": 2, "i": 3, "k": 3}),
        ("x: int\ny: int = 3", {"y": 2}),
        ("%%time\ndef f(x):\n    return x", {"f": 2}),
        ("def f(x)\n    return x\nk = 3\nk == 4\nclass B", {"f": 1, "k": 3, "B": 5}),
        ("x = '\\d'", {"x": 1}),
    ],
)
def test_the_names_that_a_cell_defines(source, names):
    assert defined_at(source) == names


NEAR = ["sigmod sigmoid", "sgimoid sigmoid", "Sigmoid sigmoid", "sigmoids sigmoid", "sigmaid sigmoid", "dad add"]
FAR = ["relu sigmoid", "sigmoid sigmoid", "ad add", "old add", "sgmod sigmoid", "backward forward"]


@pytest.mark.parametrize("pair", NEAR + FAR)
def test_names_that_are_near(pair):
    one, other = pair.split()
    assert is_near(one, other) == is_near(other, one) == (pair in NEAR)
