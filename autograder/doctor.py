"""`autograder doctor`: what works on this machine, each line found out by trying, and what to do where it doesn't."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from typing import Any

import click

from autograder.core.paths import UserError, course_root, lesson_names, lessons, solutions
from autograder.runner import sandbox

PACKAGES = ("jupyterlab", "nbgrader", "numpy", "torch", "matplotlib", "ipywidgets", "anywidget", "ipykernel")
CONTAINER = "In a container or on a hardened system user namespaces must be allowed: see docs/grading.md."
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Finding:
    """One line of the report. advice: what to do when it isn't well."""

    subject: str
    well: bool
    text: str
    advice: str = ""


def examine() -> dict[str, Any]:
    """Everything that can be said of this machine, as plain data."""
    found = [_python(), *_packages(), _sandbox(), _browser(), _data(), _lessons()]
    return {"sandbox": _level(), "findings": [asdict(finding) for finding in found]}


def print_findings(report: dict[str, Any]) -> None:
    """The report in the terminal."""
    for finding in report["findings"]:
        mark = click.style("✓", fg="green") if finding["well"] else click.style("!", fg="yellow")
        click.echo(f"{mark} {finding['subject']:<12} {finding['text']}")
        if not finding["well"]:
            click.echo(f"  {'':<12} {finding['advice']}")


def _python() -> Finding:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return Finding("Python", sys.version_info >= (3, 11), text, "Ground Up needs Python 3.11 or newer.")


def _packages() -> list[Finding]:
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES if name not in missing]
    text = ", ".join(versions) + (f"; missing: {', '.join(missing)}" if missing else "")
    return [Finding("packages", not missing, text, "Run python3 start.py: it installs what is missing.")]


def _level() -> str:
    try:
        return sandbox.choose()
    except UserError:  # it couldn't be found out, which is one of the findings
        return sandbox.NONE


def _sandbox() -> Finding:
    try:
        held = sandbox.protections()
    except UserError as error:
        return Finding("sandbox", False, "not found out", str(error))
    missing = [name for name in (*sandbox.REQUIRED, *sandbox.WELCOME) if not held.get(name)]
    if sandbox.bubblewrap_works():
        text = f"bubblewrap; tried from inside and held: {', '.join(name for name in held if held[name])}"
        if not missing:
            return Finding("sandbox", True, text)
        advice = f"Good enough for grading. Not limited here: {', '.join(missing)} (needs libseccomp, Linux 5.14)."
        return Finding("sandbox", False, text, advice)
    text = "none: submissions run in a process of their own with limits, but with your rights"
    advice = "Before grading other people's code install bubblewrap (Linux); elsewhere grade in a Linux container."
    if held:
        advice = f"bubblewrap is there, but this did not hold: {', '.join(missing)}. {CONTAINER}"
    return Finding("sandbox", False, text, advice)


def _browser() -> Finding:
    path = os.environ.get("GROUNDUP_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    advice = "Only the browser tests need it: install Chromium, or set GROUNDUP_CHROMIUM to its path."
    return Finding("browser", path is not None, path or "no Chromium found", advice)


def _data() -> Finding:
    folder = os.environ.get("GROUNDUP_DATA")
    if folder is not None and not os.path.isdir(folder):
        return Finding("data", False, f"GROUNDUP_DATA = {folder}", "That folder doesn't exist: correct or unset it.")
    from course.datasets.catalogue import at_hand

    here = at_hand()
    held, absent = ([name for name in here if here[name] is there] for there in (True, False))
    said = [f"GROUNDUP_DATA {'is not set' if folder is None else f'= {folder}'}"]
    said += [f"here: {', '.join(held)}"] if held else []
    said += [f"downloaded when first used, or a stand-in offline: {', '.join(absent)}"] if absent else []
    return Finding("data", True, "; ".join(said))


def _lessons() -> Finding:
    built, written = lesson_names(lessons()), lesson_names(solutions())
    text = f"{len(built)} in {lessons()}; course in {course_root()}"
    missing = sorted(set(written) - set(built))
    return Finding("lessons", not missing, text, f"Not built yet: {', '.join(missing)}. Run autograder release.")
