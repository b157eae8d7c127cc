"""One submission's talk with its fork: asks for cells and cases, takes what comes, knows who broke it off."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.cases.load import marshalled
from autograder.core import outcome, wire
from autograder.core.outcome import Outcome
from autograder.runner import frames
from autograder.runner.job import CasesOf, CellRun, Job, Ran, outcome_from_frame

MOST_LEFT_OUT = 6  # cells and exercises per submission that may end everything, before the rest is given up
CAREFUL_AFTER = 2  # cells that ended everything, before each one that may do so gets a copy of the process

MOST_BYTES = 128 * 2**20  # of all results of a submission together, before larger ones are refused
SMALL = 2**20
_TOO_MUCH = wire.encode(wire.Opaque(f"data beyond the {MOST_BYTES // 2**20} MB of all results together", refused=True))

Settled = Callable[[str, Mapping[str, Outcome]], bool]
_ENDED = (outcome.TIMEOUT, outcome.CRASHED, outcome.MEMORY)


@dataclass
class Known:
    """What earlier conversations about a submission taught: cells and exercises that ended everything, and how.

    threads: whether its cells leave threads behind. prompt: whether each exercise's results are to be sent at its end,
    since something ended everything while others waited to be sent. bytes: how large all results were so far.
    """

    deadline: float
    threads: bool = False
    prompt: bool = False
    bytes: int = 0
    cells: dict[int, str] = field(default_factory=dict)
    exercises: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Conversation:
    """again: it ended through a cell or exercise that is now left out. never_began: why there was no process at all."""

    def __init__(
        self, connection: socket.socket, words: socket.socket, job: Job, known: Known, settled: Settled
    ) -> None:
        self.broke_off = self.again = False
        self.never_began = ""
        self._connection = connection
        self._incoming = frames.Incoming(connection)
        self._words = words
        self._job = job
        self._known = known
        self._settled = settled
        self._cell: int | None = None
        self._exercise = ""
        self._alone: set[str] = set()  # exercises of which the results were not what is right
        self._outcomes: dict[str, dict[str, Outcome]] = {wanted.exercise: {} for wanted in job.exercises}

    def hold(self) -> Ran:
        """Have everything run that can be."""
        job = self._job
        cells: tuple[CellRun, ...] = ()
        ending = outcome.CRASHED
        try:
            self._begin()
            cells = self._cells()
            if self.again:
                return Ran(cells, {})
            for held_out in (False, True):
                self._cases([wanted for wanted in job.exercises if wanted.held_out == held_out], held_out)
        except frames.FrameTimeout:
            ending = outcome.TIMEOUT
            self._too_long()
        except (frames.FrameError, OSError, ValueError, LookupError, TypeError) as error:
            self._broken(error)
        for name, results in self._outcomes.items():
            cases = [case for wanted in job.exercises if wanted.exercise == name for case in wanted.cases]
            given = job.limits.submission if ending == outcome.TIMEOUT else 0.0
            _complete(results, cases, self._known.exercises.get(name, ending), given)
        return Ran(cells, self._outcomes, tuple(self._known.notes))

    def _begin(self) -> None:
        job, left_out = self._job, self._known.cells
        self._numbers = [number for number in range(len(job.cells)) if number not in left_out]
        self._kept = [asdict(job.cells[number]) for number in self._numbers]
        header = {"cells": self._kept, "files": job.files, "limits": asdict(job.limits), "forbids": job.forbids}
        try:
            frames.send(
                self._connection, {**header, "careful": len(left_out) >= CAREFUL_AFTER, "threads": self._known.threads}
            )
            first, _ = self._incoming.frame(self._known.deadline)
        except (frames.Closed, OSError) as error:
            self.never_began = str(error)
            raise
        if "broken" in first:
            self.never_began = _last_line(first["broken"])
            raise frames.Closed(self.never_began)

    def _cells(self) -> tuple[CellRun, ...]:
        """Have the cells run. One that was left out ended as it did before."""
        while "cells" not in (header := self._next(self._job.limits.cell if self._cell is not None else None)):
            self._cell = self._numbers[header["cell"]]
        if [node["name"] for node in header["cells"]] != [cell["name"] for cell in self._kept]:
            raise frames.FrameError("not the cells that were asked for")
        self._cell = None
        if header["threads"] is True and not self._known.threads:
            self._again_with_threads()
        runs = {n: outcome_from_frame(node, []) for n, node in zip(self._numbers, header["cells"], strict=True)}
        runs |= {number: Outcome(ending) for number, ending in self._known.cells.items()}
        return tuple(CellRun(cell.name, runs[number]) for number, cell in enumerate(self._job.cells))

    def _again_with_threads(self) -> None:
        """Have the same done again where the threads live. That takes longer, and the time for it is added."""
        known, limits, now = self._known, self._job.limits, time.monotonic()
        took = limits.submission - (known.deadline - now)
        known.threads = self.again = True
        known.deadline = now + limits.submission + min(took * len(self._job.exercises), limits.submission)

    def _cases(self, wanted: list[CasesOf], held_out: bool) -> None:
        """Have cases run, of each exercise whose process wasn't ended by an earlier one."""
        left = [each for each in wanted if each.exercise not in self._known.exercises]
        left = [each for each in left if not any(o.kind in _ENDED for o in self._outcomes[each.exercise].values())]
        if not left:
            return
        together = [each for each in left if each.exercise not in self._alone]
        found = self._examine(together, held_out) if together else {}
        for each in together[0 if held_out else 1 :]:
            results = found[each.exercise]
            late = any(result.kind == outcome.TIMEOUT for result in results.values())
            if not late and not self._settled(each.exercise, self._outcomes[each.exercise] | results):
                self._alone.add(each.exercise)
        for each in left:
            if each.exercise in self._alone:
                found |= self._examine([each], held_out, alone=each.exercise)
        for name, results in found.items():
            self._outcomes[name] |= results

    def _examine(self, wanted: list[CasesOf], held_out: bool, alone: str = "") -> dict[str, dict[str, Outcome]]:
        """Have cases run one after the other. alone: the exercise that is to run where no other did."""
        sources = self._job.checks if held_out else self._job.checks[:1]
        code = [marshalled(text, f"<checks {number}>") for number, text in enumerate(sources)]
        asked = [{"exercise": each.exercise, "cases": list(each.cases)} for each in wanted]
        self._exercise = wanted[0].exercise
        frames.send(self._connection, {"exercises": asked, "alone": alone, "prompt": self._known.prompt}, code)
        found: dict[str, dict[str, Outcome]] = {}
        for each in wanted:
            self._exercise = each.exercise
            found[each.exercise] = self._results(each)
        if "finished" not in self._next():
            raise frames.FrameError("more than was asked for")
        self._exercise = ""
        return found

    def _results(self, wanted: CasesOf) -> dict[str, Outcome]:
        results: dict[str, Outcome] = {}
        while True:
            header, buffers = self._incoming.frame(self._known.deadline)
            self._attribute(header)
            if header["exercise"] != wanted.exercise:
                raise frames.FrameError(f"an answer to a question not asked: {header['exercise']!r}")
            if "ending" in header:
                _complete(results, wanted.cases, str(header["ending"]) or outcome.CRASHED)
                return results
            name = header["case"]
            if name not in wanted.cases or name in results:
                raise frames.FrameError(f"an answer to a question not asked: {name!r}")
            self._known.bytes += self._incoming.size
            if self._incoming.size > SMALL and self._known.bytes > MOST_BYTES:
                header, buffers = {**header, "tree": _TOO_MUCH.tree}, []
            results[name] = outcome_from_frame(header, buffers)

    def _next(self, seconds: float | None = None) -> dict[str, Any]:
        deadline = self._known.deadline
        if seconds is not None:
            deadline = min(deadline, time.monotonic() + seconds)
        header, _ = self._incoming.frame(deadline)
        if "broken" in header:
            raise frames.Closed(_last_line(header["broken"]))
        return header

    def _attribute(self, header: dict[str, Any]) -> None:
        """Who is to blame for a frame that doesn't belong here."""
        if "cell" in header or "cells" in header:  # so the earlier end of the cells was forged, by the one running
            self._exercise = ""
        elif header.get("exercise") in self._outcomes:
            self._exercise = header["exercise"]
        if "broken" in header:
            raise frames.Closed(_last_line(header["broken"]))

    def _too_long(self) -> None:
        """A cell that takes too long is left out, if there is time for the others."""
        if self._cell is not None and time.monotonic() < self._known.deadline:
            self.again = self._leave_out(outcome.TIMEOUT)

    def _broken(self, error: Exception) -> None:
        """Leave out what was running and say that the rest is to be tried again, a few times at most."""
        self.broke_off = True
        if self.never_began:
            return
        forged = not isinstance(error, frames.Closed | OSError)
        if self._exercise and not forged and not self._known.prompt:
            self._known.prompt = self.again = True
            return
        if forged:
            self._known.notes.append(f"TAMPER: something other than the runner answered; look at its code ({error}).")
        self.again = self._leave_out(self._used_up() or outcome.CRASHED)
        if not self.again and not forged:
            self._known.notes.append(f"The submission's process ended or broke off: {error}")

    def _leave_out(self, ending: str) -> bool:
        """Whether what was running is left out from now on."""
        known = self._known
        if len(known.cells) + len(known.exercises) >= MOST_LEFT_OUT:
            return False
        if self._exercise:
            return known.exercises.setdefault(self._exercise, ending) is ending
        return self._cell is not None and known.cells.setdefault(self._cell, ending) is ending

    def _used_up(self) -> str:
        """What the keeper said is used up by all processes together, before it ended everything; mostly nothing."""
        self._words.settimeout(1.0)  # it is closed with the rest
        with contextlib.suppress(OSError):
            return {b"m": outcome.MEMORY, b"t": outcome.TIMEOUT}.get(self._words.recv(1), "")
        return ""


def _last_line(broken: Any) -> str:
    """What went wrong on the other side, without the frames of our own code, which tell nobody anything."""
    return str(broken).strip().rpartition("\n")[2]


def _complete(results: dict[str, Outcome], cases: Sequence[str], ending: str, seconds: float = 0.0) -> None:
    """Every case gets an outcome: the first that didn't answer ended so (after so long), the rest were not run."""
    ended = any(result.kind in _ENDED for result in results.values())
    for name in cases:
        if name not in results:
            results[name] = Outcome(outcome.NOT_RUN) if ended else Outcome(ending, seconds=seconds)
            ended = True
