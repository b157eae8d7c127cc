"""The lessons there are, solved."""

import contextlib
import io
from functools import cache
from types import SimpleNamespace

import pytest
from solved_run import run as run_solved

from autograder.core.paths import lesson_names, solutions
from autograder.lesson.build import Lesson, open_lesson
from autograder.lesson.source import library_module

LESSONS = lesson_names(solutions())


@cache
def opened(name: str) -> Lesson:
    return open_lesson(solutions() / name)


def pytest_generate_tests(metafunc):
    """Each lesson; those that a test's mark `heavy_for` names, in which it takes long, with the heavy tests."""
    if "lesson" in metafunc.fixturenames:
        long = {name for mark in metafunc.definition.iter_markers("heavy_for") for name in mark.args}
        marked = [pytest.param(name, marks=[pytest.mark.heavy] if name in long else []) for name in LESSONS]
        metafunc.parametrize("lesson", marked, indirect=True)


@pytest.fixture
def lesson(request):
    """Each lesson in turn, with what it needs to run importable."""
    lesson = opened(request.param)
    with library_module(lesson.library):
        yield lesson


@pytest.fixture(scope="session")
def solved_run(tmp_path_factory):
    """Runs the solved lesson of a name from top to bottom, as `solved_run.run` does; each way once, whoever asks."""

    @cache
    def kept(name, stand_ins, shortened):
        return run_solved(opened(name), tmp_path_factory.mktemp("run"), stand_ins, shortened)

    def ran(name, stand_ins=False, shortened=None):
        return kept(name, stand_ins, shortened)

    return ran


@pytest.fixture(scope="module")
def solved(request):
    """The names that the reference solutions of the test module's lesson define, and its text as `source`."""
    lesson = opened(request.module.LESSON)
    text = (lesson.source.folder / f"{lesson.source.notebook}.md").read_text(encoding="utf-8")
    return SimpleNamespace(**{n: v for n, v in lesson.reference.items() if n[:2] != "__"}, source=text)


@pytest.fixture(scope="module")
def demo(request):
    """Runs the demo cell of the test module's lesson that holds a text: what it printed, and the names so far."""
    lesson = opened(request.module.LESSON)
    names, cells = dict(lesson.reference), [cell.source for cell in lesson.source.cells if "demo" in cell.tags]

    def run(text):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            exec(next(cell for cell in cells if text in cell), names)
        return printed.getvalue(), names

    with pytest.MonkeyPatch.context() as patch, library_module(lesson.library):
        patch.setenv("MPLBACKEND", "agg")
        yield run
