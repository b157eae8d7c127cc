"""One odd line costs what it touches, not the notebook: what our side needs was taken aside before it ran."""

import ast
import importlib
import types
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

import autograder
from autograder.runner.client import Runner
from autograder.submission import grade, reading

ROOMS = ("core", "authoring", "cases", "runner")
# Not in the fork: the grader's side of the runner, and what takes place before or outside.
OUTSIDE = ("client", "conversation", "probe", "sandbox", "warm")
TOUCHED = {"numpy.array": "the solved cells use it themselves"}
NONSENSE = ("42", "lambda *_, **__: 1 / 0")


@pytest.fixture(scope="module")
def marks(course):
    return grade.marking(course.root / "solutions" / "01_neuron", held_out=True)


@pytest.fixture(scope="module")
def runner(marks):
    with Runner(grade.modules(marks, [])) as made:
        yield made


@pytest.fixture
def graded(course, marks, runner, tmp_path):
    """What the solved lesson gets with more cells behind the first."""

    def grade_with(*cells: str) -> grade.Graded:
        notebook = course.solution()
        at = next(number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code") + 1
        notebook.cells[at:at] = [nbformat.v4.new_code_cell(source) for source in cells]
        path = tmp_path / "neuron.ipynb"
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
        return grade.grade(reading.read(path, course.root / "solutions"), marks, runner)

    return grade_with


def used() -> list[str]:
    """Each `module.attribute` of somebody else's module that our code in the fork refers to."""
    found = set()
    for room in ROOMS:
        for path in sorted((Path(autograder.__file__).parent / room).glob("*.py")):
            if path.stem not in OUTSIDE:
                found |= set(_used_in(ast.parse(path.read_text(encoding="utf-8"))))
    return sorted(found)


def _used_in(tree: ast.Module) -> Iterator[str]:
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] != "autograder":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
    modules = {n: m for n, m in names.items() if m.split(".")[0] not in ("autograder", "torch", "pyseccomp")}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (owner := _dotted(node.value, modules)):
            yield f"{owner}.{node.attr}"


def _dotted(node: ast.expr, modules: dict[str, str]) -> str:
    """The module that an expression names, or nothing."""
    if isinstance(node, ast.Name):
        return modules.get(node.id, "")
    if isinstance(node, ast.Attribute) and (owner := _dotted(node.value, modules)):
        inner = getattr(importlib.import_module(owner), node.attr, None)
        return inner.__name__ if isinstance(inner, types.ModuleType) else ""
    return ""


@pytest.mark.parametrize("nonsense", [NONSENSE[0], pytest.param(NONSENSE[1], marks=pytest.mark.heavy)])
def test_nonsense_in_place_of_anything_that_our_code_uses_costs_no_point(graded, nonsense):
    scores = {}
    for name in (each for each in used() if each not in TOUCHED):
        module, _, attribute = name.rpartition(".")
        if module.split(".")[0] in ("__future__", "typing") or not hasattr(importlib.import_module(module), attribute):
            continue
        found = graded(f"import {module}\n{module}.{attribute} = {nonsense}")
        if (found.verdict, found.score) != (grade.GRADED, 16):
            scores[name] = (
                found.score,
                [result.message for result in found.results if result.points == 0][:1],
                found.notes,
            )
    assert not scores, list(scores)


ODD = {
    "a list of folders emptied": "import sys\nsys.path.clear()",
    "a list of folders that is none": "import sys\nsys.path = 'here'",
    "no finders": "import sys\nsys.meta_path.clear()\nsys.path_hooks.clear()",
    "modules of no value": "import sys\nfor name in ('numpy', 'random', 'copy', 'time'): sys.modules[name] = None",
    "all modules gone": "import sys\nsys.modules.clear()",
    "bytes printed": "import sys\nsys.stdout.write(b'x')",
    "a writer that is none": "import sys\nsys.stdout.write = None\nsys.stdout.text = 3\nprint('x')",
    "no output at all": "import sys\nsys.stdout = sys.stderr = None",
    "a closed output": "import sys\nsys.stdout.close()",
    "a text that lies about its length": (
        "import sys\nclass Text(str):\n    def __len__(self): return 'x'\n    def __getitem__(self, _): return 3\n"
        "sys.stdout.write(Text('x'))"
    ),
    "few calls inside calls": "import sys\nsys.setrecursionlimit(150)",
    "a tracer that fails": "import sys\nsys.settrace(lambda *_: 1 / 0)",
    "a profiler that counts": "import sys\nsys.setprofile(lambda *_: None)",
    "built-in functions": "import builtins\nbuiltins.len = builtins.isinstance = builtins.next = 3",
    "the import of all imports": "import builtins\nbuiltins.__import__ = None",
    "the building of classes": "import builtins\nbuiltins.__build_class__ = None",
    "pi": "import math\nimport numpy as np\nmath.pi = np.pi = 3",
    "names deleted": "import numpy as np\nimport time\ndel np.random.seed, time.perf_counter, time.time",
    "a later cell makes it worse": "import time\ntime.time = 3\ntime.monotonic = time.perf_counter = 4",
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_line_costs_no_point(graded, name):
    found = graded(ODD[name], "x = 1", "def unused():\n    return 1", "y = [n for n in range(3)]")
    assert (found.verdict, found.score) == (grade.GRADED, 16), found.to_json()


def test_what_a_cell_put_in_a_modules_place_is_in_force_in_later_cells(graded):
    found = graded("import time\ntime.sleep = lambda seconds: 'slept'", "assert time.sleep(0) == 'slept'")
    assert found.score == 16
    assert not found.notes
    found = graded("import time\ndel time.sleep", "time.sleep(0)")
    assert found.score == 16
    assert "Cell 3 stopped with AttributeError: module 'time' has no attribute 'sleep'" in found.notes[0]


def test_what_fails_is_told_of_the_learners_line_never_of_ours(graded):
    found = graded("import sys\nsys.stdout.write(b'x')")
    assert found.notes == (
        "Cell 2 stopped with TypeError: write() argument must be str, not bytes, line 2: sys.stdout.write(b'x').",
    )
