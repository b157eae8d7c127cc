"""The runner's process needs a second or two for its imports: it gets them while we are busy with ours."""

from __future__ import annotations

from autograder.runner.client import Runner


class Ahead:
    """A runner that may be started before it is needed. Use as a context manager.

    `start` in the main thread: the process ends with the thread that started it.
    """

    def __init__(self, level: str) -> None:
        self._level = level
        self._modules: tuple[str, ...] = ()
        self._runner: Runner | None = None

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def start(self, modules: tuple[str, ...]) -> Runner:
        """Start it and don't wait."""
        self._close()
        self._modules, self._runner = modules, Runner(modules, self._level)
        return self._runner.__enter__()

    def runner(self, modules: tuple[str, ...]) -> Runner:
        """A runner with these modules imported: the one started ahead if it has them. It ends with this object."""
        if self._runner is not None and set(modules) <= set(self._modules):
            return self._runner
        return self.start(modules)

    def _close(self) -> None:
        if self._runner is not None:
            self._runner.close()
