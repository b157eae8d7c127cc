"""Runs on a Dask cluster: the grader's side. The workers run, the grader judges and stores."""

from __future__ import annotations

import logging
import queue
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Generic

import distributed

from autograder.batch import run_key, worker
from autograder.batch.errors import PoolFailed
from autograder.batch.pool import Ended, Endings, Name
from autograder.core.paths import UserError
from autograder.runner.client import RunnerFailed
from autograder.runner.job import Job
from autograder.submission.grade import Marking

CONNECT_SECONDS = 10.0
WATCH_SECONDS = 2.0  # between two looks at the workers while nothing ends
FETCH_SECONDS = 20.0  # for a result that is there, before the workers are looked at again
ALONE_SECONDS = 60.0  # without a worker, before the rest is given up


@dataclass(frozen=True)
class Cluster:
    """scheduler: its address, such as tcp://10.0.0.1:8786; level: of the sandbox, on every worker.

    say: hears a sentence about each worker that is refused.
    """

    scheduler: str
    level: str
    say: Callable[[str], object]

    def start(self, modules: tuple[str, ...], jobs: Sequence[Job], marks: Marking) -> None:
        """Nothing: the workers import with their first job."""

    def close(self) -> None:
        """Nothing: the workers stay as they are."""

    def run(self, jobs: Mapping[Name, Job], marks: Marking, modules: tuple[str, ...]) -> Endings[Name]:
        with _connected(self.scheduler) as client:
            runs = _Runs(client, self, jobs, worker.lesson_to_json(marks), modules)
            try:
                yield from runs.as_they_end()
            except OSError as error:
                raise _lost(self.scheduler) from error
            finally:
                runs.cancel()


@contextmanager
def _connected(scheduler: str) -> Iterator[distributed.Client]:
    for name in ("distributed", "distributed.client", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what matters is said here, in a sentence
    security = distributed.Security()  # from Dask's own settings
    if scheduler.startswith("tls:") and security.get_connection_args("client").get("ssl_context") is None:
        raise UserError(f"{scheduler} needs a certificate: name yours in Dask's settings, as docs/instructors.md says.")
    try:
        client = distributed.Client(scheduler, timeout=CONNECT_SECONDS, security=security, set_as_default=False)
    except ValueError as error:
        raise UserError(f"{scheduler} is no address of a scheduler, such as tcp://10.0.0.1:8786 ({error}).") from error
    except RuntimeError as error:  # its protocol isn't allowed by Dask's settings
        raise UserError(f"The address {scheduler} can't be used: {error}") from error
    except OSError as error:
        raise PoolFailed(
            f"No scheduler answers at {scheduler}: start one with `dask scheduler`, or put the address right. ({error})"
        ) from error
    try:
        yield client
    finally:
        client.close(timeout=2)


class _Runs(Generic[Name]):
    """The jobs of a class on the cluster. Dask itself runs a job again when its worker goes away."""

    def __init__(
        self,
        client: distributed.Client,
        cluster: Cluster,
        jobs: Mapping[Name, Job],
        lesson: str,
        modules: tuple[str, ...],
    ) -> None:
        self._client, self._cluster, self._jobs = client, cluster, jobs
        self._lesson, self._modules, self._versions = lesson, list(modules), run_key.versions_of_all()
        self._asked: set[str] = set()  # workers
        self._refused: dict[str, str] = {}  # by worker: why it gets none of our jobs
        self._pending: dict[distributed.Future, tuple[Name, set[str]]] = {}  # name and permitted workers (none: all)
        self._ended: queue.SimpleQueue[distributed.Future] = queue.SimpleQueue()
        self._last_seen = time.monotonic()

    def as_they_end(self) -> Endings[Name]:
        suitable = self._suitable()
        if not suitable:
            raise PoolFailed(self._nobody())
        for name in self._jobs:
            self._submit(name, suitable)
        while self._pending:
            try:
                future = self._ended.get(timeout=WATCH_SECONDS)
            except queue.Empty:
                self._watch()
                continue
            if future not in self._pending:  # taken back, because its workers had gone
                continue
            try:
                ended = self._outcome(future)
            except TimeoutError:  # the worker went away with it, so that it is run again
                future.add_done_callback(self._ended.put)
                self._watch()
                continue
            name, _ = self._pending.pop(future)
            if ended is None and (suitable := self._suitable()):
                self._submit(name, suitable)
            else:
                yield name, ended or RunnerFailed(self._nobody())

    def cancel(self) -> None:
        """Take back what hasn't begun. Runs under way end by themselves, within their limits, and nobody hears."""
        if self._client.status == "running" and self._pending:
            self._client.cancel(list(self._pending), force=True)
        self._pending.clear()

    def _submit(self, name: Name, suitable: set[str]) -> None:
        permitted = suitable if self._refused else set()
        future = self._client.submit(
            worker.run,
            [asdict(cell) for cell in self._jobs[name].cells],
            asdict(self._jobs[name].limits),
            self._lesson,
            self._modules,
            self._cluster.level,
            self._versions,
            key=f"ground-up-{uuid.uuid4().hex}",
            workers=sorted(permitted) or None,
            pure=False,
        )
        self._pending[future] = name, permitted
        future.add_done_callback(self._ended.put)

    def _outcome(self, future: distributed.Future) -> Ended | None:
        """What came of a job; None when its worker refused it. Raises TimeoutError, PoolFailed."""
        if future.status == "error":
            error = future.exception(timeout=FETCH_SECONDS)
            return RunnerFailed(f"A worker of {self._cluster.scheduler} failed: {type(error).__name__}: {error}")
        if future.status != "finished":
            raise _lost(self._cluster.scheduler)
        found = future.result(timeout=FETCH_SECONDS)
        if "refused" in found:
            self._refuse(found["machine"], found["refused"])
            return None
        return RunnerFailed(found["failed"]) if "failed" in found else worker.finished_from_json(found)

    def _watch(self) -> None:
        """Nothing ends at the moment: is there still a worker for every job? Raises PoolFailed."""
        suitable = self._suitable()
        if suitable:
            self._last_seen = time.monotonic()
        elif time.monotonic() - self._last_seen > ALONE_SECONDS:
            raise PoolFailed(f"{self._nobody()} What was finished is kept.")
        else:
            return
        for future, (name, permitted) in list(self._pending.items()):
            if permitted and not permitted & suitable:
                del self._pending[future]
                self._client.cancel([future], force=True)
                self._submit(name, suitable)

    def _suitable(self) -> set[str]:
        """The workers that there are now, without the refused; newcomers are asked."""
        if self._client.status != "running":
            raise _lost(self._cluster.scheduler)
        present = set(self._client.nthreads())
        if new := sorted(present - self._asked):
            answers = self._client.run(
                worker.unsuitable, self._cluster.level, self._versions, workers=new, on_error="return"
            )
            for address, reason in answers.items():
                if isinstance(reason, Exception):
                    reason = f"it can't run Ground Up ({type(reason).__name__}: {reason}); install it there, too."
                if reason:
                    self._refuse(address, reason)
            self._asked |= set(answers)
        return present - set(self._refused)

    def _refuse(self, address: str, reason: str) -> None:
        if address not in self._refused:
            self._refused[address] = reason
            self._cluster.say(f"The worker {address} is left out: {reason}")

    def _nobody(self) -> str:
        scheduler = self._cluster.scheduler
        if self._refused:
            return f"None of the workers of {scheduler} can be used: put right what is said about them."
        return f"The scheduler at {scheduler} has no workers: start some with `dask worker {scheduler}`."


def _lost(scheduler: str) -> PoolFailed:
    return PoolFailed(
        f"The connection to the scheduler at {scheduler} was lost: see to it, then give the same command again; "
        "what was finished is kept."
    )
