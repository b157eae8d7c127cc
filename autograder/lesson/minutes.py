"""How many minutes a lesson takes, for the home page: worked out from what is in it.

Adults read non-fiction in silence at 238 words per minute (Brysbaert 2019, https://doi.org/10.1016/j.jml.2019.104047).
A text with formulas, code and sentences like "predict first" is taken at half of that. The other two numbers are what
an exercise's points and a figure are meant to be worth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from autograder.authoring.exercise import Exercise
from autograder.lesson.source import LessonSource, SourceCell

WORDS_PER_MINUTE = 238 / 2
PER_POINT = 4  # of an exercise or a free-text question; what is optional has no points
PER_FIGURE = 5
_FIGURE = re.compile(r"^widgets\.\w+\(", re.MULTILINE)


def minutes(lesson: LessonSource, exercises: Mapping[str, Exercise]) -> float:
    """What the header says, else reading, points and figures by the rule above, to the nearest 5 (5 at least)."""
    if "minutes" in lesson.about:
        return lesson.about["minutes"]
    words = sum(len(cell.source.split()) for cell in lesson.cells if _is_read(cell))
    points = sum(each.points for each in exercises.values()) + sum(cell.points for cell in lesson.cells)
    figures = sum(bool(_FIGURE.search(cell.source)) for cell in lesson.cells if cell.kind == "code")
    return max(5, 5 * round((words / WORDS_PER_MINUTE + PER_POINT * points + PER_FIGURE * figures) / 5))


def _is_read(cell: SourceCell) -> bool:
    """Text and given code; neither what the learner writes nor a question's model answer."""
    return not cell.exercise and not cell.question
