"""A student's id, from the name that a learning-management system has."""

from __future__ import annotations

import unicodedata

_LONGEST = 40


def student_id(name: str, number: str | None) -> str:
    """A name that is safe in paths, pages and addresses, and another one for everybody with another number.

    number: none for Moodle's groups, whose names tell them apart.

    Accents go, what is no letter or digit becomes a hyphen; letters of any script stay.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain).casefold()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    short = "-".join(words)[:_LONGEST].strip("-") or "student"
    return f"{short}_{number}" if number else short
