"""An author's slip in code that a lesson runs, as one sentence with its line."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.authoring.exercise import AuthoringError
from autograder.core.paths import UserError


@contextmanager
def told(lesson: str, place: str, filename: str) -> Iterator[None]:
    """What an author's code raises becomes an AuthoringError that says where.

    place: what it is called in messages; filename: the name that it was compiled with.
    """
    try:
        yield
    except (AuthoringError, UserError, ModuleNotFoundError):
        raise
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else 0
        said = f"{type(error).__name__}: {error}"
        raise AuthoringError(f"{lesson}: line {line} of {place} stops with {said}") from error
