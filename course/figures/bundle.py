"""The browser module: the files of `course/static`, joined into one.

A widget hands the browser its module as one string, which can't resolve relative imports, and there is no
build step here. So each file is an ordinary ES module (an editor follows its imports), and they are joined
when this package is imported: the imports between them are dropped, only `figure.js` keeps its export.

Who works on these files sets GROUNDUP_FIGURES_DEV=1 (`%env GROUNDUP_FIGURES_DEV=1` in the notebook will do). Then each
figure reads them anew when its cell is run, and the browser gets them as modules of their own, so that an error names
its file and line.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

SWITCH = "GROUNDUP_FIGURES_DEV"
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


_APART = """
const addresses = {};
for (const [name, source] of Object.entries(%s)) {
  const file = `course/static/${name}.js`;
  const linked = source.replace(/ from "\\.\\/([a-z]+)\\.js";/g, (_, other) => ` from "${addresses[other]}";`);
  const text = `${linked}\\n//# sourceURL=${file}`;
  addresses[name] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    await import(addresses[name]);
  } catch (error) {
    error.message = `${file}: ${error.message}`;
    throw error;
  }
}
export default (await import(addresses.figure)).default;
"""


def developing() -> bool:
    """Whether somebody works on the files and wants to see them as they are now."""
    return os.environ.get(SWITCH, "") not in ("", "0")


def module() -> str:
    """The JavaScript of all figures, as it is in the files now."""
    sources = {name: (STATIC / f"{name}.js").read_text(encoding="utf-8") for name in ORDER}
    if developing():
        return _APART % json.dumps(sources)
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources.values())


def style() -> str:
    """The style sheet of all figures, as it is in the file now."""
    return (STATIC / "figure.css").read_text(encoding="utf-8")
