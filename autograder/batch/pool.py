"""What a place for the runs of a class is; there are two, this machine (`local`) and a cluster (`cluster`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from autograder.batch.results import ran_to_json
from autograder.runner.client import RunnerFailed
from autograder.runner.job import Job, Ran
from autograder.submission.grade import Marking


class PoolFailed(Exception):
    """The place of the runs can't be reached (any more): one sentence. What was finished before is kept."""


@dataclass(frozen=True)
class Finished:
    """A run. started: ISO date and time (UTC); where: the machine, empty for this one; run: as `ran_to_json` has it."""

    started: str
    seconds: float
    where: str
    run: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {"started": self.started, "seconds": self.seconds, "where": self.where, "run": self.run}


Name = Hashable  # of a job, by whoever wants it run
Ended = Finished | RunnerFailed
Runs = Generator[tuple[Name, Ended], None, None]


class Pool(Protocol):
    """Runs jobs, several at a time."""

    def start(self, modules: tuple[str, ...]) -> None:
        """Begin to import what the first jobs will need, where that saves time."""

    def close(self) -> None:
        """End what was started."""

    def run(self, jobs: dict[Name, Job], marks: Marking, modules: tuple[str, ...]) -> Runs:
        """Run jobs and yield each once, as it ends; closing the generator ends what is under way.

        marks: of their lesson. modules: what is worth importing before the first job. A RunnerFailed that is yielded
        concerns one job.
        Raises RunnerFailed when nothing can be run here, PoolFailed when the rest can't.
        """


def timed(run: Callable[[], Ran], where: str = "") -> Finished:
    """Do a run and write down when it began and how long it took."""
    started, clock = datetime.now(UTC), time.perf_counter()
    kept = ran_to_json(run())
    return Finished(started.isoformat(timespec="milliseconds"), round(time.perf_counter() - clock, 3), where, kept)
