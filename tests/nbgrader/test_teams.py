"""A team hands in once: every member gets the notebook, its time and the grade, and nothing of anybody's is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from classroom import LESSON, NOTEBOOK, Classroom, cell_of, make_classroom
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.batch.grade_class import _twins
from autograder.cli import main
from autograder.core.paths import UserError
from autograder.nbgrader_plugin import teams
from autograder.runner.sandbox import bubblewrap_works

NAME = f"{NOTEBOOK}.ipynb"
TABLE = "team,id\nDefault group,ada\nDefault group,ben\nNight owls,cyd\nNight owls,dee\n"
THIRD = "Default group,fay\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "teams.csv"


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    (tmp_path / "submitted").mkdir()
    return tmp_path / "submitted"


def hand_in(submitted: Path, who: str, text: str, time: int, **files: str) -> Path:
    """A notebook of some text, at a time in seconds, and other files beside it."""
    folder = submitted / who / LESSON
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(text)
    os.utime(folder / NAME, (time, time))
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder


def hand_out(table: Path, submitted: Path) -> teams.HandedOut:
    return teams.hand_out(teams.read(table, LESSON), submitted, LESSON, NAME, table.with_suffix(""))


def held(submitted: Path) -> dict[str, str]:
    return {path.parts[-3]: path.read_text() for path in sorted(submitted.glob(f"*/{LESSON}/{NAME}"))}


def kept(table: Path) -> list[str]:
    return sorted(path.read_text() for path in table.with_suffix("").rglob(NAME))


@pytest.mark.parametrize("name", ["Default group", "default-group", "  Default group "])
def test_the_teams_own_folder_goes_to_every_member(table, submitted, name):
    table.write_text(TABLE.replace("Default group", name))
    hand_in(submitted, "default-group", "ours", 1000, timestamp__txt="2026-03-01 10:00:00 UTC", data__csv="1,2")
    done = hand_out(table, submitted)
    assert held(submitted) == {"ada": "ours", "ben": "ours"}
    assert (submitted / "ben" / LESSON / "timestamp.txt").read_text() == "2026-03-01 10:00:00 UTC"
    assert (submitted / "ben" / LESSON / "data.csv").read_text() == "1,2"
    assert kept(table) == ["ours"] and not (submitted / "default-group").exists()
    assert done.sources == {name.strip(): "default-group"} and done.missing == ["Night owls"]
    assert teams.notes(submitted / "ben" / LESSON, NAME) == (f"TEAM: {name.strip()} handed it in, as 'default-group'.",)


def test_who_hands_in_for_the_team_keeps_their_folder_and_the_newest_counts(table, submitted):
    table.write_text(TABLE)
    hand_in(submitted, "ada", "first", 1000)
    hand_out(table, submitted)
    assert held(submitted) == {"ada": "first", "ben": "first"}
    assert teams.notes(submitted / "ada" / LESSON, NAME) == ()
    hand_in(submitted, "ben", "second", 2000)
    done = hand_out(table, submitted)
    assert held(submitted) == {"ada": "second", "ben": "second"} and done.sources["Default group"] == "ben"
    assert kept(table) == ["first"]
    hand_in(submitted, "ada", "too old", 500)  # a download that is older than what counts
    hand_out(table, submitted)
    assert held(submitted) == {"ada": "second", "ben": "second"} and kept(table) == ["first", "too old"]


def test_a_time_that_was_sent_along_decides_before_that_of_the_file(table, submitted):
    table.write_text(TABLE)
    hand_in(submitted, "ada", "of April", 1000, timestamp__txt="2026-04-01 10:00:00 UTC")
    hand_in(submitted, "ben", "of March", 2000, timestamp__txt="2026-03-01 10:00:00 UTC")
    hand_out(table, submitted)
    assert held(submitted) == {"ada": "of April", "ben": "of April"} and kept(table) == ["of March"]


def test_again_with_the_same_files_changes_nothing_and_keeps_nothing_twice(table, submitted):
    table.write_text(TABLE)
    for _ in range(3):
        hand_in(submitted, "default-group", "ours", 1000)
        done = hand_out(table, submitted)
        assert kept(table) == ["ours"]
    assert done.folders == [] and held(submitted) == {"ada": "ours", "ben": "ours"}


def test_who_joins_later_gets_it_too_and_brings_nothing_of_another_team(table, submitted):
    table.write_text(TABLE)
    hand_in(submitted, "default-group", "ours", 1000)
    hand_in(submitted, "night-owls", "owls'", 2000)
    hand_out(table, submitted)
    table.write_text(TABLE.replace("Night owls,dee", "Default group,dee") + "Default group,eve\n")
    for _ in range(2):
        hand_out(table, submitted)
        assert held(submitted) == {"ada": "ours", "ben": "ours", "cyd": "owls'", "dee": "ours", "eve": "ours"}
    assert kept(table) == ["ours", "owls'", "owls'"]


def test_a_row_for_one_lesson_comes_before_a_row_for_all(table, submitted):
    table.write_text(f"team;id;lesson\nA;ada;\nB;ada;{LESSON}\nC;ada;02_network\nA;ben;\n")
    assert teams.read(table, LESSON) == [teams.Team("A", ("ben",)), teams.Team("B", ("ada",))]
    assert teams.read(table, "03_descent") == [teams.Team("A", ("ada", "ben"))]


def test_links_and_pipes_in_a_teams_folder_are_set_aside_first(table, submitted, tmp_path):
    table.write_text(TABLE)
    folder = hand_in(submitted, "default-group", "ours", 1000)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(folder / "pipe")
    hand_out(table, submitted)
    assert sorted(os.listdir(submitted / "ada" / LESSON)) == [".team.json", NAME]


REFUSED = {
    "two teams": ("team,id\nA,ada\nB,ada\n", "Lines 2 and 3 .* put ada into two teams: A, B"),
    "no team": ("team,id\n,ada\n", "Line 2 .* names no team for ada"),
    "no column": ("group,id\nA,ada\n", "no column `team`"),
    "a stranger": ("team,id\nA,adda\n", "no student 'adda'. Did you mean 'ada'"),
    "a student's name": ("team,id\nben,ada\nB,ben\n", "'ben' after a student of another team"),
    "a path": ("team,id\nA,../ada\n", "Line 2 .* no id"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_a_table_that_can_not_be_right_is_refused_by_a_sentence(table, content, said):
    table.write_text(content)
    with pytest.raises(UserError, match=said):
        teams.read(table, LESSON, {"ada", "ben"})


def test_a_class_with_teams_from_the_archive_to_the_export(tmp_path, monkeypatch):
    if not bubblewrap_works():
        pytest.skip("bubblewrap doesn't work here, and submissions run only inside it")
    course = make_classroom(tmp_path)
    monkeypatch.chdir(course.root)
    written = course.solution()
    cell_of(written, "why-bias").source = "Because a line need not go through zero."
    course.submit("default-group", written)
    assert _grade()["waiting"] == ["default-group"]  # nobody has said yet that it is a team

    (course.root / "grading" / "teams.csv").write_text(f"{TABLE}{THIRD}Pdf people,gus\n", encoding="utf-8-sig")
    course.submit("pdf-people", b"%PDF", "report.pdf")
    with Gradebook(course.db_url) as gradebook:
        for student in ("ada", "ben", "cyd", "dee", "fay", "gus", "zoe"):
            gradebook.add_student(student)
    course.submit("zoe", course.solution())
    course.submit("cyd", course.solution(relu="relu = None"))
    printed = CliRunner().invoke(main, ["grade", LESSON]).output
    assert "Teams that handed in: 2; 4 members got a copy of their team's notebook." in printed
    assert "nbgrader db student remove default-group --force" in printed
    assert not (course.root / "grading" / "submitted" / "default-group").exists()
    report = _grade()
    assert report["teams_missing"] == ["Pdf people"] and report["ignored"] == [f"pdf-people/{LESSON}/report.pdf"]
    scores = {each["student"]: each["score"] for each in report["students"]}
    assert scores["ada"] == scores["ben"] == scores["zoe"] == 16 and scores["cyd"] == scores["dee"] < 16
    assert scores.keys() == {"ada", "ben", "cyd", "dee", "fay", "zoe"}
    assert {"ada", "ben", "fay"} <= set(report["waiting"]) and report["teams"] == [
        {"team": "Default group", "source": "default-group"},
        {"team": "Night owls", "source": "cyd"},
    ]

    _by_hand(course, "ada", 2.0, "Well put.")
    _by_hand(course, "ben", None, "You in particular.")
    report = _grade()
    assert report["points_shared"] == ["ben", "fay"] and not {"ada", "ben", "fay"} & set(report["waiting"])
    with Gradebook(course.db_url) as gradebook:
        for student, comment in (("ben", "You in particular."), ("fay", "Well put.")):
            theirs = gradebook.find_submission_notebook(NOTEBOOK, LESSON, student)
            assert {each.name: each.manual_score for each in theirs.grades}["why-bias"] == 2.0
            assert {each.name: each.comment for each in theirs.comments}["why-bias"] == comment
    _by_hand(course, "ada", 1.0, "On reflection.")  # from now on each is their own
    assert _grade()["points_shared"] == []


def test_two_teams_with_the_same_notebook_share_nothing():
    digests = {"ada": "same", "ben": "same", "cyd": "same", "dee": "another"}
    counted = {who: SimpleNamespace(handed=SimpleNamespace(digest=digest)) for who, digest in digests.items()}
    report = SimpleNamespace(counted=counted)
    assert _twins(report, [("ada", "ben"), ("cyd", "dee", "not graded")]) == [["ada", "ben"]]


def _by_hand(course: Classroom, student: str, points: float | None, comment: str) -> None:
    """What formgrader does when a person enters points and a comment."""
    with Gradebook(course.db_url) as gradebook:
        submitted = gradebook.find_submission_notebook(NOTEBOOK, LESSON, student)
        for grade in submitted.grades:
            if grade.name == "why-bias" and points is not None:
                grade.manual_score, grade.needs_manual_grade = points, False
        for each in submitted.comments:
            if each.name == "why-bias":
                each.manual_comment = comment
        gradebook.db.commit()


def _grade() -> dict:
    done = CliRunner().invoke(main, ["grade", LESSON, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
