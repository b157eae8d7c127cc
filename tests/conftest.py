"""What all tests share: repeatable examples, a lesson's figures as importable packages, a browser."""

import gc
import importlib.util
import os
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.core.paths import solutions

pytest_plugins = ["browsing"]

# Groups of tests that take half a minute and more, by the beginnings of their names, the longest first.
TAKE_LONG = (
    "lessons/11",
    "lessons/09",
    "lessons/10",
    "nbgrader/test_same_as",
    "lessons/",
    "hostile/",
    "nbgrader/",
    "browser/",
    "docs/",
)

# Property tests draw the same examples at every run, so that a failure is repeatable and a pass means the same.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


class FiguresOfLessons(MetaPathFinder):
    """Finds `widgets_01_neuron`, the figures of lesson 01: one name each, so that all can be there in one process."""

    def find_spec(self, name, path=None, target=None):
        package = solutions() / name.removeprefix("widgets_") / "widgets" / "__init__.py"
        if not name.startswith("widgets_") or not package.is_file():
            return None
        return importlib.util.spec_from_file_location(name, package)


sys.meta_path.append(FiguresOfLessons())


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in its own hook
def pytest_collection_modifyitems(items):
    """Tests that use the browser carry the mark `browser`; what runs in one process is one group.

    That is a file, but for what is said of every lesson: it stays with the other tests of that lesson, since opening
    and proving one takes seconds. Groups that take long come first, so that no process is left with one at the end.
    """
    for item in items:
        if {"browser", "page", "lab", "serve"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: (_turn(item), item.path.name != "test_proofs.py"))


def pytest_runtest_teardown(item, nextitem):
    """Between two groups, what has been made so far is taken out of the collector's sight: it would look at all of it
    again and again, and these processes hold every lesson."""
    if nextitem is not None and _group(nextitem) != _group(item):
        gc.collect()
        gc.freeze()


def _turn(item):
    """When a group has its turn, as a number."""
    group = _group(item)
    return next((n for n, name in enumerate(TAKE_LONG) if group.startswith(name)), len(TAKE_LONG))


def _group(item):
    where = item.path.relative_to(Path(__file__).parent)
    if where.parts[0] != "lessons" or item.get_closest_marker("browser"):
        return where.as_posix()
    lesson = item.callspec.params.get("lesson") if hasattr(item, "callspec") else None
    return f"lessons/{lesson or where.parts[1]}"


@pytest.fixture(autouse=True)
def _nobody_validates():
    """nbgrader, when a test runs it in this process, leaves behind that it runs: nothing started later may see it."""
    os.environ.pop("NBGRADER_EXECUTION", None)
    yield
    os.environ.pop("NBGRADER_EXECUTION", None)
