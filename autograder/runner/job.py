"""What the runner is asked to do, and what comes back: plain dataclasses with a JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.core import wire
from autograder.core.outcome import KINDS, RAISED, Frame, Outcome, Raised
from autograder.core.text import clean


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    cell, exercise, submission: seconds of wall time. memory: bytes above what the warm process holds, of each process
    and of all together. files: bytes in /tmp, and as many in /dev/shm. processes: with threads, at one time. processor:
    seconds of processor time, of all processes together.
    """

    cell: float = 30.0
    exercise: float = 20.0
    submission: float = 300.0
    memory: int = 2 * 2**30
    files: int = 256 * 2**20
    processes: int = 128
    processor: float = 300.0


@dataclass(frozen=True)
class CodeCell:
    """A cell to run. name: the exercise it belongs to, or empty."""

    name: str
    source: str


@dataclass(frozen=True)
class CasesOf:
    """Cases of one exercise, by name: all visible, or all held out."""

    exercise: str
    cases: tuple[str, ...]
    held_out: bool = False


@dataclass(frozen=True)
class Job:
    """A submission: its code cells in order, files its code may import, and the cases to run afterwards.

    checks: sources that define the cases, the visible ones first; no source of held-out cases is handed over before
    all visible cases have been run, so that nothing seen there can be printed by a visible one. forbids: the functions
    that some exercise forbids, looked up before the first cell runs.
    """

    cells: tuple[CodeCell, ...]
    files: dict[str, str]
    checks: tuple[str, ...]
    exercises: tuple[CasesOf, ...]
    limits: Limits = field(default_factory=Limits)
    forbids: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellRun:
    """What came of a cell: an outcome without a value, and what it printed."""

    name: str
    outcome: Outcome


@dataclass(frozen=True)
class Ran:
    """What came of a job. notes: what a person should know, such as broken frames."""

    cells: tuple[CellRun, ...]
    outcomes: dict[str, dict[str, Outcome]]
    notes: tuple[str, ...] = ()


def outcome_to_frame(result: Outcome) -> tuple[dict[str, Any], list[bytes]]:
    """An outcome as a JSON object and buffers."""
    encoded = wire.encode(result.value)
    node = {
        "kind": result.kind,
        "tree": encoded.tree,
        "error": asdict(result.error) if result.error else None,
        "missing": result.missing,
        "unwritten": result.unwritten,
        "forbidden": result.forbidden,
        "printed": result.printed,
        "seconds": result.seconds,
    }
    return node, encoded.buffers


def outcome_from_frame(node: dict[str, Any], buffers: list[bytes]) -> Outcome:
    """The inverse. Raises ValueError when the frame holds no outcome."""
    try:
        error, kind = node["error"], node["kind"]
        if kind not in KINDS or (kind == RAISED) != bool(error):
            raise ValueError(f"no outcome: of the kind {kind!r}")
        return Outcome(
            kind=kind,
            value=wire.decode(wire.Encoded(node["tree"], buffers)),
            error=_raised(error) if error else None,
            missing=_text(node["missing"], 100),
            unwritten=node["unwritten"] is True,
            forbidden=_text(node["forbidden"], 100),
            printed=_text(node["printed"], 4_000),
            seconds=float(node["seconds"]),
        )
    except (LookupError, TypeError, AttributeError, OverflowError) as problem:
        raise ValueError(f"no outcome: {problem!r}") from problem


def _raised(node: dict[str, Any]) -> Raised:
    lines = [(_text(f["function"], 100), int(f["line"]), _text(f["source"], 300)) for f in node["frames"][:8]]
    unwritten = None if node["unwritten"] is None else _text(node["unwritten"], 100)
    frames = tuple(Frame(*line) for line in lines)
    return Raised(_text(node["type_name"], 100), _text(node["message"], 1_000), frames, unwritten)


def _text(value: Any, most: int) -> str:
    """Text from the other side, as long as we take it and without what a terminal would obey."""
    return clean(str(value)[:most])
