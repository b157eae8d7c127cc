"""The answers: what the reference solution and each known mistake return, case by case.

`answers.json` travels with a lesson and holds those of the visible cases; the held-out ones stay with the author. Only
results and messages travel, never the code that made them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.authoring.compare import same
from autograder.authoring.exercise import AuthoringError, Case, Exercise
from autograder.cases.run import run_cases
from autograder.core import outcome, wire
from autograder.core.outcome import Outcome


@dataclass(frozen=True)
class Fingerprint:
    """What a known mistake returns: per case its value, or the message of the exception it raises."""

    name: str
    message: str
    values: dict[str, Any]
    errors: dict[str, str]


@dataclass
class AnswerKey:
    """What is known of one exercise: expected value per case, and its mistakes."""

    points: float
    expected: dict[str, Any] = field(default_factory=dict)
    mistakes: list[Fingerprint] = field(default_factory=list)


def work_out(exercise: Exercise, cases: Iterable[Case], reference: Mapping[str, Any]) -> AnswerKey:
    """Run cases on the reference solution and on every mistake.

    reference: the namespace of the solved lesson. Raises AuthoringError when the reference itself fails.
    """
    cases = list(cases)
    answer = AnswerKey(exercise.points, expected(exercise, run_cases(cases, exercise.name, reference)))
    for mistake in exercise.mistakes:
        namespace = {**reference, exercise.name: mistake.value}
        answer.mistakes.append(fingerprint(mistake.name, mistake.message, run_cases(cases, exercise.name, namespace)))
    return answer


def expected(exercise: Exercise, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """What each case expects, from what came of it on the reference. Raises AuthoringError when the reference fails."""
    for name, result in outcomes.items():
        if result.kind != outcome.RETURNED:
            what = result.error.message if result.error else result.kind
            raise AuthoringError(f"{exercise.name}: the reference solution fails the case {name}: {what}")
        if result.forbidden:
            raise AuthoringError(
                f"{exercise.name}: the reference solution calls {result.forbidden}, which the exercise forbids "
                f"(seen in the case {name})."
            )
        if wire.holds_opaque(result.value):
            raise AuthoringError(f"{exercise.name}: the case {name} returns no plain data from the reference solution.")
    return {name: result.value for name, result in outcomes.items()}


def fingerprint(name: str, message: str, results: Mapping[str, Outcome]) -> Fingerprint:
    """What is remembered of a mistake's results."""
    values = {case: result.value for case, result in results.items() if result.kind == outcome.RETURNED}
    errors = {case: result.error.message for case, result in results.items() if result.error}
    return Fingerprint(name, message, values, errors)


def of_cases(answer: AnswerKey, names: Collection[str]) -> AnswerKey:
    """The part of the answers that belongs to these cases."""

    def part(values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if name in names}

    known = [Fingerprint(m.name, m.message, part(m.values), part(m.errors)) for m in answer.mistakes]
    return AnswerKey(answer.points, part(answer.expected), known)


def merge(one: dict[str, AnswerKey], other: dict[str, AnswerKey]) -> dict[str, AnswerKey]:
    """The answers of two sets of cases of the same lesson together (visible and held-out)."""
    both = {}
    for name, answer in one.items():
        more = other[name]
        by_name = {known.name: known for known in more.mistakes}
        known = [
            Fingerprint(m.name, m.message, m.values | by_name[m.name].values, m.errors | by_name[m.name].errors)
            for m in answer.mistakes
        ]
        both[name] = AnswerKey(answer.points, answer.expected | more.expected, known)
    return both


def text(lesson: str, answers: Mapping[str, AnswerKey], digest: str) -> str:
    """Answers as JSON, one exercise a line. digest: of the sources they were made from."""
    exercises = {
        name: {
            "points": answer.points,
            "expected": {case: wire.to_json(value) for case, value in answer.expected.items()},
            "mistakes": [
                {
                    "name": known.name,
                    "message": known.message,
                    "values": {case: wire.to_json(value) for case, value in known.values.items()},
                    "errors": known.errors,
                }
                for known in answer.mistakes
            ],
        }
        for name, answer in answers.items()
    }
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(node, ensure_ascii=False)}" for name, node in exercises.items()
    )
    head = f'"lesson": {json.dumps(lesson)},\n"digest": {json.dumps(digest)}'
    return f'{{{head},\n"exercises": {{\n{lines}\n}}}}\n'


def read(path: Path) -> tuple[dict[str, AnswerKey], str]:
    """Answers by exercise, and the digest of what they were made from."""
    document = json.loads(path.read_text(encoding="utf-8"))
    answers = {}
    for name, node in document["exercises"].items():
        mistakes = [
            Fingerprint(m["name"], m["message"], _values(m["values"]), dict(m["errors"])) for m in node["mistakes"]
        ]
        answers[name] = AnswerKey(node["points"], _values(node["expected"]), mistakes)
    return answers, document["digest"]


def agree(one: Path, other: Path, exercises: Mapping[str, Exercise]) -> bool:
    """Whether two files hold the same answers, made from the same sources, as far as the judge sees it.

    The last digits of a matrix product depend on the machine, and where only a property is judged, so may all of a
    result. exercises: the lesson's.
    """
    try:
        (left, left_digest), (right, right_digest) = read(one), read(other)
        return left_digest == right_digest and same(_as_judged(left, exercises), _as_judged(right, exercises))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _as_judged(answers: dict[str, AnswerKey], exercises: Mapping[str, Exercise]) -> list[Any]:
    found = []
    for name, answer in answers.items():
        cases = {case.name: case for case in exercises[name].cases}

        def judged(
            values: dict[str, Any], cases: dict[str, Case] = cases, answer: AnswerKey = answer
        ) -> dict[str, Any]:
            return {name: _what_counts(cases[name], values, answer.expected) for name in values}

        mistakes = [[known.name, known.message, judged(known.values), known.errors] for known in answer.mistakes]
        found.append([name, answer.points, judged(answer.expected), mistakes])
    return found


def _what_counts(case: Case, values: Mapping[str, Any], expected: Mapping[str, Any]) -> Any:
    if case.by_property:
        return has_property(case, values, expected)
    return meaning(case, values[case.name])


def meaning(case: Case, value: Any) -> Any:
    """What of a result is judged; the result itself where the judge can make nothing of its form."""
    try:
        return case.meaning(value)
    except Exception:  # an author's code, which needn't understand every form
        return value


def has_property(case: Case, values: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether what a case returned passes it; values, expected: by the names of the cases."""
    return case.compare(values[case.name], expected[case.name]) is None


def _values(node: dict[str, Any]) -> dict[str, Any]:
    return {case: wire.from_json(value) for case, value in node.items()}
