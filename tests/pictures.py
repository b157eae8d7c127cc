"""Pictures for README and docs, taken by the browser tests.

GROUNDUP_PICTURES=docs/pictures python3 start.py test tests/browser/test_learner.py
"""

from __future__ import annotations

import os
from pathlib import Path


def keep(seen, name: str, **options: object) -> None:
    """Save what a page or a part of it shows as `name`.png, where GROUNDUP_PICTURES names a folder."""
    if folder := os.environ.get("GROUNDUP_PICTURES"):
        seen.screenshot(path=Path(folder) / f"{name}.png", **options)


def around(first, last) -> dict[str, float]:
    """The part of the page from one element to another below it, for `clip`."""
    top, bottom = first.bounding_box(), last.bounding_box()
    height = bottom["y"] + bottom["height"] - top["y"]
    return {"x": top["x"], "y": top["y"], "width": top["width"], "height": height}
