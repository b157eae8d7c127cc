"""Runs on this machine: some threads that share one warm process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from autograder import grade as grading
from autograder.batch.pool import Finished, Runs, timed
from autograder.grade import Marking
from autograder.runner.client import Runner, RunnerFailed
from autograder.runner.job import Job


@dataclass(frozen=True)
class Local:
    """level: of the sandbox; jobs: how many run at a time."""

    level: str
    jobs: int

    def run(self, jobs: dict[str, Job], marks: Marking, modules: tuple[str, ...]) -> Runs:
        with Runner(modules, self.level) as runner:

            def one(job: Job) -> Finished:
                return timed(lambda: grading.run_job(job, marks, runner))

            pool = ThreadPoolExecutor(self.jobs)
            try:
                students = {pool.submit(one, job): student for student, job in jobs.items()}
                for future in as_completed(students):
                    error = future.exception()
                    if error is not None and not isinstance(error, RunnerFailed):
                        raise error
                    yield students[future], error or future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                runner.close()  # after an interruption the runs under way end with it
