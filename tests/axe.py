"""axe-core on a part of a page."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT

RUN = """async ([source, region, theirs]) => {
    if (!window.axe) new Function(source).call(window);
    const found = await window.axe.run(
        { include: [region], exclude: theirs }, { resultTypes: ["violations"] });
    return found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).flatMap(
        ({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}"""
THEIRS = [[".cm-editor"], [".jp-InputPrompt"], [".jp-OutputPrompt"]]  # JupyterLab's, in every cell


def serious_faults(page, region: str) -> list[str]:
    """What is wrong in the parts of the page that a CSS selector names; each fault as rule, explanation and element."""
    assert page.locator(region).count(), f"nothing on the page is {region}"
    return page.evaluate(RUN, [AXE_SCRIPT, region, THEIRS])
