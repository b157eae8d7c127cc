"""The kill table in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from autograder.proof.results import LessonProof


def print_table(proofs: list[LessonProof]) -> None:
    """Print one table per lesson, then what survived and what doesn't hold."""
    console = Console()
    for proof in proofs:
        table = Table(
            "exercise", "cases", "held out", "mistakes named", "variants", "mutants killed", title=proof.lesson
        )
        for e in proof.exercises:
            equivalent = len(e.mutants) - e.mortal
            killed = f"{e.killed} of {e.mortal}" + (f" (+{equivalent} equivalent)" if equivalent else "")
            named = f"{e.named_on_visible_cases} of {len(e.mistakes)}"
            table.add_row(e.name, str(e.cases), str(e.held_out), named, str(e.variants), killed)
        console.print(table)
        for e in proof.exercises:
            for mutant in e.mutants:
                if mutant.fate == "survived":
                    console.print(f"  survived  {e.name}: {mutant.id}", markup=False, highlight=False)
        for problem in proof.problems:
            console.print(f"  problem   {problem}", markup=False, highlight=False)
        console.print(f"  {proof.killed:.1%} of the mutants died. {'The proof holds.' if proof.holds else ''}\n")


def markdown(proofs: Sequence[LessonProof], fingerprints: Mapping[str, str]) -> str:
    """One row per lesson, for docs/proof.md; a lesson whose proof doesn't hold says so instead.

    fingerprints: by lesson, `kept.fingerprint` of what was proven.
    """
    rows = [
        "| Lesson | Exercises | Cases (held out) | Mistakes named | Other right answers | Mutants killed | Of |",
        "|---|---|---|---|---|---|---|",
    ]
    for proof in proofs:
        if not proof.holds:
            rows.append(f"| `{proof.lesson}` | the proof doesn't hold | | | | | |")
            continue
        each = proof.exercises
        named, mistakes = sum(e.named_on_visible_cases for e in each), sum(len(e.mistakes) for e in each)
        killed, mortal = sum(e.killed for e in each), sum(e.mortal for e in each)
        equivalent = sum(len(e.mutants) for e in each) - mortal
        cases, held_out = sum(e.cases for e in each), sum(e.held_out for e in each)
        variants = sum(e.variants for e in each)
        rows.append(
            f"| `{proof.lesson}` | {len(each)} | {cases} ({held_out}) | {named} of {mistakes} | all {variants} pass "
            f"| {killed} of {mortal} ({equivalent} more do the same as the reference) "
            f"| {fingerprints[proof.lesson]} |"
        )
    return "\n".join(rows)
