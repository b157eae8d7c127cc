"""How promptly figures move in a real JupyterLab and Chromium.

    python tests/benchmarks/figures.py [--frames 300] [--plain-server] [--only TEXT]

One row per figure and way of driving it. `hand` moves a slider once and waits for the picture (the time
from hand to picture); `stream` moves it at every screen refresh (the time between two pictures); `play`
lets the clock run. `floor` is a figure of one number: what JupyterLab itself costs. Times in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests" / "browser")]

from conftest import CHROMIUM_ARGUMENTS, chromium_path, start_lab  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

FLOOR = """
from course.figures import Figure, Scrub
from course.figures.scene import Table
class Floor(Figure):
    name = title = "floor"
    def initial(self): return {"x": 0.0}
    def controls(self, state): return [Scrub("x", "x", -1, 1, 0.01)]
    def scene(self, state, arrays): return [Table("x", [["x", f"{state['x']:.2f}"]])]
    def describe(self, state, arrays): return f"x is {state['x']:.2f}"
Floor().show()
"""
TICKING = FLOOR.replace("import Figure, Scrub", "import Figure, Play, Scrub").replace(
    '[Scrub("x", "x", -1, 1, 0.01)]',
    "[Play()]\n    def step(self, state, functions): return state | {'x': state['x'] + 1}",
)
FIGURES = {  # name: (lesson folder, code that shows it, control to move, whether it plays)
    "floor": (None, FLOOR, "x", False),
    "floor, ticking": (None, TICKING, "", True),
    "neuron playground": ("01_neuron", "import widgets\nwidgets.neuron_playground()", "b", False),
    "neuron playground, learning XOR": (
        "01_neuron",
        "import widgets\nwidgets.neuron_playground(data='XOR')",
        "b",
        True,
    ),
    "network X-ray": ("02_network", "import widgets\nwidgets.network_xray()", "x1", False),
    "network X-ray, digit": ("02_network", "import widgets\nwidgets.network_xray(network='Digit')", "weight", False),
    "bump builder, 24 units": ("02_network", "import widgets\nwidgets.bump_builder(n=24, place='even')", "kink", False),
    "bump builder, 0 to 24 units": ("02_network", "import widgets\nwidgets.bump_builder(place='even')", "n", False),
    "playground 8-8, training": ("05_training", "import widgets\nwidgets.playground(layers=[8, 8])", "lr", True),
    "playground 8-8, training, ReLU": (
        "05_training",
        "import widgets\nwidgets.playground(layers=[8, 8], activation='relu')",
        "lr",
        True,
    ),
    "bump builder, learning": ("02_network", "import widgets\nwidgets.bump_builder(n=24, place='even')", "n", True),
    "descent": ("03_descent", "import widgets\nwidgets.descent()", "lr", False),
    "descent, 500 steps with momentum": (
        "03_descent",
        "import widgets\nwidgets.descent(steps=500, momentum=0.5, kept=None)",
        "x1",
        False,
    ),
    "descent, walking": ("03_descent", "import widgets\nwidgets.descent(steps=500)", "lr", True),
    "optimiser race": ("06_optimisers", "import widgets\nwidgets.optimiser_race()", "lr", False),
    "optimiser race, start moved": ("06_optimisers", "import widgets\nwidgets.optimiser_race()", "x1", False),
    "optimiser race, racing": ("06_optimisers", "import widgets\nwidgets.optimiser_race()", "lr", True),
    "more data, training": (
        "06_optimisers",
        "import widgets\nwidgets.more_data(guess=[60.0, 80.0, 90.0, 95.0, 98.0])",
        "updates",
        True,
    ),
    "backprop, step by step": ("04_backprop", "import widgets\nwidgets.backprop_steps()", "leaf a", False),
    "backprop, 16 values": (
        "04_backprop",
        "import widgets\nwidgets.backprop_steps(expression='(x - y)/(z*exp(-x)) + 3*a')",
        "leaf x",
        False,
    ),
    "training monitor, looking back": (
        "07_pytorch",
        "import widgets\nwidgets.training_monitor(preset='healthy')",
        "cursor",
        False,
    ),
    "inside the cell, moving the cursor": ("11_lstm", "import widgets\nwidgets.inside_the_cell()", "cursor", False),
    "inside the cell, unit by unit": ("11_lstm", "import widgets\nwidgets.inside_the_cell()", "unit", False),
    "inside the cell, growing": ("11_lstm", "import widgets\nwidgets.inside_the_cell()", "unit", True),
    "training monitor, training": (
        "07_pytorch",
        "import widgets\nwidgets.training_monitor(preset='healthy', ticks=0)",
        "lr",
        True,
    ),
}
COLLECT = (
    """root => { root.pictures = []; root.addEventListener("figure-frame", e => root.pictures.push(e.detail)); }"""
)
DRIVE = """async ([root, name, frames, wait]) => {
  const sliders = [...root.querySelectorAll("input[type=range]")];
  const slider = name ? root.querySelector(`[data-control="${name}"] input[type=range]`) : sliders[0];
  const [low, high] = [Number(slider.min), Number(slider.max)];
  root.pictures.length = 0;
  for (let i = 0; i < frames; i++) {
    const before = root.pictures.length;
    slider.value = (low + high) / 2 + 0.4 * (high - low) * Math.sin(i / 15);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    do await new Promise(requestAnimationFrame); while (wait && root.pictures.length === before);
  }
  return root.pictures.filter(({ since }) => since);
}"""
PLAY = """async ([root, seconds]) => {
  root.pictures.length = 0;
  root.querySelector(".gu-primary").click();
  await new Promise(done => setTimeout(done, 1000 * seconds));
  return root.pictures;
}"""


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] if values else float("nan")


def report(name: str, way: str, times: list[float], seconds: float, pictures: list[dict]) -> None:
    draw = percentile([picture["drawn"] - picture["started"] for picture in pictures], 0.5)
    p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
    rate = len(pictures) / seconds if seconds else float("nan")
    print(f"{name:34s} {way:7s} {p50:7.1f} {p95:7.1f} {rate:7.1f} {draw:7.1f} {len(pictures):7d}", flush=True)


def gaps(pictures: list[dict]) -> tuple[list[float], float]:
    """Times between pictures, and the whole time in seconds."""
    drawn = [picture["drawn"] for picture in pictures]
    return [b - a for a, b in pairwise(drawn)], (drawn[-1] - drawn[0]) / 1000 if drawn else 0.0


def measure(lab, browser, name: str, frames: int) -> None:
    folder, code, control, plays = FIGURES[name]
    setup = f"import sys; sys.path.insert(0, {str(REPOSITORY / 'solutions' / folder)!r})\n" if folder else ""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    lab.open(page, lab.write_notebook(f"{name.replace(' ', '-')}.ipynb", [setup + code]))
    root = page.wait_for_selector(".gu-figure[data-frame]", timeout=60_000)
    root.evaluate(COLLECT)
    if plays:
        pictures = page.evaluate(PLAY, [root, 8])
        report(name, "play", *gaps(pictures), pictures)
    elif root.query_selector("input[type=range]"):
        page.evaluate(DRIVE, [root, control, 30, True])
        pictures = page.evaluate(DRIVE, [root, control, frames // 3, True])
        report(name, "hand", [p["drawn"] - p["since"] for p in pictures], gaps(pictures)[1], pictures)
        pictures = page.evaluate(DRIVE, [root, control, frames, False])
        report(name, "stream", *gaps(pictures), pictures)
    page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--plain-server", action="store_true", help="without course.figures.server.PromptConnection")
    parser.add_argument("--only", default="", help="figures whose name has this in it")
    parser.add_argument("--unlimited", action="store_true", help="let the browser draw faster than 60 times a second")
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{'figure':34s} {'':7s} {'p50':>7s} {'p95':>7s} {'per s':>7s} {'draw':>7s} {'n':>7s}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab, process = start_lab(Path(folder) / "lab", roles=() if options.plain_server else ("common",))
        try:
            faster = ["--disable-frame-rate-limit", "--disable-gpu-vsync"] if options.unlimited else []
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*CHROMIUM_ARGUMENTS, *faster])
            for name, (lesson, code, *_) in FIGURES.items():
                source = REPOSITORY / "solutions" / (lesson or "") / "widgets.py"
                function = code.split("widgets.")[-1].split("(")[0]
                if options.only not in name:
                    continue
                if lesson is None or (source.exists() and f"def {function}(" in source.read_text(encoding="utf-8")):
                    measure(lab, browser, name, options.frames)
            browser.close()
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
