"""A warm process that stays: started once with what is to be imported, and anew only when more is.

Used wherever several submissions are run: by a class's pool, by a cluster's worker, by `nbgrader autograde`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.runner.client import Runner


class WarmRunner:
    """level: of the sandbox. Several threads may use it at a time.

    The process ends with the thread that started it: call `start` in the main one first.
    """

    def __init__(self, level: str) -> None:
        self._level = level
        self._changing = threading.Lock()
        self._modules: tuple[str, ...] = ()
        self._runner: Runner | None = None
        self._users: Counter[Runner] = Counter()

    def start(self, modules: tuple[str, ...]) -> None:
        """Have the process import at least these, and don't wait for it. Raises OSError when it can't be started."""
        with self._changing:
            self._importing(modules)

    @contextmanager
    def using(self, modules: tuple[str, ...]) -> Iterator[Runner]:
        """The runner with at least these modules. While the body runs nobody ends it but `close`."""
        with self._changing:
            runner = self._importing(modules)
            self._users[runner] += 1
        try:
            yield runner
        finally:
            with self._changing:
                self._users[runner] -= 1
                if not self._users[runner]:
                    del self._users[runner]
                    if runner is not self._runner:
                        runner.close()

    def close(self) -> None:
        """End the process, and with it what runs there; the next use starts a new one."""
        with self._changing:
            for runner in {*self._users, *filter(None, [self._runner])}:
                runner.close()
            self._runner = None

    def _importing(self, modules: tuple[str, ...]) -> Runner:
        if self._runner is not None and set(modules) <= set(self._modules):
            return self._runner
        if self._runner is not None and not self._users[self._runner]:
            self._runner.close()
        self._runner, self._modules = None, tuple(dict.fromkeys([*self._modules, *modules]))
        made = Runner(self._modules, self._level)
        made.__enter__()
        self._runner = made
        return made
