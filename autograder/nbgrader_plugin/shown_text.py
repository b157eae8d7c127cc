"""How much of a submission's text goes into the notebook that instructor and student look at.

What is shown is worked on in many places (nbgrader, formgrader, feedback), so it has a limit; what was handed in stays.
"""

from __future__ import annotations

MOST_OF_A_CELL, MOST_OF_ALL, MOST_CELLS = 50_000, 1_000_000, 1_000
CUT = "\n… (cut off here: the file that was handed in has all of it)"


class Shown:
    """Takes the texts of a notebook's cells in turn. left_out: how many cells are not shown at all.

    The lesson's own cells are always shown; of others so many that they and their text stay within the limits.
    """

    def __init__(self) -> None:
        self.left_out = 0
        self._cells, self._text = MOST_CELLS, MOST_OF_ALL

    def takes(self) -> bool:
        """Whether one more cell that isn't the lesson's is shown; it is counted either way."""
        self._cells -= 1
        if self._cells < 0 or self._text <= 0:
            self.left_out += 1
            return False
        return True

    def text(self, source: str, official: bool = False) -> str:
        """As much of a cell's text as is shown."""
        most = MOST_OF_A_CELL if official else min(MOST_OF_A_CELL, self._text)
        if not official:
            self._text -= len(source)
        return source if len(source) <= most else source[:most] + CUT
