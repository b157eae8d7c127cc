"""The minutes that the home page shows: worked out by the rule of docs/authoring.md, unless the header says them."""

import tiny

from autograder.authoring.exercise import Exercise
from autograder.lesson.build import open_lesson
from autograder.lesson.minutes import minutes
from autograder.lesson.notebooks import solution_notebook
from autograder.lesson.source import LessonSource, SourceCell

ABOUT = {"title": "A", "question": "?"}
EXERCISES = {"one": Exercise("one", points=3), "more": Exercise("more", points=0, stretch=True)}
READ = (
    SourceCell("markdown", "word " * 1000),
    SourceCell("code", "name " * 190, tags=("demo",)),
    SourceCell("code", "def one():\n    " + "solution " * 5000, exercise="one"),
    SourceCell("markdown", "model answer " * 5000, question="why", points=2),
)
FIGURES = (
    SourceCell("code", "import widgets\n\nwidgets.playground()", tags=("demo",)),
    SourceCell("code", "widgets.playground(w1=2)", tags=("demo",)),
)


def taken(tmp_path, *cells, **about):
    return minutes(LessonSource(tmp_path, "a", ABOUT | about, cells), EXERCISES)


def test_text_and_given_code_are_read_and_points_are_earned(tmp_path):
    assert taken(tmp_path, *READ) == 30  # 1190 words: 10 minutes; 5 points: 20


def test_each_time_a_figure_is_shown_it_is_looked_at(tmp_path):
    assert taken(tmp_path, *READ, *FIGURES) == 40


def test_what_was_watched_goes_before_the_rule(tmp_path):
    assert taken(tmp_path, *READ, minutes=90) == 90


def test_a_released_notebook_says_them_either_way(tmp_path):
    said = tiny.course(tmp_path / "said")
    assert solution_notebook(open_lesson(said / "solutions" / "01_tiny")).metadata["ground_up"]["minutes"] == 5
    unsaid = tiny.course(tmp_path / "unsaid", tiny.replaced(tiny.SOURCE, "    minutes: 5\n", ""))
    assert solution_notebook(open_lesson(unsaid / "solutions" / "01_tiny")).metadata["ground_up"]["minutes"] == 30
