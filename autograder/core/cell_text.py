"""Reading the text of a notebook's code cell as Python, magic commands included: one reader for all who ask.

A line is a command of IPython only where a statement may begin: `% b` on a line of its own, inside brackets, goes on
with an expression. What commands do can't be read off the text, so each becomes a call of `get_ipython`.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator

LARGE = 200_000  # characters: nobody writes that by hand, and taking it apart would be slow
CALL = "get_ipython()"
_RUN_AS_PYTHON = ("time", "timeit", "capture", "prun", "debug")  # cell magics whose body is Python
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_COMMAND = re.compile(r"([ \t]*)(?:[%!?].*|[^\s#'\"][^#\n]*\?[ \t]*)$", re.MULTILINE)
_ASSIGNED = re.compile(r"([\w.,\[\] \t]+=[ \t]*)(?:%[a-zA-Z]|!).*$", re.MULTILINE)
_PIECE = re.compile(
    r"""(?P<skip>\#[^\n]*|\\\n|'''(?:\\.|[^\\])*?(?:'''|\Z)|\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)"""
    r"""|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>\n)|[^\#\\'"()\[\]{}\n]+|\\""",
    re.DOTALL,
)


@functools.lru_cache(maxsize=256)
def parsed(source: str) -> ast.Module | None:
    """The cell as Python; None when it is no Python, or far too large. The tree is shared: don't change it."""
    if len(source) > LARGE:
        return None
    for text in (lambda: source, lambda: without_commands(source)):
        try:
            return ast.parse(text())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # a magic command, or no Python at all
    return None


def without_commands(source: str) -> str:
    """The text with a call in the place of each command of IPython, line for line."""
    if magic := _CELL_MAGIC.match(source):
        body = source.partition("\n")[2]
        source = f"{CALL}\n{body}" if magic[1] in _RUN_AS_PYTHON else CALL
    return "".join(_statements(source))


def _statements(source: str) -> Iterator[str]:
    at, depth, begins = 0, 0, True
    while at < len(source):
        if begins and (command := _COMMAND.match(source, at)):
            yield command[1] + CALL
            at = _end_of_line(source, command.end())
            begins = False
        elif begins and (assigned := _ASSIGNED.match(source, at)):
            yield assigned[1] + CALL
            at = _end_of_line(source, assigned.end())
            begins = False
        else:
            piece = _PIECE.match(source, at)
            assert piece is not None
            yield piece[0]
            at = piece.end()
            depth = max(0, depth + bool(piece["open"]) - bool(piece["close"]))
            begins = bool(piece["end"]) and not depth


def _end_of_line(source: str, at: int) -> int:
    """Where a command ends that a backslash may carry on over the next lines."""
    while source[at - 1] == "\\" and at < len(source):
        end = source.find("\n", at + 1)
        at = len(source) if end < 0 else end
    return at


def imported(source: str) -> set[str]:
    """The first names of the modules that a cell imports, anywhere in it; none when it is no Python."""
    found: set[str] = set()
    for node in ast.walk(parsed(source) or ast.Module([], [])):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
