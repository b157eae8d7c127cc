"""The home page: which lessons there are, how far the learner is, what to do next."""

import re

import pytest
from released import release

from autograder.learner import home, progress
from autograder.learner.workspace import prepare


@pytest.fixture
def lessons(tmp_path):
    release(tmp_path / "lessons")
    release(tmp_path / "lessons", "02_network", title="A network", question="Why layers?", minutes=75)
    return tmp_path / "lessons"


@pytest.fixture
def work(tmp_path, lessons):
    prepare(lessons, tmp_path / "work")
    return tmp_path / "work"


def page(work):
    return (work / "home.md").read_text(encoding="utf-8")


def test_each_lesson_has_a_row_whose_link_leads_to_its_notebook(work):
    links = re.findall(r"\| \[(.*?)\]\(<(.*?)>\) \| (.*?) \| .* \| (\d+) \|", page(work))
    assert links == [
        ("1 · A neuron", "01_neuron/neuron.ipynb", "What can one decide?", "60"),
        ("2 · A network", "02_network/network.ipynb", "Why layers?", "75"),
    ]
    assert all((work / link).is_file() for _, link, _, _ in links)


def test_the_next_step_is_the_first_lesson_begun_then_the_next_unfinished_one(work):
    assert "Start with [1 · A neuron]" in page(work)
    progress.record(work / "02_network", "sigmoid", "PASSED", 2, 2)
    assert "Go on with [2 · A network]" in page(work)
    progress.record(work / "02_network", "weighted_sum", "PASSED", 1, 1)
    assert "Go on with [1 · A neuron]" in page(work)
    progress.record(work / "01_neuron", "sigmoid", "PASSED", 2, 2)
    progress.record(work / "01_neuron", "weighted_sum", "PASSED", 1, 1)
    assert "passed every exercise" in page(work)


def test_a_lesson_that_begins_a_part_of_the_course_stands_under_its_title(lessons, tmp_path):
    release(lessons, "03_sight", title="Sight", part="Part II · Networks | that see")
    prepare(lessons, tmp_path / "later")
    text = page(tmp_path / "later")
    assert (
        text.index("[2 · A network]")
        < text.index("| **Part II · Networks \\| that see** |")
        < text.index("[3 · Sight]")
    )


def test_the_bar_has_a_circle_for_each_exercise_filled_when_it_passed(work):
    assert "○○ 0 of 2 exercises, 0 of 3 points" in page(work)
    progress.record(work / "01_neuron", "sigmoid", "FAILED", 1, 2)
    assert "●○" not in page(work)
    progress.record(work / "01_neuron", "sigmoid", "PASSED", 2, 2)
    assert "●○ 1 of 2 exercises, 2 of 3 points" in page(work)


def test_an_exercise_that_the_lesson_no_longer_has_does_not_count(work):
    progress.record(work / "01_neuron", "perceptron", "PASSED", 9, 9)
    assert "0 of 2 exercises, 0 of 3 points" in page(work)


def test_a_title_with_a_bar_or_a_line_break_stays_in_its_cell(lessons, work):
    release(lessons, "02_network", title="A | B\nC", question="|x|?")
    prepare(lessons, work)
    assert "| [2 · A \\| B C](<02_network/network.ipynb>) | \\|x\\|? |" in page(work)


def test_a_deleted_lesson_has_no_link(work, lessons):
    (work / "01_neuron/neuron.ipynb").unlink()
    prepare(lessons, work)
    assert "| 1 · A neuron (put away) |" in page(work)
    assert "Start with [2 · A network]" in page(work)


def test_notes_written_into_the_page_are_kept_before_it_is_written_again(work):
    written = page(work) + "\nmy notes\n"
    (work / "home.md").write_text(written, encoding="utf-8")
    progress.record(work / "01_neuron", "sigmoid", "PASSED", 2, 2)
    assert "my notes" not in page(work)
    (kept,) = (work / ".checkpoints").glob("*/home.md")
    assert kept.read_text(encoding="utf-8") == written


def test_an_untouched_page_is_replaced_without_a_checkpoint(work):
    (work / "home.md").write_bytes(page(work).replace("\n", "\r\n").encode())
    home.write(work, progress.load(work))
    assert not (work / ".checkpoints").exists()
    (work / "home.md").unlink()
    home.write(work, progress.load(work))
    assert page(work).startswith("# Ground Up\n")


def test_the_page_says_where_the_work_is(work):
    assert f"`{work.resolve()}`" in page(work)
