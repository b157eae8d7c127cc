"""Runs on this machine: some threads that share one warm process."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed

from autograder.batch.pool import Endings, Finished, Name, timed
from autograder.runner.client import RunnerFailed
from autograder.runner.job import Job
from autograder.runner.warm import WarmRunner
from autograder.submission import grade as grading
from autograder.submission.grade import Marking


class Local:
    """level: of the sandbox; jobs: how many run at a time. `start` in the main thread: the process ends with it."""

    def __init__(self, level: str, jobs: int) -> None:
        self._jobs = jobs
        self._warm = WarmRunner(level)

    def start(self, modules: tuple[str, ...]) -> None:
        """Have the process import these, and don't wait for it."""
        self._warm.start(modules)

    def run(self, jobs: Mapping[Name, Job], marks: Marking, modules: tuple[str, ...]) -> Endings[Name]:
        self.start(modules)

        def one(job: Job) -> Finished:
            with self._warm.using(modules) as runner:
                return timed(lambda: grading.run_job(job, marks, runner))

        pool = ThreadPoolExecutor(self._jobs)
        try:
            names = {pool.submit(one, job): name for name, job in jobs.items()}
            for future in as_completed(names):
                error = future.exception()
                if error is not None and not isinstance(error, RunnerFailed):
                    raise error
                yield names.pop(future), error or future.result()  # popped: a big class's results don't pile up
        except BaseException:
            self.close()  # after an interruption the runs under way end with it
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End the process, and with it what runs there."""
        self._warm.close()
