"""What a copy that examines exercises has to say, in memory that it shares with the process above it.

How far it has come can be seen there without a message, and results wait there to be sent together: each message wakes
another process, which takes longer than many a case. A copy that ends in the middle loses none.
"""

from __future__ import annotations

import mmap
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograder.runner import frames

SIZE = 2**18  # bytes; a larger frame is sent by itself
_USED, _PROGRESS = struct.Struct("<I"), struct.Struct("<IId")
_PROGRESS_AT = _USED.size
_FRAMES_AT = _PROGRESS_AT + _PROGRESS.size


class Progress(NamedTuple):
    """Of the exercises of a request: how many were begun, how many are done, and since when the last one runs."""

    begun: int
    done: int
    since: float


class Outbox:
    """Of one copy of a process. Made before the fork: the copy puts frames in, either side may send them."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._shared = mmap.mmap(-1, SIZE)

    @property
    def progress(self) -> Progress:
        return Progress(*_PROGRESS.unpack_from(self._shared, _PROGRESS_AT))

    def note(self, begun: int, done: int) -> None:
        """How many exercises of a request were begun, and how many are done."""
        _PROGRESS.pack_into(self._shared, _PROGRESS_AT, begun, done, time.monotonic())

    def put(self, header: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
        """Add a frame; sends what was there before where there is no room for it."""
        frame = frames.packed(header, buffers)
        (used,) = _USED.unpack_from(self._shared)
        if _FRAMES_AT + used + len(frame) > SIZE:
            self.send()
            used = 0
        if _FRAMES_AT + len(frame) > SIZE:
            self._connection.sendall(frame)
            return
        start = _FRAMES_AT + used
        self._shared[start : start + len(frame)] = frame
        _USED.pack_into(self._shared, 0, used + len(frame))

    def send(self) -> None:
        """Send what waits. What a process that is killed meanwhile was about to send is lost, and never sent twice."""
        (used,) = _USED.unpack_from(self._shared)
        if used:
            waiting = self._shared[_FRAMES_AT : min(_FRAMES_AT + used, SIZE)]
            _USED.pack_into(self._shared, 0, 0)
            self._connection.sendall(waiting)
