"""The convolution that lesson 8 writes by hand, against its own loops and against torch, in one run.

    python tests/benchmarks/convolution.py [--repeats 30]

A batch (32, 8, 28, 28), 16 filters (16, 8, 3, 3), padding 1, stride 1, in float64 and float32. One thread everywhere;
CPU time, the best of all repeats, which take turns; the loops run once. "back" is the way back alone: torch keeps what
it needs of the way there, ours makes the columns again. The results are compared before anything is timed. Exit
status 1 when a bar isn't reached: 20 times as fast as the loops, at most 3 times as long as torch.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from dataclasses import dataclass
from typing import Any

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"  # before NumPy and torch are imported

import numpy as np  # noqa: E402
import torch  # noqa: E402
from in_turns import best  # noqa: E402

from autograder.authoring.inputs import normal_inputs  # noqa: E402
from autograder.core.paths import solutions  # noqa: E402
from autograder.lesson.build import open_lesson  # noqa: E402
from autograder.lesson.source import library_module  # noqa: E402

LESSON = "08_convolution"
BATCH, FILTERS, STRIDE, PADDING = (32, 8, 28, 28), (16, 8, 3, 3), 1, 1
OVER_LOOPS, OF_TORCH = 20.0, 3.0  # the bars
TOLERANCE = {"float64": 1e-10, "float32": 1e-3}


@dataclass(frozen=True)
class Measured:
    """CPU seconds: of the loops, of the layer and of its way back, by hand and by torch."""

    loops: float
    ours: float
    torchs: float
    ours_back: float
    torchs_back: float


def main() -> int:
    """Measure and print; 1 when a bar isn't reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=30)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    lesson = open_lesson(solutions() / LESSON)
    with library_module(lesson.library):
        measured = {kind: measure(lesson.reference, kind, repeats) for kind in TOLERANCE}
    versions = f"NumPy {np.__version__}, torch {torch.__version__}, Python {platform.python_version()}"
    print(f"{BATCH} ∗ {FILTERS}, padding {PADDING}; one thread, CPU time; {versions}\n")
    print(f"{'':9}{'loops':>11}{'conv2d':>11}{'torch':>11}{'loops/ours':>12}{'ours/torch':>12}", end="")
    print(f"{'back':>11}{'torch':>11}{'ours/torch':>12}")
    for kind, m in measured.items():
        times = "".join(f"{1e3 * seconds:>8.1f} ms" for seconds in (m.loops, m.ours, m.torchs))
        back = "".join(f"{1e3 * seconds:>8.1f} ms" for seconds in (m.ours_back, m.torchs_back))
        ratios = f"{m.loops / m.ours:>11.0f}×{m.ours / m.torchs:>11.2f}×"
        print(f"{kind:9}{times}{ratios}{back}{m.ours_back / m.torchs_back:>11.2f}×")
    missed = [complaint for kind, m in measured.items() for complaint in below(kind, m)]
    print("\n".join(["", *missed]) if missed else f"\nAll within {OVER_LOOPS:.0f}× and {OF_TORCH:.0f}×.")
    return 1 if missed else 0


def below(kind: str, m: Measured) -> list[str]:
    """The bars that aren't reached, in sentences."""
    complaints = []
    if m.loops < OVER_LOOPS * m.ours:
        complaints.append(f"{kind}: only {m.loops / m.ours:.1f} times as fast as the loops")
    for what, ours, torchs in (("conv2d", m.ours, m.torchs), ("conv2d_backward", m.ours_back, m.torchs_back)):
        if ours > OF_TORCH * torchs:
            complaints.append(f"{kind}: {what} takes {ours / torchs:.2f} times as long as torch")
    return complaints


def measure(lesson: dict[str, Any], kind: str, repeats: int) -> Measured:
    """All times for one type of numbers. Raises AssertionError when the three don't agree on the results."""
    X, W, b = (normal_inputs(f"benchmark {n}", s).astype(kind) for n, s in (("X", BATCH), ("W", FILTERS), ("b", 16)))
    tensors = [torch.tensor(array, requires_grad=True) for array in (X, W, b)]
    out = torch.nn.functional.conv2d(*tensors, STRIDE, PADDING)
    dout = normal_inputs("benchmark dout", tuple(out.shape)).astype(kind)
    upstream = torch.tensor(dout)

    def torchs() -> torch.Tensor:
        with torch.no_grad():
            return torch.nn.functional.conv2d(*tensors, STRIDE, PADDING)

    def torchs_back() -> tuple[torch.Tensor, ...]:
        return torch.autograd.grad(out, tensors, upstream, retain_graph=True)

    def ours() -> np.ndarray:
        return lesson["conv2d"](X, W, b, STRIDE, PADDING)

    def ours_back() -> tuple[np.ndarray, ...]:
        return lesson["conv2d_backward"](dout, X, W, b, STRIDE, PADDING)

    started = time.process_time()
    by_loops = lesson["conv2d_loops"](X, W, b, STRIDE, PADDING)
    loops = time.process_time() - started
    for got in (ours(), by_loops):
        _agree(got, torchs(), kind)
    for got, expected in zip(ours_back(), torchs_back(), strict=True):
        _agree(got, expected, kind)
    return Measured(loops, *best([ours, torchs, ours_back, torchs_back], repeats))


def _agree(got: np.ndarray, expected: torch.Tensor, kind: str) -> None:
    wanted = expected.numpy()
    assert np.allclose(got, wanted, rtol=TOLERANCE[kind], atol=TOLERANCE[kind] * np.abs(wanted).max())


if __name__ == "__main__":
    sys.exit(main())
