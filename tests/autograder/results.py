"""Judged exercises of every kind, made from outcomes by hand."""

import numpy as np

from autograder.authoring.compare import at_least
from autograder.authoring.exercise import Exercise, exercise
from autograder.core import outcome
from autograder.core.outcome import Frame, Outcome, Raised
from autograder.judging import verdicts
from autograder.judging.answer_key import AnswerKey, Fingerprint

RIGHT = np.array([1.0, 2.0, 3.0])


def sum_exercise(**options) -> Exercise:
    """An exercise with three visible cases and a held-out one."""
    made = exercise("weighted_sum", hints=["a", "b", "c"], **({"points": 2} | options))

    def one_sample(weighted_sum):
        """x = [1, 2, 3]: by hand 4.75."""

    def a_batch(weighted_sum):
        """Three samples."""

    def accuracy(weighted_sum):
        """Real data."""

    def a_secret_batch(weighted_sum):
        """Nobody may read this explanation: 0.123."""

    made.case(one_sample)
    made.case(a_batch, after=["one_sample"])
    made.case(accuracy, judge=at_least(0.9, "accuracy"))
    made.held_out(a_secret_batch)
    return made


ANSWER = AnswerKey(
    2,
    {"one_sample": 4.75, "a_batch": RIGHT, "accuracy": 1.0, "a_secret_batch": np.array([0.123, 0.456])},
    [
        Fingerprint(
            "bias-forgotten",
            "The bias is missing: use `x @ w + b`.",
            {
                "one_sample": 4.5,
                "a_batch": RIGHT - 0.25,
                "accuracy": 0.5,
                "a_secret_batch": np.array([-0.1, 0.2]),
            },
            {},
        ),
        Fingerprint(
            "bias-twice",
            "The bias counts twice.",
            {"one_sample": 5.0, "accuracy": 0.5, "a_secret_batch": np.array([0.3, 0.6])},
            {"a_batch": "ValueError: bad"},
        ),
    ],
)


def returned(value, **options) -> Outcome:
    return Outcome(outcome.RETURNED, value, **options)


def raised(kind="ValueError", message="ValueError: bad", frames=(), **options) -> Outcome:
    return Outcome(outcome.RAISED, error=Raised(kind, message, tuple(frames), options.pop("names", None)), **options)


ALL_RIGHT = {
    "one_sample": returned(4.75),
    "a_batch": returned(RIGHT),
    "accuracy": returned(0.95),
    "a_secret_batch": returned(np.array([0.123, 0.456])),
}


def judged(changed: dict[str, Outcome], **options) -> verdicts.Result:
    """The exercise judged when everything is right but what is `changed`."""
    made = sum_exercise(**options)
    return verdicts.judge(made, made.cases, ALL_RIGHT | changed, ANSWER)


def everywhere(result: Outcome, **options) -> verdicts.Result:
    """Judged when every case comes to the same."""
    return judged(dict.fromkeys(ALL_RIGHT, result), **options)


CRASH = raised(
    "ValueError",
    "ValueError: operands could not be broadcast together with shapes (4,3) (4,)",
    [Frame("weighted_sum", 7, "return helper(x * w.T)"), Frame("helper", 2, "return x + np.ones(4)")],
    printed="x has shape (4, 3)\n<b>not bold</b>\n",
)


def one_of_each() -> dict[str, verdicts.Result]:
    """A result of every kind that a learner can meet, by what it is."""
    parts = {"AND": 1, "OR": 1, "NAND": 1}
    gates = exercise("logic_gates", parts=parts, independent=True, hints=["a"])
    for name in parts:

        def case(logic_gates):
            """At the corners (0,0), (0,1), (1,0), (1,1)."""

        case.__name__ = f"the_corners_of_{name}"
        gates.case(case, part=name)
    corners = np.array([0, 0, 0, 1])
    gate_answer = AnswerKey(3, {case.name: corners for case in gates.cases}, [])
    gate_outcomes = dict.fromkeys([case.name for case in gates.cases], returned(corners))
    gate_outcomes["the_corners_of_OR"] = returned(np.array([0, 1, 0, 1]))
    stretch = sum_exercise(stretch=True, points=None)
    neuron = everywhere(CRASH, needs=("sigmoid",))
    return {
        "passed": judged({}),
        "optional": verdicts.judge(stretch, stretch.cases, ALL_RIGHT, ANSWER),
        "not attempted": everywhere(Outcome(outcome.NOT_RUN, unwritten=True)),
        "missing": everywhere(Outcome(outcome.MISSING, missing="weighted_sum")),
        "missing other": everywhere(Outcome(outcome.MISSING, missing="sigmoid")),
        "crash": everywhere(CRASH),
        "wrong arity": everywhere(
            raised("TypeError", "TypeError: weighted_sum() takes 2 positional arguments but 3 were given")
        ),
        "not a function": everywhere(raised("TypeError", "TypeError: 'int' object is not callable")),
        "exit": everywhere(raised("SystemExit", "SystemExit")),
        "wrong type": everywhere(returned(None)),
        "wrong shape": judged(
            {"a_batch": returned(np.ones((3, 1)))}, returns="one number per sample: the last axis is summed away"
        ),
        "named mistake": judged(
            {
                "one_sample": returned(4.5),
                "a_batch": returned(RIGHT - 0.25),
                "accuracy": returned(0.5),
                "a_secret_batch": returned(np.array([-0.1, 0.2])),
            }
        ),
        "wrong value": judged({"a_batch": returned(np.array([1.0, 2.5, 3.0]))}),
        "wrong matrix": verdicts.judge(*_matrix()),
        "wrong number": judged({"one_sample": returned(7.5)}),
        "too low": judged({"accuracy": returned(0.4)}),
        "partial": verdicts.judge(gates, gates.cases, gate_outcomes, gate_answer),
        "held out": judged({"a_secret_batch": returned(np.array([0.123, 0.9]))}),
        "held out crash": judged({"a_secret_batch": CRASH}),
        "timeout": judged({"a_batch": Outcome(outcome.TIMEOUT, seconds=20.0), "accuracy": Outcome(outcome.NOT_RUN)}),
        "memory": everywhere(Outcome(outcome.MEMORY)),
        "python died": everywhere(Outcome(outcome.CRASHED)),
        "elsewhere": verdicts.after_needs(neuron, {"sigmoid": judged({"one_sample": returned(1.0)})}),
        "calls a stub": everywhere(raised("NotImplementedError", "NotImplementedError", names="relu")),
        "half a stub": judged(
            {"a_batch": raised("NotImplementedError", "NotImplementedError", names="weighted_sum", unwritten=True)}
        ),
    }


def _matrix():
    made = exercise("softmax", points=1, returns="the same shape as the logits", hints=["a"])

    def three_rows(softmax):
        """Three rows with three logits each."""

    made.case(three_rows)
    right = np.array([[0.7054, 0.2595, 0.0351], [0.0900, 0.2447, 0.6652], [1 / 3, 1 / 3, 1 / 3]])
    wrong = right.copy()
    wrong[1] = [0.1, 0.3, 0.6]
    return made, made.cases, {"three_rows": returned(wrong)}, AnswerKey(1, {"three_rows": right}, [])
