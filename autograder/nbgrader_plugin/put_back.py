"""What was there comes back where nbgrader fails to make it anew.

nbgrader removes a student's feedback (or a lesson's solution) before it makes another one, and removes what it has made
so far when that fails.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from nbgrader.converters import BaseConverter


def before(init_destination: Callable[..., bool], converter: BaseConverter, assignment: str, student: str) -> bool:
    """In the place of a converter's `init_destination`: a copy is laid aside first."""
    place = Path(os.path.normpath(converter._format_dest(assignment, student)))
    aside = _aside(place)
    if aside.exists() and not place.exists():  # of a command that was killed
        aside.rename(place)
    if place.is_dir():
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(place, aside, symlinks=True)
        converter.ground_up_places = [*getattr(converter, "ground_up_places", ()), place]
    return init_destination(converter, assignment, student)


def after(convert_notebooks: Callable[[BaseConverter], None], converter: BaseConverter) -> None:
    """In the place of a converter's `convert_notebooks`: where nothing new was made, the copy takes its place."""
    converter.ground_up_places = []
    try:
        convert_notebooks(converter)
    finally:
        for place in converter.ground_up_places:
            aside = _aside(place)
            if not place.exists():
                aside.rename(place)
                continue
            if converter.coursedir.notebook_id != "*":  # a single notebook's page was removed
                for path in aside.iterdir():
                    if not (place / path.name).exists():
                        path.rename(place / path.name)
            shutil.rmtree(aside)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.before")
