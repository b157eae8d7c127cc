"""A line under a cell that trains for long: how far it is, its loss, how long it still takes, what may be closed."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

EVERY = 2.0  # seconds from one line to the next; what is done sooner needs none
SAFE = (
    "You may close this tab: the kernel goes on, and what it learns is there when you come back. Only what it prints "
    "meanwhile is lost. Restarting or shutting down the kernel loses everything."
)


class watched:
    """`rounds` to loop over, such as range(8) or a list of batches, with a line about them under the cell.

    loss: called at most every two seconds, gives the number to show as the loss, or None. Outside a notebook it is a
    plain loop.
    """

    def __init__(self, rounds: Sequence[Any], loss: Callable[[], float | None] | None = None) -> None:
        self.rounds, self.loss = rounds, loss

    def __len__(self) -> int:
        return len(self.rounds)

    def __iter__(self) -> Iterator[Any]:
        started = said = time.perf_counter()
        line = _Line()
        for done, one in enumerate(self.rounds):
            now = time.perf_counter()
            if now - said >= EVERY:
                line.say(self._told(done, now - started))
                said = time.perf_counter()
            yield one
        line.end()

    def _told(self, done: int, seconds: float) -> str:
        loss = self.loss() if self.loss else None
        known = "" if loss is None else f", loss {loss:.3f}"
        left = seconds / done * (len(self) - done)
        return f"{done} of {len(self)} done{known}, {seconds:.0f} s so far, about {left:.0f} s to go. {SAFE}"


def loss_on(model: Any, X: Any, y: Any) -> Callable[[], float | None]:
    """For `watched`: the mean cross-entropy of a copy of the model on these samples, so that its training sees nothing.

    X (n, …): inputs; y (n,) or (n, t): the right classes. A model that returns several values scores with the first.
    """

    def now() -> float | None:
        import torch

        try:
            still = copy.deepcopy(model).eval()
        except Exception:  # a model that can't be copied is watched without a loss
            return None
        with torch.no_grad():
            scores = still(torch.as_tensor(X))
        scores = scores[0] if isinstance(scores, tuple) else scores
        right = torch.as_tensor(y).flatten().long()
        return float(torch.nn.functional.cross_entropy(scores.flatten(0, -2), right))

    return now


class _Line:
    """One line of output that is written anew; gone at the end."""

    def __init__(self) -> None:
        self._handle: Any = None

    def say(self, text: str) -> None:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is None:
            return
        if self._handle is None:
            self._handle = display({"text/plain": text}, raw=True, display_id=True)
        else:
            self._handle.update({"text/plain": text}, raw=True)

    def end(self) -> None:
        if self._handle is not None:
            self._handle.update({"text/plain": ""}, raw=True)
