"""The browser module: the files of `course/static`, joined into one.

A widget hands the browser its module as one string, which can't resolve relative imports, and there is no
build step here. So each file is an ordinary ES module (an editor follows its imports), and they are joined
when this package is imported: the imports between them are dropped, only `figure.js` keeps its export.
"""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"
ORDER = (
    "dom",
    "colours",
    "scale",
    "link",
    "layers",
    "plot",
    "net",
    "maps",
    "pad",
    "tiles",
    "strip",
    "tables",
    "grid",
    "controls",
    "keys",
    "figure",
)

_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./[a-z]+\.js\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def module() -> str:
    """The JavaScript of all figures."""
    sources = ((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in ORDER)
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources)


def style() -> str:
    """The style sheet of all figures."""
    return (STATIC / "figure.css").read_text(encoding="utf-8")
