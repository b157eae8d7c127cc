"""Grading one submission: run it in the sandbox, judge it out here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.authoring.exercise import Case, Exercise
from autograder.cases import forbidden
from autograder.core import outcome
from autograder.core.outcome import Outcome
from autograder.judging import cell_endings, verdicts
from autograder.judging.answer_key import AnswerKey
from autograder.judging.verdicts import Result
from autograder.lesson import build, checks, hidden
from autograder.lesson.limits import of_lesson
from autograder.runner.client import Runner, RunnerFailed, modules_for
from autograder.runner.conversation import Settled
from autograder.runner.job import CasesOf, CellRun, CodeCell, Job, Limits, Ran
from autograder.submission import forbidden_text, versions
from autograder.submission.reading import Submission, Ungradable

GRADED, UNGRADABLE, INFRA = "GRADED", "UNGRADABLE", "INFRA"
TRIES = 2
_TOLD = 20  # cells that stopped, each in a note of its own


@dataclass(frozen=True)
class Marking:
    """What is needed to grade submissions of one lesson, made once: cases, answers, files, sources, limits."""

    lesson: str
    exercises: dict[str, Exercise]
    answers: dict[str, AnswerKey]
    held_out: bool
    checks: tuple[str, ...]
    files: dict[str, str]
    limits: Limits = field(default_factory=Limits)

    @property
    def forbids(self) -> tuple[str, ...]:
        """The functions that some exercise forbids."""
        return tuple(dict.fromkeys(name for exercise in self.exercises.values() for name in exercise.forbids))

    def cases(self, exercise: Exercise) -> list[Case]:
        """The cases that count here."""
        return exercise.cases if self.held_out else exercise.visible_cases


@dataclass(frozen=True)
class Graded:
    """A submission's grade. verdict: GRADED, UNGRADABLE or INFRA; only GRADED has a score."""

    lesson: str
    verdict: str
    sandbox: str
    results: tuple[Result, ...] = ()
    cells: tuple[CellRun, ...] = ()
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        return sum(result.points for result in self.results)

    @property
    def max_score(self) -> float:
        return sum(result.max_points for result in self.results)

    def to_json(self) -> dict[str, Any]:
        """The documented form of `autograder check --json`."""
        graded = self.verdict == GRADED
        return {
            "lesson": self.lesson,
            "verdict": self.verdict,
            "score": self.score if graded else None,
            "max_score": self.max_score if graded else None,
            "sandbox": self.sandbox,
            "exercises": [result.to_json() for result in self.results],
            "questions": list(self.questions),
            "notes": list(self.notes),
        }

    def in_short(self) -> dict[str, Any]:
        """The same with less about each exercise, as it is kept with a run and with an attempt."""
        fields = ("name", "verdict", "points", "max_points", "mistake")
        found = self.to_json()
        return {**found, "exercises": [{field: each[field] for field in fields} for each in found["exercises"]]}


def marking(folder: Path, held_out: bool) -> Marking:
    """Prepare to grade submissions of the lesson in `folder` (under solutions/)."""
    exercises = checks.load(folder, hidden=held_out)
    visible = (folder / "checks.py").read_text(encoding="utf-8")
    texts = [visible]
    if held_out:
        texts += [file.held_out() for file in hidden.read(folder, exercises)]
    made = build.built(folder, folder.parent.parent / "lessons" / folder.name, held_out)
    files = {"nn.py": made.library}
    return Marking(folder.name, exercises, made.answers, held_out, tuple(texts), files, of_lesson(folder))


def modules(marks: Marking, submissions: Iterable[Submission]) -> tuple[str, ...]:
    """What the runner should import before forking."""
    cells = [cell.source for submission in submissions for cell in submission.cells]
    forbidden = [f"import {name}" for name in marks.forbids]
    return modules_for([*marks.checks, *marks.files.values(), *cells, *forbidden])


def grade(submission: Submission, marks: Marking, runner: Runner, limits: Limits | None = None) -> Graded:
    """Run and judge one submission. A failure of ours is tried again, then reported as INFRA, never as a score."""
    try:
        ran = run(submission, marks, runner, limits)
    except RunnerFailed as error:
        return Graded(marks.lesson, INFRA, runner.level, notes=(str(error),))
    return judge_run(submission, marks, ran, runner.level)


def run(submission: Submission, marks: Marking, runner: Runner, limits: Limits | None = None) -> Ran:
    """Run one submission, a second time when we fail ourselves. Raises RunnerFailed."""
    return run_job(job(submission.cells, marks, limits or marks.limits), marks, runner)


def job(cells: tuple[CodeCell, ...], marks: Marking, limits: Limits) -> Job:
    """What the runner is to do for one submission."""
    return Job(cells, marks.files, marks.checks, _visible_first(marks), limits, marks.forbids)


def run_job(wanted: Job, marks: Marking, runner: Runner) -> Ran:
    """Run a job, a second time when we fail ourselves. Raises RunnerFailed."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(RunnerFailed):
            return _with_times(runner.run(wanted, _settled_by(marks)), wanted.limits)
    return _with_times(runner.run(wanted, _settled_by(marks)), wanted.limits)


def _with_times(ran: Ran, limits: Limits) -> Ran:
    """What took too long, with the time it was given."""

    def told(ending: Outcome, seconds: float) -> Outcome:
        late = ending.kind == outcome.TIMEOUT and not ending.seconds
        return replace(ending, seconds=seconds) if late else ending

    cells = tuple(replace(cell, outcome=told(cell.outcome, limits.cell)) for cell in ran.cells)
    by_exercise = {
        name: {case: told(ending, limits.exercise) for case, ending in cases.items()}
        for name, cases in ran.outcomes.items()
    }
    return Ran(cells, by_exercise, ran.notes)


def _settled_by(marks: Marking) -> Settled:
    """Which results need no second run alone: right ones, and those of an exercise where nothing is written."""

    def settled(name: str, outcomes: Mapping[str, Outcome]) -> bool:
        exercise = marks.exercises[name]
        cases = [case for case in marks.cases(exercise) if case.name in outcomes]
        try:
            return verdicts.is_settled(exercise, cases, outcomes, marks.answers[name])
        except verdicts.JudgeFailed:  # another run would change nothing; `judge_run` says it
            return True

    return settled


def _visible_first(marks: Marking) -> tuple[CasesOf, ...]:
    """All exercises' visible cases, then all held-out ones."""
    wanted = []
    for held_out in (False, True):
        for name, exercise in marks.exercises.items():
            cases = tuple(case.name for case in marks.cases(exercise) if case.held_out == held_out)
            if cases:
                wanted.append(CasesOf(name, cases, held_out))
    return tuple(wanted)


def judge_run(submission: Submission, marks: Marking, ran: Ran, level: str) -> Graded:
    """Judge what came of a run. An author's judge that fails gives INFRA, never a score: the fault is the course's."""
    judged: dict[str, Result] = {}
    for name, exercise in marks.exercises.items():
        try:
            judged[name] = verdicts.judge(exercise, marks.cases(exercise), ran.outcomes[name], marks.answers[name])
        except verdicts.JudgeFailed as error:
            text = f"The fault is the course's, not the answer's. {marks.lesson}: {error}"
            return Graded(marks.lesson, INFRA, level, cells=ran.cells, notes=(text,))
    failed = {cell.name: cell.outcome for cell in ran.cells if cell_endings.is_bad(cell.outcome)}
    for name in judged:
        result = verdicts.after_needs(judged[name], judged)
        judged[name] = verdicts.in_a_notebook(result, failed.get(name), bool(submission.cells))
    made_with = versions.note(submission.made_with, ran.cells)
    named = _named(judged.values(), submission)
    notes = [*ran.notes, *submission.notes, *named, *_trouble_elsewhere(ran.cells), *made_with]
    return Graded(
        marks.lesson, GRADED, level, tuple(judged.values()), ran.cells, tuple(submission.questions), tuple(notes)
    )


def ungradable(lesson: str, error: Ungradable, level: str = "none") -> Graded:
    """The grade of a file that is no notebook of ours: no score, an instruction."""
    return Graded(lesson, UNGRADABLE, level, notes=(str(error),))


_RAN = {verdicts.PASSED, verdicts.FAILED, verdicts.ERROR, verdicts.TIMEOUT, verdicts.MEMORY, verdicts.CRASHED}


def _named(judged: Iterable[Result], submission: Submission) -> list[str]:
    """Notes on forbidden functions that answers name and that were not seen to be called."""
    unseen = [each for each in judged if each.verdict in _RAN and each.mistake != forbidden.MISTAKE]
    notes = [forbidden_text.note(submission.cells, each.exercise) for each in unseen if each.exercise.forbids]
    return [note for note in notes if note]


def _trouble_elsewhere(cells: tuple[CellRun, ...]) -> list[str]:
    bad = [
        f"Cell {number}{f' ({cell.name})' if cell.name else ''} {cell_endings.says(cell.outcome)}"
        for number, cell in enumerate(cells, 1)
        if cell_endings.is_bad(cell.outcome) and not (cell.outcome.error and cell.outcome.error.unwritten)
    ]
    more = [f"So it went with {len(bad) - _TOLD} more cells."] if len(bad) > _TOLD else []
    return bad[:_TOLD] + more
