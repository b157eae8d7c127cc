"""Where the reference of a figure comes from: the solutions of its lesson, and no more of them than it needs."""

import ast
import importlib.util
import shutil
import sys
import types

import pytest

from autograder.core.paths import PACKAGE_ROOT, lesson_names, solutions
from autograder.lesson import source
from course.figures import Figure, reference
from course.figures.reference import borrowed, definitions, lesson_of

LESSONS = lesson_names(solutions())


@pytest.mark.parametrize("name", LESSONS)
def test_code_cells_are_those_that_the_full_reading_finds(name):
    full = [cell for cell in source.read(solutions() / name).cells if cell.kind == "code"]
    quick = source.code_cells(solutions() / name)
    assert [(cell.source, cell.exercise, cell.tags) for cell in quick] == [
        (cell.source, cell.exercise, cell.tags) for cell in full
    ]


@pytest.mark.parametrize("name", LESSONS)
def test_each_function_can_be_borrowed_alone_and_runs_no_other_cell_of_the_lesson(name, monkeypatch):
    """Only definitions and plain values are run: no training, no figure, nothing that prints."""
    ran = []
    run = reference._run
    monkeypatch.setattr(reference, "_run", lambda statements, names: ran.extend(statements) or run(statements, names))
    definitions.cache_clear()
    parsed = source.read(solutions() / name)
    wanted = [
        node.name
        for cell in parsed.cells
        if cell.exercise
        for node in ast.parse(source.solved(cell.source)).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    for each in wanted:
        found = definitions(solutions() / name, (each, "nobody_defines_this"))
        assert list(found) == [each] and found[each].__name__ == each
    assert ran and not [statement for statement in ran if isinstance(statement, ast.Expr | ast.For | ast.While)]


PLACES = [
    ("solutions/01_neuron/widgets/figure.py", "solutions/01_neuron"),
    ("work/01_neuron/.lesson/widgets/figure.py", "work/01_neuron"),
    ("work/01_neuron/.lesson/widgets/parts/figure.py", "work/01_neuron"),
    ("course/figures/figure.py", None),
]


@pytest.mark.parametrize(("module", "lesson"), PLACES)
def test_the_lesson_of_a_figure_is_where_its_module_lies(module, lesson):
    assert lesson_of(PACKAGE_ROOT / module) == (lesson and PACKAGE_ROOT / lesson)


def test_a_figure_of_no_lesson_has_nothing_to_borrow():
    class Alone(Figure):
        uses = ("relu",)

    assert borrowed(Alone()) == {}


# --- a course of its own ----------------------------------------------------------------------------------

FIRST = '''\
---
jupyter: {ground_up: {title: One, question: "?", minutes: 1}}
---

```python
import numpy as np
import no_such_package
from math import floor, ceil
```

```python exercise="doubled" tags=["export"]
def doubled(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return FACTOR * np.asarray(x)
    ### END SOLUTION
```

```python tags=["export"]
FACTOR = 2
raise RuntimeError("not needed by anybody")
```
'''
SECOND = """\
---
jupyter: {ground_up: {title: Two, question: "?", minutes: 1}}
---

```python
from nn import doubled
```

```python exercise="fourfold"
def fourfold(x):
    ### BEGIN SOLUTION
    return doubled(doubled(x))
    ### END SOLUTION
```

```python tags=["demo"]
FACTOR = 1 / 0
```
"""
FIGURE = """\
from course.figures import Figure, reference

class Own(Figure):
    uses = ("fourfold", "doubled", "FACTOR")
"""


@pytest.fixture
def course(tmp_path):
    """A course of two lessons, the second with a figure, and a learner's copy of that figure."""
    (tmp_path / "nbgrader_config.py").touch()
    for name, text in (("01_one", FIRST), ("02_two", SECOND)):
        (tmp_path / "solutions" / name).mkdir(parents=True)
        (tmp_path / "solutions" / name / "lesson.md").write_text(text, encoding="utf-8")
        (tmp_path / "solutions" / name / "checks.py").touch()
    figures = tmp_path / "work" / "02_two" / ".lesson" / "widgets"
    figures.mkdir(parents=True)
    (figures / "figure.py").write_text(FIGURE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def figure(course, monkeypatch):
    """That figure, of the learner's copy."""
    path = course / "work" / "02_two" / ".lesson" / "widgets" / "figure.py"
    spec = importlib.util.spec_from_file_location("figure_of_a_course", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module.Own()


def test_what_is_borrowed_comes_with_what_it_needs_from_its_lesson_and_those_before(figure):
    found = borrowed(figure)
    assert found["fourfold"](3) == 12 and found["doubled"](3) == 6 and found["FACTOR"] == 2


def test_a_figure_made_of_a_lessons_figure_borrows_the_same(figure):
    class Changed(type(figure)):
        uses = ("fourfold",)

    assert set(borrowed(Changed())) == {"fourfold"}


def test_in_a_copy_without_solutions_there_is_nothing_to_borrow(figure, course):
    shutil.rmtree(course / "solutions" / "02_two")
    assert borrowed(figure) == {}


def test_in_a_copy_without_solutions_what_earlier_lessons_hand_on_is_taken_from_the_lessons_nn(figure, course):
    shutil.rmtree(course / "solutions" / "02_two")
    library = 'FACTOR = 5\n\n\ndef doubled(x):\n    return FACTOR * x\n\n\nraise RuntimeError("not needed")\n'
    (course / "work" / "02_two" / "nn.py").write_text(library, encoding="utf-8")
    found = borrowed(figure)
    assert set(found) == {"doubled", "FACTOR"} and found["doubled"](3) == 15


def test_the_notebooks_own_nn_is_left_alone(figure, monkeypatch):
    mine = types.ModuleType("nn")
    monkeypatch.setitem(sys.modules, "nn", mine)
    assert borrowed(figure)["fourfold"](3) == 12
    assert sys.modules["nn"] is mine
