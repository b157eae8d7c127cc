"""Work on the figures' JavaScript, in a real JupyterLab: an edited file is seen, an error names its file and line."""

from __future__ import annotations

import shutil

import pytest
from browsing import KERNEL_IDLE
from shown import Shown

from course.figures import bundle

FIGURE = """
from course.figures import Figure
from course.figures.scene import Plot

class Empty(Figure):
    def scene(self, state, arrays):
        return [Plot("plot", (0, 1), (0, 1), [])]

    def describe(self, state, arrays):
        return "An empty plot."

Empty().show()
"""


@pytest.fixture
def files(tmp_path):
    """A copy of the browser's files, to work on."""
    return shutil.copytree(bundle.STATIC, tmp_path / "static")


@pytest.fixture
def opened(lab, browser):
    """A page, and what went wrong in it: `fresh_page` would not have it."""
    context = browser.new_context(viewport={"width": 1280, "height": 1200})
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page, errors
    context.close()


def show(files, lab, page, name):
    setup = f"""
%env {bundle.SWITCH}=1
import pathlib
from course.figures import bundle
bundle.STATIC = pathlib.Path({str(files)!r})
"""
    lab.open(page, lab.write_notebook(name, [setup, FIGURE]))


def edit(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def run_again(page):
    page.wait_for_function(KERNEL_IDLE)
    page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            app.shell.currentWidget.content.activeCellIndex = 1;
            await app.commands.execute("notebook:run-cell");
        }"""
    )


def test_an_edited_file_is_seen_when_the_figures_cell_is_run_again(files, lab, opened):
    page, errors = opened
    show(files, lab, page, "edited.ipynb")
    assert Shown(page).button("Undo").count() == 1
    edit(files / "figure.js", 'title="Ctrl + Z">Undo<', 'title="Ctrl + Z">Take back<')
    edit(files / "figure.css", "  contain: layout style;", "  contain: layout style; opacity: 0.5;")
    run_again(page)
    page.get_by_role("button", name="Take back", exact=True).wait_for()
    assert Shown(page).root.evaluate("root => getComputedStyle(root).opacity") == "0.5"
    assert not [error for error in errors if "course/static" in error]


@pytest.mark.parametrize(
    ("name", "broken", "said", "place"),
    [
        ("raises", "element.className = nowhere;", "nowhere is not defined", "course/static/plot.js:{line}:"),
        ("unreadable", "element.className = ;", "Unexpected token", "course/static/plot.js: "),
    ],
)
def test_an_error_names_its_file_and_where_it_ran_its_line(files, lab, opened, name, broken, said, place):
    page, errors = opened
    line = edit(files / "plot.js", 'element.className = "gu-panel";', broken)
    show(files, lab, page, f"{name}.ipynb")
    found = []
    for _ in range(200):
        page.wait_for_timeout(100)
        if found := [error for error in errors if said in error]:
            break
    assert found and place.format(line=line) in found[0], errors
