"""Runs on this machine: some threads that share one warm process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed

from autograder.batch.pool import Finished, Name, Runs, timed
from autograder.runner.client import Runner, RunnerFailed
from autograder.runner.job import Job
from autograder.submission import grade as grading
from autograder.submission.grade import Marking


class Local:
    """level: of the sandbox; jobs: how many run at a time. `start` in the main thread: the process ends with it."""

    def __init__(self, level: str, jobs: int) -> None:
        self._level = level
        self._jobs = jobs
        self._modules: tuple[str, ...] = ()
        self._runner: Runner | None = None

    def start(self, modules: tuple[str, ...]) -> None:
        """Have the process import these, and don't wait for it."""
        if self._runner is None or not set(modules) <= set(self._modules):
            self.close()
            self._modules, self._runner = modules, Runner(modules, self._level)
            self._runner.__enter__()

    def run(self, jobs: dict[Name, Job], marks: Marking, modules: tuple[str, ...]) -> Runs:
        self.start(modules)
        runner = self._runner

        def one(job: Job) -> Finished:
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
        if self._runner is not None:
            self._runner.close()
            self._runner = None
