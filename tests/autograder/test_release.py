"""Releasing a lesson: what goes along, what stays, what is refused, what goes when it is no more."""

import errno
import shutil
from pathlib import Path

import pytest
import tiny

from autograder.authoring.exercise import AuthoringError
from autograder.core.paths import SUPPORT, UserError
from autograder.lesson.release import release

FIGURE = "def picture():\n    return 'a picture'\n"


@pytest.fixture
def course(tmp_path):
    return tiny.course(
        tmp_path / "course", tiny.SOURCE.replace("minutes: 5", "minutes: 5\n    files: [tables, map.csv]")
    )


@pytest.fixture
def lesson(course):
    """The tiny lesson with figures, and with files of its own that its header lists."""
    folder = course / "solutions" / "01_tiny"
    for name in ("widgets/__init__.py", "widgets/parts/figure.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(FIGURE)
    (folder / "tables" / "deep").mkdir(parents=True)
    (folder / "tables" / "deep" / "heights.csv").write_text("1,2\n")
    (folder / "map.csv").write_text("3,4\n")
    return folder


def released(folder):
    """Releases the lesson; the files learners get, and what the command says it changed."""
    target = folder.parents[1] / "lessons"
    changed = release(folder, target).changed
    files = {path.relative_to(target / folder.name).as_posix() for path in target.rglob("*") if path.is_file()}
    return files, changed


EVERYTHING = {
    "tiny.ipynb",
    "nn.py",
    "map.csv",
    "tables/deep/heights.csv",
    f"{SUPPORT}/handed_out.json",
    *(f"{SUPPORT}/{name}" for name in ("checks.py", "answers.json", "widgets/__init__.py", "widgets/parts/figure.py")),
}


def test_figures_and_the_files_that_the_header_lists_go_along_with_their_folders(lesson):
    (lesson / "widgets" / "__pycache__").mkdir()
    (lesson / "widgets" / "__pycache__" / "figure.pyc").write_bytes(b"")
    (lesson / "widgets" / ".figure.py.swp").write_bytes(b"")
    files, changed = released(lesson)
    assert files == EVERYTHING == set(changed)
    assert released(lesson) == (EVERYTHING, ())


def test_what_nbgrader_hands_out_beside_the_solved_notebook_is_the_hidden_folder_too(lesson):
    files, _ = released(lesson)
    beside = {path.relative_to(lesson).as_posix() for path in (lesson / SUPPORT).rglob("*") if path.is_file()}
    assert beside == {name for name in files if name.startswith(SUPPORT)}


def test_what_is_no_more_goes_and_so_do_the_folders_that_it_leaves_empty(lesson):
    released(lesson)
    (lesson / "tables" / "deep" / "heights.csv").unlink()
    (lesson / "tables" / "widths.csv").write_text("5\n")
    (lesson / "widgets" / "parts" / "figure.py").unlink()
    (lesson / "widgets" / "parts").rmdir()
    files, changed = released(lesson)
    gone = {"tables/deep/heights.csv", f"{SUPPORT}/widgets/parts/figure.py"}
    assert files == EVERYTHING - gone | {"tables/widths.csv"}
    assert set(changed) == gone | {"tables/widths.csv"}
    there = lesson.parents[1] / "lessons" / "01_tiny"
    assert not (there / "tables" / "deep").exists() and not (there / SUPPORT / "widgets" / "parts").exists()


@pytest.mark.parametrize("name", ["notes.txt", "figure.py", "pictures/a.png"])
def test_what_nobody_said_anything_of_is_refused_with_what_to_do(lesson, name):
    (lesson / name).parent.mkdir(exist_ok=True)
    (lesson / name).write_text("?")
    first = name.split("/")[0]
    with pytest.raises(AuthoringError, match=rf"01_tiny: {first} is no part of a lesson.*files: \[{first}\]"):
        released(lesson)
    assert not (lesson.parents[1] / "lessons").exists()


def test_a_listed_file_that_is_not_there_is_named(lesson):
    (lesson / "map.csv").unlink()
    with pytest.raises(AuthoringError, match=r"its header lists 'map.csv' under `files`, which isn't there"):
        released(lesson)


@pytest.mark.parametrize("listed", ["map.csv", "[tables/deep]", "[../01_tiny]"])
def test_what_the_header_lists_are_names_of_the_lessons_folder(lesson, listed):
    text = (lesson / "tiny.md").read_text().replace("[tables, map.csv]", listed)
    (lesson / "tiny.md").write_text(text)
    with pytest.raises(AuthoringError, match=r"must be a list|which isn't there"):
        released(lesson)


@pytest.mark.parametrize("where", ["map.csv", "tables/deep/heights.csv", "widgets/parts", "widgets/parts/figure.py"])
def test_a_link_is_refused_since_what_it_points_at_may_be_anything(lesson, tmp_path, where):
    path, elsewhere = lesson / where, tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(AuthoringError, match=f"01_tiny: {where} is a link; put the file itself there"):
        released(lesson)


@pytest.mark.parametrize("name", ["held_out.json", "hidden", "tiny.md"])
def test_what_is_the_authors_alone_is_not_handed_out_even_if_the_header_lists_it(lesson, name):
    text = (lesson / "tiny.md").read_text().replace("[tables,", f"[{name}, tables,")
    (lesson / "tiny.md").write_text(text)
    (lesson / "held_out.json").write_text("{}")
    with pytest.raises(AuthoringError, match=f"{name} stays with the author"):
        released(lesson)


def test_a_disk_that_is_full_costs_nothing_of_what_was_released(lesson, monkeypatch):
    released(lesson)
    target = lesson.parents[1] / "lessons"
    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    (lesson / "map.csv").write_text("9,9\n")
    (lesson / "tables" / "deep" / "heights.csv").write_text("9,9\n")
    copy = shutil.copyfile

    def full(source, place, **options):
        if ".heights.csv" in str(place):
            Path(place).write_text("9")
            raise OSError(errno.ENOSPC, "No space left on device")
        return copy(source, place, **options)

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(UserError, match=r"can't be written \(No space left on device\)"):
        release(lesson, target)
    assert {path: path.read_bytes() for path in target.rglob("*") if path.is_file()} == before
