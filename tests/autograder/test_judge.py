"""From facts to verdicts: the ladder, the points, the diagnosis; and no points without proof."""

import numpy as np
import pytest
from results import ALL_RIGHT, ANSWER, CRASH, RIGHT, everywhere, judged, one_of_each, raised, returned, sum_exercise

from autograder import labels_right
from autograder.authoring.exercise import Exercise, exercise
from autograder.core import outcome
from autograder.core.outcome import Outcome
from autograder.core.wire import Opaque
from autograder.judging import report, verdicts
from autograder.judging.answer_key import AnswerKey, Fingerprint

LADDER = {
    "passed": ("PASSED", "Correct."),
    "not attempted": (
        "NOT_ATTEMPTED",
        "`weighted_sum` isn't written yet: replace the placeholder in the cell above with your code, run that cell, "
        "then this one.",
    ),
    "missing": (
        "MISSING",
        "`weighted_sum` isn't defined yet: run the cell above that defines it, then this one again.",
    ),
    "missing other": (
        "MISSING",
        "This check also uses `sigmoid`, which isn't defined yet: run the cell that defines it first.",
    ),
    "crash": (
        "ERROR",
        "Your code stopped with ValueError: operands could not be broadcast together with shapes (4,3) (4,)",
    ),
    "wrong arity": (
        "ERROR",
        "Your code stopped with TypeError: weighted_sum() takes 2 positional arguments but 3 were given. Keep the line",
    ),
    "not a function": (
        "ERROR",
        "'int' object is not callable: `weighted_sum` should be a function, written with `def`.",
    ),
    "exit": ("ERROR", "Your code ends the whole program (exit or quit): return a value instead."),
    "wrong type": ("FAILED", "The result is None, expected the number 4.75. Is there a `return`?"),
    "wrong shape": (
        "FAILED",
        "The result has shape (3, 1), expected shape (3,). The numbers are as many as expected, but arranged "
        "differently. It should be one number per sample: the last axis is summed away.",
    ),
    "named mistake": ("FAILED", "The bias is missing: use `x @ w + b`."),
    "wrong value": ("FAILED", "The result at [1] is 2.5, expected 2. (1 of 3 numbers differs.)"),
    "wrong number": ("FAILED", "The result is 7.5, expected 4.75."),
    "too low": ("FAILED", "The accuracy is 0.4; it should be at least 0.9."),
    "held out": ("FAILED", "In a held-out case the result is wrong."),
    "held out crash": ("ERROR", "In a held-out case your code stopped with ValueError."),
    "timeout": ("TIMEOUT", "It did not finish within 20 s: is there a loop that never ends, or much to do?"),
    "memory": ("MEMORY", "It needed more memory than allowed: is an array much larger than meant?"),
    "python died": ("CRASHED", "The Python process died while running it."),
    "elsewhere": ("ERROR", "`weighted_sum` calls `sigmoid`, which isn't right yet: finish that one first."),
    "calls a stub": ("ERROR", "`weighted_sum` calls `relu`, which isn't right yet: finish that one first."),
    "half a stub": (
        "ERROR",
        "A part of it isn't written yet: the placeholder `raise NotImplementedError()` is still there.",
    ),
}


@pytest.mark.parametrize("kind", LADDER)
def test_each_step_of_the_ladder_has_its_verdict_and_sentence(kind):
    result = one_of_each()[kind]
    verdict, sentence = LADDER[kind]
    assert (result.verdict, result.message[: len(sentence)]) == (verdict, sentence)


def test_only_a_pass_of_all_cases_earns_the_points():
    for kind, result in one_of_each().items():
        assert (result.points == result.max_points) == (kind in ("passed", "optional")), kind


@pytest.mark.parametrize(
    "odd",
    [
        Outcome(outcome.NOT_RUN),
        Outcome(outcome.TIMEOUT),
        Outcome(outcome.MEMORY),
        Outcome(outcome.CRASHED),
        Outcome(outcome.MISSING, missing="weighted_sum"),
        Outcome("something new"),
        Outcome(outcome.RETURNED, Opaque("Liar")),
        returned(None),
        raised(),
    ],
)
@pytest.mark.parametrize("name", ALL_RIGHT)
def test_one_case_without_proof_keeps_the_points_back(name, odd):
    result = judged({name: odd})
    assert result.verdict != verdicts.PASSED
    assert result.points == 0
    assert result.message


def test_nothing_run_at_all_is_no_pass():
    result = everywhere(Outcome(outcome.NOT_RUN))
    assert (result.verdict, result.points) == (verdicts.CRASHED, 0)


def test_a_judge_that_stumbles_over_the_result_does_not_accept_it():
    made = exercise("f")

    def case(f):
        """Judged by an author's own function."""

    made.case(case, judge=lambda got, expected: None if got["loss"] < 1 else 1 / 0)
    answer = AnswerKey(1, {"case": {"loss": 0.5}}, [])
    result = verdicts.judge(made, made.cases, {"case": returned("text")}, answer)
    assert (result.verdict, result.points) == (verdicts.FAILED, 0)
    assert result.message == "The result is “text”, expected a dict of 1 entry."


def test_a_case_that_comes_after_a_failed_one_is_skipped_not_failed():
    result = judged({"one_sample": returned(0.0), "a_batch": returned(RIGHT * 2)})
    verdicts = {case.case.name: case.verdict for case in result.cases}
    assert verdicts == {"one_sample": "FAILED", "a_batch": "SKIPPED", "accuracy": "PASSED", "a_secret_batch": "PASSED"}
    assert result.main.case.name == "one_sample"


def test_a_case_behind_a_timeout_is_skipped():
    result = judged({"a_batch": Outcome(outcome.TIMEOUT), "accuracy": Outcome(outcome.NOT_RUN)})
    assert [case.verdict for case in result.cases] == ["PASSED", "TIMEOUT", "SKIPPED", "PASSED"]


def test_what_the_learner_can_see_explains_before_what_is_held_out():
    result = judged({"a_secret_batch": CRASH, "a_batch": returned(RIGHT * 2)})
    assert (result.verdict, result.main.case.name) == ("ERROR", "a_batch")


def test_a_crash_explains_before_a_shape_and_a_shape_before_a_value():
    shape, crash = returned(np.ones(2)), raised()
    assert judged({"one_sample": returned(0.0), "accuracy": crash}).main.case.name == "accuracy"
    assert judged({"accuracy": returned(0.0), "a_batch": shape}).main.case.name == "a_batch"


# --- held-out values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "leak",
    [
        returned(np.array([0.123, 0.9])),
        returned(np.array([[0.123, 0.456]])),
        returned("0.456"),
        raised("ValueError", "ValueError: 0.456"),
        raised("Secret0456", "Secret0456: 0.456"),
    ],
)
def test_a_held_out_case_tells_no_value(leak):
    told = judged({"a_secret_batch": leak}).message
    assert not any(secret in told for secret in ("0.456", "0.123", "0.9", "0456", "(2,)"))


# --- recognising mistakes -----------------------------------------------------------------------------------------


def test_a_mistake_is_recognised_by_all_its_results():
    assert one_of_each()["named mistake"].mistake == "bias-forgotten"
    assert judged({"one_sample": returned(4.5)}).mistake is None


def test_a_mistake_that_crashes_is_recognised_by_its_error():
    changed = {
        "one_sample": returned(5.0),
        "a_batch": raised("ValueError"),
        "accuracy": returned(0.5),
        "a_secret_batch": returned(np.array([0.3, 0.6])),
    }
    assert judged(changed).mistake == "bias-twice"
    assert judged(changed | {"a_batch": raised("TypeError", "TypeError: bad")}).mistake is None
    assert judged(changed | {"a_batch": Outcome(outcome.TIMEOUT)}).mistake is None


def test_between_two_mistakes_with_the_same_results_nothing_is_guessed():
    known = ANSWER.mistakes[0]
    twins = AnswerKey(2, ANSWER.expected, [known, Fingerprint("twin", "Other.", known.values, known.errors)])
    made = sum_exercise()
    outcomes = {name: returned(value) for name, value in known.values.items()}
    assert verdicts.judge(made, made.cases, outcomes, twins).mistake is None


def test_a_mistake_whose_result_is_no_data_is_recognised_by_its_type():
    made = exercise("neuron")

    def case(neuron):
        """Returns what isn't called."""

    made.case(case)
    mistake = Fingerprint("not-called", "Call it.", {"case": Opaque("function")}, {})
    answer = AnswerKey(1, {"case": 1.0}, [mistake])
    assert verdicts.judge(made, made.cases, {"case": returned(Opaque("function"))}, answer).mistake == "not-called"
    assert verdicts.judge(made, made.cases, {"case": returned(Opaque("generator"))}, answer).mistake is None


def test_a_mistake_in_a_training_is_recognised_though_another_processor_trains_another_way():
    made = exercise("train")
    made.case(judge=labels_right([0, 1, 2, 3], at_least=0.75))(it_reads)
    made.case(it_counts)
    expected = {"it_reads": np.array([0, 1, 2, 3]), "it_counts": 4}
    known = Fingerprint("no-steps", "Call step.", {"it_reads": np.array([0, 0, 0, 0]), "it_counts": 0}, {})
    other = Fingerprint("counts-twice", "Once.", {"it_reads": np.array([0, 1, 2, 3]), "it_counts": 0}, {})
    answer = AnswerKey(1, expected, [known, other])

    def named(labels, count):
        outcomes = {"it_reads": returned(np.array(labels)), "it_counts": returned(count)}
        return verdicts.judge(made, made.cases, outcomes, answer).mistake

    assert named([0, 0, 0, 0], 0) == named([2, 2, 2, 2], 0) == "no-steps"
    assert named([0, 1, 2, 3], 0) == named([0, 1, 2, 0], 0) == "counts-twice"
    assert named([2, 2, 2, 2], 1) is None


def it_reads(train):
    return train()


def it_counts(train):
    return train()


def test_a_right_answer_is_never_called_a_mistake():
    made = sum_exercise()
    key = dict(ANSWER.expected) | {"accuracy": 0.95}
    same = AnswerKey(2, ANSWER.expected, [Fingerprint("odd", "Message.", key, {})])
    result = verdicts.judge(made, made.cases, ALL_RIGHT, same)
    assert (result.verdict, result.mistake) == ("PASSED", None)


# --- points -------------------------------------------------------------------------------------------------------


def with_parts(**options):
    made = exercise("f", parts={"core": 2, "more": 1, "most": 1}, **options)
    for part in made.parts:

        def case(f):
            """One case per part."""

        case.__name__ = part
        made.case(case, part=part)
    return made, AnswerKey(4, dict.fromkeys(made.parts, 1.0), [])


def points(made, answer, wrong):
    outcomes = {name: returned(0.0 if name in wrong else 1.0) for name in made.parts}
    result = verdicts.judge(made, made.cases, outcomes, answer)
    assert sum(part.points for part in result.parts) == result.points
    return result.points


def test_a_part_counts_only_with_the_core():
    made, answer = with_parts()
    wrongs = ([], ["most"], ["more", "most"], ["core"])
    assert [points(made, answer, wrong) for wrong in wrongs] == [4, 3, 2, 0]


def test_independent_parts_count_by_themselves():
    made, answer = with_parts(independent=True)
    wrongs = ([], ["core"], ["core", "most"], ["core", "more", "most"])
    assert [points(made, answer, wrong) for wrong in wrongs] == [4, 2, 1, 0]


def test_a_part_with_one_wrong_case_of_two_earns_nothing():
    made, answer = with_parts(independent=True)

    def another(f):
        """A second case of the core."""

    made.case(another)
    answer.expected["another"] = 1.0
    outcomes = {name: returned(1.0) for name in answer.expected} | {"another": returned(0.0)}
    assert verdicts.judge(made, made.cases, outcomes, answer).points == 2


def test_a_stretch_exercise_passes_without_points():
    result = one_of_each()["optional"]
    assert (result.verdict, result.points, result.max_points) == ("PASSED", 0, 0)


# --- one cause at a time ------------------------------------------------------------------------------------------


def test_a_wrong_exercise_that_is_called_comes_first():
    wrong, right = judged({"one_sample": returned(0.0)}), judged({})
    calling = judged({"a_batch": returned(RIGHT * 2)}, needs=("sigmoid", "relu"))
    assert verdicts.after_needs(calling, {"sigmoid": right, "relu": wrong}).first_see == "relu"
    assert verdicts.after_needs(calling, {"sigmoid": right, "relu": right}) == calling
    assert verdicts.after_needs(right, {"sigmoid": wrong}) == right


def test_a_stub_is_not_blamed_on_what_it_would_call():
    stub = everywhere(Outcome(outcome.NOT_RUN, unwritten=True), needs=("sigmoid",))
    assert verdicts.after_needs(stub, {"sigmoid": judged({"one_sample": returned(0.0)})}).first_see == ""


def test_the_json_form_is_the_documented_one():
    node = one_of_each()["named mistake"].to_json()
    assert list(node) == ["name", "verdict", "points", "max_points", "mistake", "message", "cases", "parts"]
    assert node["mistake"] == "bias-forgotten"
    assert node["cases"][3] == {"name": "a_secret_batch", "verdict": "FAILED", "held_out": True}
    assert one_of_each()["passed"].to_json()["mistake"] is None


@pytest.mark.parametrize("held_out", [False, True])
def test_a_result_that_could_not_be_carried_is_an_error_that_says_what_a_result_must_be(held_out):
    made = Exercise("answer", points=1, parts={"the answer": 1})
    (made.held_out if held_out else made.case)(lambda answer: answer())
    name = made.cases[0].name
    got = {name: returned([Opaque("generator", refused=True)])}
    result = verdicts.judge(made, made.cases, got, AnswerKey(1, {name: [1.0]}))
    assert (result.verdict, result.points, result.mistake) == ("ERROR", 0, None)
    assert "A result must be numbers, text, arrays or tensors" in result.message
    assert ("generator" in result.message) != held_out
    assert "can't be read" in report.text(result) and "stopped with an error" not in report.html(result)
