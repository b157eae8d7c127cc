"""What our JupyterLab extension costs: JupyterLab's start and typing, with it and without, in turns.

    python tests/benchmarks/extension.py [ROUNDS]

"start": from the address to lesson 1's first cell on the screen, the browser's cache warm. "typing": 200 characters in
a cell, each until the page has drawn it.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browsing import CHROMIUM_ARGUMENTS, REPOSITORY, chromium_path, start_lab
from playwright.sync_api import sync_playwright

from autograder.learner import workspace

NOTEBOOK = "01_neuron/neuron.ipynb"
WITHOUT = ("--LabApp.extra_labextensions_path=[]",)
TYPED = 200
DRAWN = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


def main(rounds: int) -> None:
    """Measure and print the table."""
    scratch = Path(tempfile.mkdtemp())
    variants = {"with": (), "without": WITHOUT}
    labs, times = {}, {name: {"start": [], "typing": []} for name in variants}
    for name, more in variants.items():
        work = scratch / name / "work"
        workspace.prepare(REPOSITORY / "lessons", work)
        labs[name] = start_lab(scratch / name, root=work, roles=("learner", "common"), more=more)
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
            contexts = {name: chromium.new_context(viewport={"width": 1280, "height": 900}) for name in variants}
            for turn in range(rounds + 1):  # the first fills the caches
                for name in variants:
                    found = _measure(contexts[name], labs[name][0])
                    if turn:
                        for what, seconds in found.items():
                            times[name][what].append(seconds)
            chromium.close()
    finally:
        for _, process in labs.values():
            process.terminate()
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{'':<10}{'with':>12}{'without':>12}{'more':>12}    median of {rounds}")
    for what, unit, scale in (("start", "s", 1), ("typing", "ms", 1000)):
        one, other = (scale * statistics.median(times[name][what]) for name in variants)
        print(f"{what:<10}{one:>9.2f} {unit:<2}{other:>9.2f} {unit:<2}{one - other:>9.2f} {unit}")


def _measure(context, lab) -> dict[str, float]:
    page = context.new_page()
    started = time.perf_counter()
    page.goto(f"{lab.address}/lab/tree/{NOTEBOOK}?token={lab.token}&reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    start = time.perf_counter() - started
    page.wait_for_timeout(3_000)
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    started = time.perf_counter()
    for _ in range(TYPED):
        page.keyboard.insert_text("x")
        page.evaluate(DRAWN)
    typing = (time.perf_counter() - started) / TYPED
    page.close(run_before_unload=False)
    return {"start": start, "typing": typing}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
