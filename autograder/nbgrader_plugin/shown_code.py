"""Code on nbgrader's pages, for instructors and students: highlighted, and without screens of blank lines."""

from __future__ import annotations

import re
from typing import Any

from nbconvert.filters import Highlight2HTML

MOST_BLANK = 20  # lines in a row
_BLANK = re.compile(rf"\n(?:[^\S\n]*\n){{{MOST_BLANK + 1},}}")
_highlight = Highlight2HTML(pygments_lexer="python")


def highlight_code(source: str, language: str | None = None, metadata: Any = None) -> str:
    """nbconvert's filter, for Python. More than MOST_BLANK blank lines in a row become one that says so."""
    found = _BLANK.sub(lambda run: f"\n\n# … {run[0].count(chr(10)) - 1:,} blank lines …\n\n", source)
    return str(_highlight(found, language, metadata))
