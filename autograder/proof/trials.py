"""The runs that an exercise's proof is made of: of the reference here, of everything else apart.

Each implementation runs once. What the mistakes return is both their fingerprint and what is judged.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.authoring.exercise import Case, Exercise
from autograder.cases import seeds
from autograder.cases.run import run_case, run_cases
from autograder.core.outcome import Outcome
from autograder.judging import answer_key, verdicts
from autograder.judging.answer_key import AnswerKey
from autograder.proof.forked import Came, Task, each, within
from autograder.proof.mutation import Mutant


@dataclass(frozen=True)
class Measured:
    """What came of the reference: per case its outcome, and the seconds of processor time that it took."""

    outcomes: dict[str, Outcome]
    seconds: dict[str, float]


@dataclass(frozen=True)
class Tried:
    """What came of an exercise's implementations, each in the order in which they are listed."""

    stub: Came
    mistakes: list[Came]
    variants: list[Came]
    mutants: list[Came]


def measured(cases: Sequence[Case], exercise: str, reference: Mapping[str, Any], seed: int = seeds.USUAL) -> Measured:
    """Run the reference, here."""
    outcomes, seconds = {}, {}
    for case in cases:
        started = time.process_time()
        outcomes[case.name] = run_case(case, exercise, reference, seed)
        seconds[case.name] = time.process_time() - started
    return Measured(outcomes, seconds)


def seconds_allowed(reference_seconds: float) -> float:
    """Processor time after which a mutant never ends, by that of the reference: ample for one that does as much."""
    return 1.0 + 8.0 * reference_seconds


def tried(
    exercise: Exercise,
    reference: Mapping[str, Any],
    known: Measured,
    expected: AnswerKey,
    stub: str,
    mutants: Sequence[Mutant],
) -> Tried:
    """Run stub, mistakes, variants and mutants apart. expected: what the reference returns, for the mutants.

    A mutant's outcomes are those of the one case that killed it; it has none when it got through all of them.
    """
    cases, name = exercise.cases, exercise.name

    def values(value: Any) -> Task:
        return Task(lambda: run_cases(cases, name, {**reference, name: value}))

    def of_stub() -> dict[str, Outcome]:
        return run_cases(cases, name, _defining(stub, "<stub>", reference))

    def unchanged() -> bool:
        again = run_cases(cases, name, reference)
        return all(verdicts.is_right(exercise, case, again[case.name], expected) for case in cases)

    order = _Order(cases, known.seconds)
    limits = {case: seconds_allowed(seconds) for case, seconds in known.seconds.items()}

    def mutated(mutant: Mutant) -> Task:
        def run() -> dict[str, Outcome]:
            within(1.0)
            namespace = _defining(mutant.source, "<mutant>", reference)
            for case in order:
                within(limits[case.name])
                got = run_case(case, name, namespace)
                if not verdicts.is_right(exercise, case, got, expected):
                    order.killed(case)
                    return {case.name: got}
            return {}

        return Task(run, sum(limits.values()))

    tasks = [
        Task(of_stub),
        *(values(mistake.value) for mistake in exercise.mistakes),
        *(values(variant.value) for variant in exercise.variants),
        *(mutated(mutant) for mutant in mutants),
    ]
    came = iter(each(tasks, unchanged))
    return Tried(
        next(came), [next(came) for _ in exercise.mistakes], [next(came) for _ in exercise.variants], list(came)
    )


def answers(exercise: Exercise, known: Measured, mistakes: Sequence[Came]) -> AnswerKey:
    """The answers to all cases, from these runs."""
    outcomes = [({} if not isinstance(came, dict) else came) for came in mistakes]
    fingerprints = [
        answer_key.fingerprint(mistake.name, mistake.message, results)
        for mistake, results in zip(exercise.mistakes, outcomes, strict=True)
    ]
    return AnswerKey(exercise.points, answer_key.expected(exercise, known.outcomes), fingerprints)


def _defining(source: str, filename: str, reference: Mapping[str, Any]) -> dict[str, Any]:
    namespace = dict(reference)
    exec(compile(source, filename, "exec"), namespace)
    return namespace


class _Order:
    """The order in which mutants meet the cases: first where most died so far for the least time."""

    def __init__(self, cases: Sequence[Case], seconds: Mapping[str, float]) -> None:
        self._cases, self._seconds = list(cases), seconds
        self._met: Counter[str] = Counter()
        self._died: Counter[str] = Counter()
        self._sort()

    def __iter__(self) -> Iterator[Case]:
        for case in list(self._cases):
            self._met[case.name] += 1
            yield case
        self._sort()

    def killed(self, case: Case) -> None:
        """Note that a mutant died of this case, its last one."""
        self._died[case.name] += 1
        self._sort()

    def _sort(self) -> None:
        self._cases.sort(key=lambda case: -self._worth(case.name))

    def _worth(self, name: str) -> float:
        return (self._died[name] + 1) / (self._met[name] + 2) / (self._seconds[name] + 1e-4)
