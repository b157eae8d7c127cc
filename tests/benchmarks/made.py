"""The classes that are graded: a course with one lesson, and what its students handed in."""

from __future__ import annotations

import ast
import builtins
import copy
import itertools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.core.paths import PACKAGE_ROOT
from autograder.lesson.build import open_lesson
from autograder.lesson.notebooks import CHECK_SUFFIX, learner_notebook, solution_notebook

SOLVED, WRONG, HALF, UNTOUCHED = "solved", "wrong", "half", "untouched"
OF_TWENTY = {SOLVED: 8, WRONG: 7, HALF: 3, UNTOUCHED: 2}
SMALL = "01_small"

SMALL_SOURCE = '''---
jupyter:
  ground_up:
    title: Small
    question: How much is overhead?
    minutes: 1
---

```python
import matplotlib.pyplot as plt
import numpy as np
import torch

from autograder import check, hint, reset, solution
```

```python exercise="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

```python exercise="slope"
def slope(x):
    """The slope of x² at x, by torch."""
    ### BEGIN SOLUTION
    x = torch.tensor(x, requires_grad=True)
    (x**2).backward()
    return x.grad.item()
    ### END SOLUTION
```
'''

SMALL_CHECKS = """
import numpy as np
from autograder import exercise

double = exercise("double", points=1, hints=["What is twice three?", "2·x", "Multiply x by 2."])

@double.case
def three_numbers(double):
    return double(np.array([1.0, -2.0, 0.5]))

slope = exercise("slope", points=1, hints=["Of x²?", "2·x", "Use backward()."])

@slope.case
def at_three(slope):
    return slope(3.0)
"""

SMALL_HIDDEN = {
    "double": """
import numpy as np
from autograder import exercise

double = exercise("double")

@double.held_out
def a_large_number(double):
    return double(123456.0)

@double.mistake("squared", "That is the square.")
def squared(x):
    return x * x
""",
    "slope": """
from autograder import exercise

slope = exercise("slope")

@slope.held_out
def at_minus_two(slope):
    return slope(-2.0)

@slope.mistake("value", "That is the height, not the slope.")
def height(x):
    return x**2
""",
}


@dataclass
class Course:
    """root: as for `autograder`; solved: the notebook with all solutions; mistakes: wrong answers by exercise."""

    root: Path
    lesson: str
    solved: NotebookNode
    mistakes: dict[str, list[str]]

    @property
    def folder(self) -> Path:
        return self.root / "solutions" / self.lesson

    @property
    def notebook(self) -> str:
        return f"{self.lesson.split('_', 1)[1]}.ipynb"

    @property
    def exercises(self) -> dict[str, str]:
        """The solution of each exercise."""
        cells = [cell for cell in self.solved.cells if cell.metadata.get("nbgrader", {}).get("solution")]
        return {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if cell.cell_type == "code"}

    @property
    def points(self) -> dict[str, float]:
        """What each exercise is worth."""
        marks = [cell.metadata.nbgrader for cell in self.solved.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        return {m.grade_id.removesuffix(CHECK_SUFFIX): m.points for m in marks if m.grade_id.endswith(CHECK_SUFFIX)}

    def answered(self, answers: dict[str, str]) -> NotebookNode:
        """What is handed in with these answers, the rest untouched."""
        made = copy.deepcopy(learner_notebook(self.solved))
        for cell in made.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name in answers:
                cell.source = answers[name]
        return made

    def with_tests(self) -> NotebookNode:
        """The solved notebook with the same tests for tools that run them in the notebook."""
        made = copy.deepcopy(self.solved)
        for cell in made.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name.endswith(CHECK_SUFFIX):
                name = name.removesuffix(CHECK_SUFFIX)
                cell.source = f'from equivalent import assert_right\nassert_right("{name}", globals())'
        return made


def make_course(root: Path, lesson: str) -> Course:
    """A course with one lesson of this repository, or SMALL, released; demo cells are left out everywhere."""
    folder = root / "solutions" / lesson
    if lesson == SMALL:
        (folder / "hidden").mkdir(parents=True)
        hidden = {f"hidden/{name}.py": text for name, text in SMALL_HIDDEN.items()}
        for name, text in ({"small.md": SMALL_SOURCE, "checks.py": SMALL_CHECKS} | hidden).items():
            (folder / name).write_text(text, encoding="utf-8")
    else:
        generated = shutil.ignore_patterns("*.ipynb", "nn.py", ".lesson", "__pycache__")
        shutil.copytree(PACKAGE_ROOT / "solutions" / lesson, folder, ignore=generated)
    shutil.copy(PACKAGE_ROOT / "nbgrader_config.py", root)
    command = [sys.executable, "-m", "autograder.cli", "release", lesson]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    solved = solution_notebook(open_lesson(folder))
    solved.cells = [cell for cell in solved.cells if "demo" not in cell.metadata.get("tags", [])]
    return Course(root, lesson, solved, _mistakes(folder / "hidden"))


def make_class(course: Course, students: int) -> dict[str, NotebookNode]:
    """What so many students handed in, by name: solved, wrong in named ways, half done, untouched, mixed."""
    kinds = cycle(_interleaved(OF_TWENTY))
    choices = {name: cycle(wrong) for name, wrong in course.mistakes.items()}
    turns = cycle(choices)
    made = {}
    for number, kind in enumerate(islice(kinds, students)):
        answers = {SOLVED: course.exercises, WRONG: course.exercises, HALF: _half(course.exercises), UNTOUCHED: {}}[
            kind
        ]
        if kind == WRONG:  # one, two or three answers
            wrong = {name: next(choices[name]) for name in islice(turns, 1 + number % 3)}
            answers = {**answers, **wrong}
        made[f"{number:04d}-{kind}"] = course.answered(answers)
    return made


def hostile(course: Course) -> dict[str, NotebookNode]:
    """One answer that ends the process and one that never returns."""
    name = next(iter(course.exercises))
    crash = f"import os\n\n\ndef {name}(*_):\n    os.abort()\n"
    endless = f"def {name}(*_):\n    while True:\n        pass\n"
    return {
        "crash": course.answered({**course.exercises, name: crash}),
        "endless": course.answered({**course.exercises, name: endless}),
    }


def write(notebooks: dict[str, NotebookNode], folder: Path, course: Course) -> dict[str, Path]:
    """Hand notebooks in below `folder`, as <student>/<lesson>/<notebook>; their paths."""
    paths = {}
    for student, notebook in notebooks.items():
        path = folder / student / course.lesson / course.notebook
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
        paths[student] = path
    return paths


def _half(answers: dict[str, str]) -> dict[str, str]:
    return dict(islice(answers.items(), (len(answers) + 1) // 2))


def _interleaved(counts: dict[str, int]) -> list[str]:
    """Each kind so often, spread evenly, so that any stretch of the class is mixed."""
    total = sum(counts.values())
    places = [((n + 0.5) * total / count, kind) for kind, count in counts.items() for n in range(count)]
    return [kind for _, kind in sorted(places)]


def _mistakes(hidden: Path) -> dict[str, list[str]]:
    """The known wrong implementations that stand on their own, as a student would have written them."""
    found: dict[str, list[str]] = {}
    bodies = [ast.parse(path.read_text(encoding="utf-8")).body for path in sorted(hidden.glob("*.py"))]
    for node in itertools.chain(*bodies):
        for exercise in _wrong_in(node):
            if _free_names(node) <= {*dir(builtins), "np", "torch"}:
                node.name, node.decorator_list = exercise, []
                found.setdefault(exercise, []).append(ast.unparse(node))
    return found


def _wrong_in(node: ast.stmt) -> Iterator[str]:
    for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else []:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr == "mistake" and isinstance(called.value, ast.Name):
            yield called.value.id


def _free_names(node: ast.FunctionDef) -> set[str]:
    names = [each for statement in node.body for each in ast.walk(statement) if isinstance(each, ast.Name)]
    known = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    known |= {each.id for each in names if isinstance(each.ctx, ast.Store)}
    return {each.id for each in names} - known
