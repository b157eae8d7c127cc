"""A case returns raw values; the judge says what they mean, and mistakes are recognised by that meaning."""

import numpy as np
import pytest

from autograder import reduced
from autograder.authoring.exercise import Exercise
from autograder.cases.run import run_cases
from autograder.judging import verdicts
from autograder.judging.answer_key import work_out


def sign(number):
    return "negative" if number < 0 else "zero" if number == 0 else "positive"


def judged(answer, mistakes=()):
    made = Exercise("answer", points=1, parts={"the answer": 1})
    made.case(lambda answer: answer(3.0), judge=reduced(sign))
    for name, value in dict(mistakes).items():
        made.mistake(name, "Look at the sign.", value=value)
    key = work_out(made, made.cases, {"answer": lambda x: x})
    return verdicts.judge(made, made.cases, run_cases(made.cases, "answer", {"answer": answer}), key)


def test_what_means_the_same_is_right():
    assert judged(lambda x: x + 1).verdict == "PASSED"


def test_the_message_speaks_of_the_meaning():
    assert judged(lambda x: -x).message == "The result is “negative”, expected “positive”."


def test_a_mistake_is_recognised_by_what_its_result_means():
    known = {"turned": lambda x: -x, "nothing": lambda x: 0.0}
    assert judged(lambda x: -x - 7, known).mistake == "turned"
    assert judged(lambda x: 0, known).mistake == "nothing"


class Lying(float):
    def __lt__(self, other):
        return False

    def __eq__(self, other):
        return False

    __hash__ = None


@pytest.mark.parametrize("value", [Lying(-3.0), "positive", None, [1.0], np.array([1.0, 2.0]), object()])
def test_neither_a_word_nor_an_object_that_lies_passes(value):
    assert judged(lambda x: value).verdict == "FAILED"
    assert judged(lambda x: value, {"turned": lambda x: -x}).verdict == "FAILED"


def number_in_words(number):
    """Hands back what is no number, for the message."""
    return {"sign": sign(number)} if isinstance(number, float) else number


def test_what_the_judge_handed_back_is_compared_but_never_right():
    of_numbers = reduced(number_in_words)
    assert of_numbers(2.0, 3.0) is None
    assert of_numbers(None, 3.0).text == "The result is None, expected a dict of 1 entry. Is there a `return`?"
    assert of_numbers({"sign": "positive"}, 3.0).text == "The result is a dict of 1 entry, expected the number 3."


def test_a_judge_that_hands_back_every_result_compares_as_usual():
    assert reduced(lambda number: number)(3.0, 3.0) is None
