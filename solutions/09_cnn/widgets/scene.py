"""The panels of the drawing figure."""

import numpy as np

from course.figures.scene import Bars, Pad, Tiles

MOST_LAYERS, MOST_MAPS = 3, 64  # shown at once


def main_panels(state, arrays):
    over = arrays["over"]
    return [
        Pad(
            "pad",
            grey(arrays["ink"]),
            "Draw here",
            width=280,
            pen=state["pen"],
            erases=state["tool"] == "eraser",
        ),
        Tiles(
            "got",
            grey(arrays["got"])[None],
            per_row=1,
            over=None if over is None else grey(over)[None],
            title="What the network gets" if over is None else f"Its input, {state['overlay']} for {arrays['label']}",
            width=224,
            column=1,
        ),
        Bars(
            "says",
            [str(digit) for digit in range(10)],
            arrays["says"],
            "What it says",
            strong=int(arrays["says"].argmax()),
            width=224,
            column=1,
        ),
        *(feature_tiles(name, maps) for name, maps in list(arrays["maps"].items())[:MOST_LAYERS]),
    ]


def feature_tiles(name, maps):
    shown = maps[:MOST_MAPS]
    _, h, w = maps.shape
    return Tiles(
        f"maps {name}",
        signed(shown, strong(maps)),
        per_row=8,
        palette="diverging",
        things=[f"{name} filter {k + 1}" for k in range(len(shown))],
        title=f"{name}: {len(maps)} maps, {h}×{w} (click one)",
        width=330,
        column=2,
    )


def details(arrays):
    """The selected filter: its map, its kernel, and the test digits that excite it most."""
    about = arrays["chosen"]
    if about is None:
        return []
    kernel = about["kernel"]
    images = about["images"]
    return [
        Tiles(
            "large",
            signed(about["map"][None], about["scale"]),
            per_row=1,
            palette="diverging",
            title=about["name"],
            width=180,
            column=3,
        ),
        Tiles(
            "kernel",
            signed(kernel, np.abs(kernel).max()),
            per_row=1 if len(kernel) == 1 else 4,
            palette="diverging",
            title="Its kernel" if len(kernel) == 1 else f"Its kernels, {len(kernel)} maps in",
            width=180,
            column=4,
        ),
        Tiles(
            "exciting",
            images,
            per_row=4,
            captions=[str(label) for label in about["labels"]],
            title="Test digits that excite it most",
            width=350,
            column=5,
        ),
    ]


def strong(maps):
    """What is drawn in full colour: few answers are stronger. Of the largest alone, all others would be pale."""
    return np.quantile(np.abs(maps), 0.99)


def grey(values):
    """0 … 1 as bytes."""
    return np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)


def signed(values, largest):
    """−largest … largest as bytes, 0 as 128."""
    return np.round(128 + 127 * np.clip(values / max(float(largest), 1e-12), -1, 1)).astype(np.uint8)
