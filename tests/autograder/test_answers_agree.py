"""When two files of answers count as the same."""

import json

import tiny

from autograder.judging import answer_key
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
    assert answer_key.agree(there, rounded)
    assert not answer_key.agree(there, wrong)
    assert not answer_key.agree(there, older)
    assert not answer_key.agree(there, tmp_path / "absent.json")


def test_a_release_leaves_such_answers_alone_and_replaces_wrong_ones(tmp_path):
    root = tiny.released(tmp_path)
    there = root / "lessons" / "01_tiny" / ".lesson" / "answers.json"
    text = there.read_text(encoding="utf-8")
    folder = root / "solutions" / "01_tiny"
    there.write_text(text.replace('"v": 3.5}', '"v": 3.5000000000000004}'), encoding="utf-8")
    assert release(folder, root / "lessons").changed == ()
    there.write_text(text.replace('"v": 3.5}', '"v": 4.5}'), encoding="utf-8")
    assert release(folder, root / "lessons", check=True).changed == (".lesson/answers.json",)
