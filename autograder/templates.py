"""How our pages are made from Jinja templates: escaped, and a name that isn't there is an error."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.core.text import clean


def environment(folder: Path) -> Environment:
    """For the templates in a folder. The filter `clean` takes out of a text what a terminal would obey."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["clean"] = lambda text: clean(str(text))
    return made
