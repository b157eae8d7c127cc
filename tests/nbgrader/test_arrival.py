"""What comes with a submission besides its notebook."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from nbgrader.utils import parse_utc

from autograder.nbgrader_plugin import arrival
from autograder.nbgrader_plugin.arrival import MOST_FILES, SET_ASIDE, TIMESTAMP

KEEP = {"neuron.ipynb"}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "submitted" / "ada" / "01_neuron"
    made.mkdir(parents=True)
    (made / "neuron.ipynb").write_text("{}")
    (made / "data.csv").write_text("1")
    return made


def names(folder):
    return sorted(os.listdir(folder))


def test_ordinary_files_stay(folder):
    (folder / "pictures").mkdir()
    (folder / "pictures" / "one.png").write_bytes(b"1")
    os.link(folder / "data.csv", folder / "same.csv")
    before = names(folder)
    arrival.settle(folder, KEEP)
    assert names(folder) == before
    assert arrival.notes(folder) == ()


def test_links_pipes_and_links_to_files_elsewhere_are_set_aside_and_said(folder):
    secret = folder.parents[2] / "secret.txt"
    secret.write_text("for instructors")
    (folder / "link.txt").symlink_to(secret)
    (folder / "folder").symlink_to(secret.parent)
    os.link(secret, folder / "hard.txt")
    os.mkfifo(folder / "pipe")
    (folder / "inner").mkdir()
    (folder / "inner" / "deep.txt").symlink_to("/etc/passwd")
    for _ in range(2):
        arrival.settle(folder, KEEP)
        assert names(folder) == sorted([SET_ASIDE, "data.csv", "inner", "neuron.ipynb"])
        assert names(folder / SET_ASIDE) == ["folder", "hard.txt", "inner_deep.txt", "link.txt", "pipe"]
        (note,) = arrival.notes(folder)
        assert "'link.txt'" in note
    assert secret.read_text() == "for instructors"


def test_a_notebook_that_is_a_link_is_set_aside(folder):
    (folder / "neuron.ipynb").unlink()
    (folder / "neuron.ipynb").symlink_to("/etc/passwd")
    arrival.settle(folder, KEEP)
    assert names(folder) == [SET_ASIDE, "data.csv"]


def test_far_too_many_files_are_set_aside_and_the_notebook_stays(folder):
    for number in range(20_000):
        os.close(os.open(folder / f"file {number}", os.O_CREAT | os.O_WRONLY))
    arrival.settle(folder, KEEP)
    assert names(folder) == [SET_ASIDE, "neuron.ipynb"]
    assert len(names(folder / SET_ASIDE)) == 20_001
    assert "and 19996 more" in arrival.notes(folder)[0]


def test_a_deep_folder_and_a_huge_file_are_set_aside(folder):
    deep = folder / "deep"
    deep.mkdir()
    for _ in range(300):
        deep = deep / "d"
        deep.mkdir()
    arrival.settle(folder, KEEP)
    assert names(folder) == [SET_ASIDE, "neuron.ipynb"]
    with open(folder / "huge.bin", "wb") as file:
        file.truncate(2**40)
    arrival.settle(folder, KEEP)
    assert names(folder) == [SET_ASIDE, "neuron.ipynb"]


def test_more_than_enough_files_are_no_reason_to_touch_them(folder):
    for number in range(MOST_FILES - 2):
        (folder / f"file {number}").touch()
    arrival.settle(folder, KEEP)
    assert len(names(folder)) == MOST_FILES


GOOD = [
    "2024-02-01 15:00:00.5 UTC",
    "2024-02-01 15:00:00 UTC",
    "1 February 2024, 15:00",
    "2024-02-01T15:00:00",
    "2024-02-01 15:00:00",
]


@pytest.mark.parametrize("said", GOOD)
def test_a_time_that_can_be_right_is_taken_as_nbgrader_takes_it(folder, said):
    (folder / TIMESTAMP).write_text(said)
    arrival.settle(folder, KEEP)
    assert (folder / TIMESTAMP).read_text() == said
    assert arrival.time_of(folder).date().isoformat() == "2024-02-01"
    assert arrival.notes(folder) == ()


ZONES = ["+01:00", "+0100", "+01", "CET", "-0230", "Z", "gmt", ""]
HOURS_LATER = {"-0230": 2.5, "Z": 0, "gmt": 0, "": 0}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("said", ["2024-02-01 15:00:00 {}", "2024-02-01 15:00{}", "2024-02-01T15:00:00.25{}"])
def test_a_zone_is_understood_and_nbgrader_reads_the_same_time(folder, said, zone):
    if zone == "CET" and "{}" not in said.split():
        pytest.skip("the name of a zone stands by itself")
    (folder / TIMESTAMP).write_text(said.format(zone))
    arrival.settle(folder, KEEP)
    right = datetime(2024, 2, 1, 15) + timedelta(hours=HOURS_LATER.get(zone, -1))
    assert arrival.time_of(folder).replace(microsecond=0) == right
    assert parse_utc((folder / TIMESTAMP).read_text()) == arrival.time_of(folder)
    assert arrival.notes(folder) == ()


SAVED_AS = {
    "UTF-8 with a mark": "\ufeff2026-03-01 10:00:00 UTC\r\n".encode(),
    "UTF-16, little": "2026-03-01 10:00:00 UTC\r\n".encode("utf-16"),
    "UTF-16, big": "\ufeff2026-03-01 10:00:00 UTC".encode("utf-16-be"),
}


@pytest.mark.parametrize("content", SAVED_AS.values(), ids=SAVED_AS)
def test_a_time_is_read_as_windows_saves_it_and_nobody_is_blamed(folder, content):
    (folder / TIMESTAMP).write_bytes(content)
    for _ in range(2):
        arrival.settle(folder, KEEP)
        assert arrival.time_of(folder) == datetime(2026, 3, 1, 10)
        assert parse_utc((folder / TIMESTAMP).read_text().strip()) == datetime(2026, 3, 1, 10)  # as nbgrader reads it
        assert arrival.notes(folder) == ()


FORGED = [
    b"",
    b"tomorrow",
    b"\xff\x00",
    b"9999-12-31 00:00:00",
    b"1" * 5000,
    b"0001-01-01 00:00:00 +2300",
    b"2100-01-01",
]


@pytest.mark.parametrize("said", FORGED)
def test_a_time_that_cannot_be_right_gives_way_to_that_at_which_it_came(folder, said):
    (folder / TIMESTAMP).write_bytes(said)
    before = datetime.fromtimestamp((folder / TIMESTAMP).stat().st_ctime, UTC).replace(tzinfo=None)
    for _ in range(2):
        arrival.settle(folder, KEEP)
        assert abs(arrival.time_of(folder) - before) < timedelta(seconds=2)
        (note,) = arrival.notes(folder)
        assert note.startswith("TIME: ")


def test_a_new_time_ends_the_note(folder):
    (folder / TIMESTAMP).write_text("soon")
    arrival.settle(folder, KEEP)
    assert arrival.notes(folder)
    (folder / TIMESTAMP).write_text(GOOD[0])
    arrival.settle(folder, KEEP)
    assert arrival.notes(folder) == ()
