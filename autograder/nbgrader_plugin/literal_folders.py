"""Students' folders whose names nbgrader would take for patterns, such as `[ada]`.

nbgrader looks for notebooks with a pattern made of the folder's name. In one with brackets it finds nothing, says so in
a warning among many, and leaves the student out.
"""

from __future__ import annotations

import glob
import os
from types import SimpleNamespace

from nbgrader.converters import base


def take_folders_literally() -> None:
    """From now on nbgrader's converters look into a folder that exists under exactly its name."""
    base.glob = SimpleNamespace(glob=_glob)


def _glob(pattern: str) -> list[str]:
    folder, name = os.path.split(pattern)
    return glob.glob(os.path.join(glob.escape(folder), name) if os.path.isdir(folder) else pattern)
