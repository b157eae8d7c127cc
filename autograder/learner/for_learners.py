"""What a learner calls as `course.progress()` and its kin, in any notebook, whatever lesson it is or isn't."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import ParamSpec
from urllib.parse import quote

from autograder.core.paths import UserError
from autograder.judging.report import code, paragraph
from autograder.learner import built, carry, frontend, places, standing
from autograder.learner import progress as recording
from autograder.learner.boxes import Box

P = ParamSpec("P")


def _explained(function: Callable[P, Box]) -> Callable[P, Box | None]:
    """What the learner can put right is one sentence, not a traceback of ours."""

    @functools.wraps(function)
    def called(*arguments: P.args, **options: P.kwargs) -> Box | None:
        try:
            with recording.told():
                return function(*arguments, **options)
        except UserError as error:
            print(error)
        except OSError as error:
            print(f"{error.filename or 'A file'} can't be used: {error.strerror or error}.")
        return None

    return called


@_explained
def progress() -> Box:
    """Show how far you are: lessons, passed exercises, what is next."""
    return standing.report(places.workspace(), Path.cwd())


@_explained
def export_progress(file: str | os.PathLike[str] = "") -> Box:
    """Write your progress into a file, to keep it or to take it to another computer.

    file: if empty, one in your work folder that is named after today. A file that exists is never overwritten.
    """
    path = carry.export(places.workspace(), Path(file).expanduser() if file else None)
    return Box(
        "EXPORTED", "", f'Your progress is in `{path}`. `course.import_progress("{path.name}")` takes it in elsewhere.'
    )


@_explained
def import_progress(file: str | os.PathLike[str]) -> Box:
    """Take in the progress that a file holds; nothing that is here is lost.

    file: what `export_progress` wrote, the `progress.json` of another work folder, or that folder. It is looked
    for beside the notebook, then in your work folder.
    """
    work, path = places.workspace(), Path(file).expanduser()
    taken = carry.take_in_file(work, path if path.exists() else work / path)
    frontend.tell({"progress": True})
    return Box("IMPORTED", "", str(taken))


@_explained
def show_what_i_built(name: str = "", code_too: bool = False) -> Box:
    """Make a page to show others: what you built, lesson by lesson, with the pictures of your notebooks.

    One file, what-i-built.html in your work folder, that needs no network and can be printed. Save your notebooks
    first: pictures are taken from the saved ones. name: yours, for the heading. code_too: with your code; left out
    otherwise, so that the page spoils nothing for those who take the course after you.
    """
    work = places.workspace()
    path = built.write(work, name, code_too)
    address = quote(Path(os.path.relpath(path.resolve(), Path.cwd())).as_posix())
    link = f"<a href='{escape(address)}' target='_blank'>{escape(path.name)}</a>"
    more = "It is one file: send it, print it or put it on the web as it is."
    return Box(
        "BUILT",
        "",
        f"What you built is in {path}. {more}",
        paragraph(f"What you built is in {link}. {more}") + paragraph(code(f"It lies in `{path.parent}`."), small=True),
    )
