"""Frames on a socket: what is sent arrives, and nothing else is taken for a frame."""

import json
import socket
import struct
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.core.outcome import RAISED, RETURNED, Frame, Outcome, Raised
from autograder.runner import frames
from autograder.runner.job import outcome_from_frame, outcome_to_frame


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def received(data: bytes):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=lambda: (theirs.sendall(data), theirs.shutdown(socket.SHUT_WR)))
        sender.start()
        try:
            return frames.receive(ours, time.monotonic() + 20)
        finally:
            ours.close()
            sender.join()


def header(node) -> bytes:
    text = json.dumps(node).encode()
    return struct.pack("<I", len(text)) + text


def test_a_frame_with_buffers_arrives_whole(pair):
    buffers = [b"", b"abc", bytes(3 * 2**20)]
    sender = threading.Thread(target=frames.send, args=(pair[1], {"name": "σ", "n": [1, None]}, buffers))
    sender.start()
    assert frames.receive(pair[0]) == ({"name": "σ", "n": [1, None]}, buffers)
    sender.join()


def test_frames_keep_their_order_and_borders(pair):
    for number in range(3):
        frames.send(pair[1], {"number": number}, [bytes([number])])
    assert [frames.receive(pair[0]) for _ in range(3)] == [({"number": n}, [bytes([n])]) for n in range(3)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x05\0\0\0{}",
        b"\xff\xff\xff\xff{}",
        b"\x02\0\0\0{}",
        b"\x04\0\0\0null",
        header([1, 2]),
        header({"sizes": None}),
        header({"sizes": [-1]}),
        header({"sizes": [True]}),
        header({"sizes": ["1"]}),
        header({"sizes": [frames.MAX_FRAME + 1]}),
        header({"sizes": [frames.MAX_FRAME] * 2}),
        header({"sizes": [5]}) + b"1234",
        struct.pack("<I", 200_000) + b"[" * 200_000,
        struct.pack("<I", 4) + b"\xff\xfe\xff\xfe",
    ],
    ids=range(16),
)
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(frames.FrameError):
        received(data)


@given(st.binary(max_size=64))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_a_frame_or_refused(data):
    try:
        received(data)
    except frames.FrameError:
        assert True


def test_a_silent_other_side_is_waited_for_no_longer_than_told(pair):
    pair[1].sendall(b"\x05\0")
    with pytest.raises(frames.FrameTimeout):
        frames.receive(pair[0], time.monotonic() + 0.05)


OUTCOMES = [
    Outcome(RETURNED, value=[1, 2.5, None], printed="hello", seconds=0.5),
    Outcome(RAISED, error=Raised("ValueError", "ValueError: bad", (Frame("f", 3, "x"),), "g"), unwritten=True),
]


@pytest.mark.parametrize("result", OUTCOMES)
def test_an_outcome_comes_back_as_itself(result):
    node, buffers = outcome_to_frame(result)
    assert outcome_from_frame(json.loads(json.dumps(node)), buffers) == result


FORGED = [
    {"kind": "PASSED"},
    {"kind": ["returned"]},
    {"kind": "returned", "error": {"type_name": "E"}},
    {"kind": "raised"},
    {"kind": "raised", "error": "text"},
    {"kind": "raised", "error": {"type_name": "E", "message": "m", "frames": 3, "unwritten": None}},
    {"kind": "raised", "error": {"type_name": "E", "message": "m", "frames": [{"line": "x"}], "unwritten": None}},
    {"kind": "returned", "tree": {"t": "array", "d": "O", "s": [1], "b": 0}},
    {"kind": "returned", "seconds": "long"},
    {"kind": "returned", "seconds": None},
    {"kind": "returned", "seconds": [1]},
]


@pytest.mark.parametrize("change", FORGED, ids=str)
def test_a_forged_outcome_is_a_value_error(change):
    node, _ = outcome_to_frame(Outcome(RETURNED, value=1))
    with pytest.raises(ValueError):
        outcome_from_frame(node | change, [b"12345678"])


def test_text_from_the_other_side_is_shortened_and_harmless():
    error = {"type_name": "\x1b" * 500, "message": "\u202e" + "m" * 9_000, "frames": [], "unwritten": None}
    node, _ = outcome_to_frame(Outcome(RETURNED, value=1, printed="\x07" * 9_000))
    result = outcome_from_frame(node | {"kind": "raised", "error": error}, [])
    assert set(result.printed) == {"�"} and len(result.printed) == 4_000
    assert len(result.error.type_name) == 100 and result.error.message.startswith("�m")
