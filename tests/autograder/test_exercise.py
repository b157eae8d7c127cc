"""Writing an exercise: what authors get wrong is said, and what stays with them doesn't leave."""

import pytest
import tiny

from autograder import exercise
from autograder.authoring.exercise import AuthoringError
from autograder.cases import load
from autograder.cases.run import run_case
from autograder.core import outcome
from autograder.core.paths import PACKAGE_ROOT, UserError
from autograder.lesson import checks, hidden
from autograder.lesson.build import open_lesson
from autograder.lesson.held_out import held_out_source

LESSONS = sorted(path.parent for path in PACKAGE_ROOT.glob("solutions/*/hidden"))


def of(name, **options):
    """An exercise with two parts to try things on."""
    return exercise(name, parts={"core": 2, "more": 1}, **options)


def case(f):
    return f(1)


def test_points_are_those_of_the_parts():
    assert of("f").points == 3
    assert exercise("g").points == 1
    assert exercise("h", points=5).parts == {"the answer": 5}


def test_a_stretch_exercise_is_worth_nothing():
    assert exercise("f", stretch=True, parts={"a": 1, "b": 2}).parts == {"a": 0, "b": 0}
    assert exercise("g", stretch=True, points=4).points == 0


def test_the_first_part_is_where_a_case_belongs_unless_it_says_otherwise():
    f = of("f")
    f.case(case)
    assert f.cases[0].part == "core"
    assert (f.cases[0].title, f.cases[0].parameters) == ("case", ("f",))


def faults():
    f = of("f")
    f.case(case)
    f.mistake("sign", "Message.", value=1)
    return {
        "3 points, but the parts add up to 2": lambda: exercise("g", points=3, parts={"a": 2}),
        "names an unknown part 'mroe'": lambda: f.case(part="mroe")(lambda f: 1),
        "two cases are called case": lambda: f.held_out(case),
        "comes after the unknown case 'later'": lambda: f.case(after=["later"])(lambda f: 1),
        "has no option 'prat'": lambda: f.case(prat="core"),
        "'sign' is there twice": lambda: f.mistake("sign", "Again.", value=2),
        "must be a list of names": lambda: f.case(after="case")(lambda f: 1),
    }


@pytest.mark.parametrize("message", faults())
def test_a_fault_is_said_where_it_is(message):
    with pytest.raises(AuthoringError, match=message):
        faults()[message]()


def test_a_lesson_without_checks_is_no_lesson(tmp_path):
    with pytest.raises(UserError, match="There are no checks in"):
        checks.load(tmp_path)
    (tmp_path / "checks.py").write_text("")
    with pytest.raises(UserError, match="has no hidden/"):
        checks.load(tmp_path, hidden=True)


def test_needs_must_be_exercises_of_the_lesson(tmp_path):
    (tmp_path / "checks.py").write_text("from autograder import exercise\nexercise('f', needs=['g'])")
    with pytest.raises(AuthoringError, match="f needs the unknown exercise 'g'"):
        checks.load(tmp_path)


def test_loading_the_checks_of_one_lesson_leaves_others_alone(tmp_path):
    root = tiny.course(tmp_path)
    folder = root / "solutions" / "01_tiny"
    assert list(checks.load(folder)) == ["double", "norm", "limit"]
    assert checks.load(folder)["double"] is not checks.load(folder)["double"]
    assert all(not e.mistakes for e in checks.load(folder).values())


AUTHORING = [
    (
        {"source": tiny.replaced(tiny.SOURCE, 'exercise="limit"', 'exercise="limt"')},
        "'limit' lacks a cell in its .md",
    ),
    ({"source": tiny.replaced(tiny.SOURCE, "limit = 3.5", "limti = 3.5")}, "doesn't define that name"),
    ({"source": tiny.replaced(tiny.SOURCE, "title: Tiny", "titel: Tiny")}, "lacks 'title'"),
    ({"source": tiny.replaced(tiny.SOURCE, "minutes: 5", "minute: 5")}, "has no 'minute'"),
    ({"source": tiny.replaced(tiny.SOURCE, 'exercise="limit"', 'exercise="norm"')}, "'norm' stands there twice"),
]


@pytest.mark.parametrize(("texts", "message"), AUTHORING)
def test_a_lesson_whose_parts_do_not_fit_cannot_be_built(tmp_path, texts, message):
    root = tiny.course(tmp_path, **texts)
    with pytest.raises(AuthoringError, match=message):
        open_lesson(root / "solutions" / "01_tiny")


# --- what the sandbox is given ------------------------------------------------------------------------------------


def test_held_out_cases_run_from_what_the_sandbox_is_given(tmp_path):
    lesson = open_lesson(tiny.course(tmp_path) / "solutions" / "01_tiny")
    given = {}
    load.run(tiny.CHECKS, "<checks 0>", given)
    for file in hidden.read(lesson.source.folder, lesson.exercises):
        load.run(file.held_out(), "<held out>", given)
    for name, whole in lesson.exercises.items():
        assert [c.name for c in given[name].cases] == [c.name for c in whole.cases]
        assert not given[name].mistakes and not given[name].variants
        for one in given[name].cases:
            assert run_case(one, name, lesson.reference).kind == outcome.RETURNED


@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_the_held_out_cases_of_each_lesson_run_from_what_the_sandbox_is_given(folder):
    lesson = open_lesson(folder)
    given = {}
    from autograder.lesson.source import library_module

    with library_module(lesson.library):
        load.run((folder / "checks.py").read_text(), "<checks 0>", given)
        for file in hidden.read(folder, lesson.exercises):
            load.run(file.held_out(), "<held out>", given)
        for name, whole in lesson.exercises.items():
            assert [c.name for c in given[name].cases] == [c.name for c in whole.cases]
            assert not given[name].mistakes and not given[name].variants
            for one in given[name].cases:
                assert run_case(one, name, lesson.reference).kind == outcome.RETURNED


def test_no_implementation_is_given_to_the_sandbox():
    given = "\n".join(map(held_out_source, tiny.hidden_files(tiny.HIDDEN).values()))
    assert "SECRET" in given and "def twisted" in given
    for kept_back in ("x * x", "x + x", "reference_answer", "linalg", "7 / 2", ".mistake", ".variant", "squared"):
        assert kept_back not in given


LEAKS = {
    "a mistake that needs held-out cases": """
@f.mistake("m", "Message.", needs_held_out=True)
def wrong(x):
    return SOLUTION
""",
    "a variant called like a local name of a case": """
@f.held_out
def case(f):
    answer = f(1)
    return answer

@f.variant
def answer(x):
    return SOLUTION
""",
    "a mistake called like an argument": """
@f.held_out
def case(f, g=lambda by_hand: by_hand):
    return [f(n) for n in (1, 2)]

@f.mistake("m", "Message.")
def n(x):
    return SOLUTION

@f.variant
def by_hand(x):
    return SOLUTION
""",
    "a value given directly": "f.variant(name='v', value=lambda x: SOLUTION)",
    "a helper that only variants use": """
def helper(x):
    return SOLUTION

@f.variant
def v(x):
    return helper(x)
""",
    "an answer in a docstring or comment": '"""SOLUTION"""  # SOLUTION',
}


@pytest.mark.parametrize("how", LEAKS)
def test_what_only_implementations_use_stays(how):
    given = held_out_source(f"from autograder import exercise\nf = exercise('f')\n{LEAKS[how]}")
    assert "SOLUTION" not in given


def test_every_definition_of_a_helper_is_kept_in_order():
    given = held_out_source(
        """
from autograder import exercise
f = exercise("f")
SIZE: int = 2
LARGE, SMALL = SIZE * 10, SIZE

class Box:
    def __init__(self):
        self.size = SMALL

SIZE += 1
for k in range(3):
    SIZE = SIZE + k

@f.held_out
def case(f):
    def inside():
        return [Box().size + LARGE for _ in range(2)]
    return f(inside()), SIZE
"""
    )
    exercises = {}
    load.run(given, "<given>", exercises)
    assert run_case(exercises["f"].cases[0], "f", {"f": lambda x: x}).value == ([22, 22], 6)
