"""`autograder prove`: do a lesson's cases tell right from wrong?

For each exercise: the reference passes; the stub is NOT_ATTEMPTED; every known mistake fails with its own name, and
already on the visible cases where that is possible; every variant passes; automatic mutants of the reference die.
Each run happens in a forked process of its own, so that a mutant that never ends or kills Python costs nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import Case, Exercise, Implementation
from autograder.cases import load, seeds
from autograder.cases.run import run_case, run_cases
from autograder.core import outcome
from autograder.core.outcome import Outcome
from autograder.judging import verdicts
from autograder.judging.answer_key import AnswerKey, merge
from autograder.judging.verdicts import Result
from autograder.lesson import build, hidden, source
from autograder.lesson.build import Lesson
from autograder.proof.forked import apart
from autograder.proof.mutation import Mutant, mutants

MUTANTS_TO_KILL = 0.95
AT_LEAST = {"cases": 4, "held-out cases": 2, "mistakes": 4, "variants": 2, "hints": 3}


@dataclass(frozen=True)
class MutantFate:
    """What became of one mutant: killed, survived, or equivalent (listed by hand, with the reason)."""

    id: str
    operator: str
    fate: str
    by: str


@dataclass(frozen=True)
class ExerciseProof:
    """All that is known of one exercise. problems: sentences; empty when the proof holds."""

    name: str
    cases: int
    held_out: int
    mistakes: tuple[str, ...]
    named_on_visible_cases: int
    variants: int
    mutants: tuple[MutantFate, ...]
    problems: tuple[str, ...]

    @property
    def killed(self) -> int:
        return sum(mutant.fate == "killed" for mutant in self.mutants)

    @property
    def mortal(self) -> int:
        """Mutants that aren't equivalent."""
        return sum(mutant.fate != "equivalent" for mutant in self.mutants)


@dataclass(frozen=True)
class LessonProof:
    """The proof of a lesson."""

    lesson: str
    exercises: tuple[ExerciseProof, ...]

    @property
    def killed(self) -> float:
        """Share of the mutants that died, equivalent ones left out."""
        mortal = sum(proof.mortal for proof in self.exercises)
        return sum(proof.killed for proof in self.exercises) / mortal if mortal else 1.0

    @property
    def problems(self) -> list[str]:
        found = [f"{proof.name}: {problem}" for proof in self.exercises for problem in proof.problems]
        if self.killed < MUTANTS_TO_KILL:
            found.append(f"only {self.killed:.1%} of the mutants died; at least {MUTANTS_TO_KILL:.0%} must.")
        return found

    @property
    def holds(self) -> bool:
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """The kill table as JSON."""
        return {
            "lesson": self.lesson,
            "holds": self.holds,
            "mutants_killed": round(self.killed, 4),
            "problems": self.problems,
            "exercises": [
                asdict(proof) | {"mutants_killed": proof.killed, "mutants_mortal": proof.mortal}
                for proof in self.exercises
            ],
        }


def prove_lesson(folder: Path) -> LessonProof:
    """Prove the lesson in `folder`. Raises AuthoringError when it can't even be built."""
    lesson = build.open_lesson(folder)
    with source.library_module(lesson.library):
        visible, held_out = lesson.visible_answers(), lesson.held_out_answers()
        prover = _Prover(lesson, visible, merge(visible, held_out))
        return LessonProof(lesson.name, tuple(prover.exercise(e) for e in lesson.exercises.values()))


class _Prover:
    def __init__(self, lesson: Lesson, visible: dict[str, AnswerKey], full: dict[str, AnswerKey]) -> None:
        self.lesson, self.visible, self.full = lesson, visible, full
        self.sandboxed: dict[str, Exercise] = {}
        folder = lesson.source.folder
        load.run((folder / "checks.py").read_text(encoding="utf-8"), "<checks>", self.sandboxed, folder)
        for file in hidden.read(folder, lesson.exercises):
            load.run(file.held_out(), f"<held-out cases of {file.exercise}>", self.sandboxed, folder)

    def exercise(self, exercise: Exercise) -> ExerciseProof:
        problems = _too_few(exercise) + self._lost_in_the_sandbox(exercise)
        again = run_cases(exercise.cases, exercise.name, self.lesson.reference, seeds.OTHER)
        problems += self._reference_and_stub(exercise, again)
        named, wrong = self._mistakes(exercise)
        problems += wrong + self._variants(exercise)
        fates = self._mutants(exercise, {name: result.seconds for name, result in again.items()})
        listed = set(exercise.equivalent_mutants)
        problems += [f"no mutant is called {id!r}" for id in sorted(listed - {fate.id for fate in fates})]
        problems += [
            f"the mutant {fate.id!r} is listed as equivalent, but a case kills it"
            for fate in fates
            if fate.id in listed and fate.fate == "killed"
        ]
        held_out = sum(case.held_out for case in exercise.cases)
        names = tuple(mistake.name for mistake in exercise.mistakes)
        return ExerciseProof(
            exercise.name, len(exercise.cases), held_out, names, named, len(exercise.variants), fates, tuple(problems)
        )

    def _lost_in_the_sandbox(self, exercise: Exercise) -> list[str]:
        """Held-out cases that need something of their file that isn't sent into the sandbox with them."""
        given = self.sandboxed.get(exercise.name, Exercise(exercise.name)).cases
        outcomes = run_cases(given, exercise.name, self.lesson.reference)
        running = {name for name, result in outcomes.items() if result.kind == outcome.RETURNED}
        return [
            f"the held-out case {case.name!r} doesn't run by itself: write what it uses as plain definitions"
            for case in exercise.cases
            if case.name not in running
        ]

    def _judge(self, exercise: Exercise, value: Any, cases: list[Case], answer: AnswerKey) -> Result | str:
        """Judge an implementation; a string says how its process ended instead."""
        namespace = {**self.lesson.reference, exercise.name: value}
        return self._judge_in(exercise, namespace, cases, answer)

    def _judge_in(
        self, exercise: Exercise, namespace: Mapping[str, Any], cases: list[Case], answer: AnswerKey
    ) -> Result | str:
        outcomes = apart(lambda: run_cases(cases, exercise.name, namespace))
        return outcomes if isinstance(outcomes, str) else verdicts.judge(exercise, cases, outcomes, answer)

    def _reference_and_stub(self, exercise: Exercise, again: Mapping[str, Outcome]) -> list[str]:
        problems = []
        full = self.full[exercise.name]
        result = self._judge(exercise, self.lesson.reference[exercise.name], exercise.cases, full)
        if isinstance(result, str) or result.verdict != verdicts.PASSED:
            problems.append(f"the reference doesn't pass: {result if isinstance(result, str) else result.message}")
        if not all(verdicts.same(again[name].value, full.expected[name]) for name in full.expected):
            problems.append("the reference gives another result when a case is run again: is there a random number?")
        stub = self._stub_result(exercise)
        if isinstance(stub, str) or stub.verdict != verdicts.NOT_ATTEMPTED or stub.points:
            problems.append(
                f"the stub isn't NOT_ATTEMPTED with 0 points: {stub if isinstance(stub, str) else stub.verdict}"
            )
        return problems

    def _stub_result(self, exercise: Exercise) -> Result | str:
        cell = next(cell for cell in self.lesson.source.cells if cell.exercise == exercise.name)
        namespace = dict(self.lesson.reference)
        exec(compile(source.stub(cell.source, exercise.name), "<stub>", "exec"), namespace)
        return self._judge_in(exercise, namespace, exercise.cases, self.full[exercise.name])

    def _mistakes(self, exercise: Exercise) -> tuple[int, list[str]]:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            fates = list(pool.map(lambda mistake: self._mistake(exercise, mistake), exercise.mistakes))
        return sum(named for named, _ in fates), [problem for _, problems in fates for problem in problems]

    def _mistake(self, exercise: Exercise, mistake: Implementation) -> tuple[bool, list[str]]:
        """Whether the visible cases name it, and what doesn't hold.

        All cases are run once. The visible ones come first, so what came of them is what comes of them alone; should
        the run have ended early, they are run alone.
        """
        namespace = {**self.lesson.reference, exercise.name: mistake.value}
        outcomes = apart(lambda: run_cases(exercise.cases, exercise.name, namespace))
        if isinstance(outcomes, str):
            full: Result | str = outcomes
            seen = self._judge_in(exercise, namespace, exercise.visible_cases, self.visible[exercise.name])
        else:
            full = verdicts.judge(exercise, exercise.cases, outcomes, self.full[exercise.name])
            visible = {case.name: outcomes[case.name] for case in exercise.visible_cases}
            seen = verdicts.judge(exercise, exercise.visible_cases, visible, self.visible[exercise.name])
        named = not isinstance(seen, str) and seen.verdict != verdicts.PASSED and seen.mistake == mistake.name
        problems = []
        if not named and not mistake.needs_held_out:
            said = seen if isinstance(seen, str) else f"{seen.verdict}, named {seen.mistake!r}"
            problems.append(f"the visible cases don't name the mistake {mistake.name!r} ({said})")
        if isinstance(full, str) or full.verdict == verdicts.PASSED:
            problems.append(f"the mistake {mistake.name!r} passes")
        elif full.mistake != mistake.name:
            problems.append(f"all cases together take {mistake.name!r} for {full.mistake!r}")
        return named, problems

    def _variants(self, exercise: Exercise) -> list[str]:
        def judged(variant: Implementation) -> Result | str:
            return self._judge(exercise, variant.value, exercise.cases, self.full[exercise.name])

        problems = []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(judged, exercise.variants))
        for variant, result in zip(exercise.variants, results, strict=True):
            if isinstance(result, str) or result.verdict != verdicts.PASSED:
                said = (
                    result if isinstance(result, str) else f"{result.message} {result.main and result.main.case.name}"
                )
                problems.append(f"the variant {variant.name!r} doesn't pass: {said}")
        return problems

    def _mutants(self, exercise: Exercise, seconds: Mapping[str, float]) -> tuple[MutantFate, ...]:
        """seconds: how long the reference takes for each case. The quick cases are tried first."""
        quickest_first = sorted(exercise.cases, key=lambda case: seconds[case.name])
        limit = mutant_limit(sum(seconds.values()))
        made = mutants(self.lesson.source.solution(exercise.name))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return tuple(pool.map(lambda mutant: self._fate(exercise, mutant, quickest_first, limit), made))

    def _fate(self, exercise: Exercise, mutant: Mutant, cases: list[Case], limit: float) -> MutantFate:
        full = self.full[exercise.name]

        def run() -> dict[str, Outcome]:
            """What came of the cases, up to the first one that it fails."""
            namespace = dict(self.lesson.reference)
            exec(compile(mutant.source, "<mutant>", "exec"), namespace)
            outcomes: dict[str, Outcome] = {}
            for case in cases:
                outcomes[case.name] = run_case(case, exercise.name, namespace)
                if verdicts.judge(exercise, [case], {case.name: outcomes[case.name]}, full).verdict != verdicts.PASSED:
                    break
            return outcomes

        outcomes = apart(run, limit)
        if isinstance(outcomes, str):
            return MutantFate(mutant.id, mutant.operator, "killed", outcomes)
        result = verdicts.judge(exercise, [case for case in exercise.cases if case.name in outcomes], outcomes, full)
        if result.verdict != verdicts.PASSED:
            return MutantFate(mutant.id, mutant.operator, "killed", _first_failed(result))
        if reason := exercise.equivalent_mutants.get(mutant.id):
            return MutantFate(mutant.id, mutant.operator, "equivalent", reason)
        return MutantFate(mutant.id, mutant.operator, "survived", "")


def mutant_limit(reference_seconds: float) -> float:
    """Seconds after which a mutant never ends: no less than 5, and ample time for one that only trains as long."""
    return 5.0 + 4.0 * reference_seconds


def _first_failed(result: Result) -> str:
    return result.main.case.name if result.main else result.verdict


def _too_few(exercise: Exercise) -> list[str]:
    have = {
        "cases": len(exercise.cases),
        "held-out cases": sum(case.held_out for case in exercise.cases),
        "mistakes": len(exercise.mistakes),
        "variants": len(exercise.variants),
        "hints": len(exercise.hints),
    }
    problems = [
        f"{have[what]} {what}, at least {least} are needed" for what, least in AT_LEAST.items() if have[what] < least
    ]
    seen = {case.part for case in exercise.visible_cases}
    return problems + [f"no visible case belongs to the part {part!r}" for part in exercise.parts if part not in seen]
