"""The command `autograder`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import click
from traitlets import TraitError

from autograder.authoring.exercise import AuthoringError
from autograder.core.paths import UserError, course_root, find_lesson, lesson_names, lessons, solutions, suggest
from autograder.core.text import clean

if TYPE_CHECKING:
    from autograder.runner.client import Runner
    from autograder.submission.grade import Graded

NO_SANDBOX = (
    "There is no sandbox on this machine, so the notebook's code runs with your own rights: `autograder doctor` says "
    "what is missing. Say --sandbox none if that is what you want."
)
GRADED_STATUS, UNUSABLE, INFRASTRUCTURE, INTERRUPTED = 0, 2, 3, 130


class _Group(click.Group):
    """Turns what a user can put right into one sentence and exit status 2."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (UserError, AuthoringError) as error:
            click.echo(clean(str(error)), err=True)
            context.exit(UNUSABLE)
        except TraitError as error:
            click.echo(clean(f"A setting in nbgrader_config.py can't be used: {error}"), err=True)
            context.exit(UNUSABLE)
        except ModuleNotFoundError as error:
            click.echo(f"The package {error.name!r} is missing: run python3 start.py, which installs it.", err=True)
            context.exit(INFRASTRUCTURE)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build, prove, check and grade the lessons of Ground Up."""
    # jsonschema's check of addresses, which notebooks don't need: importing nbformat would take twice as long.
    cast("dict[str, ModuleType | None]", sys.modules).setdefault("rfc3987_syntax", None)


@main.command()
@click.argument("names", metavar="[LESSON]...", nargs=-1)
@click.option("--check", "only_check", is_flag=True, help="Only say whether lessons/ agrees with solutions/.")
@click.option("--gradebook/--no-gradebook", default=True, help="Also tell nbgrader's gradebook (default).")
def release(names: tuple[str, ...], only_check: bool, gradebook: bool) -> None:
    """Build lessons/ from solutions/ and make the lessons known to nbgrader."""
    from autograder.lesson.release import release as build
    from autograder.nbgrader_plugin.assignments import require_lesson

    differing = 0
    for folder in [require_lesson(solutions() / Path(name).name) for name in names or lesson_names(solutions())]:
        if gradebook and not only_check:
            from autograder.nbgrader_plugin.gradebook import release_and_register

            released = release_and_register(folder, lessons())
        else:
            released = build(folder, lessons(), check=only_check)
        differing += bool(released.changed)
        state = f"{'differs in' if only_check else 'wrote'} {', '.join(released.changed)}"
        click.echo(f"{released.lesson}: {state if released.changed else 'up to date'}")
    if only_check and differing:
        click.echo("Run `autograder release` to bring lessons/ in line with solutions/.", err=True)
        sys.exit(1)


@main.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
def students(path: Path) -> None:
    """Take a list of students (CSV, as spreadsheets save it) into the gradebook."""
    from autograder.nbgrader_plugin.students import take_in

    imported = take_in(path, course_root())
    count = len(imported.students)
    named = ", ".join(imported.students[:5]) + (" …" if count > 5 else "")
    click.echo(clean(f"{count} student{'s are' if count != 1 else ' is'} in the gradebook: {named}"))
    if imported.left_out:
        click.echo(f"Columns that the gradebook doesn't have were left out: {clean(', '.join(imported.left_out))}")


@main.command()
@click.argument("lesson")
@click.option("--figure", is_flag=True, help="With a moving figure too.")
def new(lesson: str, figure: bool) -> None:
    """Begin a lesson: make solutions/LESSON, the smallest lesson that can be proven."""
    from autograder.lesson.new import new_lesson

    for path in new_lesson(lesson, solutions(), figure):
        click.echo(os.path.relpath(path))
    click.echo(f"\nNext: autograder prove {lesson}, and docs/authoring.md for what to change in which file.")


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("names", metavar="[LESSON]...", nargs=-1)
def handout(folder: Path, names: tuple[str, ...]) -> None:
    """Make a copy of the course for students in DIR, without solutions: all lessons, or those named."""
    from autograder.lesson.handout import hand_out

    handed_out = hand_out(course_root(), folder, names)
    click.echo(f"{folder}: {', '.join(handed_out)}. Students start it with python3 start.py.")


@main.command()
@click.argument("names", metavar="[LESSON]...", nargs=-1)
def readme(names: tuple[str, ...]) -> None:
    """Bring README.md's table of lessons and docs/proof.md's kill table (all lessons or those named) up to date."""
    from autograder.proof.prove import prove_lesson
    from autograder.proof.readme import with_lessons, with_proofs

    paths = course_root() / "README.md", course_root() / "docs" / "proof.md"
    for path in paths:
        if not path.is_file():
            raise UserError(f"There is no {path} whose table could be written.")
    proofs = [prove_lesson(find_lesson(name, solutions())) for name in names or lesson_names(solutions())]
    before = [path.read_text(encoding="utf-8") for path in paths]
    after = with_lessons(before[0], solutions()), with_proofs(before[1], solutions(), proofs)
    for path, old, new in zip(paths, before, after, strict=True):
        path.write_text(new, encoding="utf-8")
        click.echo(f"{path}: {'up to date' if new == old else 'written'}")
    sys.exit(0 if all(proof.holds for proof in proofs) else 1)


@main.command()
@click.argument("names", metavar="[LESSON [EXERCISE]...]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the kill table as JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print one row per lesson, as in docs/proof.md.")
@click.option("--again", is_flag=True, help="Prove also what was proven before and hasn't changed.")
def prove(names: tuple[str, ...], as_json: bool, as_markdown: bool, again: bool) -> None:
    """Prove that a lesson's checks tell right from wrong; exit status 1 when they don't."""
    from autograder.proof.kept import fingerprint
    from autograder.proof.prove import prove_lesson
    from autograder.proof.table import markdown, print_table

    wanted = _lessons_and_exercises(names) if names else {name: [] for name in lesson_names(solutions())}
    proofs = [prove_lesson(solutions() / lesson, exercises, again) for lesson, exercises in wanted.items()]
    if as_json:
        click.echo(json.dumps({"lessons": [proof.to_json() for proof in proofs]}, indent=1, ensure_ascii=False))
    elif as_markdown:
        click.echo(markdown(proofs, {name: fingerprint(solutions() / name) for name in wanted}))
    else:
        print_table(proofs)
    sys.exit(0 if all(proof.holds for proof in proofs) else 1)


def _lessons_and_exercises(names: tuple[str, ...]) -> dict[str, list[str]]:
    """Lessons, each with the exercises named after it (none: all of them). Raises UserError."""
    from autograder.lesson import source

    wanted: dict[str, list[str]] = {}
    folder = find_lesson(names[0], solutions())
    for name in names:
        if name.strip("/") in lesson_names(solutions()):
            folder = find_lesson(name, solutions())
            wanted.setdefault(folder.name, [])
            continue
        known = [cell.exercise for cell in source.read(folder).cells if cell.exercise]
        if name not in known:
            near = suggest(name, [*known, *lesson_names(solutions())])
            raise UserError(f"{name!r} is neither a lesson nor an exercise of {folder.name}.{near}")
        wanted[folder.name].append(name)
    return wanted


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--lesson", help="Which lesson it is, if the notebook doesn't say.")
@click.option("--held-out", is_flag=True, help="Run the held-out cases too, as grading does.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--sandbox", type=click.Choice(["auto", "bubblewrap", "none"]), default="auto", show_default=True)
def check(notebook: Path, lesson: str | None, held_out: bool, as_json: bool, sandbox: str) -> None:
    """Run one notebook apart from everything else and print verdict, points and message per exercise."""
    from autograder.runner.client import Runner

    with Runner(None, sandbox, one=True) as runner:  # it starts while we import and read
        from autograder.submission import grade as grading

        graded = _checked(notebook, lesson, held_out, sandbox, runner)
    if as_json:
        click.echo(json.dumps(graded.to_json(), indent=1))
    else:
        from autograder.submission.terminal import print_grade

        print_grade(graded)
    sys.exit({grading.GRADED: GRADED_STATUS, grading.INFRA: INFRASTRUCTURE}.get(graded.verdict, UNUSABLE))


def _checked(notebook: Path, lesson: str | None, held_out: bool, sandbox: str, runner: Runner) -> Graded:
    from autograder.runner.client import RunnerFailed
    from autograder.submission import grade as grading
    from autograder.submission import reading

    try:
        submission = reading.read(notebook, solutions(), lesson)
    except reading.Ungradable as error:
        return grading.ungradable(lesson or "", error)
    marks = grading.marking(find_lesson(submission.lesson, solutions()), held_out)
    runner.imports(grading.modules(marks, [submission]))
    if runner.level == "none" != sandbox:
        click.echo(NO_SANDBOX, err=True)
    try:
        return grading.grade(submission, marks, runner)
    except RunnerFailed as error:
        return grading.Graded(submission.lesson, grading.INFRA, "none", notes=(str(error),))


@main.command("grade")
@click.argument("lesson")
@click.option("--jobs", type=click.IntRange(min=1), help="How many submissions at a time (default: one per core).")
@click.option("--scheduler", metavar="URL", help="Run on a Dask cluster, by its scheduler's address (tcp://HOST:8786).")
@click.option("--force", is_flag=True, help="Grade also what didn't change since it was last graded.")
@click.option(
    "--count",
    type=click.Choice(["latest", "best"]),
    help="Which attempt counts of a student who handed in more than once, from now on (at first: the latest).",
)
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "bubblewrap", "none"]),
    default="auto",
    show_default=True,
    help="auto: the strongest there is, and without one nothing runs. none: only where you trust every submission.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def grade_command(
    lesson: str,
    jobs: int | None,
    scheduler: str | None,
    force: bool,
    count: str | None,
    sandbox: str,
    as_json: bool,
) -> None:
    """Grade a whole class into the gradebook, several submissions at a time; what didn't change is skipped."""
    if jobs and scheduler:
        raise UserError("--jobs is for this machine; on a cluster `dask worker --nthreads` says how many run at once.")
    try:
        from autograder.batch.class_report import print_report
        from autograder.batch.errors import GradebookBusy, PoolFailed, Unwritable
        from autograder.batch.grade_class import grade_class
        from autograder.nbgrader_plugin.assignments import require_lesson
        from autograder.submission import grade as grading

        folder = require_lesson(solutions() / Path(lesson).name)
        report = grade_class(folder, sandbox, jobs or 0, force, not as_json, scheduler or "", count)
    except KeyboardInterrupt:
        click.echo("Interrupted: what was finished is kept, and the same command goes on from there.", err=True)
        sys.exit(INTERRUPTED)
    except (GradebookBusy, PoolFailed, Unwritable) as error:
        click.echo(str(error), err=True)
        sys.exit(INFRASTRUCTURE)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1))
    else:
        print_report(report)
    sys.exit(INFRASTRUCTURE if report.of(grading.INFRA) else GRADED_STATUS)


@main.group(invoke_without_command=True)
@click.pass_context
def progress(context: click.Context) -> None:
    """Say how far you are as a learner; see --help for taking your progress elsewhere."""
    if context.invoked_subcommand is None:
        from autograder.learner import places, standing

        click.echo(standing.report(places.workspace(), Path.cwd()))


@progress.command("export")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def export_progress(file: Path | None) -> None:
    """Write your progress into FILE (if left out, one in your work folder); an existing one is never overwritten."""
    from autograder.learner import carry, places

    click.echo(carry.export(places.workspace(), file))


@progress.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_progress(file: Path) -> None:
    """Take in what another work folder knows: an exported FILE, a progress.json or that folder. Nothing gets lost."""
    from autograder.learner import carry, places

    click.echo(clean(str(carry.take_in_file(places.workspace(), file))))


@progress.command("page")
@click.option("--name", default="", help="Yours, for the heading.")
@click.option("--code", "code_too", is_flag=True, help="With your code.")
def what_i_built(name: str, code_too: bool) -> None:
    """Make a page to show others: what you built, with the pictures of your notebooks."""
    from autograder.learner import built, places

    click.echo(built.write(places.workspace(), name, code_too))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Say what works on this machine: sandbox, browser, data, versions."""
    from autograder.doctor import examine, print_findings

    findings = examine()
    if as_json:
        click.echo(json.dumps(findings, indent=1))
    else:
        print_findings(findings)


if __name__ == "__main__":
    main()
