"""A list of students, as spreadsheets save it, gets into the gradebook."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAS = "id,first_name,last_name,email\r\nada,Ada,Lovelace,ada@example.org\r\nzoë,Zoë,Müller,\r\n"
SEMICOLONS = COMMAS.replace(",", ";")
SAVED_AS = {
    "plain": COMMAS.encode(),
    "Excel, CSV UTF-8": ("\ufeff" + SEMICOLONS).encode(),
    "Excel, CSV UTF-8, commas": ("\ufeff" + COMMAS).encode(),
    "Excel, CSV": SEMICOLONS.encode("cp1252"),
    "Excel, Unicode text": COMMAS.replace(",", "\t").encode("utf-16"),
    "with Excel's first line": ("sep=;\r\n" + SEMICOLONS).encode(),
    "quoted, blank lines, another order": b'"email";"id";"last_name";"First Name"\n\n'
    + 'ada@example.org;ada;Lovelace;Ada\n;"zoë";"Müller";Zoë\n;;;\n'.encode(),
}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of nothing but its settings."""
    for name in ("solutions", "lessons"):
        (tmp_path / name).mkdir()
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def known(course: Path) -> dict[str, tuple[str | None, ...]]:
    with Gradebook(f"sqlite:///{course / 'grading' / 'gradebook.db'}") as gradebook:
        return {each.id: (each.first_name, each.last_name, each.email) for each in gradebook.students}


@pytest.mark.parametrize("content", SAVED_AS.values(), ids=SAVED_AS)
def test_it_is_read_as_it_was_saved(course, content):
    (course / "students.csv").write_bytes(content)
    done = CliRunner().invoke(main, ["students", "students.csv"])
    assert (done.exit_code, done.output) == (0, "2 students are in the gradebook: ada, zoë\n")
    assert known(course) == {"ada": ("Ada", "Lovelace", "ada@example.org"), "zoë": ("Zoë", "Müller", None)}


def test_a_second_list_adds_and_corrects_and_takes_nothing_away(course):
    (course / "one.csv").write_text("id,first_name,email,group\nada,Ada,ada@example.org,7\n")
    (course / "two.csv").write_text("id,first_name,email\nada,Ada K.,\nbo,Bo,\n")
    assert "left out: group" in CliRunner().invoke(main, ["students", "one.csv"]).output
    CliRunner().invoke(main, ["students", "two.csv"])
    assert known(course) == {"ada": ("Ada K.", None, "ada@example.org"), "bo": ("Bo", None, None)}


REFUSED = {
    "no file": (None, "can't be read"),
    "a workbook": (b"PK\x03\x04 and so on", "save the list as CSV"),
    "no id": (b"name,email\nAda,a@example.org\n", "no column `id`"),
    "empty": (b"", "no column `id`"),
    "a line without an id": (b"id,first_name\nada,Ada\n,Bo\n", "Line 3"),
    "a path": (b"id,first_name\n../ada,Ada\n", "Line 2"),
    "twice": (b"id\nada\nada\n", "once more"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_taken_is_a_sentence_and_changes_nothing(course, content, said):
    if content is not None:
        (course / "students.csv").write_bytes(content)
    done = CliRunner().invoke(main, ["students", "students.csv"])
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output
    assert not (course / "grading" / "gradebook.db").exists()
