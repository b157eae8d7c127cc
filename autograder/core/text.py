"""Text that comes from a learner's code, made harmless wherever it is read."""

from __future__ import annotations

import re


def clean(text: str) -> str:
    """The text without what a terminal would obey, and with what UTF-8 can't hold replaced."""
    text = _COLOURS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))


_COLOURS = re.compile("\x1b\\[[0-9;]*m")
# Control characters but line feed and tab, and those that turn the direction of writing.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
