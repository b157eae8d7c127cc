"""Which of torch's operators code runs, whatever way leads to them.

`torch.conv2d`, `torch.nn.Conv2d`, `torch.ops.aten.convolution`, a compiled script and a quantised layer all end below
Python, in operators of one family. So a forbidden name stands for a family, and torch's own profiler writes down each
operator that runs, nested ones too. Its older form, used here, belongs to one thread, costs microseconds and changes
nothing about what runs.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

COMPILED, PROFILER = "torch.compile", "torch.profiler.profile"
GRADIENTS = "autograd"  # what is said of an operator's gradient worked out by torch's engine
_ENGINE, _COMPILED_CODE = "autograd::engine", "Torch-Compiled Region"


@dataclass(frozen=True)
class Family:
    """Operators that do one job. All three are searched for as regular expressions.

    names: what forbids them, the last part of a full name in snake case, or all of it where there is a dot. operators:
    what counts wherever it runs. direct: what counts where no other operator runs it. python: torch's modules that do
    the job with plain operators.
    """

    names: str
    operators: str = "(?!)"
    direct: str = "(?!)"
    python: tuple[str, ...] = ()

    def has(self, operator: str, is_inside: bool) -> bool:
        """Whether an operator counts. is_inside: whether another one runs it."""
        return bool(re.search(self.operators, operator) or (not is_inside and re.search(self.direct, operator)))


_CONV, _POOL, _RECURRENT = r"conv(\d|_|olution|$)", r"pool(\d|ing|_|$)", r"(^|[_:])(lstm|gru|rnn)(_|$)"
_ATTENTION, _NORM = r"multi_?head_attention|scaled_dot_product|flash_attention", r"(batch|layer|group|rms)_norm"
_QUANTISED = ("torch.ao.nn.quantizable.modules.rnn", "torch.ao.nn.quantized.dynamic.modules.rnn")
FAMILIES = (
    Family(
        r"\.autograd\.|tensor\.backward|func\.(grad|vjp|jvp|jac|hess)",
        rf"^{_ENGINE}|_make_dual|_backward(_|$)|Backward\d*$",
    ),
    Family(r"\.distributions\.|multinomial", "multinomial", python=("torch.distributions",)),
    Family(_CONV, _CONV),
    Family(_POOL, _POOL),
    Family(_RECURRENT, _RECURRENT, python=_QUANTISED),
    Family("^unfold", r"im2col|::unfold", direct="::as_strided"),
    Family("^fold", "col2im"),
    Family("^clip_grad", python=("torch.nn.utils.clip_grad",)),
    Family(_ATTENTION, _ATTENTION),
    Family(_NORM, _NORM),
    Family("cross_entropy|^nll", "cross_entropy|nll_loss"),
)


@functools.cache
def family(name: str) -> Family | None:
    """What forbidding one of torch's functions, methods or classes forbids; None for what isn't known by operators."""
    snake = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    last = snake.rpartition(".")[2]
    for each in FAMILIES:
        if re.search(each.names, snake if r"\." in each.names else last):
            return each
    own = last.strip("_")
    is_operator = own and sys.modules["torch"]._C._jit_get_schemas_for_operator(f"aten::{own}")
    return Family(own, direct=f"^aten::{own}_?$") if is_operator else None


@functools.cache
def _how() -> Any:
    kinds = sys.modules["torch"]._C._profiler
    return kinds.ProfilerConfig(kinds.ProfilerState.CPU, *[False] * 5, kinds._ExperimentalConfig())


class Recorder:
    """Records which operators run in this thread between `start` and `stop`. families: those looked for, by names."""

    def __init__(self, families: tuple[tuple[str, Family], ...]) -> None:
        self._families = families
        self._is_on = False
        self._profiler, self._how = sys.modules["torch"]._C._autograd, _how()

    def start(self) -> None:
        if not self._is_on:
            self._profiler._enable_profiler_legacy(self._how)
            self._is_on = True

    def stop(self) -> str:
        """The first thing looked for that ran since `start`, or nothing."""
        if not self._is_on:
            return ""
        self._is_on = False
        try:
            threads = self._profiler._disable_profiler_legacy()
        except RuntimeError:  # somebody else has switched it off
            return PROFILER
        return next((found for events in threads if (found := self._found(events))), "")

    def _found(self, events: Sequence[Any]) -> str:
        running = [""]
        for event in events:
            kind = event.kind()
            if kind == "push":
                running.append(event.name())
                if found := _meaning(running[-1], _is_operator(running[-2]), self._families):
                    return found
            elif kind == "pop" and len(running) > 1:
                running.pop()
        return ""


@functools.lru_cache(maxsize=4096)
def _meaning(operator: str, is_inside: bool, families: tuple[tuple[str, Family], ...]) -> str:
    """The forbidden name that an operator goes by, or its own where it goes by another; nothing if it is allowed."""
    if operator.startswith(_COMPILED_CODE):
        return COMPILED
    kin = [name for name, family in families if family.has(operator, is_inside)]
    if kin and not _is_operator(operator):
        return GRADIENTS
    own = operator.rpartition("::")[2].strip("_")
    return next((name for name in kin if name.rpartition(".")[2].strip("_") == own), operator) if kin else ""


def _is_operator(name: str) -> bool:
    return "::" in name and not name.startswith(_ENGINE)
