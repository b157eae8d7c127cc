"""How much of a submission's text goes into the notebook that instructor and student look at.

What is shown is worked on in many places (nbgrader, formgrader, feedback), so it has a limit; what was handed in stays.
"""

from __future__ import annotations

from autograder.submission.given_out import GivenOut

MOST_OF_A_CELL = 50_000  # characters
MOST_OF_ALL, MOST_CELLS = 200_000, 1_000  # in all cells that aren't the lesson's
OF_WHAT_DID_NOT_RUN = 2_000  # of a cell that was left out because there is too much code
CUT = "\n… (cut off here: the file that was handed in has all of it)"


class Shown:
    """Takes the cells of a notebook in turn. left_out: how many are not shown at all.

    The lesson's own cells are always shown, each of them once; of others as many as stay within the limits.
    """

    def __init__(self, given: GivenOut) -> None:
        self.left_out = 0
        self._of_lesson = set(given.sources)
        self._cells, self._text = MOST_CELLS, MOST_OF_ALL

    def takes(self, source: str) -> bool:
        """Whether one more cell without an official name is shown, with this text. What is the lesson's counts once."""
        text = source.strip()
        if text in self._of_lesson:
            self._of_lesson.remove(text)
            return True
        self._cells -= 1
        if self._cells < 0 or self._text <= 0:
            self.left_out += 1
            return False
        self._text -= len(source)
        return True


def cut(source: str, ran: bool = True) -> str:
    """As much of a cell's text as is shown. ran: False for a cell that was left out."""
    most = MOST_OF_A_CELL if ran else OF_WHAT_DID_NOT_RUN
    return source if len(source) <= most else source[:most] + CUT
