"""A gradebook that is locked, damaged or of another version, as one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import DBAPIError

from autograder.core.paths import UserError

_BUSY_SQLITE = (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED
_BUSY_SQLSTATES = ("40001", "40P01", "55P03")  # serialisation failure, deadlock, lock not available
_DAMAGED_SQLITE = (11, 26)  # SQLITE_CORRUPT, SQLITE_NOTADB


def is_busy(error: DBAPIError) -> bool:
    """Whether another program has the gradebook, so that the same may work later."""
    return _code(error) in _BUSY_SQLITE or getattr(error.orig, "sqlstate", None) in _BUSY_SQLSTATES


def sentence(error: DBAPIError) -> str:
    """What is wrong with the gradebook, and what to do."""
    said = " ".join(str(error.orig).split())
    if is_busy(error):
        return (
            "The gradebook is being used by another program, which doesn't let go of it: wait until that has ended, "
            "then do this again."
        )
    if _code(error) in _DAMAGED_SQLITE:
        return f"The gradebook is damaged ({said}): put a copy from before in its place, then do this again."
    return (
        f"The gradebook can't be used ({said}): put that right, then do this again. (After an update of nbgrader make "
        "a copy of the gradebook and run `nbgrader db upgrade`.)"
    )


@contextmanager
def told() -> Iterator[None]:
    """What the database raises becomes a UserError."""
    try:
        yield
    except DBAPIError as error:
        raise UserError(sentence(error)) from error


@contextmanager
def gradebook(coursedir: CourseDirectory) -> Iterator[Gradebook]:
    """A course's gradebook, for one transaction: what wasn't committed is taken back. Raises UserError."""
    with told(), Gradebook(coursedir.db_url, coursedir.course_id) as opened:
        yield opened


def require_writable(opened: Gradebook) -> None:
    """Find out, without a change, whether the gradebook could be written now. To be called within `told`."""
    connection = opened.db.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    opened.db.rollback()


def _code(error: DBAPIError) -> int:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
