"""`autograder prove`: do a lesson's cases tell right from wrong?

For each exercise: the reference passes; the stub is NOT_ATTEMPTED; every known mistake fails with its own name, and
already on the visible cases where that is possible; every variant passes; automatic mutants of the reference die.
All but the reference runs apart from this process (`forked`), each implementation once (`trials`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import Exercise
from autograder.cases import load, seeds
from autograder.core import outcome
from autograder.judging import answer_key, verdicts
from autograder.judging.answer_key import AnswerKey
from autograder.judging.verdicts import JudgeFailed, Result
from autograder.lesson import build, hidden, source
from autograder.lesson.build import Lesson
from autograder.proof import kept, trials
from autograder.proof.forked import Came, Ended
from autograder.proof.kept import Proven
from autograder.proof.mutation import Mutant, mutants
from autograder.proof.results import EQUIVALENT, KILLED, SURVIVED, ExerciseProof, LessonProof, MutantFate
from autograder.proof.trials import Tried

AT_LEAST = {"cases": 4, "held-out cases": 2, "mistakes": 4, "variants": 2, "hints": 3}


def prove_lesson(folder: Path, only: Sequence[str] = (), again: bool = False) -> LessonProof:
    """Prove the lesson in `folder`, or some exercises of it. Raises AuthoringError when it can't even be built.

    What was proven before is taken from there, unless `again`; proofs are kept, and so are the answers.
    """
    parsed = source.read(folder)
    library = source.library(parsed.name, folder.parent)
    keys = kept.keys(parsed, library)
    names = list(dict.fromkeys(only or keys))
    found = {} if again else {n: proven for n in names if (proven := kept.read(folder, n, keys[n])) is not None}
    if missing := [name for name in names if name not in found]:
        for name, proven in prove_exercises(build.open_lesson(folder), missing).items():
            found[name] = proven
            kept.keep(folder, keys[name], proven)
    if found.keys() == keys.keys() and not build.is_kept(folder):
        _keep_answers(folder, library, [found[name] for name in keys])
    return LessonProof(parsed.name, tuple(found[name].proof for name in names), len(names) == len(keys))


def _keep_answers(folder: Path, library: str, proven: Sequence[Proven]) -> None:
    """Keep the answers for release and grading, which then needn't work them out again."""
    visible = {p.proof.name: answer_key.of_cases(p.answers, p.visible) for p in proven}
    held_out = {p.proof.name: answer_key.of_cases(p.answers, p.answers.expected.keys() - p.visible) for p in proven}
    build.keep(folder, library, visible, held_out)


def prove_exercises(lesson: Lesson, names: Sequence[str]) -> dict[str, Proven]:
    """Prove some exercises of a lesson. Raises AuthoringError where a reference fails one of its cases."""
    with source.library_module(lesson.library):
        provers = [_Prover(lesson, lesson.exercises[name], sandboxed) for name, sandboxed in _sandboxed(lesson, names)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(names, pool.map(_Prover.proven, provers), strict=True))


def _sandboxed(lesson: Lesson, names: Sequence[str]) -> list[tuple[str, Exercise]]:
    """The exercises as a sandbox gets them."""
    folder = lesson.source.folder
    given: dict[str, Exercise] = {}
    load.run((folder / "checks.py").read_text(encoding="utf-8"), "<checks>", given, folder)
    for file in hidden.read(folder, lesson.exercises):
        load.run(file.held_out(), f"<held-out cases of {file.exercise}>", given, folder)
    return [(name, given.get(name, Exercise(name))) for name in names]


class _Prover:
    """One exercise. Made in the main thread, where it runs the reference and parses (in several threads at once, Python
    3.11 counts the depth of trees wrongly); the rest runs apart."""

    def __init__(self, lesson: Lesson, exercise: Exercise, sandboxed: Exercise) -> None:
        self.lesson, self.exercise = lesson, exercise
        self.known = trials.measured(exercise.cases, exercise.name, lesson.reference)
        self.expected = AnswerKey(exercise.points, answer_key.expected(exercise, self.known.outcomes))
        self.problems = _too_few(exercise) + self._of_the_reference(sandboxed)
        self.mutants = mutants(lesson.source.solution(exercise.name))
        cell = next(cell for cell in lesson.source.cells if cell.exercise == exercise.name)
        self.stub = source.stub(cell.source, exercise.name)

    def proven(self) -> Proven:
        exercise, made = self.exercise, self.mutants
        tried = trials.tried(exercise, self.lesson.reference, self.known, self.expected, self.stub, made)
        full = trials.answers(exercise, self.known, tried.mistakes)
        named = 0
        try:
            problems = self._of_the_stub(tried.stub, full)
            named, wrong = self._of_the_mistakes(tried, full)
            problems += wrong + self._of_the_variants(tried, full)
        except JudgeFailed as error:
            problems = [str(error).removeprefix(f"{exercise.name}: ")]
        fates = tuple(map(self._fate, made, tried.mutants))
        problems += of_the_mutants(exercise, fates, tried.mutants)
        held_out = sum(case.held_out for case in exercise.cases)
        names = tuple(mistake.name for mistake in exercise.mistakes)
        found = tuple(dict.fromkeys([*self.problems, *problems]))
        counts = len(exercise.cases), held_out, names, named, len(exercise.variants)
        visible = tuple(case.name for case in exercise.visible_cases)
        return Proven(ExerciseProof(exercise.name, *counts, fates, found), full, visible)

    def _of_the_reference(self, sandboxed: Exercise) -> list[str]:
        """Whether it passes, and gives the same with another seed on the cases as the sandbox gets them."""
        exercise, problems = self.exercise, []
        try:
            result = verdicts.judge(exercise, exercise.cases, self.known.outcomes, self.expected)
            if result.verdict != verdicts.PASSED:
                problems.append(f"the reference doesn't pass: {result.message}")
        except JudgeFailed as error:
            problems.append(str(error).removeprefix(f"{exercise.name}: "))
        again = self._again(sandboxed)
        lost = {case.name for case in exercise.cases} - set(again)
        problems += [
            f"the held-out case {case.name!r} doesn't run by itself: write what it uses as plain definitions"
            for case in exercise.cases
            if case.name in lost
        ]
        if not self._same(again) and not self._same(self._again(exercise)):
            problems.append("the reference gives another result when a case is run again: is there a random number?")
        return problems

    def _again(self, exercise: Exercise) -> dict[str, Any]:
        """What the cases return with another seed, those left out that don't run."""
        outcomes = trials.measured(exercise.cases, exercise.name, self.lesson.reference, seeds.OTHER).outcomes
        return {name: got.value for name, got in outcomes.items() if got.kind == outcome.RETURNED}

    def _same(self, again: Mapping[str, Any]) -> bool:
        """Whether these are the expected results, as far as they count; of what is measured, whether they pass."""
        cases, expected = {case.name: case for case in self.exercise.cases}, self.expected.expected
        return all(
            answer_key.has_property(cases[name], again, expected)
            if cases[name].is_measured
            else verdicts.same(cases[name].meaning(value), cases[name].meaning(expected[name]))
            for name, value in again.items()
        )

    def _judged(self, came: Came, full: AnswerKey) -> Result | Ended:
        return came if isinstance(came, Ended) else verdicts.judge(self.exercise, self.exercise.cases, came, full)

    def _of_the_stub(self, came: Came, full: AnswerKey) -> list[str]:
        stub = self._judged(came, full)
        if isinstance(stub, Ended):
            return [f"the stub isn't NOT_ATTEMPTED with 0 points: {stub.how}"]
        if stub.verdict != verdicts.NOT_ATTEMPTED or stub.points:
            return [f"the stub isn't NOT_ATTEMPTED with 0 points: {stub.verdict}"]
        return []

    def _of_the_mistakes(self, tried: Tried, full: AnswerKey) -> tuple[int, list[str]]:
        """How many the visible cases name, and what doesn't hold.

        The visible cases come first, so what came of them is what comes of them alone.
        """
        exercise, problems, all_named = self.exercise, [], 0
        visible = answer_key.of_cases(full, [case.name for case in exercise.visible_cases])
        for mistake, came in zip(exercise.mistakes, tried.mistakes, strict=True):
            if isinstance(came, Ended):
                problems.append(f"the mistake {mistake.name!r} returned nothing: {came.how}")
                continue
            result = verdicts.judge(exercise, exercise.cases, came, full)
            seen = verdicts.judge(exercise, exercise.visible_cases, _only(came, visible), visible)
            named = seen.verdict != verdicts.PASSED and seen.mistake == mistake.name
            all_named += named
            if not named and not mistake.needs_held_out:
                said = f"{seen.verdict}, named {seen.mistake!r}"
                problems.append(f"the visible cases don't name the mistake {mistake.name!r} ({said})")
            if result.verdict == verdicts.PASSED:
                problems.append(f"the mistake {mistake.name!r} passes")
            elif result.mistake is None:
                problems.append(f"no case tells the mistake {mistake.name!r} from another one: they are the same")
            elif result.mistake != mistake.name:
                problems.append(f"all cases together take {mistake.name!r} for {result.mistake!r}")
        return all_named, problems

    def _of_the_variants(self, tried: Tried, full: AnswerKey) -> list[str]:
        problems = []
        for variant, came in zip(self.exercise.variants, tried.variants, strict=True):
            result = self._judged(came, full)
            if isinstance(result, Ended):
                problems.append(f"the variant {variant.name!r} doesn't pass: {result.how}")
            elif result.verdict != verdicts.PASSED:
                said = f"{result.message} {result.main and result.main.case.name}"
                problems.append(f"the variant {variant.name!r} doesn't pass: {said}")
        return problems

    def _fate(self, mutant: Mutant, came: Came) -> MutantFate:
        if isinstance(came, Ended):
            return MutantFate(mutant.id, mutant.operator, KILLED, came.how)
        if came:
            return MutantFate(mutant.id, mutant.operator, KILLED, next(iter(came)))
        reason = self.exercise.equivalent_mutants.get(mutant.id, "")
        return MutantFate(mutant.id, mutant.operator, EQUIVALENT if reason else SURVIVED, reason)


def _only(outcomes: dict[str, Any], answer: AnswerKey) -> dict[str, Any]:
    return {name: got for name, got in outcomes.items() if name in answer.expected}


def of_the_mutants(exercise: Exercise, fates: Sequence[MutantFate], came: Sequence[Came]) -> list[str]:
    """What the mutants show that doesn't hold: judges that fail, and a wrong list of equivalent ones."""
    listed = set(exercise.equivalent_mutants)
    problems = [each.how for each in came if isinstance(each, Ended) and each.error == JudgeFailed.__name__]
    problems += [f"no mutant is called {id!r}" for id in sorted(listed - {fate.id for fate in fates})]
    return problems + [
        f"the mutant {fate.id!r} is listed as equivalent, but a case kills it"
        for fate in fates
        if fate.id in listed and fate.fate == KILLED
    ]


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
