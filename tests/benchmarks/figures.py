"""How promptly figures move in a real JupyterLab and Chromium.

    python tests/benchmarks/figures.py [--frames 300] [--plain-server] [--only TEXT]

One row per figure and way of driving it. `hand` moves a slider (or the pen on a pad) once and waits for the
picture (the time from hand to picture); `stream` moves it at every screen refresh (the time between two
pictures); `play` lets the clock run. `floor` is a figure of one number: what JupyterLab itself costs. Times in
milliseconds.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]

from browsing import CHROMIUM_ARGUMENTS, chromium_path, start_lab  # noqa: E402
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
PEN = "pen"  # in place of a control: draws on the pad
# name: (lesson folder, code that shows it, control to move or where on the first canvas a thing is to be dragged
# (shares of its width and height), whether it plays)
FIGURES = {
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
    "two layers, step by step": ("04_backprop", "import widgets\nwidgets.layer_steps(step=5)", "samples", False),
    "training monitor, looking back": (
        "07_pytorch",
        "import widgets\nwidgets.training_monitor(preset='healthy')",
        "cursor",
        False,
    ),
    "kernel workbench, window dragged": (
        "08_convolution",
        "import widgets\nwidgets.kernel_workbench()",
        (0.115, 0.61),
        False,
    ),
    "kernel workbench, window dragged, 7×7": (
        "08_convolution",
        "import widgets\nwidgets.kernel_workbench(preset='random', size='7', padding=3, dilation=3)",
        (0.12, 0.61),
        False,
    ),
    "kernel workbench, bias": ("08_convolution", "import widgets\nwidgets.kernel_workbench()", "bias", False),
    "kernel workbench, sliding": ("08_convolution", "import widgets\nwidgets.kernel_workbench()", "bias", True),
    "inside the cell, moving the cursor": (
        "11_lstm",
        "import widgets\nwidgets.inside_the_cell(gates=True)",
        "cursor",
        False,
    ),
    "inside the cell, unit by unit": ("11_lstm", "import widgets\nwidgets.inside_the_cell(gates=True)", "unit", False),
    "inside the cell, growing": ("11_lstm", "import widgets\nwidgets.inside_the_cell(gates=True)", "unit", True),
    "training monitor, training": (
        "07_pytorch",
        "import widgets\nwidgets.training_monitor(preset='healthy', ticks=0)",
        "lr",
        True,
    ),
    "draw a digit": ("09_cnn", "import widgets\nwidgets.draw_a_digit(marks=[])", PEN, False),
    "draw a digit, rotated": ("09_cnn", "import widgets\nwidgets.draw_a_digit()", "turn", False),
    "unrolled network": ("10_rnn", "import widgets\nwidgets.unrolled_network()", "scale", False),
    "unrolled network, tanh": (
        "10_rnn",
        "import widgets\nwidgets.unrolled_network(bend='tanh', input=0.5, clip=True)",
        "scale",
        False,
    ),
    "unrolled network, tanh, 100 steps": (
        "10_rnn",
        "import widgets\nwidgets.unrolled_network(bend='tanh', steps=100)",
        "scale",
        False,
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
DRAG = """async ([root, [across, down], frames, wait]) => {
  const canvas = root.querySelector("canvas");
  canvas.setPointerCapture = () => {};  // there is no such pointer
  const box = canvas.getBoundingClientRect();
  const fire = (type, x, y) => {
    const place = { clientX: box.x + x * box.width, clientY: box.y + y * box.height };
    canvas.dispatchEvent(new PointerEvent(type, { ...place, bubbles: true }));
  };
  root.pictures.length = 0;
  fire("pointerdown", across, down);
  for (let i = 0; i < frames; i++) {
    const before = root.pictures.length;
    fire("pointermove", 0.5 + 0.35 * Math.sin(i / 15 + 0.1), 0.5 + 0.35 * Math.cos(i / 11));
    do await new Promise(requestAnimationFrame); while (wait && root.pictures.length === before);
  }
  fire("pointerup", 0.5, 0.5);
  await new Promise((done) => setTimeout(done, 300));
  fire("pointerdown", 0.5 + 0.35 * Math.sin((frames - 1) / 15 + 0.1), 0.5 + 0.35 * Math.cos((frames - 1) / 11));
  fire("pointermove", across, down);  // back to where it was
  fire("pointerup", across, down);
  await new Promise((done) => setTimeout(done, 300));
  return root.pictures.filter(({ since }) => since).slice(0, -1);
}"""
PLAY = """async ([root, seconds]) => {
  root.pictures.length = 0;
  root.querySelector(".gu-primary").click();
  await new Promise(done => setTimeout(done, 1000 * seconds));
  return root.pictures;
}"""


def drawn_with_a_pen(page, root, pictures: int) -> list[dict]:
    """Draws circles on the first pad with the mouse, waiting for the picture of each new place."""
    box = root.query_selector("canvas").bounding_box()
    middle, radius = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), box["width"] / 3
    root.evaluate("root => { root.pictures.length = 0; }")
    for i in range(pictures):
        angle = 2 * math.pi * i / 40
        page.mouse.move(middle[0] + radius * math.cos(angle), middle[1] + radius * math.sin(angle))
        if i % 40 == 0:
            page.mouse.up()
            page.mouse.down()
        page.wait_for_function("([root, n]) => root.pictures.length >= n", arg=[root, i + 1])
    page.mouse.up()
    return root.evaluate("root => root.pictures.filter(({ since }) => since)")


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
    elif control == PEN:
        pictures = drawn_with_a_pen(page, root, frames // 3)
        report(name, "hand", [p["drawn"] - p["since"] for p in pictures], gaps(pictures)[1], pictures)
    elif root.query_selector("input[type=range]"):
        drive = DRAG if isinstance(control, tuple) else DRIVE
        page.evaluate(drive, [root, control, 30, True])
        pictures = page.evaluate(drive, [root, control, frames // 3, True])
        report(name, "hand", [p["drawn"] - p["since"] for p in pictures], gaps(pictures)[1], pictures)
        pictures = page.evaluate(drive, [root, control, frames, False])
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
            for name in FIGURES:
                if options.only in name:
                    measure(lab, browser, name, options.frames)
            browser.close()
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
