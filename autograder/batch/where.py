"""Where a class is run."""

from __future__ import annotations

from collections.abc import Callable

from autograder.batch.local import Local
from autograder.batch.pool import Pool
from autograder.core.paths import UserError


def open_pool(level: str, jobs: int, scheduler: str, say: Callable[[str], object]) -> Pool:
    """Where a class is run. level: of the sandbox. jobs: at a time, on this machine. scheduler: a cluster's, or empty.

    say: hears sentences that a person should read. Raises UserError when the package for clusters is missing.
    """
    if not scheduler:
        return Local(level, jobs)
    try:
        from autograder.batch.cluster import Cluster
    except ModuleNotFoundError as error:
        raise UserError(
            f"--scheduler needs the package distributed ({error.name} is missing): "
            "install it with `python -m pip install -c constraints.txt distributed`."
        ) from error
    return Cluster(scheduler, level, say)
