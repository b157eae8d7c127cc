"""What the learner's function prints goes into the figure's strip, not into the notebook's log.

Widget callbacks may run on another thread while a cell runs, so only this thread's output is taken:
the stand-in for `sys.stdout` passes everyone else's on.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO


class Printed:
    """The first few hundred characters of what was printed."""

    limit = 500

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        if len(self.text) < self.limit:
            self.text += text[: self.limit]


class _ThisThread:
    """A stream that keeps what this thread writes while `open` and passes all else on."""

    def __init__(self, stream: TextIO, printed: Printed) -> None:
        self._stream, self._printed = stream, printed
        self._thread, self.open = threading.get_ident(), True

    def write(self, text: str) -> int:
        if self.open and threading.get_ident() == self._thread:
            self._printed.write(text)
            return len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def captured_output() -> Iterator[Printed]:
    """Take what this thread writes to stdout and stderr."""
    printed = Printed()
    streams = {name: _ThisThread(getattr(sys, name), printed) for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        setattr(sys, name, stream)
    try:
        yield printed
    finally:
        for name, stream in streams.items():
            stream.open = False
            if getattr(sys, name) is stream:
                setattr(sys, name, stream._stream)
