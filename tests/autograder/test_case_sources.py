"""What a case depends on: a change of that, and only of that, gives it another key."""

import pytest

from autograder.batch import case_sources
from autograder.submission import grade
from tests.autograder import tiny

CHECKS = (
    tiny.CHECKS
    + '''
def shift(x):
    return x + OFFSET

OFFSET = np.array([1.0])

@double.case
def shifted(double):
    """The input is moved by one."""
    return double(shift(NUMBERS))

@norm.case
def shifted_too(norm):
    return norm(shift(NUMBERS))
'''
)
EVERY = None


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return _keys(tmp_path_factory.mktemp("before"), CHECKS, tiny.HIDDEN)


CHANGES = {
    "a case": (("return double(3.0)", "return double(4.0)"), {"one_number"}),
    "a shared helper": (("return x + OFFSET", "return x - OFFSET"), {"shifted", "shifted_too"}),
    "data of a helper": (("OFFSET = np.array([1.0])", "OFFSET = np.array([2.0])"), {"shifted", "shifted_too"}),
    "a message": (('"""x = 3."""', '"""x is three."""'), set()),
    "how it is judged": (('@double.case(part="arrays")', "@double.case"), set()),
    "an order": (('@norm.case(after=["of_three_numbers"])', "@norm.case"), set()),
    "points and hints": (
        ('norm = exercise("norm", points=2, needs=["double"]', 'norm = exercise("norm", points=2'),
        set(),
    ),
    "a new import": (("import numpy as np", "import math\nimport numpy as np"), set()),
    "a comment": (("NUMBERS = np", "# some numbers\nNUMBERS = np"), set()),
    "a statement that nobody can follow": (("OFFSET = np", "NUMBERS[0] = 1.5\nOFFSET = np"), EVERY),
    "a seed": (("OFFSET = np", "rng = np.random.default_rng(3)\nOFFSET = np"), EVERY),
    "a branch": (("OFFSET = np", "if True:\n    OFFSET = 2.0\nOFFSET = np"), EVERY),
    "another name for an import": (("import numpy as np", "import numpy.linalg\nimport numpy as np"), set()),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_visible_checks_touches_what_depends_on_it(before, tmp_path, change, expected):
    after = _keys(tmp_path, tiny.replaced(CHECKS, *change), tiny.HIDDEN)
    visible = {"one_number", "an_array", "of_three_numbers", "of_two_numbers", "a_number", "twice_the_number"}
    assert _differing(before, after) == (visible | {"shifted", "shifted_too"} if expected is EVERY else expected)


HIDDEN_CHANGES = {
    "a held-out case": (("return double(123456.0)", "return double(12345.0)"), {"a_large_number"}),
    "a helper of a helper": (("return x[::-1]", "return x[::2]"), {"a_batch"}),
    "its data": (('"secret of the held-out case", 4', '"secret of the held-out case", 5'), {"a_batch"}),
    "a mistake": (("return x + 2", "return x + 2.0"), set()),
    "a mistake's message": (("That is the square.", "You squared it."), set()),
    "a variant's helper": (("return np.linalg.norm(x)\n\n", "return 1 * np.linalg.norm(x)\n\n"), set()),
    "a mistake's value": (("value=4.0", "value=4.5"), set()),
    "what is not handed over": (
        ("def twisted(x):", "def twist():\n    SECRET[0] = 1.0\n    return 1\n\nONCE = twist()\n\ndef twisted(x):"),
        set(),
    ),
}


@pytest.mark.parametrize(("change", "expected"), HIDDEN_CHANGES.values(), ids=HIDDEN_CHANGES)
def test_a_change_of_hidden_checks_touches_what_depends_on_it(before, tmp_path, change, expected):
    after = _keys(tmp_path, CHECKS, tiny.replaced(tiny.HIDDEN, *change))
    assert _differing(before, after) == expected


def test_an_assignment_that_may_change_a_cases_data_belongs_to_it():
    text = """
from autograder import exercise
double = exercise("double")
DATA = [1, 2]
def change():
    DATA.append(3)
    return 0
ZERO = change()
OTHER = len("abc")
@double.case
def uses_data(double):
    return double(DATA)
@double.case
def uses_nothing(double):
    return double(2)
"""
    sources = case_sources._sources(text)
    assert "ZERO = change()" in sources["double", "uses_data"]
    assert "DATA.append(3)" in sources["double", "uses_data"]
    assert "OTHER" not in sources["double", "uses_data"]
    assert "DATA" not in sources["double", "uses_nothing"]


def test_a_case_that_may_reach_anything_depends_on_everything():
    text = """
from autograder import exercise
double = exercise("double")
DATA = [1, 2]
@double.case
def sneaky(double):
    return double(globals()["DA" + "TA"])
"""
    assert "DATA = [1, 2]" in case_sources._sources(text)["double", "sneaky"]


def _keys(folder, checks, hidden):
    root = tiny.course(folder, checks=checks, hidden=hidden)
    return case_sources.of_cases(grade.marking(root / "solutions" / "01_tiny", held_out=True))


def _differing(before, after):
    return {name for ex, cases in after.items() for name, source in cases.items() if before[ex].get(name) != source}
