"""When two files of answers count as the same."""

import json

import numpy as np
import tiny

from autograder import labels_right
from autograder.authoring.exercise import collecting, exercise
from autograder.judging import answer_key
from autograder.judging.answer_key import AnswerKey, Fingerprint
from autograder.lesson import checks
from autograder.lesson.release import release


def test_answers_of_another_machine_that_differ_in_rounding_are_the_same(tmp_path):
    root = tiny.released(tmp_path)
    there = root / "lessons" / "01_tiny" / ".lesson" / "answers.json"
    rounded, wrong, older = (tmp_path / name for name in ("rounded.json", "wrong.json", "older.json"))
    text = there.read_text(encoding="utf-8")
    value = json.loads(text)["exercises"]["limit"]["expected"]["a_number"]["tree"]["v"]
    assert value == 3.5 and '"v": 3.5}' in text
    rounded.write_text(text.replace('"v": 3.5}', '"v": 3.5000000000000004}'), encoding="utf-8")
    wrong.write_text(text.replace('"v": 3.5}', '"v": 3.51}'), encoding="utf-8")
    older.write_text(text.replace(json.loads(text)["digest"], "0" * 16), encoding="utf-8")
    exercises = checks.load(root / "solutions" / "01_tiny")
    assert answer_key.agree(there, rounded, exercises)
    for other in (wrong, older, tmp_path / "absent.json"):
        assert not answer_key.agree(there, other, exercises)


def test_where_a_property_is_judged_two_trainings_that_have_it_are_the_same(tmp_path):
    exercises: dict = {}
    with collecting(exercises):
        made = exercise("reader")
        made.case(judge=labels_right([0, 1, 2, 3], at_least=0.75))(reads)
        made.case(also_a_number)
    here, there = (tmp_path / name for name in ("here.json", "there.json"))

    def write(path, right, wrong, number=1.0):
        mistake = Fingerprint("m", "Message.", {"reads": np.array(wrong), "also_a_number": number}, {})
        key = AnswerKey(1, {"reads": np.array(right), "also_a_number": 1.0}, [mistake])
        path.write_text(answer_key.text("01", {"reader": key}, "digest"), encoding="utf-8")

    write(here, [0, 1, 2, 3], [0, 0, 0, 0])
    for right, wrong, number, agrees in (
        ([0, 1, 2, 0], [1, 1, 1, 1], 1.0, True),
        ([0, 1, 0, 0], [0, 0, 0, 0], 1.0, False),
        ([0, 1, 2, 3], [0, 1, 2, 0], 1.0, False),
        ([0, 1, 2, 3], [0, 0, 0, 0], 2.0, False),
    ):
        write(there, right, wrong, number)
        assert answer_key.agree(here, there, exercises) == agrees, (right, wrong, number)


def reads(reader):
    return reader()


def also_a_number(reader):
    return 1.0


def test_a_release_leaves_such_answers_alone_and_replaces_wrong_ones(tmp_path):
    root = tiny.released(tmp_path)
    there = root / "lessons" / "01_tiny" / ".lesson" / "answers.json"
    text = there.read_text(encoding="utf-8")
    folder = root / "solutions" / "01_tiny"
    there.write_text(text.replace('"v": 3.5}', '"v": 3.5000000000000004}'), encoding="utf-8")
    assert release(folder, root / "lessons").changed == ()
    there.write_text(text.replace('"v": 3.5}', '"v": 4.5}'), encoding="utf-8")
    assert release(folder, root / "lessons", check=True).changed == (".lesson/answers.json",)
