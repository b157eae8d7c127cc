"""A lesson's hidden/: a file per exercise, and helpers that several of them take from shared.py."""

import pytest
import tiny

from autograder.authoring.exercise import AuthoringError
from autograder.cases import load
from autograder.cases.run import run_case
from autograder.lesson import checks, hidden
from autograder.lesson.build import open_lesson

SHARED = """
# hidden/shared.py
import math

PLACES = [1.0, 4.0]

def root(x):
    return math.sqrt(x)

def roots():
    return [root(place) for place in PLACES]

def answer_of_a_variant(x):
    return "SOLUTION"
"""
ROOTS = "from .shared import roots\n\n@{name}.held_out\ndef at_roots({name}):\n    return {name}(np.array(roots()))\n"


def course(folder, hidden_text):
    return tiny.course(folder, hidden=hidden_text) / "solutions" / "01_tiny"


def with_roots(text=tiny.HIDDEN, shared=SHARED):
    """`double` and `norm` have a case more, both by the same helper."""
    for name in ("double", "norm"):
        text = tiny.added(text, name, ROOTS.format(name=name))
    return text + shared


def test_a_helper_of_several_exercises_is_there_in_each_with_what_it_needs(tmp_path):
    lesson = open_lesson(course(tmp_path, with_roots()))
    for name in ("double", "norm"):
        (one,) = (case for case in lesson.exercises[name].cases if case.name == "at_roots")
        assert {"roots", "root", "PLACES", "math"} <= one.function.__globals__.keys()
        assert "answer_of_a_variant" not in one.function.__globals__
    assert run_case(one, "norm", lesson.reference).value[0] == pytest.approx(5**0.5)


def test_the_sandbox_gets_of_the_helpers_what_held_out_cases_need(tmp_path):
    text = tiny.added(with_roots(), "limit", "from .shared import answer_of_a_variant\n")
    text += "\n# hidden/limit.py\n" + tiny.hidden_files(text)["limit.py"] + "limit.variant(answer_of_a_variant)\n"
    folder = course(tmp_path, text)
    files = {file.exercise: file.held_out() for file in hidden.read(folder, checks.load(folder))}
    assert list(files) == ["double", "norm", "limit"]
    for name in ("double", "norm"):
        assert "PLACES" in files[name] and "def root(" in files[name]
    assert "SOLUTION" not in "".join(files.values()) and "PLACES" not in files["limit"]
    given = {}
    load.run(tiny.CHECKS, "<checks>", given)
    for text in files.values():
        load.run(text, "<held out>", given)
    assert next(case.name for case in given["norm"].cases if case.held_out) == "at_roots"


def test_two_files_may_use_the_same_names(tmp_path):
    text = tiny.HIDDEN
    for number, name in enumerate(("double", "norm")):
        more = f"SIZE = {number}\n\n@{name}.held_out\ndef sized({name}):\n    return {name}(np.ones(2) * SIZE)\n"
        text = tiny.added(text, name, more)
    lesson = open_lesson(course(tmp_path, text))
    cases = {name: next(c for c in lesson.exercises[name].cases if c.name == "sized") for name in ("double", "norm")}
    assert run_case(cases["double"], "double", lesson.reference).value.sum() == 0
    assert run_case(cases["norm"], "norm", lesson.reference).value[0] == pytest.approx(2**0.5)


def test_what_one_exercise_does_to_shared_data_another_does_not_see(tmp_path):
    text = tiny.added(with_roots(), "double", "from .shared import PLACES\nPLACES.append(9.0)\n")
    exercises = open_lesson(course(tmp_path, text)).exercises
    places = {
        name: next(case for case in exercises[name].cases if case.name == "at_roots").function.__globals__["PLACES"]
        for name in ("double", "norm")
    }
    assert places == {"double": [1.0, 4.0, 9.0], "norm": [1.0, 4.0]}


FAULTS = {
    "hidden/triple.py belongs to no exercise": tiny.HIDDEN + "# hidden/triple.py\n",
    r"hidden/limit.py extends 'double'; it is for 'limit' alone": tiny.added(
        tiny.HIDDEN, "limit", "double = exercise('double')\ndouble.mistake('m', 'Message.', value=1)\n"
    ),
    r"double.py takes 'rots' from shared.py, which doesn't define it": with_roots().replace(
        "import roots", "import rots"
    ),
    r"double.py takes 'math' from shared.py": with_roots().replace("import roots", "import roots, math"),
    r"write `from .shared import name`, at the top": with_roots().replace("import roots", "import roots as r"),
    r"norm.py, line \d+: write `from .shared": tiny.added(tiny.HIDDEN, "norm", "from .double import squared\n"),
    r"limit.py, line \d+: write `from .shared": tiny.added(
        tiny.HIDDEN + SHARED, "limit", "def late():\n    from .shared import roots\n"
    ),
    "double.py defines 'root', as shared.py does": tiny.added(with_roots(), "double", "def root(x):\n    return x\n"),
    "double.py uses 'PLACES' of shared.py without taking it": tiny.added(with_roots(), "double", "N = len(PLACES)\n"),
    r"shared.py, line \d+: here stand only functions, classes and assignments": with_roots() + "PLACES.append(2.0)\n",
}


@pytest.mark.parametrize("message", FAULTS)
def test_what_does_not_fit_is_said(tmp_path, message):
    with pytest.raises(AuthoringError, match=message):
        checks.load(course(tmp_path, FAULTS[message]), hidden=True)


def test_a_single_file_of_all_exercises_is_not_passed_over(tmp_path):
    folder = course(tmp_path, tiny.HIDDEN)
    (folder / "hidden.py").write_text("")
    with pytest.raises(AuthoringError, match=r"hidden.py isn't read; each exercise has a file in hidden/"):
        checks.load(folder, hidden=True)


def test_no_exercise_is_called_like_the_file_of_helpers(tmp_path):
    folder = course(tmp_path, tiny.HIDDEN)
    (folder / "checks.py").write_text("from autograder import exercise\nexercise('shared')\n")
    with pytest.raises(AuthoringError, match="no exercise can be called 'shared'"):
        checks.load(folder, hidden=True)


@pytest.mark.parametrize(
    ("slip", "said"),
    [("\nhalf = exercis('half')\n", "stops with NameError"), ("\ndef half(:\n", "stops with SyntaxError")],
)
def test_a_slip_in_the_visible_checks_is_said_with_its_line(tmp_path, slip, said):
    folder = tiny.course(tmp_path, checks=tiny.CHECKS + slip) / "solutions" / "01_tiny"
    line = len((tiny.CHECKS + slip).rstrip().splitlines())
    with pytest.raises(AuthoringError, match=rf"01_tiny: line {line} of checks.py {said}"):
        checks.load(folder)
