"""Runs on this machine: some threads that share one warm process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from autograder.batch.pool import Endings, Finished, Name, timed
from autograder.runner.client import RunnerFailed
from autograder.runner.job import Job
from autograder.runner.warm import WarmRunner
from autograder.submission import grade as grading
from autograder.submission.grade import Marking


class Local:
    """level: of the sandbox; jobs: how many run at a time. `start` in the main thread: the process ends with it."""

    def __init__(self, level: str, jobs: int) -> None:
        self._warm = WarmRunner(level)
        self._threads = ThreadPoolExecutor(jobs)
        self._ahead: list[tuple[Job, Future[Finished]]] = []

    def start(self, modules: tuple[str, ...], jobs: Sequence[Job], marks: Marking) -> None:
        self._warm.start(modules)
        self._ahead = [(job, self._begin(job, marks, modules)) for job in jobs]

    def run(self, jobs: Mapping[Name, Job], marks: Marking, modules: tuple[str, ...]) -> Endings[Name]:
        self._warm.start(modules)
        try:
            names = {self._begun(job) or self._begin(job, marks, modules): name for name, job in jobs.items()}
            for future in as_completed(names):
                error = future.exception()
                if error is not None and not isinstance(error, RunnerFailed):
                    raise error
                yield names.pop(future), error or future.result()  # popped: a big class's results don't pile up
        except BaseException:
            self.close()  # after an interruption the runs under way end with it
            raise

    def close(self) -> None:
        """End the process, and with it what runs there."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._warm.close()

    def _begin(self, job: Job, marks: Marking, modules: tuple[str, ...]) -> Future[Finished]:
        def one() -> Finished:
            with self._warm.using(modules) as runner:
                return timed(lambda: grading.run_job(job, marks, runner))

        return self._threads.submit(one)

    def _begun(self, job: Job) -> Future[Finished] | None:
        """The run of this very job that `start` began; each is given once."""
        for number, (other, future) in enumerate(self._ahead):
            if other == job:
                del self._ahead[number]
                return future
        return None
