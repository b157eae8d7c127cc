"""What must hold of each lesson: its release, a run from top to bottom, and that your code is graded."""

import ast
import json
from pathlib import Path

import nbformat
import pytest

from autograder.cases.run import run_cases
from autograder.core import outcome, wire
from autograder.core.outcome import Outcome
from autograder.core.paths import lessons, solutions
from autograder.judging.answer_key import AnswerKey
from autograder.judging.verdicts import is_right
from autograder.lesson.notebooks import CHECK_SUFFIX, solution_notebook
from autograder.lesson.release import AUTHORS_ONLY, release
from autograder.runner.client import Runner
from autograder.runner.job import CodeCell
from autograder.submission import grade
from autograder.submission.reading import Submission, read


def test_what_is_released_is_what_the_source_makes(lesson):
    changed = release(lesson.source.folder, lessons(), check=True).changed
    assert changed == (), f"run `autograder release`: {', '.join(changed)} differ"


def test_nothing_in_the_released_folder_was_left_by_a_run(lesson):
    folder = lessons() / lesson.name
    for path in folder.glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert cell.get("outputs", []) == [] and cell.get("execution_count") is None
    assert not list(folder.glob("*.part"))


def test_what_stays_with_the_author_is_not_in_the_released_folder(lesson):
    folder = lessons() / lesson.name
    parts = {part for path in folder.rglob("*") for part in path.relative_to(folder).parts}
    assert not parts & set(AUTHORS_ONLY)


# Trainings of a minute and more, and what is put in their place where they need not be waited for.
SHORTENED = {"11_lstm": ("text_batches(learn, 64, 64), 3", "text_batches(learn, 64, 64)[:20], 1")}


@pytest.mark.heavy_for("08_convolution", "09_cnn", "10_rnn", "11_lstm")
def test_the_solved_lesson_runs_from_top_to_bottom_and_every_check_passes(lesson, solved_run):
    """In a real kernel, in a copy of the released folder, with demos and figures; the longest training is cut short."""
    all_checks_passed(solved_run(lesson.name, shortened=SHORTENED.get(lesson.name)))


@pytest.mark.heavy
def test_it_does_so_with_its_longest_training_too(lesson, solved_run):
    if lesson.name not in SHORTENED:
        pytest.skip("nothing of this lesson is cut short")
    all_checks_passed(solved_run(lesson.name))


def all_checks_passed(run):
    for cell in run.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").endswith(CHECK_SUFFIX) and cell.cell_type == "code":
            shown = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
            assert "data-verdict='PASSED'" in shown, cell.source


# --- what a judge works out can't be handed to it -----------------------------------------------------------------


def test_what_the_judge_makes_of_a_right_result_is_itself_no_right_result(lesson):
    """Whoever tampers with the process of their code may well guess a word that the judge comes to."""
    for exercise in lesson.exercises.values():
        cases = [case for case in exercise.cases if hasattr(case.compare, "meaning")]
        for name, came in run_cases(cases, exercise.name, lesson.reference).items():
            (case,) = (case for case in cases if case.name == name)
            answer = AnswerKey(exercise.points, {name: came.value})
            assert is_right(exercise, case, came, answer), (exercise.name, name)
            guesses = (case.meaning(came.value), None, "", True, {}, [], wire.Opaque("function"))
            for guess in guesses:
                right = is_right(exercise, case, Outcome(outcome.RETURNED, wire.plain(guess)), answer)
                assert not right, (exercise.name, name, guess)


# --- it is the learner's own cell that is graded ------------------------------------------------------------------


def uses(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def fallen_with(broken: str, lesson) -> set[str]:
    """The exercises that can't be right when this one is wrong: those that use it, directly or through others."""
    source = {cell.exercise: cell.source for cell in lesson.source.cells if cell.exercise}
    asks = {name: {p for c in exercise.cases for p in c.parameters} for name, exercise in lesson.exercises.items()}
    fallen = {broken}
    while more := {n for n in source if n not in fallen and (uses(source[n]) | asks[n]) & fallen}:
        fallen |= more
    return fallen


@pytest.fixture(scope="module")
def runner():
    with Runner(("numpy",)) as made:
        yield made


def apart(lesson) -> list[dict[str, set[str]]]:
    """All exercises in few groups, each with those that fall with it; within a group nothing falls with two."""
    groups: list[dict[str, set[str]]] = []
    for name in lesson.exercises:
        fallen = fallen_with(name, lesson)
        group = next((g for g in groups if not any(fallen & other for other in g.values())), None)
        if group is None:
            groups.append({name: fallen})
        else:
            group[name] = fallen
    return groups


@pytest.mark.heavy_for("07_pytorch", "08_convolution", "09_cnn", "10_rnn", "11_lstm")
def test_each_broken_cell_costs_its_own_points_and_no_others(lesson, runner):
    marks = grade.marking(lesson.source.folder, held_out=True)
    cells = [c for c in lesson.source.cells if c.kind == "code" and "demo" not in c.tags]
    for broken in apart(lesson):
        wrong = {
            name: f"def {name}(*arguments):\n    return 'broken'"
            if callable(lesson.reference[name])
            else f"{name} = 'broken'"
            for name in broken
        }
        code = tuple(CodeCell(c.exercise, wrong.get(c.exercise, c.source)) for c in cells)
        graded = grade.grade(Submission(Path("x.ipynb"), lesson.name, code, {}), marks, runner)
        lost = {result.name for result in graded.results if result.verdict != "PASSED"}
        assert set(broken) <= lost <= set.union(*broken.values())
        for result in graded.results:
            if result.name in broken:
                assert result.points == 0
            elif result.name not in lost:
                assert result.points == result.max_points


def test_the_untouched_notebook_scores_nothing_and_the_solved_one_everything(lesson, runner):
    marks = grade.marking(lesson.source.folder, held_out=True)
    untouched = read(next((lessons() / lesson.name).glob("*.ipynb")), solutions())
    graded = grade.grade(untouched, marks, runner)
    assert graded.score == 0
    assert {result.verdict for result in graded.results} == {"NOT_ATTEMPTED"}
    cells = [c for c in lesson.source.cells if c.kind == "code" and "demo" not in c.tags]
    everything = tuple(CodeCell(c.exercise, c.source) for c in cells)
    solved = grade.grade(Submission(Path("x.ipynb"), lesson.name, everything, {}), marks, runner)
    assert (solved.score, solved.notes) == (solved.max_score, ())


def test_the_library_of_a_lesson_holds_only_what_earlier_ones_exported(lesson):
    text = (lessons() / lesson.name / "nn.py").read_text(encoding="utf-8")
    own = {cell.exercise for cell in lesson.source.cells if cell.exercise}
    defined = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert not defined & own
    nbformat.validate(solution_notebook(lesson))
