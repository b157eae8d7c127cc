"""Each lesson's cases tell right from wrong, and the README says how well."""

from functools import cache

from autograder.core.paths import course_root, lesson_names, solutions
from autograder.proof.prove import LessonProof, prove_lesson
from autograder.proof.table import markdown


@cache
def proof(name: str) -> LessonProof:
    return prove_lesson(solutions() / name)


def test_the_proof_holds(lesson):
    assert proof(lesson.name).problems == []


def test_the_kill_table_is_the_one_that_prove_prints():
    page = (course_root() / "docs" / "proof.md").read_text(encoding="utf-8")
    assert markdown([proof(name) for name in lesson_names(solutions())]) in page, "run `autograder readme`"
