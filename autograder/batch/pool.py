"""What a place for the runs of a class is; there are two, this machine (`local`) and a cluster (`cluster`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from autograder.core.paths import UserError
from autograder.runner.client import RunnerFailed
from autograder.runner.job import Job, Ran
from autograder.submission.grade import Marking


@dataclass(frozen=True)
class Finished:
    """A run. started: ISO date and time (UTC); machine: where it was, empty for this one; ran: what came of it."""

    started: str
    seconds: float
    machine: str
    ran: Ran


Name = TypeVar("Name", bound=Hashable)  # of a job, by whoever wants it run
Ended = Finished | RunnerFailed
Endings = Generator[tuple[Name, Ended], None, None]


class Pool(Protocol):
    """Runs jobs, several at a time."""

    def start(self, modules: tuple[str, ...], jobs: Sequence[Job], marks: Marking) -> None:
        """Begin to import modules and to run jobs that `run` will be asked for, where that saves time."""

    def close(self) -> None:
        """End what was started."""

    def run(self, jobs: Mapping[Name, Job], marks: Marking, modules: tuple[str, ...]) -> Endings[Name]:
        """Run jobs and yield each once, as it ends; closing the generator ends what is under way.

        marks: of their lesson. modules: what is worth importing before the first job. A RunnerFailed that is yielded
        concerns one job.
        Raises RunnerFailed when nothing can be run here, PoolFailed when the rest can't.
        """


def open_pool(level: str, jobs: int, scheduler: str, say: Callable[[str], object]) -> Pool:
    """Where a class is run. level: of the sandbox. jobs: at a time, on this machine. scheduler: a cluster's, or empty.

    say: hears sentences that a person should read. Raises UserError when the package for clusters is missing.
    """
    if not scheduler:
        from autograder.batch.local import Local

        return Local(level, jobs)
    try:
        from autograder.batch.cluster import Cluster
    except ModuleNotFoundError as error:
        raise UserError(
            f"--scheduler needs the package distributed ({error.name} is missing): "
            "install it with `python -m pip install -c constraints.txt distributed`."
        ) from error
    return Cluster(scheduler, level, say)


def timed(run: Callable[[], Ran], machine: str = "") -> Finished:
    """Do a run and write down when it began and how long it took."""
    started, clock = datetime.now(UTC), time.perf_counter()
    ran = run()
    seconds = round(time.perf_counter() - clock, 3)
    return Finished(started.isoformat(timespec="milliseconds"), seconds, machine, ran)
