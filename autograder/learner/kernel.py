"""What a lesson's kernel does beside running cells; an IPython extension, so that it is there after each restart.

`start.py` names it in the environment's own IPython settings. In an environment that doesn't, importing `autograder`
in a notebook turns the same on. It concerns kernels whose working folder is a lesson (one line also those anywhere in
a workspace), nobody else's; where a program runs a notebook for nbgrader, it does nothing.

Nothing that takes time is imported here: each kernel's start would take it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.paths import support
from autograder.learner import places

if TYPE_CHECKING:
    from autograder.learner.cells_run import CellsRun

OFFERED = ("check", "hint", "solution", "reset")
_MARK = "_ground_up"


def load_ipython_extension(shell: Any) -> None:
    """Where a lesson is: watch the cells, and offer `check`, `hint`, `solution`, `reset` without an import.

    In all of a learner's workspace also `course`, for `course.progress()` and its kin.
    """
    if "course" not in shell.user_ns and not os.environ.get("NBGRADER_EXECUTION") and places.around(Path.cwd()):
        import course

        shell.push({"course": course}, interactive=False)
    if turn_on(shell):
        missing = {name: _late(name) for name in OFFERED if name not in shell.user_ns}
        shell.push(missing, interactive=False)


def turn_on(shell: Any) -> bool:
    """Watch the cells of this shell from now on; False where there is nothing to watch for."""
    if os.environ.get("NBGRADER_EXECUTION") or not support(Path.cwd(), "checks.py").is_file():
        return False
    if cells_run(shell) is None:
        from autograder.learner import frontend
        from autograder.learner.cells_run import CellsRun
        from autograder.learner.unfinished import Unfinished

        runs = CellsRun(shell.user_ns)
        unfinished = Unfinished(shell, runs)
        hooks = (("pre_run_cell", runs.begin), ("post_run_cell", runs.end), ("post_run_cell", unfinished.let_go))
        for event, hook in hooks:
            shell.events.register(event, hook)
        shell.set_custom_exc((Exception,), unfinished.show)
        frontend.listen(shell)
        setattr(shell, _MARK, (runs, hooks))
    return True


def turn_off(shell: Any) -> None:
    """Leave this shell as it was before `turn_on`."""
    _, hooks = getattr(shell, _MARK)
    for event, hook in hooks:
        shell.events.unregister(event, hook)
    shell.set_custom_exc((), None)
    delattr(shell, _MARK)


def unload_ipython_extension(shell: Any) -> None:
    """What IPython calls for `%unload_ext`."""
    if cells_run(shell) is not None:
        turn_off(shell)


def cells_run(shell: Any) -> CellsRun | None:
    """The runs of this shell's cells, or None where nothing is watched."""
    return getattr(shell, _MARK, (None,))[0]


def is_persons(shell: Any) -> bool:
    """Whether a person sits before this shell: a notebook's kernel or IPython in a terminal, not a program's."""
    return hasattr(shell, "kernel") or hasattr(shell, "pt_app")


def _late(name: str) -> Callable[..., Any]:
    """A function of `autograder` that is imported when it is called for the first time."""

    def called(*arguments: Any, **options: Any) -> Any:
        import autograder

        return getattr(autograder, name)(*arguments, **options)

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"`{name}` of Ground Up, as `from autograder import {name}` gives it."
    return called
