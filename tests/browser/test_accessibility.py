"""For those who can't see the screen, don't use a mouse, or enlarge the page: home, map, lessons, reports.

axe-core looks at our parts of the page, a lesson's text and a figure among them, in both of JupyterLab's themes.
"""

from __future__ import annotations

import pytest
from axe import serious_faults

WAIT = 60_000
THEMES = ("JupyterLab Light", "JupyterLab Dark")
SETUP = "from autograder import check, hint, reset, solution\nimport numpy as np"
REPORTS = {  # what is in the cell before the check, and the verdict of the report
    "FAILED": ("def sigmoid(z):\n    return 1 / (1 + np.exp(z))", 'check("sigmoid")'),
    "PASSED": ("def relu(z):\n    return np.maximum(z, 0)", 'check("relu")'),
    "NOT_ATTEMPTED": ("def weighted_sum(x, w, b):\n    raise NotImplementedError()", 'check("weighted_sum")'),
    "ERROR": ("def neuron(x, w, b, activation):\n    return missing", 'check("neuron")'),
    "NOT_RUN": ("", 'check("xor_from_gates")'),
    "HINT": ("", 'hint("sigmoid")'),
    "SOLUTION": ("", 'solution("sigmoid")'),
    "EXERCISES": ("", "hint()"),
}
TOO_WIDE = """region => [...document.querySelectorAll(`${region}, ${region} *`)]
    .filter(each => getComputedStyle(each).overflowX !== "auto" && each.clientWidth)
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => each.outerHTML.slice(0, 90) + each.scrollWidth + "/" + each.clientWidth)"""


@pytest.fixture(scope="module")
def lab(learners_lab):
    return learners_lab


def in_both_themes(page, *regions: str) -> list[str]:
    """The serious faults of some regions of the page, in the dark theme and in the light one."""
    found = []
    for theme in reversed(THEMES):
        page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme }).then(() => {})", theme)
        dark = "true" if theme == THEMES[0] else "false"
        page.locator(f"body[data-jp-theme-light={dark}]").wait_for(state="attached", timeout=WAIT)
        for region in regions:
            found += serious_faults(page, region)
    return found


def test_axe_finds_what_is_wrong(browser):
    page = browser.new_page()
    page.set_content("<main><p style='color:#aaa;background:#fff'>Pale</p><p>Right</p><button></button></main>")
    assert {fault.split(":")[0] for fault in serious_faults(page, "main > *")} == {"color-contrast", "button-name"}
    page.close()


def test_home_and_map(page, lab):
    page.goto(f"{lab.address}/lab/tree/home.md?token={lab.token}")
    page.locator(".ground-up-moving").first.get_by_text("Step").wait_for(timeout=WAIT)
    page.locator(".ground-up-panel .ground-up-lesson").first.wait_for(timeout=WAIT)
    assert in_both_themes(page, ".ground-up-home", ".ground-up-panel") == []

    page.set_viewport_size({"width": 640, "height": 400})  # 1280 by 800, twice as large
    assert page.evaluate(TOO_WIDE, ".ground-up-home") == []
    go = page.locator(".ground-up-home .ground-up-go")
    page.locator(".ground-up-home").focus()
    for _ in range(4):  # past what may be drawn on and cleared
        page.keyboard.press("Tab")
        if go.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=WAIT)
    page.set_viewport_size({"width": 1280, "height": 800})  # where a text is too wide, JupyterLab scrolls its cell
    assert in_both_themes(page, ".jp-Notebook .jp-RenderedMarkdown") == []


def test_all_kinds_of_reports_and_a_figure(page, lab):
    cells = [
        SETUP,
        "import widgets\nwidgets.neuron_playground()",
        *(source for pair in REPORTS.values() for source in pair if source),
    ]
    lab.open(page, lab.write_notebook("01_neuron/reports.ipynb", cells))
    kinds = "[...document.querySelectorAll('.ground-up-report')].map(report => report.dataset.verdict)"
    page.wait_for_function(f"{kinds}.length === {len(REPORTS)}", timeout=WAIT)
    assert set(page.evaluate(kinds)) == set(REPORTS)
    page.locator(".gu-figure[data-frame]").wait_for(timeout=WAIT)
    page.locator("summary").first.click()
    assert in_both_themes(page, ".jp-Notebook .jp-WindowedPanel-viewport > *") == []
    page.set_viewport_size({"width": 640, "height": 400})
    assert page.evaluate(TOO_WIDE, ".ground-up-report") == []
