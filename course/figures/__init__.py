"""Moving figures: an author writes a pure Python `Figure`, one browser module draws them all."""

from course.figures.controls import Button, Choice, More, Play, Scrub, TextBox, Toggle
from course.figures.figure import Figure, Goal
from course.figures.functions import Functions, LearnerError, Unwritten

__all__ = [
    "Button",
    "Choice",
    "Figure",
    "Functions",
    "Goal",
    "LearnerError",
    "More",
    "Play",
    "Scrub",
    "TextBox",
    "Toggle",
    "Unwritten",
]
