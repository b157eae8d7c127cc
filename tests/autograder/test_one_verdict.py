"""One verdict: what `check` says in the notebook and what `autograder check` says agree on the visible cases.

Both run the same cells, here of hostile submissions and of every mistake and variant of the lessons. The ordinary
suite tries a spread of them, the heavy one (`python3 start.py test --all`) all.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.exercise import Exercise
from autograder.core.paths import SUPPORT, lesson_names, solutions
from autograder.judging import answer_key, cell_endings, verdicts
from autograder.lesson import build, checks, hidden, source
from autograder.runner import sandbox
from autograder.runner.client import Runner
from autograder.runner.job import CodeCell, Limits
from autograder.submission import grade, reading
from autograder.submission.grade import Graded, Marking
from autograder.submission.reading import Submission
from tests.autograder import tiny
from tests.hostile.catalogue import FIXTURES, NOWHERE, RUN, made, name_of

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the runner is for Linux"),
    pytest.mark.skipif(not sandbox.bubblewrap_works(), reason="bubblewrap doesn't work here"),
]
ALL = [pytest.mark.heavy, pytest.mark.timeout(3000)]
PROGRAM = Path(__file__).with_name("notebook_program.py").read_text(encoding="utf-8")
_ADDRESS = re.compile(r"0x[0-9a-f]+")
SECONDS = 3.0  # for the cases of an exercise in the catalogue, on both sides

# Fixtures that say nothing about the verdict in a notebook, with the reason; of some only these variants.
ENDS = "ends or hangs the process in which it runs; a notebook's kernel then says nothing any more"
BOUNDED = "is stopped by the sandbox's limits; a learner's own machine has none of ours"
OUTSIDE = "attacks what is outside its process, where in a notebook everything is the learner's own"
JUDGE = "attacks the judge, which in a notebook is in the learner's own process: nobody else is deceived"
TELLS = "behaves only where it believes to be graded, to fool held-out cases"
LATE = "puts something else in a forbidden function's place before the first check; grading looks it up first"
NOT_COMPARED: dict[tuple[str, str], str] = {
    ("05_patched_libraries", "judge"): JUDGE,
    ("05_patched_libraries", "numpy"): JUDGE,
    ("05_patched_libraries", "builtins"): JUDGE,
    ("06_walks_memory", ""): JUDGE,
    ("07_forges_frames", ""): OUTSIDE,
    ("09_looks_for_held_out", ""): OUTSIDE,
    ("09_looks_into_memory", ""): OUTSIDE,
    ("12_reaches_out", ""): OUTSIDE,
    ("13_bombs_of_threads", ""): BOUNDED,
    ("13_too_many_processes", ""): BOUNDED,
    ("14_bombs_of_files", ""): BOUNDED,
    ("14_bombs_of_memory", ""): BOUNDED,
    ("08_large_together", ""): BOUNDED,
    ("14_memory_refused", ""): BOUNDED,
    ("14_memory_shared", ""): BOUNDED,
    ("15_fills_the_disk", ""): BOUNDED,
    ("15_many_files", ""): BOUNDED,
    ("17_endless", "a loop deaf to signals"): ENDS,
    ("17_endless", "a loop in C"): ENDS,
    ("17_endless", "a loop that catches everything"): ENDS,
    ("17_endless", "threads"): ENDS,
    ("17_endless", "in its cell"): ENDS,
    ("18_crashes", ""): ENDS,
    ("18_kills_its_parent", ""): ENDS,
    ("18_reaches_for_its_parent", ""): ENDS,
    ("20_daemon", ""): OUTSIDE,
    ("22_detects_grading", ""): TELLS,
    ("23_calls_what_it_should_write", "replaced"): LATE,
    ("40_takes_long", "in its cell"): ENDS,
}
COMPARED = [(f, v) for f, v in RUN if (f, "") not in NOT_COMPARED and (f, v) not in NOT_COMPARED]


def test_what_is_not_compared_is_there():
    known = {*RUN, *((fixture, "") for fixture in FIXTURES)}
    assert set(NOT_COMPARED) <= known


def in_notebook(marks: Marking, jobs: Sequence[tuple[Submission, list[str]]], limit: float) -> list[dict | str]:
    """What `check` says in a live notebook: per job by exercise, or why nothing."""
    support = {
        "checks.py": marks.checks[0],
        "answers.json": answer_key.text(marks.lesson, marks.answers, ""),
    }
    given = {
        "lesson": marks.lesson,
        "modules": ["numpy", "torch"],
        "files": {**marks.files, **{f"{SUPPORT}/{name}": text for name, text in support.items()}},
        "jobs": [{"cells": [cell.source for cell in s.cells], "exercises": names} for s, names in jobs],
        "time_limit": limit,
        "patience": 60.0,
    }
    environment = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8", "MPLBACKEND": "Agg"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    command = [*sandbox._bubblewrap(), sys.executable, "-P", "-c", PROGRAM]
    done = subprocess.run(command, input=json.dumps(given).encode(), capture_output=True, env=environment, timeout=2900)
    assert done.stdout, done.stderr.decode(errors="replace")[-2000:]
    return json.loads(done.stdout)


def disagreements(seen: Mapping[str, Sequence] | str, graded: Graded) -> list[str]:
    """What the two say differently, in sentences; empty when they agree.

    Where an exercise's own cell stopped, its name is missing in both. A learner has that error before his eyes, and
    `check` says MISSING; grading, which ran the whole notebook, says how the cell ended.
    """
    if isinstance(seen, str):
        return [f"check said nothing: {seen}"]
    stopped = {cell.name: cell.outcome for cell in graded.cells if cell_endings.is_bad(cell.outcome)}
    found = []
    for result in graded.results:
        if result.name not in seen:
            continue
        verdict, points, mistake, message = seen[result.name]
        same = (verdict, points, mistake) == (result.verdict, result.points, result.mistake)
        if verdict == verdicts.MISSING:
            explained = verdicts.in_a_notebook(
                dataclasses.replace(result, verdict=verdict), stopped.get(result.name), bool(graded.cells)
            )
            same = (explained.verdict, points) == (result.verdict, result.points)
        elif verdict != verdicts.TIMEOUT:  # which names the seconds that there were
            same = same and _ADDRESS.sub("", message) == _ADDRESS.sub("", result.message)
        if not same:
            got = (result.verdict, result.points, result.mistake, result.message)
            found.append(f"{result.name}: {tuple(seen[result.name])} in the notebook, {got} when graded")
    return found


# The catalogue of hostile submissions.


@pytest.fixture(scope="module")
def runner():
    with Runner(("numpy", "torch"), sandbox.BUBBLEWRAP) as made:
        yield made


def edits_of(fixture: str) -> tuple:
    return tuple(getattr(FIXTURES[fixture], "EDITS", ()))


def is_first(fixture: str, variant: str) -> bool:
    """Whether it is the variant that stands for its fixture; none does of a fixture that takes long."""
    return not hasattr(FIXTURES[fixture], "CELL") and variant == next(v for f, v in COMPARED if f == fixture)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """By the edits of the tiny lesson that fixtures ask for: its marks, and of each variant what `check` says of it."""

    @functools.cache
    def compared(edits: tuple, first: bool) -> tuple[Marking, dict[tuple[str, str], tuple[Submission, dict | str]]]:
        texts = {"checks": tiny.CHECKS, "hidden": tiny.HIDDEN}
        for which, old, new in edits:
            texts[which] = tiny.replaced(texts[which], old, new)
        folder = tiny.released(tmp_path_factory.mktemp("course"), **texts) / "solutions" / "01_tiny"
        marks = grade.marking(folder, held_out=False)
        names = [name for name in COMPARED if edits_of(name[0]) == edits and is_first(*name) == first]
        read = [_submission(folder, tmp_path_factory.mktemp("one"), *name) for name in names]
        seen = in_notebook(marks, [(submission, list(marks.exercises)) for submission in read], SECONDS)
        return marks, dict(zip(names, zip(read, seen, strict=True), strict=True))

    return compared


def _submission(folder: Path, place: Path, fixture: str, variant: str) -> Submission:
    path = place / "tiny.ipynb"
    path.write_text(json.dumps(made(solved(folder), FIXTURES[fixture].variants(NOWHERE)[variant])))
    return reading.read(path, folder.parent)


def solved(folder: Path) -> bytes:
    """The solved notebook, as a learner would hand it in."""
    handed_out = json.loads((folder.parents[1] / "lessons" / folder.name / "tiny.ipynb").read_bytes())
    answers = {name_of(cell): cell["source"] for cell in nbformat.read(folder / "tiny.ipynb", as_version=4)["cells"]}
    for cell in handed_out["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["cell_type"] == "code":
            cell["source"] = answers[name_of(cell)]
    return json.dumps(handed_out).encode()


@pytest.mark.parametrize(
    ("fixture", "variant"), [pytest.param(*name, marks=[] if is_first(*name) else ALL) for name in COMPARED]
)
def test_a_hostile_submission_gets_the_same_verdict_in_both(catalogue, runner, fixture, variant):
    marks, compared = catalogue(edits_of(fixture), is_first(fixture, variant))
    submission, seen = compared[fixture, variant]
    limits = Limits(cell=30.0, exercise=SECONDS, submission=120.0, memory=600 * 2**20)
    assert not disagreements(seen, grade.grade(submission, marks, runner, limits))


# Every mistake and variant of the lessons.

LESSONS = lesson_names(solutions())
A_SPREAD = 2  # implementations per lesson where not all are tried


def texts_of(folder: Path, exercises: Mapping[str, Exercise]) -> list[str]:
    """The lesson's checks, and all that stays with its author, in the order in which they are loaded."""
    visible = (folder / "checks.py").read_text(encoding="utf-8")
    return [visible, *(file.text() for file in hidden.read(folder, exercises))]


def answer_of(name: str, kind: str, number: int) -> str:
    """A cell that takes an implementation out of the lesson's own texts (`TEXTS`) and defines the exercise by it."""
    return (
        "from autograder.cases import load as _load\n"
        "_exercises = {}\n"
        "for _number, _text in enumerate(TEXTS):\n"
        "    _load.run(_text, f'<own {_number}>', _exercises)\n"
        f"{name} = _exercises[{name!r}].{kind}[{number}].value\n"
    )


def submissions(folder: Path, exercises: Mapping[str, Exercise]) -> list[tuple[str, str, Submission]]:
    """Every mistake and variant: its title, its exercise, the solved notebook with it in the place of the answer."""
    lesson = source.read(folder)
    code = [cell for cell in lesson.cells if cell.kind == "code" and "demo" not in cell.tags]
    cells = [CodeCell(cell.exercise, source.solved(cell.source)) for cell in code]
    texts = CodeCell("", f"TEXTS = {texts_of(folder, exercises)!r}")
    found = []
    for name, exercise in exercises.items():
        for kind in ("mistakes", "variants"):
            for number, each in enumerate(getattr(exercise, kind)):
                answer = CodeCell(name, answer_of(name, kind, number))
                with_it = (texts, *(answer if cell.name == name else cell for cell in cells))
                found.append((f"{name}, {each.name}", name, Submission(Path(), lesson.name, with_it, {})))
    return found


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=ALL)])
@pytest.mark.parametrize("lesson", LESSONS)
def test_mistakes_and_variants_get_the_same_verdict_in_both(runner, lesson, every):
    folder = solutions() / lesson
    marks = grade.marking(folder, held_out=False)
    with source.library_module(marks.files[build.LIBRARY]):
        known = submissions(folder, checks.load(folder, hidden=True))
    place = LESSONS.index(lesson) * 7  # so that it isn't always the first ones
    some = known if every else [known[(place + n * len(known) // A_SPREAD) % len(known)] for n in range(A_SPREAD)]
    needed = {name: [name, *marks.exercises[name].needs] for _, name, _ in some}
    seen = in_notebook(marks, [(submission, [name]) for _, name, submission in some], 30.0)
    found = {}
    for (title, name, submission), each in zip(some, seen, strict=True):
        only = dataclasses.replace(marks, exercises={n: marks.exercises[n] for n in needed[name]})
        if said := disagreements(each, grade.grade(submission, only, runner)):
            found[title] = said
    assert not found


def test_a_disagreement_is_noticed():
    exercise = Exercise("relu", points=2)
    graded = Graded("l", grade.GRADED, "none", (verdicts.Result(exercise, verdicts.PASSED, 2, "Correct."),))
    assert not disagreements({"relu": ["PASSED", 2, None, "Correct."]}, graded)
    for other in (["FAILED", 2, None, "Correct."], ["PASSED", 1, None, "Correct."], ["MISSING", 0, None, ""]):
        assert disagreements({"relu": other}, graded)
    assert disagreements("its process ended", graded)
