"""What `autograder prove` costs beside what it cost before, and whether it still finds the same.

python -m tests.benchmarks.proof [LESSON…]     processor seconds of both, children included; the kill tables compared

The commit compared with is checked out beside by `git worktree` into a temporary folder and run by this interpreter.
Then everything is proven once more with nothing changed, and with the lesson that costs most to be proven anew.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.core.paths import PACKAGE_ROOT, STATE, lesson_names

BASELINE = "229a52f"  # mistakes ran twice, every mutant in a process of its own, nothing was kept


@dataclass(frozen=True)
class Run:
    """One run of the command: what it says of each lesson, and the processor seconds that it took."""

    lessons: dict[str, dict[str, Any]]
    seconds: float


def main(*names: str) -> int:
    """Print the comparison; 1 when the kill tables differ."""
    names = names or tuple(lesson_names(PACKAGE_ROOT / "solutions"))
    with checked_out(BASELINE) as before:
        old = {name: proven(before, name) for name in names}
    new = {name: proven(PACKAGE_ROOT, name, "--again") for name in names}
    print(f"{'lesson':<16}{BASELINE:>9}{'now':>9}{'ratio':>8}  processor seconds, each lesson by itself")
    for name in names:
        print(row(name, old[name].seconds, new[name].seconds))
    earlier, now = (sum(run.seconds for run in runs.values()) for runs in (old, new))
    print(row("all", earlier, now))
    together = proven(PACKAGE_ROOT, *names)
    print(row("nothing changed", earlier, together.seconds))
    costliest = max(names, key=lambda name: new[name].seconds)
    shutil.rmtree(PACKAGE_ROOT / STATE / "proofs" / costliest)
    print(row(f"{costliest} anew", earlier, proven(PACKAGE_ROOT, *names).seconds))
    differing = [line for name in names for line in differences(old[name].lessons[name], new[name].lessons[name])]
    print("\n".join(differing) or "The kill tables are the same.")
    return bool(differing)


def row(name: str, before: float, now: float) -> str:
    return f"{name:<16}{before:>9.1f}{now:>9.1f}{now / before:>8.2f}"


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A commit of this repository in a temporary folder."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch, "before")
        git = ["git", "-C", str(PACKAGE_ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", str(place), commit], check=True, capture_output=True)
        try:
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True, capture_output=True)


def proven(root: Path, *arguments: str) -> Run:
    """Run the command in a course and with its own engine."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "autograder.cli", "prove", *arguments, "--json"]
    ran = subprocess.run(
        command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode not in (0, 1):
        raise RuntimeError(ran.stderr)
    lessons = {lesson["lesson"]: lesson for lesson in json.loads(ran.stdout)["lessons"]}
    return Run(lessons, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What two proofs of a lesson say differently. Not which case killed a mutant: that depends on the order."""
    old, new = (table(lesson) for lesson in (before, now))
    return [
        f"{now['lesson']}: {place}: {old.get(place, 'absent')} → {new.get(place, 'absent')}"
        for place in dict.fromkeys([*old, *new])
        if old.get(place) != new.get(place)
    ]


def table(lesson: dict[str, Any]) -> dict[str, Any]:
    """All that a proof says, by where it says it."""
    rows: dict[str, Any] = {"problems": lesson["problems"]}
    for exercise in lesson["exercises"]:
        name = exercise["name"]
        for count in ("cases", "held_out", "mistakes", "named_on_visible_cases", "variants", "problems"):
            rows[f"{name}, {count}"] = exercise[count]
        rows[f"{name}, order of mutants"] = [mutant["id"] for mutant in exercise["mutants"]]
        for mutant in exercise["mutants"]:
            rows[f"{name}, {mutant['id']}"] = (mutant["operator"], mutant["fate"])
    return rows


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
