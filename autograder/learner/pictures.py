"""matplotlib's pictures in a dark JupyterLab: light writing on no ground, so that the page's own shows through.

JupyterLab says which theme it has when its buttons call the kernel (`frontend`), and again when that changes. Pictures
drawn from then on follow. A picture that was saved stays readable in the other theme: matplotlib's back end for
notebooks notes in its output which ground it needs, and JupyterLab lays one under it. Where nobody tells a theme
(VS Code, nbgrader, a terminal), pictures are as matplotlib makes them.
"""

from __future__ import annotations

import sys
from typing import Any

LIGHT_INK, LINES = "#d8d8d8", "#8c8c8c"
DARK = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": LINES,
    "axes.labelcolor": LIGHT_INK,
    "axes.titlecolor": LIGHT_INK,
    "text.color": LIGHT_INK,
    "xtick.color": LIGHT_INK,
    "ytick.color": LIGHT_INK,
    "grid.color": "#555555",
    "legend.facecolor": "#1c1c1c",
    "legend.edgecolor": LINES,
}


def follow(shell: Any, theme: str) -> None:
    """Draw for this theme, "dark" or "light", from now on; matplotlib isn't imported for it."""
    inline = shell.config.InlineBackend
    if theme == "dark":
        inline.rc = dict(inline.get("rc") or {}) | DARK
    elif inline.get("rc"):
        inline.rc = {key: value for key, value in inline.rc.items() if DARK.get(key) != value}
    if (matplotlib := sys.modules.get("matplotlib")) is None:
        return  # its back end for notebooks reads `inline.rc` when it is loaded
    defaults, now = matplotlib.rcParamsDefault, matplotlib.rcParams
    for key, dark in DARK.items():
        plain = defaults[key]
        if now[key] == (plain if theme == "dark" else dark):  # what somebody chose otherwise is theirs
            now[key] = dark if theme == "dark" else plain
