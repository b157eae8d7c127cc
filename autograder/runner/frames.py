"""Frames on a stream socket: a length-framed JSON header followed by raw buffers. Never pickle.

uint32 header size | header (JSON, UTF-8; `sizes` lists the buffers' bytes) | buffers
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

MAX_HEADER = 32 * 2**20
MAX_FRAME = 128 * 2**20
_LENGTH = struct.Struct("<I")


class FrameError(Exception):
    """The other side sent something that is no frame, too much, or nothing more."""


class Closed(FrameError):
    """The connection ended."""


class FrameTimeout(FrameError):
    """The other side was silent for too long."""


def packed(header: dict[str, Any], buffers: Sequence[bytes] = ()) -> bytes:
    """One frame. header: a JSON object without the key `sizes`."""
    text = json.dumps({**header, "sizes": [len(buffer) for buffer in buffers]}).encode()
    return b"".join((_LENGTH.pack(len(text)), text, *buffers))


def send(connection: socket.socket, header: dict[str, Any], buffers: Sequence[bytes] = ()) -> None:
    """Send one frame."""
    connection.sendall(packed(header, buffers))


def receive(connection: socket.socket, deadline: float | None = None) -> tuple[dict[str, Any], list[bytes]]:
    """The next frame as (header, buffers), and not a byte more. Raises FrameError or FrameTimeout."""
    return Incoming(connection, ahead=0).frame(deadline)


class Incoming:
    """What comes in on a connection. ahead: how many bytes to take at once, where there are as many."""

    def __init__(self, connection: socket.socket, ahead: int = 2**16) -> None:
        self._connection = connection
        self._ahead = ahead
        self._waiting = bytearray()
        self.size = 0  # bytes of the frame that came last

    def frame(self, deadline: float | None = None) -> tuple[dict[str, Any], list[bytes]]:
        """The next frame as (header, buffers). deadline: of time.monotonic(). Raises FrameError or FrameTimeout."""
        (size,) = _LENGTH.unpack(self._exactly(_LENGTH.size, deadline))
        if size > MAX_HEADER:
            raise FrameError(f"a header of {size} bytes")
        try:
            header = json.loads(self._exactly(size, deadline))
            sizes = header.pop("sizes")
            whole = all(type(n) is int and n >= 0 for n in sizes) and sum(sizes) <= MAX_FRAME
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise FrameError(f"no frame: {error!r}") from error
        if not whole:
            raise FrameError("impossible buffer sizes")
        self.size = size + sum(sizes)
        return header, [self._exactly(n, deadline) for n in sizes]

    def _exactly(self, size: int, deadline: float | None) -> bytes:
        while (lacking := size - len(self._waiting)) > 0:
            self._waiting += self._some(max(min(lacking, 2**20), self._ahead), deadline)
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken

    def _some(self, most: int, deadline: float | None) -> bytes:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise FrameTimeout
            self._connection.settimeout(left)
        try:
            piece = self._connection.recv(most)
        except TimeoutError:
            raise FrameTimeout from None
        except OSError as error:
            raise Closed(str(error)) from error
        if not piece:
            raise Closed("the connection was closed")
        return piece
