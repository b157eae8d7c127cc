"""The line of links at the top and bottom of a lesson: the lesson before, home, the lesson after.

Plain relative links, so that they lead on in JupyterLab, Notebook 7 and other editors. `home.md` lies in a learner's
workspace; a lesson that wasn't handed out is a link that leads nowhere, which an editor says.
"""

from __future__ import annotations

from pathlib import Path

from autograder.authoring.exercise import AuthoringError
from autograder.core.paths import lesson_names, numbered
from autograder.lesson import source


def links(folder: Path) -> str:
    """The line for the lesson in `folder`, in Markdown; empty where it is the only one of its course."""
    names = lesson_names(folder.parent)
    at = names.index(folder.name) if folder.name in names else 0
    before = [f"← {link}" for name in names[max(at - 1, 0) : at] if (link := _link(folder.parent / name))]
    after = [f"{link} →" for name in names[at + 1 : at + 2] if (link := _link(folder.parent / name))]
    return " · ".join([*before, "[Home](../home.md)", *after]) if before or after else ""


def _link(folder: Path) -> str:
    """A link to a lesson; empty while it can't be read, which its own release says."""
    try:
        lesson = source.read(folder)
    except AuthoringError:
        return ""
    text = numbered(folder.name, str(lesson.about["title"])).replace("[", "\\[").replace("]", "\\]")
    return f"[{text}](../{folder.name}/{lesson.notebook}.ipynb)"
